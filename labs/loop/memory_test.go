package loop

import (
	"bytes"
	"io"
	"sync"
	"testing"
)

func TestMemory(t *testing.T) {
	a, b := Memory()
	var wg sync.WaitGroup
	sent := bytes.Repeat([]byte("over and over "), 1<<12)
	// Both write all they have before either reads: nobody waits.
	for _, c := range []io.Writer{a, b} {
		if n, err := c.Write(sent); n != len(sent) || err != nil {
			t.Fatal(n, err)
		}
	}
	a.Close()
	for _, c := range []io.Reader{b, a} {
		wg.Go(func() {
			if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("read %d of %d bytes, %v", len(got), len(sent), err)
			}
		})
	}
	wg.Wait()
	if _, err := b.Write(sent); err != io.ErrClosedPipe {
		t.Errorf("writing to nobody: %v", err)
	}
	if a.RemoteAddr().Network() == "tcp" {
		t.Error("it says that it crosses a socket")
	}
}

// Who waits is woken by the end.
func TestMemoryEnds(t *testing.T) {
	a, b := Memory()
	var wg sync.WaitGroup
	wg.Go(func() {
		if n, err := a.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%d, %v", n, err)
		}
	})
	b.Close()
	wg.Wait()
}
