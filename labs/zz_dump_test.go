package labs

import (
	"net"
	"os"
	"testing"
	"time"
	"strings"

	"tlstutor/labs/capture"
)

func TestZZDump(t *testing.T) {
	events := finish(t, Handshake, strings.Fields(os.Getenv("WORDS"))...)
	var c capture.Conn
	for _, e := range events {
		if e.Conn == nil || e.Kind != Written { continue }
		c.Client = e.Conn.Client.(*net.TCPAddr).AddrPort()
		c.Server = e.Conn.Server.(*net.TCPAddr).AddrPort()
		c.Keys = e.Conn.Keys()
		ch := capture.Chunk{At: e.At, Dir: e.Dir()}
		if e.Tree == nil { ch.Fin = true } else { ch.Data = e.Tree.Bytes() }
		c.Chunks = append(c.Chunks, ch)
	}
	f, _ := os.Create(os.Getenv("OUT"))
	capture.Write(f, time.Now(), []capture.Conn{c})
	f.Close()
	t.Log(c.Server.Port())
}
