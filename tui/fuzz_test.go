package tui

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// FuzzSettingsLine: whatever is typed or pasted into the settings line stays within
// its bounds; the words it is cut into are the same when they are written as for a
// shell; and settings that a lab takes are those of the line that names its run.
func FuzzSettingsLine(f *testing.F) {
	for i, l := range labs.All() {
		for _, p := range l.Presets {
			f.Add(uint8(i), strings.TrimPrefix(l.Line(p.Set), l.Name+" "), 3)
		}
	}
	for _, line := range []string{`'name=it'\''s'`, `name=it\'s`, `name="it's" x"\'"`, `name="a b" rtt=20`, `say=a\ b`, `path=C:\Windows\`, `"a`, `'`, `\`, "theme stage", "theme \x1b[2J", "ascii", "mouse ascii", "", "   ", "''", `"" =`,
		"name=\u202e", "max=1.2 max=1.3", strings.Repeat("a ", 900), "\ufffd\x7f\xff", "what is this"} {
		f.Add(uint8(0), line, 1)
	}
	f.Fuzz(func(t *testing.T, lab uint8, line string, at int) {
		p := newPrompt(nil, nil, ": ", "", "do it", 1<<10, nil)
		at = int(uint(at) % uint(len(line)+1))
		p.insert(line[at:])
		p.at = 0
		p.insert(line[:at])
		p.cut(at)
		text := string(p.text)
		if len(text) > p.most || p.at < 0 || p.at > len(p.text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("cursor at %d of %q", p.at, text)
		}
		words, err := split(text)
		if err != nil {
			if s := err.Error(); wire.Clean(s, 100) != s || len(words) > 0 {
				t.Fatalf("%q and the error %q", words, s)
			}
			return
		}
		if n := len(strings.Join(words, " ")); n > len(text) {
			t.Errorf("%d bytes of words in a line of %d", n, len(text))
		}
		clean := true
		var quoted []string
		for _, w := range words {
			clean = clean && wire.Clean(w, wire.MaxValue) == w
			quoted = append(quoted, labs.Word(w))
		}
		if back, err := split(strings.Join(quoted, " ")); clean && (err != nil || !slices.Equal(back, words)) {
			t.Errorf("%q, written for a shell %q, is %q, %v", words, quoted, back, err)
		}
		if do := settle(words); do != nil {
			if m, ok := do().(sayMsg); ok && (wire.Clean(string(m), 200) != string(m) || m == "") {
				t.Errorf("says %q", m)
			}
		} else if len(words) > 0 {
			t.Errorf("%q means nothing", words)
		}
		l := labs.All()[int(lab)%len(labs.All())]
		given, err := l.Words(words)
		if err != nil || !clean {
			return
		}
		set, err := l.Settings(given)
		if err != nil {
			t.Fatal(err)
		}
		typed, err := split(l.Line(set))
		if err != nil || len(typed) == 0 || typed[0] != l.Name {
			t.Fatalf("%q is %q, %v", l.Line(set), typed, err)
		}
		back, err := l.Words(typed[1:])
		if err == nil {
			back, err = l.Settings(back)
		}
		if err != nil || !maps.Equal(back, set) {
			t.Errorf("%q is %v, %v; want %v", l.Line(set), back, err, set)
		}
	})
}
