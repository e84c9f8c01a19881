package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"tlstutor/labs"
	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
)

// A lineOpener prints one line for each connection.
type lineOpener struct{ w *bufio.Writer }

func (l lineOpener) begin(labs.Settings) { fmt.Fprintln(l.w, "begin") }

func (l lineOpener) connection(events []labs.Event) { fmt.Fprintln(l.w, events[0].Text) }

func (l lineOpener) end(*capture.Seen) { fmt.Fprintln(l.w, "end") }

// TestTellingKeepsOrder: connections are printed in their order, each with the
// secrets that were read before it and none of those behind it.
func TestTellingKeepsOrder(t *testing.T) {
	const n = 200
	var keys, text bytes.Buffer
	out := bufio.NewWriter(&text)
	told := newTelling(&chosen{keys: dissect.NewKeys()}, lineOpener{out}, out)
	told.replay = func(c *capture.Conn) func() []labs.Event {
		if c.Number%10 == 0 {
			return nil // not wanted
		}
		return func() []labs.Event {
			return []labs.Event{{Text: fmt.Sprint(c.Number, " with ", keys.Len())}}
		}
	}
	secrets := &secretsAfter{&keys, told}
	want := "begin\n"
	told.prints(func() { told.to.begin(nil) })
	for i := range n {
		if !told.connection(&capture.Conn{Number: i}) {
			t.Fatalf("connection %d is refused", i)
		}
		if i%10 != 0 {
			want += fmt.Sprintln(i, "with", i)
		}
		secrets.Write([]byte{'x'})
	}
	if err := told.end(func() { told.to.end(nil) }); err != nil {
		t.Fatal(err)
	}
	if got := text.String(); got != want+"end\n" {
		t.Errorf("printed:\n%s", got)
	}
}

// TestTellingResumes: a connection that needs what one before it leaves has it,
// whoever is replayed first.
func TestTellingResumes(t *testing.T) {
	const n = 100
	var text bytes.Buffer
	out := bufio.NewWriter(&text)
	told := newTelling(&chosen{keys: dissect.NewKeys()}, lineOpener{out}, out)
	var left, missed atomic.Uint64 // the number of the last connection; how often it was not there yet
	told.missed = missed.Load
	told.replay = func(c *capture.Conn) func() []labs.Event {
		return func() []labs.Event {
			had := left.Load()
			if had != uint64(c.Number) {
				missed.Add(1)
			} else {
				left.Store(had + 1)
			}
			return []labs.Event{{Text: fmt.Sprint(c.Number, " has ", had)}}
		}
	}
	want := ""
	for i := range n {
		told.connection(&capture.Conn{Number: i})
		want += fmt.Sprintln(i, "has", i)
	}
	if err := told.end(nil); err != nil {
		t.Fatal(err)
	}
	if got := text.String(); got != want {
		t.Errorf("printed:\n%s", got)
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no room")

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestTellingStops: when a write has failed nothing more is told of, and why is
// said in the end.
func TestTellingStops(t *testing.T) {
	out := bufio.NewWriter(full{})
	told := newTelling(&chosen{keys: dissect.NewKeys()}, lineOpener{out}, out)
	told.replay = func(*capture.Conn) func() []labs.Event {
		return func() []labs.Event { return []labs.Event{{Text: strings.Repeat("x", 100)}} }
	}
	for n := 0; told.connection(&capture.Conn{}); n++ {
		if n > 100 {
			t.Fatal("it goes on")
		}
	}
	if told.connection(&capture.Conn{}) {
		t.Error("it goes on after it has stopped")
	}
	if err := told.end(func() { t.Error("printed to a full disk") }); !errors.Is(err, errFull) {
		t.Errorf("ends with %v", err)
	}
}
