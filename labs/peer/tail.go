package peer

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// tailEvery is how often a key log that is a plain file is looked at.
const tailEvery = 5 * time.Millisecond

// tailKeys is logKeys where there are no named pipes: a plain file, which is
// looked at again and again.
func tailKeys(dir scratch, to io.Writer) (*keyLog, error) {
	path, err := dir.write("keys", nil)
	if err != nil {
		return nil, err
	}
	from, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a key log: %w", err)
	}
	var one sync.Mutex
	lines := &keyLines{to: to}
	hear := func() {
		one.Lock()
		defer one.Unlock()
		io.Copy(lines, from)
	}
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		look := time.NewTicker(tailEvery)
		defer look.Stop()
		for last := false; !last; {
			select {
			case <-look.C:
			case <-over: // what was written before that is still to be read
				last = true
			}
			hear()
		}
	}()
	return &keyLog{path, hear, func() {
		close(over)
		<-done
		from.Close()
	}}, nil
}
