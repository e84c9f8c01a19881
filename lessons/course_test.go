package lessons

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// toy is the sound course.
func toy(t testing.TB) *Course {
	t.Helper()
	c, err := Load(sound(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLoad: what the files say is what the course holds, with its lines.
func TestLoad(t *testing.T) {
	c := toy(t)
	l := c.Lessons[0]
	if c.ID != "toy" || c.Title != "A toy course" || len(c.Modules) != 2 || c.Modules[1].Lessons[0].ID != "B1" || c.Track("all").Lessons[1].ID != "B1" || c.Track("none") != nil {
		t.Errorf("the course: %+v", c)
	}
	if l.ID != "A1" || l.Title != "The first lesson" || l.Minutes != 7 || fmt.Sprint(l.Teaches) != "[hello record]" || l.Line != 3 || len(l.Pages) != 6 || l.File != a {
		t.Errorf("the lesson: %+v", l)
	}
	p := l.Pages[0]
	if p.Title != "The first page" || p.N != 1 || p.Line != 9 || p.Place() != "A1.1" || p.Speaker != "Ask the room what it expects." || len(p.Blocks) != 3 {
		t.Errorf("the page: %+v", p)
	}
	lab := p.Lab()
	if lab.Name != "pair" || lab.Settings["fault"] != "none" || fmt.Sprint(lab.Look) != "[Hello Hello.name]" || lab.Presets[0].Set["version"] != "old" || lab.Line != 14 {
		t.Errorf("the lab: %+v", lab)
	}
	if l.Pages[1].Lab() != nil {
		t.Error("a prediction's run is not the page's")
	}
	if set := c.Lessons[1].Pages[0].Lab().Settings; set["say"] != "two words" {
		t.Errorf("settings in YAML: %v", set)
	}
	q := l.Pages[1].Blocks[0].(*Predict)
	if q.ID != "A1.p1" || q.Lab.Settings["fault"] != "stranger" || len(q.Options) != 3 || q.Options[2].At["version"] != "none" || q.Options[1].When["last(client)"] != "Alert" || q.Options[1].Line != 36 {
		t.Errorf("the prediction: %+v", q)
	}
	code := l.Pages[2].Blocks[1].(*Code)
	if code.Title != "Say the version" || len(code.Tabs) != 3 || code.Tabs[0].Lang != "Go" || code.Tabs[2].Lang != "openssl" {
		t.Errorf("the code: %+v", code)
	}
	if s := code.Tabs[0]; s.Shown != "config := \"MinVersion\"\nfmt.Println(config)" || !strings.HasPrefix(s.Whole, "//go:build ignore\n") {
		t.Errorf("the snippet shows %q", s.Shown)
	}
	if f := c.Facts["days"]; f.Text != "200 days" || f.AsOf != "2026-11" || f.Source != "a document of somebody" || f.Line != 1 {
		t.Errorf("the fact: %+v", f)
	}
}

// TestPlace: what a place may be called, and what is said of one that is none.
func TestPlace(t *testing.T) {
	c := toy(t)
	for name, want := range map[string]string{"A1": "A1.1", "A1.1": "A1.1", "a1.6": "A1.6", "b1": "B1.1", "B1.06": "B1.6"} {
		p, err := c.Place(name)
		if err != nil || p.Place() != want {
			t.Errorf("Place(%q): %v, %v", name, p, err)
		}
	}
	for name, want := range map[string]string{
		"": "no lesson", "C1": `no lesson "C1"`, "A1.": "A1.1 to A1.6", "A1.0": "A1.1 to A1.6", "A1.7": "A1.1 to A1.6", "A1.-1": "A1.1 to A1.6",
		"A1.x": "A1.1 to A1.6", "A1.1.1": "A1.1 to A1.6", "A1.99999999999999999999": "A1.1 to A1.6", ".1": "no lesson",
	} {
		if p, err := c.Place(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Place(%q): %v, %v", name, p, err)
		}
	}
}

// TestQuestions: questions by their ids, and those of a lesson in order.
func TestQuestions(t *testing.T) {
	c := toy(t)
	b, p := c.Question("A1.q3")
	if ID(b) != "A1.q3" || p.Place() != "A1.5" {
		t.Errorf("A1.q3 is %v on %v", b, p)
	}
	for _, id := range []string{"", "A1.q9", "a1.q3", "B1.e1"} {
		if b, p := c.Question(id); b != nil || p != nil {
			t.Errorf("Question(%q) is %v", id, b)
		}
	}
	var ids []string
	for _, b := range c.Lessons[0].Questions() {
		ids = append(ids, ID(b))
	}
	if got := strings.Join(ids, " "); got != "A1.p1 A1.p2 A1.q1 A1.q2 A1.q3 A1.q4" {
		t.Errorf("the questions are %s", got)
	}
	if q := c.Lessons[0].Quizzes(); len(q) != 4 || q[3].ID != "A1.q4" {
		t.Errorf("the quizzes are %v", q)
	}
}

// TestReckon: a word is a 160th of a minute, a question half of one, a run one.
func TestReckon(t *testing.T) {
	text := func(words int) Text { return Text{{Text: strings.Repeat("word ", words)}} }
	for _, c := range []struct {
		blocks []Block
		want   float64
	}{
		{nil, 0},
		{[]Block{&Prose{Text: text(160)}}, 1},
		{[]Block{&Prose{Text: Text{{Kind: Quote, Key: "a.b"}, {Kind: Dated, Key: "x"}, {Kind: Term, Text: "two words"}}}}, 4. / 160},
		{[]Block{&Lab{}}, 1},
		{[]Block{&Predict{Ask: text(8), Options: []Outcome{{Text: text(4)}, {Text: text(4), Because: text(99)}}}}, 1.6},
		{[]Block{&Quiz{Ask: text(8), Options: []Option{{Text: text(8), Because: text(99)}}}, &Code{}}, .6},
	} {
		p := &Page{Blocks: c.blocks}
		if got := p.Reckon(); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v: %v, want %v", c.blocks, got, c.want)
		}
		l := &Lesson{Pages: []*Page{p, {Title: strings.Repeat("word ", 16)}, p}}
		if got := l.Reckon(); math.Abs(got-2*c.want-.1) > 1e-9 {
			t.Errorf("a lesson of it: %v", got)
		}
	}
}

// TestHolds: what an author writes against what a run gives.
func TestHolds(t *testing.T) {
	for _, c := range []struct {
		want, value string
		ok, holds   bool
	}{
		{"Finished", "Finished", true, true},
		{"Finished", "finished", true, false},
		{"Finished", "Finished", false, false},
		{"", "", true, true},
		{"none", "", false, true},
		{"none", "none", true, true},
		{"none", "0", true, true},
		{"none", "", true, false},
		{"none", "some", true, false},
		{"any", "some", true, true},
		{"any", "", true, true},
		{"any", "none", true, false},
		{"any", "0", true, false},
		{"any", "some", false, false},
		{"not none", "some", true, true},
		{"not none", "some", false, false},
		{"not a", "b", true, true},
		{"not a", "a", true, false},
		{"not a", "", false, true},
		{"not < 5", "5", true, true},
		{"nothing", "hing", true, false},
		{"< 5", "4", true, true},
		{"< 5", "5", true, false},
		{"< 5", "4.9", true, true},
		{"< 5", "-1", true, true},
		{"< 5", "four", true, false},
		{"< 5", "4", false, false},
		{"< five", "4", true, false},
		{"<5", "4", true, false},
		{"> 5", "6", true, true},
		{"> 5", "5", true, false},
		{"> 5", "NaN", true, false},
		{"< 5", "NaN", true, false},
	} {
		if got := agrees(c.want, c.value, c.ok); got != c.holds {
			t.Errorf("agrees(%q, %q, %v) is %v", c.want, c.value, c.ok, got)
		}
	}
}

// TestJudge: an option holds when all that it says is so; one that says nothing
// never does.
func TestJudge(t *testing.T) {
	says := map[string]string{"a": "1", "b": "2"}
	look := func(path string) (string, bool) { v, ok := says[path]; return v, ok }
	q := &Predict{Options: []Outcome{
		{When: map[string]string{"a": "1", "b": "2"}},
		{When: map[string]string{"a": "1", "b": "3"}},
		{},
		{When: map[string]string{"c": "none", "a": "any"}},
	}}
	if got := q.Judge(look); !slices.Equal(got, []int{0, 3}) {
		t.Errorf("options %v hold", got)
	}
}

// TestOnly: with a track the course is that track, and as it was without.
func TestOnly(t *testing.T) {
	a, b := &Lesson{ID: "A1"}, &Lesson{ID: "B1"}
	late := &Track{Name: "late", Title: "After work", Lessons: []*Lesson{b}}
	c := &Course{ID: "c", Title: "All", Modules: []*Module{{"One", []*Lesson{a}}, {"Two", []*Lesson{b}}}, Lessons: []*Lesson{a, b}, Tracks: []*Track{late}}
	cut := c.Only(late)
	if len(cut.Lessons) != 1 || cut.Find("A1") != nil || cut.Find("B1") != b || len(cut.Modules) != 1 || cut.Modules[0].Title != "After work" || cut.ID != "c" {
		t.Errorf("%+v", cut)
	}
	if len(c.Lessons) != 2 || len(c.Modules) != 2 {
		t.Error("the course itself has changed")
	}
}
