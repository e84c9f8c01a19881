// Package loop is where the connections of a lab run: endpoints on loopback,
// and between them a relay that sees every byte.
//
// Its rules:
//
//   - Nothing here listens on, or dials, any address but loopback, with two
//     exceptions: Reach dials a host that the user has named, and ListenAt listens
//     where the user has said, and that others may come.
//   - A Link records a chunk before it passes it on, so that no answer can be
//     seen before its question. What was recorded is what was written, also where
//     something else is passed on.
//   - A connection is closed in order: the write side first, then what the
//     other side still sends is read, then the socket. A close in the middle of
//     a write would lose the close_notify.
//   - Time is the run's Clock, which stands still while the Gate holds; no
//     socket has a wall-clock deadline.
//
// Start reading at Link, then Gate and Clock; Talk is how a TLS endpoint
// behaves from its first byte to its last.
package loop

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
)

// Listen returns a listener on a loopback port that the system picks.
func Listen() (net.Listener, error) {
	var plain net.ListenConfig
	plain.SetMultipathTCP(false)
	l, err := plain.Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err == nil {
		return l, nil
	}
	if six, err6 := net.Listen("tcp6", "[::1]:0"); err6 == nil {
		return six, nil
	}
	return nil, fmt.Errorf("listening on 127.0.0.1: %w", err)
}

// Dial connects to one of our own listeners.
func Dial(to net.Addr) (net.Conn, error) {
	return net.Dial(to.Network(), to.String())
}

// DialTo is Dial for a server of somebody else, whose address is loopback.
func DialTo(addr string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil || !to.Addr().IsLoopback() {
		return nil, fmt.Errorf("%q is no address on loopback", addr)
	}
	return Dial(net.TCPAddrFromAddrPort(to))
}

// An Endpoint is one peer's end of a connection. It counts what the peer has
// taken from its socket.
type Endpoint struct {
	net.Conn
	In atomic.Int64 // bytes
}

// Read counts what it returns.
func (e *Endpoint) Read(p []byte) (int, error) {
	n, err := e.Conn.Read(p)
	e.In.Add(int64(n))
	return n, err
}

// EndWrite says that no more will be written.
func (e *Endpoint) EndWrite() { closeWrite(e.Conn) }

// End closes the endpoint in order: no more is written, the rest is read, the
// socket is closed.
func (e *Endpoint) End() {
	closeWrite(e.Conn)
	drain(e)
	e.Close()
}

// Talk is a TLS endpoint's whole life: the handshake, then what said does with
// the connection, then an orderly end with close_notify. Sorry hears of an error
// at once, before the end, which may take a round trip; it may be what the peer
// said in an alert.
func Talk(e *Endpoint, c *tls.Conn, said func(*tls.Conn) error, sorry func(error)) error {
	defer e.End()
	err := c.Handshake()
	if err == nil {
		err = said(c)
		// A close_notify also goes out after a failure that came later, as it does
		// from programs that close their connection.
		c.CloseWrite()
	}
	if err != nil {
		sorry(err)
	}
	return err
}
