package loop

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A Tap is the client's end of a connection whose other end is somebody else's. It
// tells of all that crosses, as a Link does, from where it stands: a record is
// written and delivered at once. What is read is handed on record by record, so
// that the client has said which keys open the next one before that is looked at.
//
// It begins in the clear; Secure says that from now on both sides speak TLS. Read and
// Write may be called at the same time; neither by several callers.
type Tap struct {
	net.Conn
	Session   *dissect.Session
	Clock     *Clock
	Written   func(*Chunk)
	Delivered func(*Chunk)
	Opened    func(dissect.Record)
	Limit     int // how many bytes are taken from the other side at most

	mu     sync.Mutex
	talk   *dissect.Session // what was said in the clear
	secure bool
	over   [2]bool // which directions have ended
	count  [2]int

	got  []byte // read from the socket and not yet handed on
	owed int    // how much of the record under way is not
	err  error  // what the socket said behind got
}

// Secure says that TLS begins. What the other side has said before it was
// spoken to is no part of it: that is an error, as in CVE-2011-0411.
func (t *Tap) Secure() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secure = true
	if n := len(t.got); n > 0 {
		return &Refusal{fmt.Sprintf("it sent %s more before TLS could begin", wire.Count(n, "byte"))}
	}
	return nil
}

// Read reads on, within one record.
func (t *Tap) Read(p []byte) (int, error) {
	t.mu.Lock()
	secure := t.secure
	t.mu.Unlock()
	for t.err == nil && (len(t.got) == 0 || secure && t.owed == 0 && len(t.got) < 5 && isRecord(t.got)) {
		t.fill()
	}
	if len(t.got) == 0 {
		t.end(dissect.ToClient, t.err)
		return 0, t.err
	}
	if t.owed == 0 {
		t.owed = len(t.got)
		if secure && len(t.got) >= 5 && isRecord(t.got) {
			t.owed = 5 + int(binary.BigEndian.Uint16(t.got[3:]))
		}
	}
	n := copy(p, t.got[:min(t.owed, len(t.got))])
	t.got, t.owed = t.got[n:], t.owed-n
	t.take(dissect.ToClient, p[:n])
	return n, nil
}

// isRecord reports whether bytes may begin with a record (RFC 9846, Section 5.1).
func isRecord(b []byte) bool { return b[0] >= 20 && b[0] <= 24 }

// fill reads from the socket.
func (t *Tap) fill() {
	buf := make([]byte, 4096)
	n, err := t.Conn.Read(buf)
	if t.Limit -= n; t.Limit < 0 {
		n, err = 0, errors.New("the server sends without end")
	}
	t.got, t.err = append(t.got, buf[:n]...), err
}

// Write tells of what is written, and writes it.
func (t *Tap) Write(p []byte) (int, error) {
	t.take(dissect.ToServer, p)
	return t.Conn.Write(p)
}

// EndWrite says that no more will be written.
func (t *Tap) EndWrite() {
	t.end(dissect.ToServer, io.EOF)
	closeWrite(t.Conn)
}

// Flush tells of records that stayed sealed, and why, when all is over.
func (t *Tap) Flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.Session.Flush() {
		t.Opened(r)
	}
}

// Retry tries once more to open what is sealed: a key has come.
func (t *Tap) Retry() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tell(t.Session.Feed(dissect.ToServer, nil))
}

// take tells of bytes of a direction.
func (t *Tap) take(d dissect.Dir, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.secure {
		t.tell(t.Session.Feed(d, p))
		return
	}
	if t.talk == nil {
		t.talk = dissect.New(nil)
	}
	t.tell(t.talk.Feed(d, p))
}

// end tells of the end of a direction, once. A connection that broke has none.
func (t *Tap) end(d dissect.Dir, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over[d] {
		return
	}
	t.over[d] = true
	t.tell(t.Session.Close(d))
	if err == io.EOF {
		t.push(&Chunk{Dir: d, Fin: true})
	}
}

func (t *Tap) tell(recs []dissect.Record) {
	for _, r := range recs {
		if r.Again {
			t.Opened(r)
			continue
		}
		t.push(&Chunk{Dir: r.Dir, Record: r})
	}
}

func (t *Tap) push(c *Chunk) {
	c.at, c.As = t.Clock.At(), c.Tree
	c.N = t.count[c.Dir]
	t.count[c.Dir]++
	t.Written(c)
	t.Delivered(c)
}
