package lessons

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// Visit keeps that a page is open; pages count from 1.
func (p *Progress) Visit(lesson string, page int) error {
	return p.say(kindPage, lesson, strconv.Itoa(max(page, 1)))
}

// say keeps a value for one thing.
func (p *Progress) say(kind, about, value string) error {
	return p.put(func(*ledger) []statement { return []statement{{Key: keyOf(kind, about), Value: value}} })
}

// Place returns the page that was visited last, or "" at first.
func (p *Progress) Place() (lesson string, page int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger.place()
}

// place is the last line about a page.
func (l *ledger) place() (lesson string, page int) {
	all := l.sorted(kindPage)
	if len(all) == 0 {
		return "", 0
	}
	last := all[len(all)-1]
	page, _ = strconv.Atoi(last.Value) // checked when it was read
	return last.about(), page
}

// Page returns the page of a lesson that was visited last, or 0.
func (p *Progress) Page(lesson string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, _ := strconv.Atoi(p.ledger.value(kindPage, lesson)) // 0 for none
	return n
}

// Finish keeps that a lesson is done: read to its end, or tested out of by its
// questions alone.
func (p *Progress) Finish(lesson string, tested bool) error {
	how := "read"
	if tested {
		how = "tested"
	}
	return p.say(kindFinish, lesson, how)
}

// Finished reports whether a lesson is done, and how.
func (p *Progress) Finished(lesson string) (tested, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	how := p.ledger.value(kindFinish, lesson)
	return how == "tested", how != ""
}

// A Score is the result of one test.
type Score struct {
	Right, Of int
	At        time.Time
}

// parseScore reads a score from its line.
func parseScore(s statement) (Score, bool) {
	right, of, _ := strings.Cut(s.Value, " of ")
	r, err := strconv.Atoi(right)
	n, err2 := strconv.Atoi(of)
	return Score{r, n, s.At}, err == nil && err2 == nil && r >= 0 && n >= 0
}

// Score keeps a result of a test, beside those before it.
func (p *Progress) Score(test string, right, of int) error {
	// Each result has a key of its own. The mark keeps results of two programs apart.
	return p.say(kindScore, rand.Text()[:8]+" "+test, fmt.Sprintf("%d of %d", max(right, 0), max(of, 0)))
}

// Scores returns the results of a test, oldest first.
func (p *Progress) Scores(test string) []Score {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Score
	for _, e := range p.ledger.sorted(kindScore) {
		mark, _ := e.test()
		if s, ok := parseScore(e.statement); ok && e.Key == keyOf(kindScore, mark+" "+test) {
			all = append(all, s)
		}
	}
	return all
}

// test takes the key of a score apart: its mark, and the name of the test.
func (e entry) test() (mark, name string) {
	mark, name, _ = strings.Cut(e.about(), " ")
	return mark, name
}

// Keep keeps what was chosen once: an alphabet, a tab, a hint that was seen. An
// empty value takes the choice back.
func (p *Progress) Keep(name, value string) error {
	if value == "" {
		return p.put(func(*ledger) []statement { return []statement{{Key: keyOf(kindPref, name), Gone: true}} })
	}
	return p.say(kindPref, name, wire.Clean(value, maxValue))
}

// SayName is the name under which a learner's own sentence is kept, as Keep and
// Pref take it.
func SayName(id string) string { return "say." + id }

// Pref returns what was chosen, or "".
func (p *Progress) Pref(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger.value(kindPref, name)
}

// Fresh reports that nothing was ever kept: this is the first start.
func (p *Progress) Fresh() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ledger.all) == 0
}

// Reset takes back what was done in a lesson: its page, that it is done, and the
// answers to these items, sentences among them. With "" for the lesson it takes back everything, and
// removes it from the file too, unless another program has that open.
func (p *Progress) Reset(lesson string, items []string) error {
	if lesson == "" {
		return p.forget()
	}
	return p.put(func(l *ledger) []statement {
		keys := []string{keyOf(kindPage, lesson), keyOf(kindFinish, lesson)}
		for _, item := range items {
			keys = append(keys, keyOf(kindAnswer, item), keyOf(kindPref, SayName(item)))
		}
		var gone []statement
		for _, key := range keys {
			if _, has := l.all[key]; has {
				gone = append(gone, statement{Key: key, Gone: true})
			}
		}
		return gone
	})
}

// forget takes back everything.
func (p *Progress) forget() error {
	err := p.put(func(*ledger) []statement { return []statement{{Key: everything, Gone: true}} })
	if err != nil {
		return err
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	// The shared lock is in the way of the exclusive one.
	p.journal.close()
	_ = rewrite(p.journal.path, true) // the file says what it did before
	err = p.journal.fault(p.sync(openWait))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = err
	return err
}
