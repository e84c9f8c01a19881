package labs

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tlstutor/labs/peer"
)

// A wanted is what a client is told to meet a server, with names of files.
type wanted struct {
	peer.Offer
	addr       string
	roots      string
	lists      string // "" when there are none
	both       string // roots, and lists if there are any
	chain, key string // the client's own
	groups     bool   // it chooses its groups
	cuts       bool   // the server leaves in the middle of its answer
	late       bool   // what is wrong comes when the client has shaken hands already
}

// What a tool sends that takes it from a pipe.
const (
	typedRequest = `printf 'GET / HTTP/1.0\r\n\r\n'`
	pipedRequest = typedRequest + " | "
)

// command is what one types, or "" where the tool has no way to say that.
func (t wanted) command(tool string) string {
	switch tool {
	case "openssl":
		return t.openssl()
	case "python3":
		return t.python()
	case "curl":
		return t.curl()
	case "gnutls-cli":
		return t.gnutls()
	case "go":
		return t.connect()
	}
	return ""
}

// byAddress reports whether the client means an address, and so sends no name.
func (t wanted) byAddress() bool {
	_, err := netip.ParseAddr(t.Name)
	return err == nil
}

// below is the highest version where that is not the newest.
func (t wanted) below() string {
	if t.Max == "1.3" {
		return ""
	}
	return t.Max
}

// A line is the words of a command.
type line []string

// when adds words if something is so.
func (l *line) when(so bool, words ...string) {
	if so {
		*l = append(*l, words...)
	}
}

// openssl spells it for s_client, which expects a name only when it is told to.
func (t wanted) openssl() string {
	// -quiet also keeps it there until the server has answered and closed.
	l := line{"openssl", "s_client", "-quiet", "-connect", t.addr}
	l.when(t.byAddress(), "-noservername", "-verify_ip", t.Name)
	l.when(!t.byAddress(), "-servername", t.Name, "-verify_hostname", t.Name)
	l.when(true, "-verify_return_error", "-CAfile", Word(t.both))
	l.when(t.lists != "", "-crl_check")
	l.when(t.Status, "-status")
	l.when(t.below() != "", "-max_protocol", "TLSv"+t.below())
	l.when(t.groups, "-groups", strings.Join(t.Groups, ":"))
	l.when(t.ALPN != nil, "-alpn", strings.Join(t.ALPN, ","))
	l.when(!t.At.IsZero(), "-attime", strconv.FormatInt(t.At.Unix(), 10))
	l.when(t.chain != "", "-cert", t.chain, "-key", t.key)
	return pipedRequest + strings.Join(l, " ")
}

// curl spells it for curl, which is told where the name is to be found.
func (t wanted) curl() string {
	// No name is resolved: --connect-to has the address, whatever the URL names.
	l := line{"curl", "-sS", "--connect-to", "::" + t.addr, "--cacert", Word(t.roots)}
	l.when(t.lists != "", "--crlfile", t.lists)
	l.when(t.Status, "--cert-status")
	l.when(t.below() != "", "--tls-max", t.below())
	l.when(t.groups, "--curves", strings.Join(t.Groups, ":"))
	l.when(slices.Equal(t.ALPN, []string{"http/1.1"}), "--http1.1")
	l.when(t.chain != "", "--cert", t.chain, "--key", t.key)
	return strings.Join(append(l, "https://"+t.Name+"/"), " ")
}

// gnutls spells it for gnutls-cli.
func (t wanted) gnutls() string {
	host, port, err := net.SplitHostPort(t.addr)
	if err != nil {
		return ""
	}
	// It would send the address it dials as a name if it were not told another.
	l := line{"gnutls-cli", "--x509cafile=" + Word(t.roots), "--verify-hostname=" + t.Name}
	l.when(t.byAddress(), "--disable-sni")
	l.when(!t.byAddress(), "--sni-hostname="+t.Name)
	switch {
	case t.below() != "":
		l.when(true, "--priority=NORMAL:-VERS-TLS1.3")
	case t.groups:
		l.when(true, "--priority=NORMAL:-GROUP-ALL:+GROUP-"+strings.Join(t.Groups, ":+GROUP-"))
	}
	for _, name := range t.ALPN {
		l.when(true, "--alpn="+name)
	}
	l.when(t.chain != "", "--x509certfile="+t.chain, "--x509keyfile="+t.key)
	l.when(true, "--port="+port, host)
	// It leaves where its input ends, and would not hear what comes later.
	if t.late {
		return "{ " + typedRequest + "; sleep 1; } | " + strings.Join(l, " ")
	}
	return pipedRequest + strings.Join(l, " ")
}

// python spells it for Python's ssl module, which expects the name that it sends.
func (t wanted) python() string {
	host, port, err := net.SplitHostPort(t.addr)
	if err != nil {
		return ""
	}
	lines := []string{"import socket, ssl", fmt.Sprintf("c = ssl.create_default_context(cafile=%q)", t.both)}
	set := func(so bool, line string) {
		if so {
			lines = append(lines, line)
		}
	}
	set(t.lists != "", "c.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF")
	set(t.below() != "", "c.maximum_version = ssl.TLSVersion.TLSv"+strings.ReplaceAll(t.below(), ".", "_"))
	// OpenSSL itself takes it in any case.
	set(t.groups, fmt.Sprintf("c.set_ecdh_curve(%q)", strings.Replace(strings.Join(t.Groups, ","), "x25519", "X25519", 1)))
	set(t.ALPN != nil, fmt.Sprintf(`c.set_alpn_protocols(["%s"])`, strings.Join(t.ALPN, `", "`)))
	set(t.chain != "", fmt.Sprintf("c.load_cert_chain(%q, %q)", t.chain, t.key))
	set(true, fmt.Sprintf("s = c.wrap_socket(socket.create_connection((%q, %s)), server_hostname=%q)", host, port, t.Name))
	set(true, `s.sendall(b"GET / HTTP/1.0\r\n\r\n")`)
	set(true, "print(s.recv(99))")
	return "python3 -c '" + strings.ReplaceAll(strings.Join(lines, "; "), "'", `'\''`) + "'"
}

// connect spells it for tlstutor itself. It has no words for a clock, for groups or
// for a certificate of its own, and asks for nothing once the handshake is done.
func (t wanted) connect() string {
	if t.groups || t.cuts || t.chain != "" || !t.At.IsZero() {
		return ""
	}
	l := line{"tlstutor", "connect", t.addr}
	l.when(!t.byAddress(), "--name", t.Name)
	l.when(true, "--ca", Word(t.roots))
	l.when(t.below() != "", "--max", t.below())
	l.when(t.ALPN != nil, "--alpn", strings.Join(t.ALPN, ","))
	return strings.Join(l, " ")
}

// Said is what the tool makes of the server, in a line.
func (t *Try) Said() string {
	text := "accepts"
	if !t.Accepts {
		text = fmt.Sprintf("refuses, exit status %d: %s", t.Exit, t.Says)
		if t.Says == "" {
			text = fmt.Sprintf("refuses, exit status %d", t.Exit)
		}
	}
	if t.By != "" {
		text += " (" + t.By + ", " + t.Made + ")"
	}
	return text
}
