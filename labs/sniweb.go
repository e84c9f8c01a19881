package labs

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
)

// This file is the web of lab sni: ALPN, and Go's own HTTP/1.1 and HTTP/2 on both
// sides of the connection.

// The findings about the web.
const (
	alpnNote  = "alpn"
	replyNote = "reply"
)

// offered is what a word of knob alpn, or of server-alpn, stands for, in order.
func offered(word string) []string {
	switch word {
	case "none":
		return nil
	case "both":
		return []string{"h2", "http/1.1"}
	}
	return []string{word}
}

// badWeb is why nobody could ask the web so.
func badWeb(s Settings) error {
	plain := s["alpn"] == "none" || s["alpn"] == "http/1.1" || s["alpn"] == "both" && s["client"] == "curl"
	switch {
	case s["client"] == "go":
		return nil
	case !plain:
		return fmt.Errorf("alpn=%s needs client=go: what %s says behind the handshake is another protocol", s["alpn"], s["client"])
	case s["host"] != "same":
		return fmt.Errorf("host=%s needs client=go: %s asks for the site that it means", s["host"], s["client"])
	}
	return nil
}

// configure is the server's part for one connection. It tells what becomes of the
// protocols that are offered, and leaves the choice to crypto/tls: the first of its
// own that the client has, too (RFC 7301, Section 3.2).
func (h *host) configure(own *tls.Config, hello *tls.ClientHelloInfo) *tls.Config {
	common := func(p string) bool { return slices.Contains(hello.SupportedProtos, p) }
	n := slices.IndexFunc(own.NextProtos, common)
	list := wire.Clean(strings.Join(hello.SupportedProtos, ", "), 80)
	switch {
	case len(hello.SupportedProtos) == 0:
		h.picks("none", "is offered no protocols: takes it for HTTP/1.1")
	case len(own.NextProtos) == 0:
		h.picks("none", "is offered "+list+", and knows no ALPN: passes over it")
	case n >= 0:
		h.picks(own.NextProtos[n], fmt.Sprintf("takes %s, to be spoken inside: it is offered %s, and would like %s", own.NextProtos[n], list, strings.Join(own.NextProtos, ", ")))
	case h.s["mismatch"] == "ignore":
		h.picks("none", "is offered "+list+", none of its own: goes on as if nothing had been offered")
		lax := own.Clone()
		lax.NextProtos = nil
		return lax
	// Go takes a client that knows HTTP/1.1 alone for one that knows no ALPN.
	case common("http/1.1") && slices.Contains(own.NextProtos, "h2"):
		h.picks("none", "is offered "+list+", and would like h2: takes it for a client without ALPN")
	default:
		h.picks("none", "is offered "+list+", none of its own: has to refuse")
	}
	return nil
}

// picks tells which protocol the server takes.
func (h *host) picks(what, text string) {
	note := wire.Note(alpnNote, what)
	if at := h.at("application_layer_protocol_negotiation", ""); at != nil {
		note.Kids = append(note.Kids, at)
	}
	h.b.Emit(Event{Kind: Said, Who: Server, Text: text, Tree: note})
}

// serveWeb is what the server does with its connection: net/http, in the protocol
// that was picked. Its error is what the other side said in an alert.
func (h *host) serveWeb(c *tls.Conn) error {
	l := &oneConn{conn: c, gone: make(chan struct{})}
	server := &http.Server{
		Handler: http.HandlerFunc(h.page), ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateClosed {
				l.Close()
			}
		},
	}
	server.Serve(l) // which ends with the connection
	// An alert stays what every read from the connection returns.
	if _, err := c.Read(make([]byte, 1)); err != nil {
		if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "remote error" {
			// net/http does that (serverHandler, on an error of a first read).
			h.b.Emit(Event{Kind: Said, Who: Server, Text: "takes the client's alert for a request that it cannot read: its 400 is read by nobody",
				Tree: wire.Note("misread", "an alert, taken for a request")})
			return err
		}
	}
	return nil
}

// page answers a request: for another site than the connection is for, with 421 (RFC
// 9110, Section 15.5.20; RFC 9113, Section 9.1.2).
func (h *host) page(w http.ResponseWriter, r *http.Request) {
	w.Header()["Date"] = nil // no byte of an answer depends on the clock
	site := h.shown
	status, body := http.StatusOK, "hello from "+site+"\n"
	if !strings.EqualFold(r.Host, site) && (r.Host != labAddress || site != h.names[0]) {
		status, body = http.StatusMisdirectedRequest, "this connection is for "+site+"\n"
	}
	asked, line := wire.Clean(r.Host, 80), fmt.Sprintf("%d %s", status, http.StatusText(status))
	h.b.Emit(Event{Kind: Said, Who: Server, Text: fmt.Sprintf("is asked for %s in %s, on a connection for %s: answers %s", asked, r.Proto, site, line),
		Tree: wire.Note(replyNote, line, wire.Note("protocol", r.Proto), wire.Note("asked_for", asked), wire.Note("connection_for", site))})
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, body)
}

// A oneConn is a listener to which one connection has come, and no other will.
type oneConn struct {
	conn net.Conn
	once sync.Once
	gone chan struct{} // closed with the connection
}

// Accept returns the connection, and then waits for its end.
func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.gone
	return nil, net.ErrClosed
}

// Close ends the waiting.
func (l *oneConn) Close() error {
	l.once.Do(func() { close(l.gone) })
	return nil
}

// Addr is part of net.Listener; nobody connects there.
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(labAddress)} }

// polite is a peer whose close leaves its socket open until the other side has
// closed, too: net/http closes at once, and what is under way would be lost.
func polite(p Peer) Peer {
	return func(s *Side) error {
		slow := *s
		slow.Endpoint = &loop.Endpoint{Conn: half{s.Endpoint}}
		return p(&slow)
	}
}

// A half closes no more than its own direction.
type half struct{ *loop.Endpoint }

// Close says that nothing more comes.
func (h half) Close() error { return h.CloseWrite() }

// CloseWrite says the same.
func (h half) CloseWrite() error {
	h.EndWrite()
	return nil
}

// request is what Go's client does with its connection: one request in the
// protocol that was agreed on, or one command where it came for a mailbox.
func (h *host) request(c *tls.Conn) error {
	if h.s["alpn"] == "imap" {
		return h.mailbox(c)
	}
	name := h.s["host"]
	if name == "same" {
		name = h.s["name"]
	}
	t := &http.Transport{ForceAttemptHTTP2: true, DisableCompression: true,
		DialTLSContext: func(context.Context, string, string) (net.Conn, error) { return c, nil }}
	defer t.CloseIdleConnections()
	req, err := http.NewRequestWithContext(h.b.ctx, http.MethodGet, "https://"+h.s["name"]+"/", nil)
	if err != nil {
		return err
	}
	req.Host, req.Close = name, c.ConnectionState().NegotiatedProtocol != "h2"
	reply, err := t.RoundTrip(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxPage))
	reply.Body.Close()
	if err != nil {
		return err
	}
	// HTTP/2 has no words for a status.
	h.b.Emit(Event{Kind: Said, Who: Client, Text: fmt.Sprintf("asked for %s, and is answered in %s: %d %s, %s",
		name, reply.Proto, reply.StatusCode, http.StatusText(reply.StatusCode), strings.TrimSpace(string(body)))})
	return nil
}

// mailbox asks as a mail program does. Where the server has let it in, it is
// answered by a web server.
func (h *host) mailbox(c *tls.Conn) error {
	if _, err := io.WriteString(c, "a1 CAPABILITY\r\n"); err != nil {
		return err
	}
	lines := bufio.NewReader(io.LimitReader(c, maxPage))
	first, err := lines.ReadString('\n')
	if err != nil {
		return err
	}
	line := wire.Clean(strings.TrimSpace(first), 80)
	h.b.Emit(Event{Kind: Said, Who: Client, Text: "asked for its mailbox, and is answered by something else: " + line,
		Tree: wire.Note(replyNote, line, wire.Note("protocol", "no IMAP"))})
	_, err = io.Copy(io.Discard, lines)
	return err
}
