package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"tlstutor/tui"
)

// TestHostileCue: whatever a program sends, what is shown has no control
// characters but those that draw, and an end.
func TestHostileCue(t *testing.T) {
	evil := "a\x1b]0;owned\x07\x9b31m\u202e\u200b\x00\r\b\xff"
	c := cleaned(&tui.Cue{Place: evil, Title: evil + strings.Repeat("x", 1<<16), Next: evil, Notes: strings.Repeat(evil+"\nline\n", 10000),
		Page: -1 << 60, Of: 1 << 60, Began: time.Unix(-1<<40, 0), Planned: -1})
	raw, err := json.Marshal(c)
	if err != nil || len(raw) > 4*maxSaid {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	for _, w := range []int{0, 1, 2, 40, 80} {
		var out strings.Builder
		lines := &lineBoard{w: &out, now: time.Now, frame: strings.Clone}
		for _, b := range []board{jsonBoard{&out}, lines, &screenBoard{lines, func() (int, int, error) { return w, 10, nil }}} {
			out.Reset()
			if err := b.cue(c); err != nil {
				t.Fatal(err)
			}
			text := out.String()
			for _, draw := range []string{"\x1b[H", "\x1b[K", "\x1b[J", "\r\n"} {
				text = strings.ReplaceAll(text, draw, "\n")
			}
			if strings.ContainsAny(text, "\x1b\x07\x00\r\b\u202e\u200b\u009b") || !strings.Contains(text, "a") {
				t.Errorf("%T at %d: %.300q", b, w, text)
			}
		}
		if n := strings.Count(out.String(), "\n"); w > 0 && n > 9 {
			t.Errorf("%d lines in a window of 10", n)
		}
	}
}

// TestBoards: what stands on each board, word by word.
func TestBoards(t *testing.T) {
	began := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	c := &tui.Cue{Place: "H1.3", Title: "When does it go dark?", Notes: "Ask first.\nThen run.", Next: "Two sets of keys", Page: 3, Of: 9, Began: began, Planned: 5*time.Minute + 30*time.Second}
	now := began.Add(4*time.Minute + 12*time.Second)
	var out strings.Builder
	lines := &lineBoard{w: &out, now: func() time.Time { return now }, frame: strings.Clone}
	again := *c
	for _, x := range []*tui.Cue{nil, c, &again} {
		if err := errors.Join(lines.cue(x), lines.tick()); err != nil {
			t.Fatal(err)
		}
	}
	want := nobody + "\n" + `H1.3, page 3 of 9: When does it go dark?
elapsed 4:12 · planned to the end of this page 5:30
next: Two sets of keys

Ask first.
Then run.

`
	if out.String() != want {
		t.Errorf("lines:\n%q, want\n%q", out.String(), want)
	}
	out.Reset()
	screen := &screenBoard{lines, func() (int, int, error) { return 30, 8, nil }}
	now = began.Add(time.Hour + 2*time.Minute + 3*time.Second)
	c.Next = ""
	if err := screen.cue(c); err != nil {
		t.Fatal(err)
	}
	want = "\x1b[HH1.3, page 3 of 9: When does\x1b[K\r\nit go dark?\x1b[K\r\nelapsed 1:02:03 · planned to\x1b[K\r\nthe end of this page 5:30 ·\x1b[K\r\n" +
		"56:33 over\x1b[K\r\nthis is the last page\x1b[K\r\n(3 more lines: make the window\x1b[K\r\n\x1b[J"
	if out.String() != want {
		t.Errorf("screen:\n%q, want\n%q", out.String(), want)
	}
	out.Reset()
	now = began.Add(-time.Hour) // a clock that was set
	if err := screen.tick(); err != nil || !strings.Contains(out.String(), "elapsed 0:00 ") {
		t.Errorf("%v, %q", err, out.String())
	}
}
