package labs

import (
	"bytes"
	"errors"
	"maps"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// shellWords cuts a line into words as a shell does that knows only blanks and
// single quotes. It fails where a shell would do something else with the line.
func shellWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	for rest := line; rest != ""; rest = rest[1:] {
		switch c := rest[0]; {
		case c == '\'':
			quoted, begun = !quoted, true
		case quoted:
			word.WriteByte(c)
		case c == ' ':
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		case strings.HasPrefix(rest, `\'`):
			word.WriteByte('\'')
			rest, begun = rest[1:], true
		case strings.IndexByte("\t\n\"\\$`&|;<>()*?[]#~!{}", c) >= 0:
			return nil, errors.New("a shell takes " + string(c) + " for something else")
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if quoted {
		return nil, errors.New("a quote is not closed")
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}

// FuzzSettings: whatever words stand behind the name of a lab, they are refused in
// one clean line, or are settings that all knobs take, also when turned; they stand
// in JSON as they are; and the line that one types to have the same run is clean,
// and gives the same run where the words were clean.
func FuzzSettings(f *testing.F) {
	for i, l := range All() {
		for _, p := range l.Presets {
			words, err := shellWords(l.Line(p.Set))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(i), strings.Join(words[1:], "\n"))
		}
		for j := range l.Knobs {
			k := &l.Knobs[j]
			f.Add(uint8(i), k.Name+"="+k.Start()+"\n"+k.Name+"="+k.Turn(k.Start(), 1))
		}
	}
	for _, line := range []string{"name=it's\nrtt=+7", "name='a' \"b\" $c `d` \\e", "name=a\x1b[2J", "rtt=99999999999999999999", "rtt=", "name=", "=", "max", "max=1.2=3",
		"m\u0301ax=1", "name=" + strings.Repeat("\u202e", 80), strings.Repeat("a", 3000), "tamper=\xff", "name=\xff\nname=ok", "name=-n\nrtt=-0"} {
		f.Add(uint8(0), line)
	}
	f.Add(uint8(1), "say=two words, and 'more'")
	f.Add(uint8(2), "say=~!#*?[]{}()<>|;&^%@")
	f.Fuzz(func(t *testing.T, lab uint8, line string) {
		l := All()[int(lab)%len(All())]
		given, err := l.Words(strings.Split(line, "\n"))
		if err != nil {
			if s := err.Error(); s == "" || len(s) > 1000 || wire.Clean(s, 1000) != s {
				t.Fatalf("the error %q", s)
			}
			return
		}
		s, err := l.Settings(given)
		if err != nil || len(s) != len(l.Knobs) {
			t.Fatalf("%d of %d settings, %v", len(s), len(l.Knobs), err)
		}
		for i := range l.Knobs {
			k := &l.Knobs[i]
			for _, by := range []int{0, 1, -1, 1 << 40, -1 << 40} {
				if err := k.Check(k.Turn(s[k.Name], by)); err != nil {
					t.Errorf("%s=%q turned by %d: %v", k.Name, s[k.Name], by, err)
				}
			}
		}
		if got := decode(t, AppendStart(nil, l, s))[0]; got.Lab != l.Name || !maps.Equal(got.Settings, seen(l, s)) {
			t.Errorf("as JSON %v, want %v", got.Settings, s)
		}
		typed := l.Line(s)
		if wire.Clean(typed, 1<<16) != typed {
			t.Errorf("the line %q is not clean", typed)
		}
		lossless := true
		for _, v := range s {
			lossless = lossless && wire.Clean(v, wire.MaxValue) == v
		}
		var printed bytes.Buffer
		NewPrinter(&printed, l, s)
		for _, line := range []string{typed, strings.TrimPrefix(strings.TrimSuffix(printed.String(), "\n"), "run ")} {
			words, err := shellWords(line)
			if err != nil || words[0] != l.Name {
				t.Fatalf("%q: %q, %v", line, words, err)
			}
			if !lossless {
				continue
			}
			back, err := l.Words(words[1:])
			if err == nil {
				back, err = l.Settings(back)
			}
			if err != nil || !maps.Equal(back, s) {
				t.Errorf("%q is %v, %v; want %v", line, back, err, s)
			}
		}
	})
}
