package labs

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"strings"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/recorded"
	"tlstutor/labs/wire"
)

// recordingNote is the name of the finding that says that a run is a recording.
const recordingNote = "recording"

// Recording returns of what and when a run is a recording, or "": then it took
// place here and now.
func Recording(events []Event) string {
	for _, e := range events {
		if e.Kind == Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == recordingNote {
			return e.Tree.Value
		}
	}
	return ""
}

// Recorded reports whether there is a recording of a run with these settings. The
// delay of the wire is not recorded: a recording crosses a wire of its own.
func (l *Lab) Recorded(s Settings) bool { return recorded.Has(l.recording(s)) }

// recording is the name of the recording for these settings.
func (l *Lab) recording(s Settings) string {
	s = maps.Clone(s)
	delete(s, "rtt")
	if l.Name == "handshake" { // whose were first, and have no prefix
		return recorded.Name(strings.Fields(l.Line(s))[1:])
	}
	// Settings may be any text, and the name of a file may not.
	words := []string{l.Name}
	for i := range l.Knobs {
		k := &l.Knobs[i]
		if v, ok := s[k.Name]; ok && v != k.Start() {
			words = append(words, k.Name+"="+url.QueryEscape(v))
		}
	}
	return recorded.Name(words)
}

// replay plays what was recorded where a program is missing: both sides write
// what was written then, when it was written, and say what was said.
func (b *Bench) replay(s Settings, delay time.Duration, missing *peer.MissingError) error {
	l := b.run.lab
	if !l.Recorded(s) {
		return b.unrecorded(s, missing)
	}
	take, err := recorded.Load(l.recording(s))
	if err != nil {
		return err
	}
	note := take.By + ", " + take.Made
	b.Emit(Event{Kind: Found, Tree: wire.Note(recordingNote, note), Text: fmt.Sprintf("REC: %v, so this is a recording of it (%s)", missing, note)})
	for _, l := range take.Lines {
		if l.Conn == 0 {
			b.quote(nil, l)
		}
	}
	way := Route{Delay: delay}
	for i, name := range connections(s) {
		if i == len(take.Conns) {
			break
		}
		way.Name = name
		if way.After, _, err = b.Connect(way, b.plays(take, i), b.plays(take, i)); err != nil {
			return err
		}
	}
	return nil
}

// unrecorded says why there is nothing to show, and what there is.
func (b *Bench) unrecorded(s Settings, missing error) error {
	l := b.run.lab
	// Settings in which no other program plays have no recording, and need none.
	none := errors.New("of these settings there is no recording")
	err := l.blame(s, func(s Settings) error {
		for i := range l.Knobs {
			k := &l.Knobs[i]
			if k.Needs != nil && k.Needs(s[k.Name]) != "" && l.Recorded(s) {
				return nil
			}
		}
		return none
	})
	return &Refusal{fmt.Errorf("%w, and %w", missing, err)}
}

// quote emits what was said then.
func (b *Bench) quote(on *Conn, l recorded.Line) {
	who, _ := party(l.Who)
	e := Event{Kind: Said, Who: who, Conn: on, Text: l.Text}
	if l.Failed {
		e.Err = errors.New(l.Text)
	}
	if l.Failed && l.Text == io.EOF.Error() { // which is told apart: the other side only went away
		e.Err = io.EOF
	}
	b.Emit(e)
}
