package loop

import (
	"context"
	"net"
	"time"
)

// Reach connects to a host that the user named. It is the one way out of this
// machine, and takes no longer than limit.
func Reach(ctx context.Context, addr string, limit time.Duration) (net.Conn, error) {
	d := net.Dialer{Timeout: limit}
	return d.DialContext(ctx, "tcp", addr)
}
