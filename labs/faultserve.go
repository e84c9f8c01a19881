package labs

import (
	"crypto/tls"
	"io"
)

// serve is the server of a case.
func (c *Case) serve(b *Bench) Peer {
	switch {
	case c.plan.plain == "http":
		return inTheClear(nil, []byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
	case c.plan.plain == "smtp":
		return inTheClear([]byte("220 mail.lab.test ESMTP\r\n"), []byte("500 5.5.2 Error: command not recognized\r\n"))
	case c.plan.cut:
		return c.cuts(b)
	}
	return b.TLS(c.Server, answer)
}

// inTheClear is a server that speaks no TLS: it greets, hears something, and answers.
func inTheClear(greeting, reply []byte) Peer {
	return func(s *Side) error {
		defer s.End()
		if _, err := s.Write(greeting); err != nil {
			return err
		}
		// Whatever comes is no line of its protocol.
		if n, err := s.Read(make([]byte, 4096)); n == 0 {
			return err
		}
		_, err := s.Write(reply)
		return err
	}
}

// cuts is a server that leaves in the middle of its answer, without close_notify.
func (c *Case) cuts(b *Bench) Peer {
	return func(s *Side) error {
		defer s.End()
		config := c.Server.Clone()
		config.KeyLogWriter = s.Log
		t := tls.Server(s.Endpoint, config)
		if err := t.Handshake(); err != nil {
			b.Emit(Event{Kind: Said, Who: s.Who, Conn: s.Conn, Text: err.Error(), Err: err})
			return err
		}
		b.Emit(Event{Kind: Said, Who: s.Who, Conn: s.Conn, Text: settled(t.ConnectionState())})
		if _, err := t.Read(make([]byte, 4096)); err != nil {
			return err
		}
		_, err := io.WriteString(t, "HTTP/1.1 200 OK\r\nContent-Length: 600\r\nConnection: close\r\n\r\nhello\n")
		return err
	}
}
