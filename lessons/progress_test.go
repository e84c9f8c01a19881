package lessons

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// noon is a day's beginning on the clocks of these tests.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// A clock stands still until it is set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// pass lets hours go by; they may be negative.
func (c *clock) pass(hours int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Duration(hours) * time.Hour)
}

// opened opens progress that is kept, and closes it at the end.
func opened(t testing.TB, dir string, now func() time.Time) *Progress {
	t.Helper()
	p := OpenProgress(dir, "tlstutor", now)
	t.Cleanup(func() { p.Close() })
	if err := p.Kept(); err != nil {
		t.Fatal(err)
	}
	return p
}

// must stops at the first error.
func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestReview plays an item's life, hour by hour: what is due when, and in which
// stage it then is.
func TestReview(t *testing.T) {
	const right, wrong, watched = 1, 2, 0
	type step struct {
		hours int // that pass
		say   int // -1: nothing
		stage int // after it
		due   int // hours until it comes back, from here; 0 now, -1 never
	}
	for name, steps := range map[string][]step{
		"right at once":        {{0, right, 0, -1}, {24 * 400, -1, 0, -1}, {0, right, 0, -1}},
		"missed, then right":   {{0, wrong, 1, 48}, {47, -1, 1, 1}, {1, -1, 1, 0}, {0, right, 2, 168}, {167, -1, 2, 1}, {1, right, 3, 504}, {504, right, 4, -1}, {9999, right, 4, -1}},
		"watched":              {{0, watched, 1, 48}, {48, right, 2, 168}},
		"wrong at a review":    {{0, wrong, 1, 48}, {48, right, 2, 168}, {168, wrong, 1, 48}, {48, right, 2, 168}},
		"too early":            {{0, wrong, 1, 48}, {47, right, 1, 1}, {1, -1, 1, 0}, {0, right, 2, 168}, {100, right, 2, 68}},
		"wrong too early":      {{0, wrong, 1, 48}, {48, right, 2, 168}, {1, wrong, 1, 48}},
		"late":                 {{0, wrong, 1, 48}, {24 * 300, -1, 1, 0}, {0, right, 2, 168}},
		"learned, then missed": {{0, wrong, 1, 48}, {48, right, 2, 168}, {168, right, 3, 504}, {504, right, 4, -1}, {1, wrong, 1, 48}},
		"right, then missed":   {{0, right, 0, -1}, {5, wrong, 1, 48}},
		"the clock goes back":  {{0, wrong, 1, 48}, {-5, -1, 1, 53}, {5, right, 1, 48}},
		"the clock was wrong":  {{24 * 4000, wrong, 1, 48}, {-24 * 4000, -1, 1, 0}, {0, right, 2, 168}},
	} {
		t.Run(name, func(t *testing.T) {
			c := &clock{at: noon}
			p := opened(t, t.TempDir(), c.now)
			for i, s := range steps {
				c.pass(s.hours)
				if s.say >= 0 {
					must(t, p.Answer("H1.q1", s.say, s.say == right))
				}
				a, ok := p.Last("H1.q1")
				if !ok || a.Stage != s.stage {
					t.Fatalf("step %d: stage %d, want %d", i, a.Stage, s.stage)
				}
				due, n, first := p.Due(), 0, time.Time{}
				n, first = p.Soon()
				switch {
				case s.due < 0 && (len(due) > 0 || n > 0),
					s.due == 0 && (len(due) != 1 || n > 0),
					s.due > 0 && (len(due) > 0 || n != 1 || !first.Equal(c.now().Add(time.Duration(s.due)*time.Hour))):
					t.Fatalf("step %d: due %v, %d soon, the first at %v; want it in %d hours", i, due, n, first, s.due)
				}
			}
		})
	}
}

// TestDueOrder: the longest due first, and what waits is counted.
func TestDueOrder(t *testing.T) {
	c := &clock{at: noon}
	p := opened(t, t.TempDir(), c.now)
	for _, item := range []string{"F1.q2", "H1.p1", "F1.q1", "P1.q4"} {
		must(t, p.Answer(item, 3, false))
		c.pass(10)
	}
	must(t, p.Answer("F1.q3", 1, true))
	c.pass(30)
	if got := fmt.Sprint(p.Due()); got != "[F1.q2 H1.p1 F1.q1]" {
		t.Errorf("due: %s", got)
	}
	if n, first := p.Soon(); n != 1 || !first.Equal(noon.Add(78*time.Hour)) {
		t.Errorf("soon: %d, the first at %v", n, first)
	}
}

// walk does one of everything.
func walk(t testing.TB, p *Progress) {
	t.Helper()
	must(t, p.Visit("F1", 1), p.Visit("F1", 2), p.Answer("F1.p1", 2, false), p.Answer("F1.q1", 1, true), p.Answer("F1.q2", 0, true),
		p.Finish("F1", false), p.Visit("P1", 1), p.Finish("P1", true), p.Score("pre", 4, 12), p.Score("pre", 9, 12), p.Score("post", 11, 12),
		p.Keep("code", "Go"), p.Keep("ascii", "yes"), p.Keep("ascii", ""), p.Visit("H1", 3))
}

// TestKept: everything is as it was said, also for the next program.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	c := &clock{at: noon}
	p := opened(t, filepath.Join(dir, "a", "b"), c.now)
	if !p.Fresh() || len(p.Snapshot()) > 0 {
		t.Error("the first start is not fresh")
	}
	if _, ok := p.Last("F1.q1"); ok {
		t.Error("an answer that nobody gave")
	}
	walk(t, p)
	want := map[string]string{
		"place": "H1 3", "page F1": "2", "page P1": "1", "page H1": "3", "finish F1": "read", "finish P1": "tested",
		"answer F1.p1": "2 wrong 1", "answer F1.q1": "1 right 0", "answer F1.q2": "0 watched 1",
		"score pre 1": "4 of 12", "score pre 2": "9 of 12", "score post 1": "11 of 12", "pref code": "Go",
	}
	before := p.Snapshot()
	must(t, p.Close())
	p = opened(t, filepath.Join(dir, "a", "b"), c.now)
	for _, got := range []map[string]string{before, p.Snapshot()} {
		if !maps.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	}
	lesson, page := p.Place()
	a, _ := p.Last("F1.q2")
	tested, ok := p.Finished("P1")
	_, none := p.Finished("H1")
	if p.Fresh() || lesson != "H1" || page != 3 || p.Page("F1") != 2 || p.Page("X") != 0 || a != (Answer{Watched: true, At: noon, Stage: 1}) || !tested || !ok || none {
		t.Errorf("asked: %v %v %d %+v %v %v %v", p.Fresh(), lesson, page, a, tested, ok, none)
	}
	if s := p.Scores("pre"); len(s) != 2 || s[0] != (Score{4, 12, noon}) || s[1].Right != 9 || len(p.Scores("pr")) > 0 {
		t.Errorf("scores %v", s)
	}
	if p.Pref("code") != "Go" || p.Pref("ascii") != "" {
		t.Error("choices are not as they were made")
	}
}

// TestWalks: two ways that did the same are equal, at other times too.
func TestWalks(t *testing.T) {
	c := &clock{at: noon}
	a, b := opened(t, t.TempDir(), time.Now), opened(t, t.TempDir(), c.now)
	walk(t, a)
	walk(t, b)
	if !maps.Equal(a.Snapshot(), b.Snapshot()) {
		t.Errorf("%v\n%v", a.Snapshot(), b.Snapshot())
	}
	must(t, b.Answer("F1.q1", 2, false))
	if maps.Equal(a.Snapshot(), b.Snapshot()) {
		t.Error("a wrong answer makes no difference")
	}
}

// TestReset: a lesson, then everything; the file has nothing of it afterwards.
func TestReset(t *testing.T) {
	dir := t.TempDir()
	p := opened(t, dir, time.Now)
	walk(t, p)
	must(t, p.Reset("F1", []string{"F1.q1", "F1.q2", "F1.q9"}), p.Reset("H1", nil))
	want := map[string]string{
		"place": "P1 1", "page P1": "1", "finish P1": "tested", "answer F1.p1": "2 wrong 1",
		"score pre 1": "4 of 12", "score pre 2": "9 of 12", "score post 1": "11 of 12", "pref code": "Go",
	}
	for _, p := range []*Progress{p, opened(t, dir, time.Now)} {
		if got := p.Snapshot(); !maps.Equal(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		must(t, p.Close())
	}
	p = opened(t, dir, time.Now)
	must(t, p.Reset("", nil))
	if !p.Fresh() {
		t.Errorf("left: %v", p.Snapshot())
	}
	if data, err := os.ReadFile(p.journal.path); err != nil || len(data) > 0 {
		t.Errorf("the file still says %q, %v", data, err)
	}
	must(t, p.Visit("F1", 1))
	if got := opened(t, dir, time.Now).Page("F1"); got != 1 {
		t.Errorf("after a reset nothing is kept: page %d", got)
	}
}

// TestExport: all of it is in the JSON, which is clean whatever the file held.
func TestExport(t *testing.T) {
	dir := t.TempDir()
	c := &clock{at: noon}
	path := ProgressFile(dir, "tlstutor")
	must(t, os.WriteFile(path, []byte("{\"v\":2,\"new\":\"\u202e\u009b2J\"}\n"), 0o600))
	p := opened(t, dir, c.now)
	walk(t, p)
	var b bytes.Buffer
	must(t, p.Export(&b))
	var x exported
	must(t, json.Unmarshal(b.Bytes(), &x))
	answers := []answerJSON{{"F1.p1", "wrong", 2, noon, noon.AddDate(0, 0, 2)}, {"F1.q1", "right", 1, noon, time.Time{}}, {"F1.q2", "watched", 0, noon, noon.AddDate(0, 0, 2)}}
	lessons := []lessonJSON{{"F1", 2, "read", noon}, {"H1", 3, "", noon}, {"P1", 1, "tested", noon}}
	if x.Course != "tlstutor" || x.Place != "H1.3" || !slices.Equal(x.Answers, answers) || !slices.Equal(x.Lessons, lessons) || len(x.Scores) != 3 || x.Prefs["code"] != "Go" || len(x.Others) != 1 {
		t.Errorf("exported: %s", b.String())
	}
	if strings.ContainsAny(b.String(), "\u202e\u009b\x1b") {
		t.Errorf("not clean: %q", b.String())
	}
}

// TestTwo: two programs on one file; each reads what the other said, and what
// depends on it is right.
func TestTwo(t *testing.T) {
	dir := t.TempDir()
	c := &clock{at: noon}
	a, b := opened(t, dir, c.now), opened(t, dir, c.now)
	must(t, a.Answer("H1.q1", 2, false))
	c.pass(48)
	// b was opened before that answer, and yet this is a review.
	must(t, b.Answer("H1.q1", 1, true))
	if got, _ := b.Last("H1.q1"); got.Stage != 2 {
		t.Errorf("stage %d, want 2", got.Stage)
	}
	var all sync.WaitGroup
	for i, p := range []*Progress{a, b, a, b} {
		all.Go(func() {
			for n := range 100 {
				if err := p.Answer(fmt.Sprintf("X%d.q%d", i, n), n, true); err != nil {
					t.Error(err)
				}
				if err := p.Score("post", i, n); err != nil {
					t.Error(err)
				}
				p.Due()
			}
		})
	}
	all.Wait()
	p := opened(t, dir, c.now)
	if n := len(p.Snapshot()); n != 1+400+400 || len(p.Scores("post")) != 400 {
		t.Errorf("%d keys, %d scores", n, len(p.Scores("post")))
	}
	must(t, a.Reset("", nil), b.Keep("x", "y"))
	if len(b.Snapshot()) != 1 {
		t.Errorf("b missed the reset: %d keys", len(b.Snapshot()))
	}
}
