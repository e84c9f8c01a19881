package loop

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"tlstutor/labs/wire"
)

// Bounds of the talk before TLS: a line, and all of it. RFC 5321, Section
// 4.5.3.1.5, lets a line of a reply have 512 bytes.
const (
	maxTalkLine = 4 << 10
	maxTalk     = 64 << 10
)

// Protocols are the protocols that StartTLS talks.
func Protocols() []string { return []string{"smtp", "imap", "pop3", "ftp", "postgres"} }

// A Refusal is what a server said instead of starting TLS.
type Refusal struct{ Said string }

// Error quotes it.
func (r *Refusal) Error() string { return "the server does not start TLS: " + r.Said }

// StartTLS talks with a server until it is ready for TLS: the next byte it sends
// is one of TLS. The error is a *Refusal where it does not want to.
func StartTLS(protocol string, c io.ReadWriter) error {
	t := &talk{c: c, left: maxTalk}
	var err error
	switch protocol {
	case "smtp": // RFC 3207
		err = t.steps(t.codes("", "220"), t.codes("EHLO [127.0.0.1]", "250"), t.codes("STARTTLS", "220"))
	case "ftp": // RFC 4217, Section 4
		err = t.steps(t.codes("", "220"), t.codes("AUTH TLS", "234"))
	case "imap": // RFC 9051, Section 6.2.1
		err = t.steps(t.tagged("", "*"), t.tagged("a1 STARTTLS", "a1"))
	case "pop3": // RFC 2595, Section 4
		err = t.steps(t.marked("", "+OK"), t.marked("STLS", "+OK"))
	case "postgres":
		err = t.postgres()
	default:
		return fmt.Errorf("%q is no protocol that starts TLS here", wire.Clean(protocol, 80))
	}
	if err == nil && len(t.got) > 0 {
		err = &Refusal{"it sent more behind its answer, before TLS could begin"}
	}
	return err
}

// A talk is lines to and fro.
type talk struct {
	c    io.ReadWriter
	got  []byte // read, and no line yet
	left int    // how many bytes more are read
}

// steps does one after the other.
func (t *talk) steps(all ...func() error) error {
	for _, f := range all {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// say sends a line, if there is one to send.
func (t *talk) say(line string) error {
	if line == "" {
		return nil
	}
	_, err := io.WriteString(t.c, line+"\r\n")
	return err
}

// line returns the next line, without its end.
func (t *talk) line() (string, error) {
	for {
		if line, rest, ok := bytes.Cut(t.got, []byte{'\n'}); ok {
			t.got = rest
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		if len(t.got) > maxTalkLine {
			return "", &Refusal{fmt.Sprintf("a line of more than %d bytes", maxTalkLine)}
		}
		if err := t.more(); err != nil {
			return "", err
		}
	}
}

// more reads on.
func (t *talk) more() error {
	if t.left <= 0 {
		return &Refusal{fmt.Sprintf("more than %d bytes of text", maxTalk)}
	}
	buf := make([]byte, 1024)
	n, err := t.c.Read(buf[:min(t.left, len(buf))])
	t.left -= n
	if t.got = append(t.got, buf[:n]...); n > 0 {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return &Refusal{"it ends the connection"}
	}
	return err
}

// codes sends a line and takes a reply with this code, which may have several
// lines: "250-..." but in the last (RFC 5321, Section 4.2.1; RFC 959, Section 4.2).
func (t *talk) codes(send, want string) func() error {
	return func() error {
		if err := t.say(send); err != nil {
			return err
		}
		line, err := t.line()
		if err != nil {
			return err
		}
		first := line
		for len(first) >= 4 && first[3] == '-' && (!strings.HasPrefix(line, first[:3]) || len(line) < 4 || line[3] != ' ') {
			if line, err = t.line(); err != nil {
				return err
			}
		}
		return expect(strings.HasPrefix(first, want), first)
	}
}

// tagged sends a line and takes the answer with this tag. An untagged line says
// something else, but for the greeting, which is one.
func (t *talk) tagged(send, tag string) func() error {
	return func() error {
		if err := t.say(send); err != nil {
			return err
		}
		for {
			line, err := t.line()
			if err != nil {
				return err
			}
			if got, rest, _ := strings.Cut(line, " "); got == tag {
				return expect(strings.HasPrefix(strings.ToUpper(rest), "OK"), line)
			} else if got != "*" {
				return expect(false, line)
			}
		}
	}
}

// marked sends a line and takes one that begins with a mark.
func (t *talk) marked(send, mark string) func() error {
	return func() error {
		if err := t.say(send); err != nil {
			return err
		}
		line, err := t.line()
		if err != nil {
			return err
		}
		return expect(strings.HasPrefix(line, mark), line)
	}
}

// postgres sends an SSLRequest, which is answered with one byte (PostgreSQL's
// frontend protocol, Section "SSL Session Encryption").
func (t *talk) postgres() error {
	if _, err := t.c.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil {
		return err
	}
	if err := t.more(); err != nil {
		return err
	}
	said := t.got
	t.got = t.got[1:]
	return expect(said[0] == 'S', string(said))
}

// expect is the refusal that a line is, unless it is as it should be.
func expect(ok bool, line string) error {
	if ok {
		return nil
	}
	return &Refusal{wire.Clean(line, 200)}
}
