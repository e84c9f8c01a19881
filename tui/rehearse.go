package tui

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"tlstutor/labs"
	"tlstutor/labs/pki"
	"tlstutor/lessons"
)

// A Rehearsal is what came of one page when all that it shows a room was done
// once: its runs, and what would fail.
type Rehearsal struct {
	Page   *lessons.Page
	Runs   []Timed
	Faults []Fault

	failed bool // a run did
}

// A Timed is a run of a page and how long it took, as a clock on the wall has it.
type Timed struct {
	Lab  string // with its settings, as one types it
	Took time.Duration
}

// A Fault is one thing about a page that would fail, and what to do about it.
type Fault struct{ What, Mend string }

// Rehearse returns what tries a page of the course as it is presented: in a
// window of 80x24, with each of its labs, predictions and quotes. It makes the
// page's runs, and then again those that Fits lays out.
func Rehearse(ctx context.Context, course *lessons.Course, keys *pki.Keyring) func(*lessons.Page) *Rehearsal {
	fits := Fits(ctx, course, keys)
	return func(p *lessons.Page) *Rehearsal {
		h := &Rehearsal{Page: p}
		own := h.perform(ctx, keys, p.Lab())
		if own != nil {
			h.presets(ctx, keys, p.Lab())
		}
		for _, b := range p.Blocks {
			predict, ok := b.(*lessons.Predict)
			if !ok {
				h.quotes(b, own)
				continue
			}
			if r := h.perform(ctx, keys, &predict.Lab); r != nil {
				h.quotes(b, r)
				h.outcome(predict, r)
			}
		}
		if p.Speaker == "" {
			h.fault("there are no speaker notes", "add a block ```notes with what to say")
		}
		// In the place of a run that failed stand lines that say so.
		if err := fits(p); err != nil && !h.failed {
			h.fault(cleanLine(err.Error()), "say it shorter, or make it two pages")
		}
		return h
	}
}

// fault notes what would fail, once.
func (h *Rehearsal) fault(what, mend string) {
	if f := (Fault{what, mend}); !slices.Contains(h.Faults, f) {
		h.Faults = append(h.Faults, f)
	}
}

// perform makes a run of the page and times it. It returns nil where there is
// none, or where it failed.
func (h *Rehearsal) perform(ctx context.Context, keys *pki.Keyring, l *lessons.Lab) *ran {
	if l == nil {
		return nil
	}
	began := time.Now()
	r := perform(ctx, labs.Options{Keys: keys, Alone: true}, *l, len(h.Runs)+1)
	// A wall clock around the whole run: what a room would wait.
	took := time.Since(began)
	line := cleanLine(l.Name)
	// A name or a setting that is wrong made no run, so there is nothing to time.
	if r.lab != nil && r.set != nil {
		line = r.lab.Line(r.set)
		h.Runs = append(h.Runs, Timed{line, took})
	}
	if r.err == nil {
		return r
	}
	// Errors of labs say behind a semicolon what to do.
	what, mend, ok := strings.Cut(cleanLine(r.err.Error()), "; ")
	if !ok {
		mend = "tlstutor run " + line + " shows more"
	}
	h.failed = true
	h.fault("the run of "+line+" fails: "+what, mend)
	return nil
}

// presets makes the runs that are one digit away from the page's own.
func (h *Rehearsal) presets(ctx context.Context, keys *pki.Keyring, l *lessons.Lab) {
	for _, x := range l.Presets {
		// A preset changes the page's settings, so each gets a copy of them.
		set := map[string]string{}
		maps.Copy(set, l.Settings)
		maps.Copy(set, x.Set)
		h.perform(ctx, keys, &lessons.Lab{Name: l.Name, Settings: set})
	}
}

// quotes checks that the run has what a block quotes of it. A run that failed has
// been told of; without any, a quote has nothing to stand for.
func (h *Rehearsal) quotes(b lessons.Block, r *ran) {
	for _, text := range lessons.Texts(b) {
		for _, p := range text {
			if p.Kind != lessons.Quote {
				continue
			}
			switch value, ok := r.look(p.Key); {
			case r == nil && h.Page.Lab() == nil:
				h.fault("{{"+p.Key+"}} quotes a run, and the page has none", "add a block ```lab to the page")
			case r == nil:
			case !ok || value == "":
				h.fault("the run of "+r.lab.Line(r.set)+" has no value for {{"+p.Key+"}}", "tlstutor run "+r.lab.Line(r.set)+" --fields shows what it has")
			}
		}
	}
}

// outcome checks that the run decides a prediction: one option holds, no other.
func (h *Rehearsal) outcome(p *lessons.Predict, r *ran) {
	// The same judgement that a learner's answer gets.
	hold := p.Judge(r.look)
	if len(hold) == 1 {
		return
	}
	what := "no option holds for its run"
	if len(hold) > 1 {
		what = plural(len(hold), "option") + " hold for its run"
	}
	h.fault(p.ID+": "+what, "tlstutor run "+r.lab.Line(r.set)+" shows what happens; let when: of one option say that")
}
