package labs

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"tlstutor/labs/wire"
)

// The shapes that a reader of the JSON relies on; unknown members are errors.
type jsonLine struct {
	Lab      string
	Settings map[string]string
	Event    *jsonEvent
	Goals    []jsonGoal
}

type jsonEvent struct {
	AtUs                                    int64 `json:"at_us"`
	Kind, Who, To, Conn, Epoch, Text, Error string
	Tree                                    *jsonField
}

type jsonGoal struct {
	Name, Why string
	Met       *bool
}

type jsonField struct {
	Name, Value          string
	Code                 *uint64
	Source               *string
	Offset, Length, Head *int
	Hex                  *string
	Error                string
	Kids                 []jsonField
}

func decode(t *testing.T, b []byte) []jsonLine {
	t.Helper()
	var lines []jsonLine
	in := bufio.NewScanner(bytes.NewReader(b))
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var l jsonLine
		d := json.NewDecoder(bytes.NewReader(in.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&l); err != nil || d.More() {
			t.Fatalf("%v in %.200s", err, in.Text())
		}
		lines = append(lines, l)
	}
	if in.Err() != nil {
		t.Fatal(in.Err())
	}
	return lines
}

// seen are the settings as anybody may see them.
func seen(l *Lab, s Settings) map[string]string {
	all := map[string]string{}
	for i := range l.Knobs {
		all[l.Knobs[i].Name] = l.Knobs[i].Shown(s)
	}
	return all
}

// TestHiddenJSON: in a drill a program is not told of a fault that it is not.
func TestHiddenJSON(t *testing.T) {
	got := decode(t, AppendStart(nil, FaultBench, setting(t, FaultBench, "drill=1")))[0].Settings
	if got["fault"] != "hidden" || got["drill"] != "1" {
		t.Errorf("the settings of a drill are %v", got)
	}
}

func TestJSON(t *testing.T) {
	for _, p := range append([]played{
		{Handshake, []string{"max=1.2", "ticket=on"}}, {Handshake, []string{"auth=require", "client-cert=good", "group=P-384"}},
	}, plays()...) {
		l, s, events := p.lab, setting(t, p.lab, p.words...), finish(t, p.lab, p.words...)
		out := AppendStart(nil, l, s)
		for i := range events {
			out = AppendEvent(out, &events[i])
		}
		lines := decode(t, AppendGoals(out, events))
		if lines[0].Lab != l.Name || fmt.Sprint(lines[0].Settings) != fmt.Sprint(seen(l, s)) {
			t.Errorf("%+v", lines[0])
		}
		n := 1
		for i := range events {
			if events[i].Kind != Delivered {
				sameEvent(t, lines[n].Event, &events[i])
				n++
			}
		}
		if n != len(lines)-2 || len(lines[n+1].Goals) != len(l.Goals) {
			t.Fatalf("%d lines for %d events", len(lines), n)
		}
		end := End(events)
		if e := lines[n].Event; e == nil || e.Kind != "found" || e.Text != end.How() || e.Tree == nil || (e.Error == "") != (end.Err == nil) {
			t.Errorf("it ends with %+v, not with %q", e, end.How())
		}
		n++
		for i, g := range lines[n].Goals {
			missing := l.Goals[i].Met(s, events)
			if g.Name != l.Goals[i].Name || g.Met == nil || *g.Met != (missing == nil) || missing != nil && g.Why != missing.Error() {
				t.Errorf("%+v", g)
			}
		}
	}
}

func sameEvent(t *testing.T, got *jsonEvent, e *Event) {
	t.Helper()
	failed := ""
	if e.Err != nil {
		failed = wire.Clean(e.Err.Error(), textLimit) // a name in it may be hostile
	}
	epoch := ""
	if e.Conn != nil && e.Tree != nil {
		epoch = e.Epoch.String()
	}
	if got == nil || got.AtUs != e.At.Microseconds() || got.Kind != e.Kind.String() || got.Who != e.Who.String() ||
		got.To != e.To.String() || got.Epoch != epoch || got.Text != e.Text || got.Error != failed || (got.Tree == nil) != (e.Tree == nil) {
		t.Fatalf("%+v is not %+v", got, e)
	}
	if e.Tree != nil {
		sameField(t, got.Tree, e.Tree)
	}
}

func sameField(t *testing.T, got *jsonField, f *wire.Field) {
	t.Helper()
	if got.Name != f.Name || got.Value != f.Value || (got.Code != nil) != f.IsNum || f.IsNum && *got.Code != f.Code || len(got.Kids) != len(f.Kids) {
		t.Fatalf("%+v is not %+v", got, f)
	}
	if (got.Source == nil) != (f.Src == nil) || (got.Hex != nil) != (f.Src != nil && len(f.Kids) == 0 && !f.Secret) {
		t.Fatalf("%s: source %v, hex %v", f.Name, got.Source, got.Hex)
	}
	if f.Src != nil {
		head := 0
		if got.Head != nil {
			head = *got.Head
		}
		if *got.Source != f.Src.Name || *got.Offset != f.Off || *got.Length != f.N || head != f.Head {
			t.Fatalf("%s: %s %d+%d", f.Name, *got.Source, *got.Offset, *got.Length)
		}
	}
	if got.Hex != nil && *got.Hex != hex.EncodeToString(f.Bytes()) {
		t.Fatalf("%s: %s", f.Name, *got.Hex)
	}
	for i := range f.Kids {
		sameField(t, &got.Kids[i], f.Kids[i])
	}
}

// TestJSONSecret withholds the bytes of a secret, and of all that is in it.
func TestJSONSecret(t *testing.T) {
	src := &wire.Source{Name: "key", Data: []byte("0123456789")}
	kid := &wire.Field{Name: "d", Src: src, N: 10}
	for _, f := range []*wire.Field{{Name: "key", Secret: true, Src: src, N: 10}, {Name: "key", Secret: true, Src: src, N: 10, Kids: []*wire.Field{kid}}} {
		if got := string(AppendField(nil, f)); strings.Contains(got, "hex") || strings.Contains(got, "3031") {
			t.Error(got)
		}
	}
	if got := string(AppendField(nil, wire.Note("verdict", "ok", kid))); !strings.HasPrefix(got, `{"name":"verdict","value":"ok","kids":[{"name":"d","source":"key",`) {
		t.Error(got)
	}
}

// TestJSONStrings writes text that is hostile, although it should not come here
// uncleaned: what is decoded is the same, and the line holds nothing that a
// terminal obeys.
func TestJSONStrings(t *testing.T) {
	for _, s := range []string{
		"", "plain", `say "hi" \ there`, "\x00\x01\x1f\x7f", "\x1b[2J\x1b]52;c;aGk=\x07", "\u0085\u009b31m", "\u202egnp.exe", "a\u200db",
		"\u2028\u2029", "bad \xff\xfe utf-8", "\xc3", "é 漢 😀", "<script>&", "\U000e0041", strings.Repeat("x\"", 4096),
	} {
		b := appendString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil || back != validated(s) {
			t.Errorf("%q: %s: %q, %v", s, b, back, err)
		}
		for _, r := range string(b) {
			if !unicode.IsPrint(r) {
				t.Errorf("%q: %q is in the line", s, r)
			}
		}
	}
	e := Event{Kind: Said, Who: Client, Text: "x", Err: errors.New("\x1b[2J")}
	if got := decode(t, AppendEvent(nil, &e)); got[0].Event.Error != `\x1b[2J` {
		t.Errorf("%q", got[0].Event.Error)
	}
}

// validated replaces each byte that is not UTF-8, as encoding/json does.
func validated(s string) string { return string([]rune(s)) }

func BenchmarkJSON(b *testing.B) {
	events := finish(b, Handshake)
	var buf []byte
	for b.Loop() {
		buf = buf[:0]
		for i := range events {
			buf = AppendEvent(buf, &events[i])
		}
	}
	b.SetBytes(int64(len(buf)))
}
