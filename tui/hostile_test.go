package tui

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// evil is text that would do something to a terminal that believed it.
var evil = map[string]string{
	"CSI":       "\x1b[2J\x1b[31mred",
	"OSC 8":     "\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\",
	"OSC 52":    "\x1b]52;c;ZXZpbA==\x07",
	"DCS":       "\x1bP1$r0m\x1b\\",
	"C1":        "\u009b2J\u009d52;c;ZXZpbA==\u009c",
	"RLO":       "user\u202etxt.exe",
	"ZWJ":       "a\u200d\u200bb\ufeffc",
	"NUL":       "www.lab.test\x00.evil.test",
	"bad UTF-8": "ab\xff\xfe\xc3(",
	"newlines":  "one\r\ntwo\x08\x08three",
	"link mark": "\ue000evil\uf8ff",
	"separator": "one\u2028two\u2029three\u0085four\vfive",
	"4 KB":      strings.Repeat("\x1b[Hlong", 600),
}

// vector is a length of some bytes, and what it is the length of.
func vector(width int, p []byte) []byte {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(p)))
	return append(n[8-width:], p...)
}

// hello is a record with a ClientHello that names a host and a protocol.
func hello(host, proto string) []byte {
	extension := func(id byte, body []byte) []byte { return append([]byte{0, id}, vector(2, body)...) }
	exts := extension(0, vector(2, append([]byte{0}, vector(2, []byte(host))...)))
	exts = append(exts, extension(16, vector(2, vector(1, []byte(proto[:min(255, len(proto))]))))...)
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0x13, 1, 1, 0)
	body = append(body, vector(2, exts)...)
	return record(22, append([]byte{1}, vector(3, body)...))
}

// record is one TLS record.
func record(kind byte, p []byte) []byte {
	return append([]byte{kind, 3, 3}, vector(2, p)...)
}

// tlv is one DER element.
func tlv(tag byte, parts ...[]byte) []byte {
	p := bytes.Join(parts, nil)
	n := len(p)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, p...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, p...)
	}
	return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, p...)
}

// certificate is a record with a Certificate message of TLS 1.2 whose names are
// those given: such as no library of ours would make.
func certificate(issuer, cn, san string) []byte {
	name := func(s string) []byte {
		return tlv(0x30, tlv(0x31, tlv(0x30, []byte{6, 3, 0x55, 4, 3}, tlv(0x0c, []byte(s)))))
	}
	alg := tlv(0x30, []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2})
	times := tlv(0x30, tlv(0x17, []byte("260101000000Z")), tlv(0x17, []byte("270101000000Z")))
	key := tlv(0x30, tlv(0x30, []byte{6, 3, 0x2b, 0x65, 0x70}), tlv(3, make([]byte, 33)))
	ext := tlv(0xa3, tlv(0x30, tlv(0x30, []byte{6, 3, 0x55, 0x1d, 0x11}, tlv(4, tlv(0x30, tlv(0x82, []byte(san)))))))
	tbs := tlv(0x30, tlv(0xa0, []byte{2, 1, 2}), []byte{2, 1, 7}, alg, name(issuer), times, name(cn), key, ext)
	cert := tlv(0x30, tbs, alg, tlv(3, []byte{0}, make([]byte, 64)))
	return record(22, append([]byte{11}, vector(3, vector(3, vector(3, cert)))...))
}

// places are where text from outside can come in, by the message it is in.
var places = map[string]func(text string) (who labs.Party, rec []byte){
	"SNI":      func(s string) (labs.Party, []byte) { return labs.Client, hello(s, "h2") },
	"ALPN":     func(s string) (labs.Party, []byte) { return labs.Client, hello("app.lab.test", s) },
	"CN":       func(s string) (labs.Party, []byte) { return labs.Server, certificate("CA", s, "app.lab.test") },
	"issuer":   func(s string) (labs.Party, []byte) { return labs.Server, certificate(s, "app", "app.lab.test") },
	"SAN":      func(s string) (labs.Party, []byte) { return labs.Server, certificate("CA", "app", s) },
	"in clear": func(s string) (labs.Party, []byte) { return labs.Client, []byte("GET /" + s) },
}

// shownLab is a lab whose run tells of one record, and of an error with the
// same text. With harmless set, every trace of the text is replaced by as many
// cells of x.
func shownLab(place, text string, harmless bool) *labs.Lab {
	who, rec := places[place](text)
	swap := func(s string) string {
		if !harmless {
			return s
		}
		return calm(s)
	}
	return &labs.Lab{Name: "shown", Doc: "Shows one record.", Knobs: labs.Wiretap.Knobs, Run: func(_ context.Context, b *labs.Bench, _ labs.Settings) error {
		at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4433}
		dir := dissect.ToServer
		if who == labs.Server {
			dir = dissect.ToClient
		}
		for _, r := range dissect.New(dissect.NewKeys()).Feed(dir, rec) {
			r.Tree.Walk(func(path []*wire.Field) { f := path[len(path)-1]; f.Value = swap(f.Value) })
			b.Emit(labs.Event{Kind: labs.Written, Who: who, Conn: &labs.Conn{Client: at, Server: at}, Text: swap(dissect.Label(r.Tree)), Tree: r.Tree})
		}
		err := fmt.Errorf("refused: %s", text)
		b.Emit(labs.Event{Kind: labs.Said, Who: labs.Client, Text: swap(wire.Clean(err.Error(), 1<<10)), Err: err})
		return nil
	}}
}

// calm replaces every escape by as many cells of Q; one that was cut, too.
func calm(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		n := map[byte]int{'x': 4, 'u': 6, 'U': 10, '\\': 2}[s[min(i+1, len(s)-1)]]
		n = min(max(1, n), len(s)-i)
		if cut := strings.Index(s[i:i+n], "…"); cut >= 0 {
			n = cut
		}
		b.WriteString(strings.Repeat("Q", n))
		i += n - 1
	}
	return b.String()
}

// TestHostileText shows every hostile text in every place: outside of its cells
// the screen is that of a harmless text as wide as the escaped one; nothing
// reaches the clipboard; text and JSON hold no control character.
func TestHostileText(t *testing.T) {
	for place := range places {
		for name, text := range evil {
			what := place + "/" + name
			bad, good := hostileScreen(t, what, shownLab(place, text, false)), hostileScreen(t, what, shownLab(place, text, true))
			cells := 0
			for y := range bad {
				for x := range bad[y] {
					if good[y][x].text == "Q" {
						cells++
					} else if bad[y][x] != good[y][x] {
						t.Fatalf("%s: the cell at %d,%d is %+v, with harmless text %+v", what, x, y, bad[y][x], good[y][x])
					}
				}
			}
			if cells == 0 {
				t.Errorf("%s: the text is not on the screen", what)
			}
			checkOutputs(t, what, shownLab(place, text, false))
		}
	}
}

// hostileScreen opens the record of a lab's run with every field, and returns
// the cells that a terminal then shows. What is written to the terminal is
// checked for what it would act on.
func hostileScreen(t *testing.T, what string, lab *labs.Lab) [][]cell {
	t.Helper()
	env := newEnv(t, theme.Dark, false)
	lab.Look = nil
	s := NewLab(env, lab, nil).(*labScreen)
	d := newDrive(t, 140, 42, env, s)
	d.idle(s)
	s.focus = bytesPane
	for _, k := range []string{"a", "home", "["} {
		d.key(k)
	}
	path := map[string]string{"SNI": "host_name", "ALPN": "ProtocolName", "CN": "subject", "issuer": "issuer", "SAN": "dNSName", "in clear": "plaintext"}
	if place, _, _ := strings.Cut(what, "/"); place != "in clear" && !s.fields.Select(path[place]) {
		t.Fatalf("%s: there is no %s", what, path[place])
	}
	s.cur().end.Text, s.cur().end.OK = "shown", true // how long it took differs between two runs
	e := &term{t: nil, e: vt.NewEmulator(140, 42)}
	defer e.e.Close()
	e.e.RegisterOscHandler(52, func([]byte) bool { t.Errorf("%s: the clipboard was written", what); return true })
	raw := d.screen()
	for _, seq := range []string{"\x1b]", "\x1bP", "\x1b[2J", "\x1b[H", "\u202e", "\u200d", "\u009b", "\x00", "\r", "\x07", "\x08"} {
		if strings.Contains(raw, seq) {
			t.Errorf("%s: %q reaches the terminal", what, seq)
		}
	}
	e.Write([]byte(raw))
	return e.cells()
}

// checkOutputs prints a lab's run as text and as JSON.
func checkOutputs(t *testing.T, what string, lab *labs.Lab) {
	t.Helper()
	settings, err := lab.Settings(nil)
	if err != nil {
		t.Fatal(err)
	}
	events, err := labs.Start(context.Background(), lab, settings, labs.Options{Keys: ring}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	p := labs.NewPrinter(&text, lab, settings)
	p.Fields = true
	p.Print(events)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	lines := labs.AppendStart(nil, lab, settings)
	for i := range events {
		lines = labs.AppendEvent(lines, &events[i])
	}
	lines = labs.AppendGoals(lines, events)
	for form, out := range map[string]string{"text": text.String(), "JSON": string(lines)} {
		for _, r := range out {
			if r != '\n' && wire.Clean(string(r), 20) != string(r) {
				t.Errorf("%s: the %s holds %q", what, form, r)
				break
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Errorf("a line of JSON cannot be read: %v", err)
		}
	}
}

// TestHostileKeys checks that a key whose letter a terminal would obey is named by
// what is safe to show.
func TestHostileKeys(t *testing.T) {
	d, _ := labDrive(t, 80, 24)
	for _, k := range []tea.KeyPressMsg{{Code: 0x9b, Text: "\u009b"}, {Code: 0x9b}, {Code: 0x202e, Text: "\u202e"}, {Code: 'x', Text: "\x1b[31m"}} {
		d.send(k)
		if got := d.screen(); strings.ContainsAny(got, "\u009b\u202e") || strings.Contains(got, "\x1b[31m") {
			t.Errorf("%q is on the screen: %q", k.String(), got)
		}
		if !strings.Contains(d.screen(), "does nothing") {
			t.Errorf("%q is not answered", k.String())
		}
	}
}

// TestHostilePaste checks that what is pasted into a text knob is a line.
func TestHostilePaste(t *testing.T) {
	for name, text := range evil {
		d, s := labDrive(t, 140, 42, "wiretap")
		d.run(s.edit())
		d.soon()
		d.send(tea.PasteMsg{Content: text})
		if raw := d.screen(); strings.Contains(raw, "\x1b]") || strings.Contains(raw, "\x1b[2J") || strings.Contains(raw, "\u202e") {
			t.Errorf("%s: a pasted control character reached the screen", name)
		}
		if p := d.app.top().(*prompt); len(string(p.text)) > p.most || strings.ContainsAny(string(p.text), "\x1b\x00\r\n") {
			t.Errorf("%s: the line is %.60q", name, string(p.text))
		}
	}
}
