package labs

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// paged returns the page of a run, with a note on each field.
func paged(t *testing.T, l *Lab, s Settings, events []Event) string {
	t.Helper()
	var b bytes.Buffer
	p := Page{Version: "v1", Made: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Note: func(path string) string {
		return "What " + path[strings.LastIndexByte(path, '.')+1:] + " means."
	}}
	if err := p.Write(&b, l, s, events); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPageHasAll checks that a page has each field of the run with its value,
// its place and its bytes, and is not too large to be mailed.
func TestPageHasAll(t *testing.T) {
	all := []played{{Handshake, []string{"max=1.2"}}, {Handshake, []string{"fault=unknown-ca"}}, {Handshake, []string{"auth=require", "client-cert=good"}}}
	for _, l := range All() {
		all = append(all, played{l, nil})
	}
	for _, p := range all {
		words := append([]string{p.lab.Name}, p.words...)
		events := finish(t, p.lab, p.words...)
		page := paged(t, p.lab, setting(t, p.lab, p.words...), events)
		if len(page) > 400<<10 {
			t.Errorf("%v: %d bytes", words, len(page))
		}
		if !strings.Contains(page, escapes.Replace(End(events).Text)) {
			t.Errorf("%v: no verdict", words)
		}
		has := map[string]bool{"": true}
		for _, m := range regexp.MustCompile(`>([^<]+)<`).FindAllStringSubmatch(page, -1) {
			has[m[1]] = true
		}
		for _, r := range Records(events) {
			r.Event.Tree.Walk(func(path []*wire.Field) {
				f := path[len(path)-1]
				secret := newDumps(path[0]).keys && secretValue(f)
				if !has[escapes.Replace(f.Name)] || !has[escapes.Replace(f.Value)] && !secret {
					t.Errorf("%v: field %s %q is missing", words, f.Name, f.Value)
				}
				if n := len(f.Kids); n == 0 && f.Src != nil && f.N > 0 && f.N <= leafBytes && !has[fmt.Sprintf("% x", f.Bytes())] {
					t.Errorf("%v: the bytes of %s are missing", words, f.Name)
				}
			})
		}
	}
}

// hostile is text that would like to be more than text.
var hostilePage = []string{
	"</script><script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", `"><svg onload=window.hit=1>`, "' onfocus=window.hit=1 autofocus '",
	"</style><style>body{display:none}", "--><!--", "&lt;b&gt;&#x3c;script>", "</pre></details></li></ol>", "]]>", "javascript:window.hit=1",
	"\x00\x1b[31m\u202egpj.exe", "\u2066\u200b\u2028", "\xff\xfe", "%s%d%!", "<base href=//evil.test>", "`${window.hit=1}`", "<plaintext>",
}

// hostileRun has the text in every place of a run that text can come from.
func hostileRun(text string) (*Lab, Settings, []Event) {
	clean := wire.Clean(text, wire.MaxValue)
	src := &wire.Source{Name: clean, Data: []byte(text + strings.Repeat("<", 32))}
	leaf := &wire.Field{Name: clean, Value: clean, Src: src, N: len(src.Data), Err: errors.New(text)}
	tree := &wire.Field{Name: "plaintext", Value: clean, Src: src, N: len(src.Data), Kids: []*wire.Field{leaf}, Err: errors.New(text)}
	conn := &Conn{Name: clean}
	l := &Lab{Name: "hostile", Doc: text, Knobs: []Knob{{Name: "say", Kind: Text, Max: 400, Doc: text}}}
	return l, Settings{"say": text}, []Event{
		{Kind: Said, Who: CA, Text: clean, Tree: tree},
		{Kind: Written, Conn: conn, Who: Client, To: Server, Text: clean, Tree: tree, Err: errors.New(text)},
		{Kind: Delivered, Conn: conn, Who: Client, To: Server, Text: clean, Tree: &wire.Field{Name: clean, Src: src, N: 3}},
		{Kind: Said, Conn: conn, Who: Client, Text: clean, Err: errors.New(text)},
		{Kind: Found, Who: Observer, Text: clean, Tree: wire.Note("overheard", text, leaf, wire.Note(clean, text))},
		goalEvent(Goal{Name: clean}, errors.New(text)),
	}
}

var tags = regexp.MustCompile(`<[!/a-zA-Z][^>]*>`)

// skeleton is a page without its text: its tags, with nothing in quotation
// marks.
func skeleton(page string) []string {
	quoted := regexp.MustCompile(`"[^"]*"`)
	var all []string
	for _, tag := range tags.FindAllString(page, -1) {
		all = append(all, quoted.ReplaceAllString(tag, `""`))
	}
	return all
}

// TestPageHostile checks that hostile text leaves a page made as harmless text
// of the same length makes it.
func TestPageHostile(t *testing.T) {
	for _, text := range hostilePage {
		page := paged(t, first(hostileRun(text)), Settings{"say": text}, third(hostileRun(text)))
		if i := strings.IndexFunc(page, func(r rune) bool {
			return r < ' ' && r != '\n' && r != '\t' || strings.ContainsRune("\u202e\u2066\u200b\u2028\ufffd", r)
		}); i >= 0 {
			t.Errorf("%q: %q gets through", text, page[i:i+3])
		}
		harmless := strings.Repeat("x", len(text))
		want := skeleton(paged(t, first(hostileRun(harmless)), Settings{"say": harmless}, third(hostileRun(harmless))))
		got := skeleton(page)
		if len(got) != len(want) {
			t.Errorf("%q makes %d tags, harmless text %d", text, len(got), len(want))
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q makes %s of %s", text, got[i], want[i])
			}
		}
	}
}

func first(l *Lab, _ Settings, _ []Event) *Lab    { return l }
func third(_ *Lab, _ Settings, e []Event) []Event { return e }

// TestPageSecret checks that what is secret, and all in it, is in no page.
func TestPageSecret(t *testing.T) {
	src := &wire.Source{Name: "key", Data: []byte("not for the reader")}
	kid := &wire.Field{Name: "inside", Src: src, Off: 4, N: 3}
	tree := &wire.Field{Name: "plaintext", Src: src, N: len(src.Data), Kids: []*wire.Field{
		{Name: "open", Src: src, N: 4}, {Name: "shut", Secret: true, Src: src, Off: 4, N: 10, Kids: []*wire.Field{kid, {Name: "rest", Src: src, Off: 7, N: 7}}},
		{Name: "tail", Src: src, Off: 14, N: 4},
	}}
	page := paged(t, &Lab{Name: "x"}, nil, []Event{{Kind: Said, Who: CA, Text: "made a key", Tree: tree}})
	for _, bytes := range []string{"66 6f 72", "for", "74 68 65", "the reader"} {
		if i := strings.Index(page[strings.Index(page, "<main>"):strings.Index(page, "<footer>")], bytes); i >= 0 {
			t.Errorf("%q is in the page", bytes)
		}
	}
	for _, want := range []string{"6e 6f 74 20 .. .. ..", "  not ..........ad\n", ">inside</a> <i>withheld</i>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
}

// TestPageNoKeys checks that the secrets of a run do not leave with its page.
func TestPageNoKeys(t *testing.T) {
	events := finish(t, Wiretap) // TLS 1.2 and 1.3
	page := strings.ReplaceAll(paged(t, Wiretap, setting(t, Wiretap), events), " ", "")
	n := 0
	for _, e := range events {
		if e.Conn == nil {
			continue
		}
		for line := range strings.Lines(string(e.Conn.Keys())) {
			if words := strings.Fields(line); len(words) == 3 {
				if n++; strings.Contains(page, words[2][:16]) {
					t.Fatalf("%s is in the page", words[0])
				}
			}
		}
	}
	if n == 0 {
		t.Error("the run has no keys")
	}
}

// TestPageBounded checks that a page of a run that told of very much stays one
// that a browser can open, and says what is missing.
func TestPageBounded(t *testing.T) {
	src := &wire.Source{Name: "stream", Data: bytes.Repeat([]byte("<"), 1<<20)}
	conn := &Conn{Name: "big"}
	var events []Event
	for i := range pageLanes + 7 {
		tree := &wire.Field{Name: "plaintext", Src: src, Off: i, N: 16000}
		for at := 0; at < 16000; at += 40 {
			tree.Kids = append(tree.Kids, &wire.Field{Name: "line", Value: "<<<<", Src: src, Off: i + at, N: 40})
		}
		if i > 300 { // one tree is as good as another
			tree = events[0].Tree
		}
		events = append(events, Event{Kind: Written, Conn: conn, Who: Client, To: Server, Text: "plaintext", Tree: tree})
	}
	for range pageSaid + 5 {
		events = append(events, Event{Kind: Said, Who: Client, Text: "again"})
	}
	page := paged(t, &Lab{Name: "x"}, nil, events)
	if len(page) > 32<<20 {
		t.Errorf("the page has %d MB", len(page)>>20)
	}
	for _, want := range []string{"7 records more were left out", "5 lines more were left out", "401 fields were left out: the page is full"} {
		if !strings.Contains(page, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if left := regexp.MustCompile(`<p class=cut>(\d+) fields were left out`).FindStringSubmatch(page); left == nil || len(left[1]) < 7 {
		t.Errorf("it does not count the fields: %q", left)
	}
}

// TestPageAlone checks that nothing in a page leads out of it, and that its
// policy lets in its own style and script only.
func TestPageAlone(t *testing.T) {
	words := []string{"flip=public-key"} // in which findings point to bytes
	page := paged(t, Certificate, setting(t, Certificate, words...), finish(t, Certificate, words...))
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`<[a-z]+ [^>]*?\bid="?([a-z0-9-]+)`).FindAllStringSubmatch(pageBody(page), -1) {
		if ids[m[1]] {
			t.Errorf("two things have the id %s", m[1])
		}
		ids[m[1]] = true
	}
	if m := regexp.MustCompile(`(?i)\s(src|srcset|action|data|poster|style|on[a-z]+)\s*=|url\(|@import|https?:`).FindString(page); m != "" {
		t.Errorf("the page has %q", m)
	}
	for _, m := range regexp.MustCompile(`href="?([^ ">]*)`).FindAllStringSubmatch(pageBody(page), -1) {
		if !strings.HasPrefix(m[1], "#") || !ids[m[1][1:]] {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
	for tag, text := range map[string]string{"style": pageCSS, "script": pageJS} {
		if strings.Count(page, "<"+tag+">") != 1 || strings.Contains(strings.ToLower(text), "</"+tag) || strings.Contains(text, "<!--") {
			t.Errorf("the page does not have one %s", tag)
		}
		if !strings.Contains(page, tag+"-src "+pageHash(text)) {
			t.Errorf("the policy does not let the %s in", tag)
		}
	}
	if pageHash("a\r\nb") != pageHash("a\nb") {
		t.Error("the ends of lines change the hash; a browser does not see them")
	}
}

// pageBody is a page without its script.
func pageBody(page string) string { return page[:strings.Index(page, "<script>")] }

// failing is a writer that has no room.
type failing struct{ room int }

func (f *failing) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}

func TestPageDiskFull(t *testing.T) {
	events := finish(t, Handshake)
	for _, room := range []int{0, 1 << 16} {
		if err := (Page{}).Write(&failing{room}, Handshake, setting(t, Handshake), events); err == nil || err.Error() != "the disk is full" {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
}

// TestPageContrast computes how text stands out from what it is on, in each set
// of colours (WCAG 2.2, Section 1.4.3).
func TestPageContrast(t *testing.T) {
	sets := regexp.MustCompile(`(?s)--bg:.*?\}`).FindAllString(pageCSS, -1)
	if len(sets) != 4 {
		t.Fatalf("%d sets of colours", len(sets))
	}
	if strings.Join(strings.Fields(sets[1]), " ") != strings.Join(strings.Fields(sets[2]), " ") {
		t.Error("the dark colours of the system and of the button differ")
	}
	vars := map[string]string{}
	for _, set := range sets {
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(set, -1) {
			vars[m[1]] = m[2]
		}
		for _, ink := range []string{"text", "dim", "strong", "client", "server", "clear", "handshake", "traffic", "off", "good", "bad"} {
			for _, on := range []string{"bg", "pane", "hover"} {
				checkContrast(t, vars, ink, on)
			}
		}
		for ink, on := range map[string]string{"clear": "clear-in", "handshake": "handshake-in", "traffic": "traffic-in", "on-bar": "bar", "on-lit": "lit"} {
			checkContrast(t, vars, ink, on)
		}
		checkContrast(t, vars, "bad", "handshake-in")
		checkContrast(t, vars, "bad", "traffic-in")
	}
}

func checkContrast(t *testing.T, vars map[string]string, ink, on string) {
	t.Helper()
	a, b := luminance(t, vars[ink]), luminance(t, vars[on])
	if c := (max(a, b) + 0.05) / (min(a, b) + 0.05); c < 4.5 {
		t.Errorf("%s %s on %s %s: %.2f to 1", ink, vars[ink], on, vars[on], c)
	}
}

// luminance is how bright a colour is, from 0 to 1.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
		c := float64(n>>(8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
