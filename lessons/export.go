package lessons

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// Snapshot returns all that is kept, without times: two ways through a course
// that did the same have equal ones.
func (p *Progress) Snapshot() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make(map[string]string)
	if lesson, page := p.ledger.place(); lesson != "" {
		all["place"] = lesson + " " + strconv.Itoa(page)
	}
	tests := make(map[string]int)
	for _, kind := range []string{kindAnswer, kindPage, kindFinish, kindScore, kindPref} {
		for _, e := range p.ledger.sorted(kind) {
			key := e.Key
			if kind == kindScore {
				// Its mark is a random one: a number stands for it.
				_, name := e.test()
				tests[name]++
				key = fmt.Sprintf("%s %s %d", kind, name, tests[name])
			}
			all[key] = e.Value
		}
	}
	return all
}

// The shape of an export. Times are those at which something was last said.
type (
	exported struct {
		Course  string            `json:"course"`
		Place   string            `json:"place,omitempty"`
		Lessons []lessonJSON      `json:"lessons"`
		Answers []answerJSON      `json:"answers"`
		Scores  []scoreJSON       `json:"scores"`
		Prefs   map[string]string `json:"prefs"`
		Others  []string          `json:"others,omitempty"` // lines that this version does not understand
	}
	// The last page of a lesson, and whether it is done.
	lessonJSON struct {
		Lesson   string    `json:"lesson"`
		Page     int       `json:"page,omitempty"`
		Finished string    `json:"finished,omitempty"`
		At       time.Time `json:"at"`
	}
	// The last answer to an item.
	answerJSON struct {
		Item   string    `json:"item"`
		Answer string    `json:"answer"` // right, wrong, watched
		Option int       `json:"option,omitempty"`
		At     time.Time `json:"at"`
		Due    time.Time `json:"due,omitzero"` // the day that it comes back
	}
	// One of the results of a test.
	scoreJSON struct {
		Test  string    `json:"test"`
		Right int       `json:"right"`
		Of    int       `json:"of"`
		At    time.Time `json:"at"`
	}
)

// Export writes all that is kept as JSON that people can read, with the lines
// of other versions as text.
func (p *Progress) Export(w io.Writer) error {
	x := p.export()
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // < and > are nothing special in a terminal
	e.SetIndent("", "  ")
	if err := e.Encode(x); err != nil {
		return fmt.Errorf("writing progress: %w", err)
	}
	return nil
}

// export collects what is kept. Lists without anything in them are empty, not
// null.
func (p *Progress) export() exported {
	x := exported{Course: wire.Clean(p.course, maxKey), Lessons: []lessonJSON{}, Answers: []answerJSON{}, Scores: []scoreJSON{}, Prefs: map[string]string{}}
	// The lock is for the ledger: the clock is the caller's code.
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if lesson, page := p.ledger.place(); lesson != "" {
		x.Place = lesson + "." + strconv.Itoa(page)
	}
	lessons := make(map[string]lessonJSON)
	for _, e := range p.ledger.sorted(kindPage) {
		n, _ := strconv.Atoi(e.Value) // checked when it was read
		lessons[e.about()] = lessonJSON{Lesson: e.about(), Page: n, At: e.At}
	}
	for _, e := range p.ledger.sorted(kindFinish) {
		// A lesson that was tested out of may have no page.
		l := lessons[e.about()]
		l.Lesson, l.Finished = e.about(), e.Value
		if e.At.After(l.At) {
			l.At = e.At
		}
		lessons[e.about()] = l
	}
	for _, name := range slices.Sorted(maps.Keys(lessons)) {
		x.Lessons = append(x.Lessons, lessons[name])
	}
	for _, e := range p.ledger.sorted(kindAnswer) {
		f, _ := parseFiled(e.statement) // checked when it was read
		a := answerJSON{Item: e.about(), Answer: f.verdict(), Option: f.Option, At: f.At}
		if at, again := f.due(now); again {
			a.Due = at
		}
		x.Answers = append(x.Answers, a)
	}
	p.ledger.rest(&x)
	return x
}

// rest collects scores, choices, and what is not understood.
func (l *ledger) rest(x *exported) {
	for _, e := range l.sorted("") {
		kind, _, _ := strings.Cut(e.Key, " ")
		switch s, _ := parseScore(e.statement); kind {
		case kindScore:
			_, name := e.test()
			x.Scores = append(x.Scores, scoreJSON{name, s.Right, s.Of, s.At})
		case kindPref:
			x.Prefs[e.about()] = e.Value
		case kindAnswer, kindPage, kindFinish:
		default:
			x.Others = append(x.Others, wire.Clean(e.raw, maxEntry))
		}
	}
}
