package loop

import (
	"io"
	"net"
)

// Pass hands on what comes from one connection to another, until there is no
// more; then it ends that direction of the other. Where nobody takes it any
// more, the rest is read all the same, so that its sender is not left waiting.
func Pass(from, to net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		drain(from)
	}
	closeWrite(to)
}
