package tui

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// A spot is a text of the toy course that somebody else may have written, and how
// to see it: a place and keys, or keys at home.
type spot struct {
	file, was string
	yaml      bool // it stands between quotes, where escapes mean something
	code      bool // colours depend on it
	source    bool // its Markdown is shown as it was written
	unseen    bool // it is not on a screen
	place     string
	keys      []string
}

// spots are all fields of a course that are shown.
var spots = map[string]spot{
	"course title":  {file: "course.yaml", was: "A toy course", yaml: true},
	"module title":  {file: "course.yaml", was: "The first half", yaml: true},
	"lesson title":  {file: "lessons/T1-first.md", was: "The toy lesson", yaml: true},
	"title in head": {file: "lessons/T1-first.md", was: "The toy lesson", yaml: true, place: "T1.5"},
	"page title":    {file: "lessons/T1-first.md", was: "The last words", place: "T1.5"},
	"page in list":  {file: "lessons/T1-first.md", was: "The last words", keys: []string{"right"}},
	"page found":    {file: "lessons/T1-first.md", was: "The last words", keys: []string{"/"}},
	"prose":         {file: "lessons/T1-first.md", was: "Nothing is asked here.", place: "T1.1"},
	"words of term": {file: "lessons/T1-first.md", was: "[hello](#hello) chose", place: "T1.1"},
	"item of list":  {file: "lessons/T1-first.md", was: "**You saw** a toy.", place: "T1.5"},
	"ask":           {file: "lessons/T1-first.md", was: "What comes first?", yaml: true, place: "T1.3"},
	"ask, gone on":  {file: "lessons/T1-first.md", was: "What comes first?", yaml: true, place: "T1.3", keys: []string{"1", "enter", "space"}},
	"option":        {file: "lessons/T1-first.md", was: "A certificate", yaml: true, place: "T1.3", keys: []string{"2"}},
	"option said":   {file: "lessons/T1-first.md", was: "A certificate", yaml: true, place: "T1.3", keys: []string{"2", "enter"}},
	"because":       {file: "lessons/T1-first.md", was: "It does come first.", yaml: true, place: "T1.3", keys: []string{"1", "enter"}},
	"trap":          {file: "lessons/T1-first.md", was: "That anything comes before it.", yaml: true, place: "T1.3", keys: []string{"2", "enter"}},
	"hint":          {file: "lessons/T1-first.md", was: "Its name says so.", yaml: true, place: "T1.3", keys: []string{"i"}},
	"outcome":       {file: "lessons/T1-first.md", was: "Nowhere: the server refuses", yaml: true, place: "T1.2"},
	"reason":        {file: "lessons/T1-first.md", was: "So it is in TLS 1.3.", yaml: true, place: "T1.2", keys: []string{"1", "enter"}},
	"speaker":       {file: "lessons/T1-first.md", was: "Say hello.", place: "T1.1", keys: []string{"p"}, unseen: true},
	"track":         {file: "course.yaml", was: "Both lessons", yaml: true, unseen: true},
	"say":           {file: "lessons/T1-first.md", was: "what is a toy?", yaml: true, place: "T1.5"},
	"code title":    {file: "lessons/T1-first.md", was: "Say which it is", place: "T1.4"},
	"snippet":       {file: "snippets/a.go", was: "main() {", place: "T1.4", code: true},
	"snippet whole": {file: "snippets/a.go", was: "main() {", place: "T1.4", code: true, keys: []string{"y", "y"}},
	"fact":          {file: "facts.yaml", was: "47 days", yaml: true, place: "T1.1"},
	"source":        {file: "facts.yaml", was: "the toy's own rules", yaml: true, place: "T1.1", keys: []string{"shift+tab", "enter"}},
	"explained":     {file: "glossary.md", was: "The first message; it travels in a", place: "T1.1", keys: []string{"term"}},
	"word found":    {file: "glossary.md", was: "What carries a message.", keys: []string{"end", "enter"}, source: true},
	"alias found":   {file: "glossary.md", was: "record | records", keys: []string{"end", "enter"}},
	"name of run":   {file: "lessons/T1-first.md", was: "the older one", yaml: true, place: "T1.1", keys: []string{"o"}},
}

// with is the toy course with another text in a spot, or nil where the loader
// refuses it.
func (sp spot) with(t *testing.T, text string) *lessons.Course {
	t.Helper()
	files := toyFiles()
	was := string(files[sp.file].Data)
	if strings.Count(was, sp.was) != 1 {
		t.Fatalf("%q stands %d times in %s", sp.was, strings.Count(was, sp.was), sp.file)
	}
	if sp.yaml {
		text = quoted(text)
		was = strings.Replace(was, `"`+sp.was+`"`, sp.was, 1)
	}
	switch sp.was {
	case "[hello](#hello) chose":
		text = "[" + text + "](#hello) chose"
	case "record | records":
		text = "record | " + text
	}
	files[sp.file] = &fstest.MapFile{Data: []byte(strings.Replace(was, sp.was, text, 1))}
	c, err := lessons.Load(files)
	if err != nil {
		return nil
	}
	return c
}

// quoted writes a text as YAML does between double quotes.
func quoted(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ' || r > '~':
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}

// calmAll makes every escape in a course as many cells of Q. In Markdown that is
// rendered, two backslashes are one.
func calmAll(v reflect.Value, seen map[uintptr]bool, source bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() || v.Kind() == reflect.Pointer && seen[v.Pointer()] {
			return
		}
		if v.Kind() == reflect.Pointer {
			seen[v.Pointer()] = true
		}
		calmAll(v.Elem(), seen, source)
	case reflect.Struct:
		if p, ok := v.Addr().Interface().(*lessons.Part); ok && !source {
			p.Text = strings.ReplaceAll(p.Text, `\\`, "Q")
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				calmAll(v.Field(i), seen, source)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			calmAll(v.Index(i), seen, source)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			calmAll(v.MapIndex(k), seen, source)
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(calm(v.String()))
		}
	}
}

// TestHostileCourse puts every hostile text into every field of a course:
// outside of its cells the screen is that of a harmless text as wide, nothing
// reaches the terminal that it would act on, and speaker notes are clean.
func TestHostileCourse(t *testing.T) {
	for _, field := range slices.Sorted(maps.Keys(spots)) {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			shown := 0
			for name, text := range evil {
				bad, good := spots[field].with(t, text), spots[field].with(t, text)
				if bad == nil {
					continue // the loader says what is wrong with it
				}
				calmAll(reflect.ValueOf(good), map[uintptr]bool{}, spots[field].source)
				for _, w := range good.Glossary.All() {
					calmAll(reflect.ValueOf(w), map[uintptr]bool{}, spots[field].source)
				}
				what := field + "/" + name
				if cells := compare(t, what, spots[field].screen(t, what, bad), spots[field].screen(t, what, good), spots[field].code); cells > 0 {
					shown++
				}
			}
			if shown < 5 && !spots[field].unseen {
				t.Errorf("%s: only %d of the texts were on the screen", field, shown)
			}
		})
	}
}

// ranRow is a line that tells of a run: where it was, how long it took, or a lane
// with its size. A signature may be a byte or two longer in the next run.
var ranRow = regexp.MustCompile(`run [0-9]+ · |[┤│] *[0-9]+ +(in the clear|handshake keys|traffic keys)`)

// compare checks that two screens differ in the cells of Q only, and counts
// these. Numbers of a run differ, and its times.
func compare(t *testing.T, what string, bad, good [][]cell, code bool) int {
	t.Helper()
	cells := 0
	for y := range bad {
		if ranRow.MatchString(rowText(bad[y])) && ranRow.MatchString(rowText(good[y])) {
			continue
		}
		inside := wordsOf(good[y])
		for x := range bad[y] {
			b, g := bad[y][x], good[y][x]
			switch {
			case g.text == "Q":
				cells++
			case isDigit(b.text) && isDigit(g.text):
			case b.text == " " && g.text == " " && b.under == g.under && b.reverse == g.reverse && b.bg == g.bg:
			case b != g && (!code && !inside[x] || b.text != g.text):
				t.Errorf("%s: at %d,%d there is %+v, with harmless text %+v:\n%s\n%s", what, x, y, b, g, rowText(bad[y]), rowText(good[y]))
				return cells
			}
		}
	}
	return cells
}

// wordsOf finds the cells of words that hold a Q: the hostile text itself, which
// may be a link in one form and not in the other.
func wordsOf(row []cell) map[int]bool {
	inside := map[int]bool{}
	for x, c := range row {
		if c.text != "Q" {
			continue
		}
		for i := x; i >= 0 && row[i].text != " "; i-- {
			inside[i] = true
		}
		for i := x; i < len(row) && row[i].text != " "; i++ {
			inside[i] = true
		}
	}
	return inside
}

func isDigit(s string) bool { return len(s) == 1 && unicode.IsDigit(rune(s[0])) }

// rowText is a row of cells as text.
func rowText(row []cell) string {
	var b strings.Builder
	for _, c := range row {
		b.WriteString(c.text)
	}
	return b.String()
}

// screen shows the spot of a course, and returns the cells of the terminal.
func (sp spot) screen(t *testing.T, what string, c *lessons.Course) [][]cell {
	t.Helper()
	const w, h = 100, 30
	env := courseEnv(t, c, "", nil)
	env.Tell = func(cue *Cue) {
		if cue != nil && wire.Clean(strings.ReplaceAll(cue.Notes+cue.Title+cue.Next, "\n", ""), 1<<20) != strings.ReplaceAll(cue.Notes+cue.Title+cue.Next, "\n", "") {
			t.Errorf("%s: the speaker is told %q", what, cue.Notes+cue.Title+cue.Next)
		}
	}
	var d *drive
	if sp.place == "" {
		d = newDrive(t, w, h, env, NewCourse(env))
		d.soon()
	} else {
		var s *lessonScreen
		d, s = lessonDrive(t, w, h, env, sp.place)
		for _, q := range s.sheet().questions {
			slices.Sort(q.order) // the same in both
		}
		s.lay()
	}
	for _, k := range sp.keys {
		if k == "term" {
			d.key("tab")
			d.key("tab")
			k = "enter"
		}
		d.key(k)
		d.soon()
		if s, ok := d.app.top().(*lessonScreen); ok {
			d.calm(s)
		}
	}
	d.app.line = ""
	if s, ok := d.app.top().(*labScreen); ok {
		s.focus = wirePane
	}
	raw := d.screen()
	for _, seq := range []string{"\x1b]", "\x1bP", "\x1b[2J", "\x1b[H", "\u202e", "\u200d", "\u009b", "\u2028", "\x00", "\r", "\x07", "\x08", "\ue000", "\uf8ff"} {
		if strings.Contains(raw, seq) {
			t.Errorf("%s: %q reaches the terminal", what, seq)
		}
	}
	e := &term{e: vt.NewEmulator(w, h)}
	defer e.e.Close()
	e.Write([]byte(raw))
	return e.cells()
}

// marked are values that Markdown would make something of.
var marked = []string{
	"*bold* _it_ **b**", "`code` ``two``", "[x](#hello) ![i](u)", "# head", "1. one", "- item", "+ item", "> said", "<b>tag</b> &amp; &#27;",
	`a\*b \\ \x`, "| a | b |", "~~gone~~ www.lab.test", "---", "{{ServerHello}}", "a  b   c", "  inset", "    code", "x\ty", "$math$ ^up^ :smile:",
	"https://lab.test/x?a=b&c=d ~ &", "me@lab.test ==mark==", "[^1] [^1]: note", "| a |\\", "`", "\\`", "***", "!", "\\", "&", "&amp", "<!-- gone -->", "ftp://a.test",
}

// TestMarkedValues checks that a value of a run is shown as it is, whatever
// Markdown would make of it, on the page and in a list.
func TestMarkedValues(t *testing.T) {
	for _, value := range marked {
		files := toyFiles()
		files["lessons/T1-first.md"] = &fstest.MapFile{Data: []byte("---\nid: T1\ntitle: Toy\nminutes: 5\nneeds: []\nteaches: []\n---\n\n## Page\n\n" +
			"```lab wiretap\nset: {say: " + quoted(value) + "}\n```\n\nHere: {{clear:plaintext}} end.\n\n- One: {{clear:plaintext}} end.\n- Two.\n\n{{clear:plaintext}}\n")}
		delete(files, "lessons/T2-second.md")
		files["course.yaml"] = &fstest.MapFile{Data: []byte("id: toy\ntitle: Toy\nmodules:\n  - {title: Half, lessons: [T1]}\n")}
		c, err := lessons.Load(files)
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		d, s := lessonDrive(t, 80, 24, courseEnv(t, c, "", nil), "T1.1")
		said, ok := s.sheet().run.look("clear:plaintext")
		if !ok {
			t.Fatalf("%q: the run has no line", value)
		}
		said = strings.TrimSuffix(said, `\x0a`)
		text := ansi.Strip(d.screen())
		for _, want := range []string{"Here: " + said + " end.", "One: " + said + " end.", "\n  " + said + " "} {
			if !strings.Contains(text, want) {
				t.Errorf("the run says %q, and %q is not on the screen:\n%s", said, want, text)
				break
			}
		}
		if n := len(s.sheet().laid.stops); n != 4 {
			t.Errorf("%q makes %d things to open of four", value, n)
		}
	}
}

// TestHostileSentence types and pastes hostile text as a learner's own words: on
// the first screen, in the search, as a sentence. It is a line of clean text.
func TestHostileSentence(t *testing.T) {
	for name, text := range evil {
		for _, state := range []string{"welcome", "search", "lesson sentence line", "lesson settings"} {
			d := everyState()[state](t)
			d.send(tea.PasteMsg{Content: text})
			checkHarmless(t, name+" on "+state, d)
			d.key("enter")
			d.until("it is over", func() bool {
				s, ok := d.app.top().(*welcome)
				return !ok || !s.going
			})
			d.soon()
			checkHarmless(t, name+" sent from "+state, d)
		}
	}
}

// checkHarmless checks that the screen has its size, and nothing that a terminal
// would act on.
func checkHarmless(t *testing.T, what string, d *drive) {
	t.Helper()
	raw := d.screen()
	for _, r := range ansi.Strip(raw) {
		if r != '\n' && wire.Clean(string(r), 20) != string(r) {
			t.Errorf("%s: %q is on the screen", what, r)
			return
		}
	}
	for _, seq := range []string{"\x1b]", "\x1bP", "\x1b[2J", "\x1b[H"} {
		if strings.Contains(raw, seq) {
			t.Errorf("%s: %q reaches the terminal", what, seq)
		}
	}
	checkDrawn(t, what, d, [2]int{80, 24}, false)
}
