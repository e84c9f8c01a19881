package labs

import (
	"bufio"
	"crypto/fips140"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// Issue has the authority sign a certificate, and tells of it.
func (b *Bench) Issue(ca *pki.CA, leaf pki.Leaf) (tls.Certificate, error) {
	return b.issue(CA, ca, leaf)
}

// issue is Issue for an authority that belongs to somebody.
func (b *Bench) issue(who Party, ca *pki.CA, leaf pki.Leaf) (tls.Certificate, error) {
	is, err := ca.Leaf(leaf)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("signing a certificate: %w", err)
	}
	days := int(is.Leaf.NotAfter.Sub(is.Leaf.NotBefore).Hours() / 24)
	b.Emit(Event{Kind: Said, Who: who, Text: fmt.Sprintf("%s signs a certificate for %s: %s key, valid %d days until %s",
		is.Leaf.Issuer.CommonName, strings.Join(is.Leaf.DNSNames, ", "), is.Leaf.PublicKeyAlgorithm, days, is.Leaf.NotAfter.UTC().Format(time.DateOnly))})
	return tls.Certificate{Certificate: is.Chain, PrivateKey: is.Key, Leaf: is.Leaf}, nil
}

// TLS returns the peer that speaks TLS with this configuration, and then does
// what said does with the connection. It says how its handshake went.
func (b *Bench) TLS(config *tls.Config, said func(*tls.Conn) error) Peer {
	return func(s *Side) error {
		config := config.Clone()
		config.KeyLogWriter = s.Log
		if s.Conn != nil {
			s.Conn.judges[s.Dir] = b.judges(config, s.Dir)
		}
		// Where GODEBUG has fips140=only, only the system's own is taken.
		if s.Conn != nil && s.Conn.draws[s.Dir] != nil && !fips140.Enforced() {
			config.Rand = s.Conn.draws[s.Dir]
		}
		c := tls.Client(s.Endpoint, config)
		if s.Dir == dissect.ToClient {
			c = tls.Server(s.Endpoint, config)
		}
		greet := func(c *tls.Conn) error {
			text := settled(c.ConnectionState())
			if config.InsecureSkipVerify && config.VerifyConnection != nil {
				text = strings.Replace(text, unchecked, "; it has checked the certificate of the other side by itself", 1)
			}
			b.Emit(Event{Kind: Said, Who: s.Who, Conn: s.Conn, Text: text})
			return said(c)
		}
		return loop.Talk(s.Endpoint, c, greet, func(err error) {
			if b.ctx.Err() == nil { // else the run was ended, and that is what broke it
				b.Emit(Event{Kind: Said, Who: s.Who, Conn: s.Conn, Text: err.Error(), Err: err})
			}
		})
	}
}

// unchecked says of a handshake that crypto/tls looked at no certificate.
const unchecked = "; the certificate of the other side was not checked"

// settled is what a handshake has settled, in a sentence.
func settled(s tls.ConnectionState) string {
	text := fmt.Sprintf("%s: %s, %s", done, tls.VersionName(s.Version), tls.CipherSuiteName(s.CipherSuite))
	if s.CurveID != 0 {
		text += ", " + wire.Bare(dissect.GroupName(uint64(s.CurveID)))
	}
	if s.NegotiatedProtocol != "" {
		text += ", " + s.NegotiatedProtocol
	}
	if s.DidResume {
		text += "; resumed"
	}
	switch {
	case len(s.VerifiedChains) > 0:
		text += "; the other side is " + subject(s.VerifiedChains[0][0])
	case len(s.PeerCertificates) > 0:
		text += unchecked
	}
	return text
}

// subject is what a certificate says its owner is called.
func subject(c *x509.Certificate) string {
	if len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject.String()
}

// http2Hello is how an HTTP/2 connection begins (RFC 9113, Section 3.4): the
// client's preface, then an empty SETTINGS frame, which the server sends too.
const (
	http2Settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	http2Hello    = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2Settings
)

// ask is what the lab's client does with its connection: one request, or the
// beginning of HTTP/2 where that was agreed on.
func ask(c *tls.Conn) error {
	if err := request(c); err != nil {
		return err
	}
	// The server closes once it has answered.
	_, err := io.Copy(io.Discard, c)
	return err
}

// request writes the client's request.
func request(c *tls.Conn) error {
	text := "GET / HTTP/1.1\r\nHost: " + labName + "\r\nConnection: close\r\n\r\n"
	if c.ConnectionState().NegotiatedProtocol == "h2" {
		text = http2Hello
	}
	_, err := io.WriteString(c, text)
	return err
}

// askAndLeave is ask for a server that waits for the client to close: this one
// leaves when it has the whole answer.
func askAndLeave(c *tls.Conn) error {
	if err := request(c); err != nil {
		return err
	}
	if c.ConnectionState().NegotiatedProtocol == "h2" {
		_, err := io.CopyN(io.Discard, c, int64(len(http2Settings)))
		return err
	}
	reply, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, reply.Body)
	return err
}

// answer is what the lab's server does with its connection.
func answer(c *tls.Conn) error {
	if _, err := c.Read(make([]byte, 4096)); err != nil {
		return err
	}
	reply := "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n"
	if c.ConnectionState().NegotiatedProtocol == "h2" {
		reply = http2Settings
	}
	_, err := io.WriteString(c, reply)
	return err
}
