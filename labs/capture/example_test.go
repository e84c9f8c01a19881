package capture_test

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"time"

	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
)

// A file is read from front to back; each connection comes when it has ended,
// and its chunks go to a session of dissect.
func ExampleReader() {
	talk := capture.Conn{
		Client: netip.MustParseAddrPort("127.0.0.1:40001"), Server: netip.MustParseAddrPort("127.0.0.1:443"),
		Chunks: []capture.Chunk{
			{At: 0, Dir: dissect.ToServer, Data: []byte("\x15\x03\x03\x00\x02\x02\x28")},
			{At: time.Millisecond, Dir: dissect.ToClient, Data: []byte("\x15\x03\x03\x00\x02\x01\x00"), Fin: true},
		},
	}
	var file bytes.Buffer
	if err := capture.Write(&file, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), []capture.Conn{talk}); err != nil {
		fmt.Println(err)
	}

	keys := dissect.NewKeys()
	r := capture.NewReader(&file, keys)
	for {
		c, err := r.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			fmt.Println(err)
			continue
		}
		session := dissect.New(keys)
		for _, chunk := range c.Chunks {
			for _, rec := range session.Feed(chunk.Dir, chunk.Data) {
				fmt.Println(chunk.At, rec.Dir, rec.Msgs[0].Name, rec.Msgs[0].Value)
			}
		}
	}
	// Output:
	// 0s client → server Alert fatal handshake_failure
	// 1ms server → client Alert warning close_notify
}
