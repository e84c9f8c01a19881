package labs

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// reread writes a run as a capture, and reads that again.
func reread(t *testing.T, l *Lab, words ...string) (events []Event, conns []*capture.Conn, keys *dissect.Keys) {
	t.Helper()
	events = finish(t, l, words...)
	var file bytes.Buffer
	if err := Formats()[0].Write(&file, &Kept{Lab: l, Events: events, Page: Page{Made: time.Unix(1e9, 0)}}); err != nil {
		t.Fatal(err)
	}
	keys = dissect.NewKeys()
	r := capture.NewReader(&file, keys)
	for {
		c, err := r.Next()
		if err == io.EOF {
			return events, conns, keys
		}
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
	}
}

// TestReplayIsTheRun: a run that was written as a capture and read again says what
// it said, record by record, and ends as it ended.
func TestReplayIsTheRun(t *testing.T) {
	for _, words := range [][]string{nil, {"max=1.2"}, {"fault=unknown-ca"}, {"max=1.2", "ticket=on"}, {"auth=require", "client-cert=good"}} {
		events, conns, keys := reread(t, Handshake, words...)
		if len(conns) != 1 {
			t.Fatalf("%v: %d connections", words, len(conns))
		}
		own := slices.Sorted(strings.Lines(string(keys.Bytes())))
		fmt.Fprintf(keys, "CLIENT_RANDOM %064d %096d\n", 1, 1) // another connection's, in the same file
		again := Replay(conns[0], keys)
		was, is := Records(crossing(events)), Records(again)
		if len(was) != len(is) {
			t.Fatalf("%v: %d records, were %d", words, len(is), len(was))
		}
		for i := range was {
			a, b := &was[i].Event, &is[i].Event
			if a.Who != b.Who || a.Epoch != b.Epoch || a.Tree.Value != b.Tree.Value || dissect.Label(a.Tree) != b.Text || !bytes.Equal(a.Tree.Bytes(), b.Tree.Bytes()) {
				t.Errorf("%v: record %d is %v %s, was %v %s", words, i, b.Who, b.Text, a.Who, a.Text)
			}
			if b.Err != nil {
				t.Errorf("%v: record %d is sealed: %v", words, i, b.Err)
			}
			if is[i].Delivered < 0 {
				t.Errorf("%v: record %d was never delivered", words, i)
			}
		}
		if got := again[0].Conn.Keys(); len(own) == 0 || !slices.Equal(slices.Sorted(strings.Lines(string(got))), own) {
			t.Errorf("%v: its secrets are %q", words, got)
		}
		if a, b := End(crossing(events)), End(again); a.OK != b.OK || a.Alert != b.Alert || a.Who != b.Who || a.After != b.After {
			t.Errorf("%v: ends with %+v, did with %+v", words, b, a)
		}
	}
}

// crossing leaves out what no capture has: what was said beside the wire.
func crossing(events []Event) []Event {
	var all []Event
	for _, e := range events {
		if e.Kind == Written || e.Kind == Delivered || e.Kind == Found && e.Tree != nil && e.Tree.Src != nil {
			all = append(all, e)
		}
	}
	return all
}

// TestReplaySealed: without secrets every sealed record says why, and none is told
// of twice.
func TestReplaySealed(t *testing.T) {
	_, conns, _ := reread(t, Handshake)
	sealed := 0
	for _, e := range Replay(conns[0], dissect.NewKeys()) {
		switch {
		case e.Kind == Found && e.Tree.Src != nil:
			t.Errorf("told of again: %s", e.Text)
		case e.Kind == Written && e.Err != nil:
			sealed++
		case e.Kind == Written && e.Epoch != dissect.Clear && e.Tree != nil:
			t.Errorf("opened without a secret: %s", e.Text)
		}
	}
	if sealed < 6 {
		t.Errorf("%d sealed records", sealed)
	}
}

// TestReplayNotes: what a capture lacks, what was said before TLS, and how a
// connection breaks off are events of their own.
func TestReplayNotes(t *testing.T) {
	_, conns, keys := reread(t, Handshake)
	c := conns[0]
	plain := func(d dissect.Dir, text string) capture.Chunk {
		return capture.Chunk{Dir: d, Data: []byte(text), Plain: true}
	}
	c.Chunks = append([]capture.Chunk{plain(dissect.ToClient, "220 ready\r\n"), plain(dissect.ToServer, "STARTTLS\r\n")}, c.Chunks...)
	var last int
	for i, k := range c.Chunks {
		if k.Dir == dissect.ToClient && len(k.Data) > 0 {
			last = i
		}
	}
	lost := len(c.Chunks[last].Data)
	c.Chunks[last].Data = nil
	c.Chunks[last].Note = capture.Note{Kind: capture.Gap, Off: 3, N: int64(lost)}
	c.Chunks = append(c.Chunks, capture.Chunk{Dir: dissect.ToServer, Reset: true})
	var text strings.Builder
	p := NewPrinter(&text, Dissect, Settings{"path": "a file"})
	if err := p.Connection(Replay(c, keys)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"dissect 'a file'\n", "connection 1: 127.0.0.1:", "app.lab.test, TLS 1.3, began at 0.000 s\n", "  220 ready", "  STARTTLS", "  Finished\n",
		"observer: server to client: ", "missing from the capture\n", "the client tears the connection down (RST)\n",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, &text)
		}
	}
}

// TestReplayIsBounded: a connection of very many records is not told of to its end,
// and says so.
func TestReplayIsBounded(t *testing.T) {
	empty := bytes.Repeat([]byte{23, 3, 3, 0, 0}, 1000)
	c := &capture.Conn{Number: 1, Client: netip.MustParseAddrPort("10.0.0.1:1"), Server: netip.MustParseAddrPort("10.0.0.2:2"), Name: "a\x1b[2J"}
	for range 1000 {
		c.Chunks = append(c.Chunks, capture.Chunk{Data: empty})
	}
	events := Replay(c, dissect.NewKeys())
	end := events[len(events)-1]
	if end.Err == nil || !strings.Contains(end.Text, "more than 64 MB") {
		t.Errorf("ends with %q", end.Text)
	}
	if len(events) > 300_000 {
		t.Errorf("%d events", len(events))
	}
	if strings.Contains(events[0].Text, "\x1b") {
		t.Errorf("not clean: %q", events[0].Text)
	}
	for _, e := range events {
		if e.Tree == nil {
			continue
		}
		if err := wire.Check(e.Tree, func(string) bool { return true }); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzReplay: whatever a file and a key log hold, each connection is told of,
// printed and judged, in trees that keep their rules and text that is clean.
func FuzzReplay(f *testing.F) {
	set, err := Handshake.Settings(nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, max := range []string{"1.2", "1.3"} {
		set["max"] = max
		events, err := Start(f.Context(), Handshake, set, Options{Keys: ring}).Wait()
		if err != nil {
			f.Fatal(err)
		}
		kept := &Kept{Lab: Handshake, Events: events, Page: Page{Made: time.Unix(1e9, 0)}}
		var file, keys bytes.Buffer
		if err := errors.Join(Formats()[0].Write(&file, kept), Formats()[1].Write(&keys, kept)); err != nil {
			f.Fatal(err)
		}
		f.Add(file.Bytes(), keys.Bytes())
	}
	f.Add([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"), []byte("CLIENT_RANDOM x"))
	f.Fuzz(func(t *testing.T, file, log []byte) {
		keys := dissect.NewKeys()
		keys.Write(log)
		r := capture.NewReader(bytes.NewReader(file), keys)
		for {
			c, err := r.Next()
			if err != nil {
				return
			}
			events := Proven(Replay(c, keys))
			for i := range events {
				e := &events[i]
				if e.Tree != nil {
					if err := wire.Check(e.Tree, func(string) bool { return true }); err != nil {
						t.Fatal(err)
					}
				}
				if line := AppendEvent(nil, e); len(line) > 0 && !json.Valid(line) {
					t.Fatalf("no JSON: %s", line)
				}
			}
			var text strings.Builder
			p := NewPrinter(&text, Dissect, Settings{"path": "x"})
			p.Fields = true
			if err := p.Connection(events); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsFunc(text.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
				t.Fatalf("not clean: %q", text.String())
			}
		}
	})
}

// TestReplayOfLoss: without any one of its packets a connection is told of in the
// order in which it went on, each record at its time; and only the direction that
// lacks something says that bytes are missing before a record.
func TestReplayOfLoss(t *testing.T) {
	file, _ := written(t, Handshake)
	whole, _ := replayed(t, file)
	place := map[string]int{}
	for i, r := range Records(whole) {
		place[r.Event.Who.String()+string(r.Event.Tree.Bytes())] = i
	}
	total := len(packetsOf(file))
	for i, at := range packetsOf(file) {
		events, conn := replayed(t, slices.Concat(file[:at[0]], file[at[1]:]))
		if int(conn.Packets) != total-1 {
			t.Errorf("without packet %d: %d packets", i+1, conn.Packets)
		}
		last, lossy, time := -1, Nobody, events[0].At
		for _, e := range events[1:] {
			if e.At < time {
				t.Errorf("without packet %d: %s is earlier than what is before it", i+1, e.Text)
			}
			time = e.At
			if is, text, ok := strings.Cut(e.Text, " to "); ok && e.Kind == Found && strings.HasSuffix(text, "missing from the capture") {
				lossy = Client
				if is == "server" {
					lossy = Server
				}
			}
			if e.Kind != Written || e.Tree == nil {
				continue
			}
			if at, known := place[e.Who.String()+string(e.Tree.Bytes())]; known && at < last {
				t.Errorf("without packet %d: %s stands behind what came later", i+1, e.Text)
			} else if known {
				last = at
			}
			if e.Err != nil && strings.Contains(e.Err.Error(), "before this record") && e.Who != lossy {
				t.Errorf("without packet %d: of the %s: %v", i+1, e.Who, e.Err)
			}
		}
	}
}

// written is a run as a capture with its secrets.
func written(t *testing.T, l *Lab) ([]byte, []Event) {
	t.Helper()
	events := finish(t, l)
	var file bytes.Buffer
	if err := Formats()[0].Write(&file, &Kept{Lab: l, Events: events, Page: Page{Made: time.Unix(1e9, 0)}}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), events
}

// replayed reads a capture of one connection.
func replayed(t *testing.T, file []byte) ([]Event, *capture.Conn) {
	t.Helper()
	keys := dissect.NewKeys()
	c, err := capture.NewReader(bytes.NewReader(file), keys).Next()
	if err != nil {
		t.Fatal(err)
	}
	return Replay(c, keys), c
}

// packetsOf returns where in a pcapng its packets begin and end.
func packetsOf(file []byte) (all [][2]int) {
	const enhancedPacket = 6
	for at := 0; at < len(file); {
		n := int(binary.LittleEndian.Uint32(file[at+4:]))
		if binary.LittleEndian.Uint32(file[at:]) == enhancedPacket {
			all = append(all, [2]int{at, at + n})
		}
		at += n
	}
	return all
}

// TestReplayBreaksOff: where a capture ends inside a record, what there is of it is
// told of, and nobody is said to have ended the connection.
func TestReplayBreaksOff(t *testing.T) {
	_, conns, keys := reread(t, Handshake)
	whole := conns[0]
	broken := *whole
	broken.Chunks = slices.Clone(whole.Chunks[:3])
	last := &broken.Chunks[2]
	last.Data = last.Data[:len(last.Data)-1]
	events := Replay(&broken, keys)
	end := events[len(events)-1]
	if end.Tree == nil || !strings.HasPrefix(end.Text, "cut off, ") {
		t.Errorf("it breaks off with %q", end.Text)
	}
	for _, e := range events {
		if strings.Contains(e.Text, "no more from") {
			t.Errorf("nobody has said %q", e.Text)
		}
	}
}
