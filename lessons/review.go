package lessons

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An Answer is what a learner last said to an item.
type Answer struct {
	Option  int  // in the order of the file, from 1; 0: watched
	Right   bool // it was right, or the run agreed
	Watched bool // the learner went on without an answer
	At      time.Time
	Stage   int // of review: 0 not in it, 1 to 3 waiting for the next day, Learned
}

// Learned is the stage of an item that came back for the last time.
const Learned = 4

// waits returns after how many days an item comes back in a stage.
func waits(stage int) (days int, again bool) {
	switch stage {
	case 1:
		return 2, true
	case 2:
		return 7, true
	case 3:
		return 21, true
	}
	return 0, false
}

// A filed is an answer with the time that its stage began.
type filed struct {
	Answer
	since time.Time
}

// verdict is what became of an answer, in a word.
func (a Answer) verdict() string {
	switch {
	case a.Watched:
		return "watched"
	case a.Right:
		return "right"
	}
	return "wrong"
}

// value is the answer as a line has it: option, verdict, stage.
func (f filed) value() string {
	return fmt.Sprintf("%d %s %d", f.Option, f.verdict(), f.Stage)
}

// parseFiled reads an answer from its line.
func parseFiled(s statement) (filed, bool) {
	option, rest, _ := strings.Cut(s.Value, " ")
	verdict, stage, _ := strings.Cut(rest, " ")
	f := filed{Answer{Right: verdict == "right", Watched: verdict == "watched", At: s.At}, s.Since}
	var err, err2 error
	f.Option, err = strconv.Atoi(option)
	f.Stage, err2 = strconv.Atoi(stage)
	sane := err == nil && err2 == nil && f.Option >= 0 && f.Stage >= 0 && f.Stage <= Learned
	// Only what value would write: "+1" and "01" are numbers too.
	return f, sane && f.value() == s.Value
}

// due returns when an item comes back. A time that lies more than a day ahead
// was taken from a wrong clock, and the item comes back at once.
func (f filed) due(now time.Time) (at time.Time, again bool) {
	days, again := waits(f.Stage)
	if f.since.After(now.AddDate(0, 0, 1)) {
		return now, again
	}
	return f.since.AddDate(0, 0, days), again
}

// next returns the answer after f, made now: missed and watched items come back
// after two days, then after seven and 21, as long as they are right on the day
// that they come back; then never. One that is right at first sight never does.
// An answer before its day changes no stage, unless it is wrong.
func (f filed) next(option int, right bool, now time.Time) filed {
	a := Answer{Option: max(option, 0), Right: right && option > 0, Watched: option <= 0, At: now, Stage: f.Stage}
	at, again := f.due(now)
	switch {
	case !a.Right:
		a.Stage = 1
	case again && !now.Before(at): // on its day, or later
		a.Stage++
	default:
		return filed{a, f.since}
	}
	return filed{a, now}
}

// Answer keeps an answer to an item: an option by its number in the file, from
// 1, or 0 for one that went on without. It returns when that is in the file.
func (p *Progress) Answer(item string, option int, right bool) error {
	return p.put(func(l *ledger) []statement {
		key := keyOf(kindAnswer, item)
		// Without an older answer this is the zero value.
		old, _ := parseFiled(l.all[key].statement)
		f := old.next(option, right, p.now().UTC().Round(0))
		return []statement{{Key: key, Value: f.value(), Since: f.since}}
	})
}

// Last returns the last answer to an item.
func (p *Progress) Last(item string) (Answer, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, ok := parseFiled(p.ledger.all[keyOf(kindAnswer, item)].statement)
	return f.Answer, ok
}

// A day is when an item comes back.
type day struct {
	item string
	at   time.Time
}

// days returns the items that come back, the longest due first.
func (p *Progress) days(now time.Time) []day {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []day
	for _, e := range p.ledger.sorted(kindAnswer) {
		f, ok := parseFiled(e.statement)
		if at, again := f.due(now); ok && again {
			all = append(all, day{e.about(), at})
		}
	}
	slices.SortStableFunc(all, func(a, b day) int { return a.at.Compare(b.at) })
	return all
}

// Due returns the items to review now, the longest due first.
func (p *Progress) Due() []string {
	var items []string
	now := p.now()
	for _, d := range p.days(now) {
		if !d.at.After(now) {
			items = append(items, d.item)
		}
	}
	return items
}

// Soon returns how many items wait for a later day, and when the first of them
// comes back.
func (p *Progress) Soon() (n int, first time.Time) {
	now := p.now()
	for _, d := range p.days(now) {
		if d.at.After(now) {
			if n == 0 {
				first = d.at
			}
			n++
		}
	}
	return n, first
}
