package loop

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
)

// An ExposedError says that an address can be reached from other machines, and
// that nobody has said it may be.
type ExposedError struct{ Addr string }

// Error names the address.
func (e *ExposedError) Error() string {
	return fmt.Sprintf("other machines can reach %s", e.Addr)
}

// ListenAt listens at an address that the user has named: IP:PORT, or
// localhost:PORT; port 0 is one that is free. Beyond loopback it does so only where
// exposed is set: else the error is an *ExposedError, and a *net.AddrError where that
// is no such address. No more than room connections are open at once: who comes then
// waits.
func ListenAt(addr string, exposed bool, room int) (net.Listener, error) {
	at := addr
	if port, ok := strings.CutPrefix(addr, "localhost:"); ok {
		at = "127.0.0.1:" + port
	}
	to, err := netip.ParseAddrPort(at)
	if err != nil {
		return nil, &net.AddrError{Err: "it is not IP:PORT", Addr: addr}
	}
	if !to.Addr().Unmap().IsLoopback() && !exposed {
		return nil, &ExposedError{at}
	}
	var plain net.ListenConfig
	plain.SetMultipathTCP(false)
	l, err := plain.Listen(context.Background(), "tcp", to.String())
	if err != nil {
		return nil, fmt.Errorf("listening at %s: %w", at, err)
	}
	return &crowd{Listener: l, room: make(chan struct{}, room), over: make(chan struct{})}, nil
}

// A crowd is a listener with room for so many.
type crowd struct {
	net.Listener
	room chan struct{}
	over chan struct{} // closed with the listener
	once sync.Once
}

// Accept waits for somebody to leave where there is no room.
func (c *crowd) Accept() (net.Conn, error) {
	select {
	case c.room <- struct{}{}:
	case <-c.over:
		return nil, net.ErrClosed
	}
	conn, err := c.Listener.Accept()
	if err != nil {
		<-c.room
		return nil, err
	}
	return &guest{Conn: conn, leave: func() { <-c.room }}, nil
}

// Close also ends the wait for room.
func (c *crowd) Close() error {
	c.once.Do(func() { close(c.over) })
	return c.Listener.Close()
}

// A guest is a connection of a crowd, which makes room when it is closed.
type guest struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close closes the connection.
func (g *guest) Close() error {
	err := g.Conn.Close()
	g.once.Do(g.leave)
	return err
}

// CloseWrite ends one direction of the connection.
func (g *guest) CloseWrite() error {
	closeWrite(g.Conn)
	return nil
}
