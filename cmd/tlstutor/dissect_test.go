package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs"
	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
)

// traceOf runs a lab and returns it as a capture.
func traceOf(t *testing.T, l *labs.Lab, set labs.Settings) []byte {
	t.Helper()
	set, err := l.Settings(set)
	if err != nil {
		t.Fatal(err)
	}
	events, err := labs.Start(t.Context(), l, set, labs.Options{}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := labs.Formats()[0].Write(&file, &labs.Kept{Lab: l, Settings: set, Events: events, Page: labs.Page{Made: time.Unix(1e9, 0)}}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// dissected is what dissect prints of a capture.
func dissected(t *testing.T, file []byte, opens func(*bufio.Writer) opener) string {
	t.Helper()
	var text bytes.Buffer
	out, keys := bufio.NewWriter(&text), dissect.NewKeys()
	to := opens(out)
	tell := newTelling(&chosen{keys: keys}, to, out)
	if err := opened(t.Context(), capture.NewReader(bytes.NewReader(file), &secretsAfter{keys, tell}), tell, "a file"); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestDissectEndings: each connection ends with how it ended, in the JSON as in the
// text: behind its other events, under its number.
func TestDissectEndings(t *testing.T) {
	file := traceOf(t, labs.SNI, labs.Settings{"ech": "stale"})
	text := dissected(t, file, func(w *bufio.Writer) opener { return &textOpener{w: w} })
	var endings, last []string
	for line := range strings.Lines(dissected(t, file, func(w *bufio.Writer) opener { return &jsonOpener{w} })) {
		var l struct {
			Event struct {
				Conn string
				Tree struct{ Name, Value string }
			}
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if l.Event.Conn == "" {
			continue
		}
		n := len(last)
		if n == 0 || last[n-1] != l.Event.Conn {
			last = append(last, l.Event.Conn)
		}
		if l.Event.Tree.Name == "ending" {
			endings = append(endings, l.Event.Conn+": "+l.Event.Tree.Value)
		} else if slices.ContainsFunc(endings, func(e string) bool { return strings.HasPrefix(e, l.Event.Conn+": ") }) {
			t.Errorf("behind the ending of connection %s: %s", l.Event.Conn, line)
		}
	}
	if !slices.Equal(last, []string{"1", "2"}) || len(endings) != 2 || !strings.Contains(endings[0], "ech_required") || !strings.Contains(endings[1], "completed in ") {
		t.Errorf("connections %q end with %q", last, endings)
	}
	for _, e := range endings {
		if _, how, _ := strings.Cut(e, ": "); !strings.Contains(text, how) {
			t.Errorf("the text lacks %q:\n%s", how, text)
		}
	}
}
