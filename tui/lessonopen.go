package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/lessons"
)

// This file is what enter, o, e and y open from a page: the labs its runs were
// made in, the glossary, and what can be copied.

// openStop opens a stop: a value in its lab, a term as an overlay.
func (s *lessonScreen) openStop(at *stop) tea.Cmd {
	switch at.kind {
	case linkStop:
		return s.openLink(at)
	case stripStop:
		return s.env.push(s.ranLab(at.ran))
	case tabsStop:
		return s.chooseTab(at.code, (tab(s.env, at.code)+1)%len(at.code.Tabs)+1)()
	case sayStop:
		return s.write(at.say)
	case againStop:
		again := slices.Concat(at.q.ask, lessons.Text{{Text: "\n\n"}}, at.q.verdict(false))
		return s.env.push(newOverlay(s.env, s, at.q.id, again, at.q.ran))
	}
	return nil
}

// openLink opens a value of a run where it stands in the bytes, a term with its
// explanation, a fact with its date and source.
func (s *lessonScreen) openLink(at *stop) tea.Cmd {
	switch p := at.part; p.Kind {
	case lessons.Term:
		w := s.env.Course.Glossary.Find(p.Key)
		if w == nil {
			return nil
		}
		box := newOverlay(s.env, s, w.Name, w.Text, nil)
		box.read = s.read
		return s.env.push(box)
	case lessons.Dated:
		f := s.env.Course.Facts[p.Key]
		if f == nil {
			return nil
		}
		text := fmt.Sprintf("%s\n\nAs of %s. Source: %s.", escape(f.Text), f.AsOf, escape(f.Source))
		box := newOverlay(s.env, s, "a fact with a date", lessons.Text{{Text: text}}, nil)
		box.read = s.read
		return s.env.push(box)
	default:
		if s.sheet().hides() && at.ran == s.sheet().run {
			return say(keptBack)
		}
		if at.ran == nil || at.ran.lab == nil {
			return say("the run is not over yet")
		}
		lab := s.ranLab(at.ran)
		if _, f, ok := labs.Lookup(at.ran.events, p.Key); ok && f != nil {
			lab.goTo(f)
		}
		return s.env.push(lab)
	}
}

// read takes the highlight off a word whose box was read to its end: behind it enter
// goes on, as before, and tab leads to what comes next.
func (s *lessonScreen) read() {
	sh := s.sheet()
	left := sh.focus
	s.refocus()
	sh.left = left
}

// shownRun is the run that the page shows last, or nil: of its own and those of its
// predictions the one that was made last. While a prediction is open it is the run
// before the change that is asked about, and behind a quiz that the page's run would
// answer it is not that.
func (s *lessonScreen) shownRun() *ran {
	sh := s.sheet()
	own := sh.run
	if sh.hides() {
		own = nil
	}
	if q := sh.lastPredicted(); q != nil && (own == nil || sh.open(s.staged()) == nil && q.ran.n > own.n) {
		return q.ran
	}
	return own
}

// openRun is o: that run, in its lab.
func (s *lessonScreen) openRun() tea.Cmd {
	r := s.shownRun()
	if r == nil || r.lab == nil {
		return say("the run is not over yet")
	}
	return s.env.push(s.ranLab(r))
}

// evidence is e: the bytes that decided the last answer. They are what the
// lesson says to look at; else what ended the handshake; else what the option
// that came true was judged by.
func (s *lessonScreen) evidence() tea.Cmd {
	r, paths := s.sheet().proven()
	lab := s.ranLab(r)
	// Behind a quiz that no run decides it is still the prediction's.
	decided := " it"
	if q := s.sheet().lastPredicted(); q != nil && q.ran == r && s.sheet().lastDecided() != q {
		decided = " the prediction"
	}
	for _, path := range paths {
		if _, f, ok := labs.Lookup(r.events, path); ok && f != nil && lab.goTo(f) {
			what := "these are the bytes that decided it"
			switch {
			case f.Src == nil && len(f.Kids) > 0: // what it rests on stands below it
				what = "this decided it"
				lab.fields.Show(f.Kids[0])
				lab.fields.Show(f)
			case f.Kid("msg_type") != nil, f.Src == nil: // seen among the others
				lab.focus, lab.opened, what = wirePane, wirePane, "this decided it"
			case lab.rec() != nil && f == lab.rec().Event.Tree: // every part of the record counts
				lab.fields.ToggleAll()
			}
			return tea.Batch(s.env.push(lab), say(strings.TrimSuffix(what, " it")+decided))
		}
	}
	return tea.Batch(s.env.push(lab), lab.evidence())
}

// evident are the paths to what decided a prediction, the best first.
func evident(q *question) []string {
	p := q.predicts()
	paths := slices.Clone(p.Lab.Look)
	// What an attacker has got is what the question was about, and no record on the
	// wire shows it.
	if _, _, stolen := labs.Lookup(q.ran.events, labs.StolenNote); stolen && len(q.truth) > 0 && p.Options[q.truth[0]].When[labs.StolenNote] != "" {
		paths = append([]string{labs.StolenNote}, paths...)
	}
	// Who refuses what all lights find sound asks for more than they do: one of them
	// says for what.
	for _, v := range labs.Verifications(q.ran.recs) {
		for _, l := range v.Lights {
			if l.Beside != "" && v.Stricter(q.ran.end) {
				paths = append([]string{"verification." + l.Name}, paths...)
			}
		}
	}
	if q.ran.end.Over && !q.ran.end.OK || len(q.truth) == 0 {
		return paths
	}
	return append(paths, slices.Sorted(maps.Keys(p.Options[q.truth[0]].When))...)
}

// copyText is what y copies: the code that is shown, or the command that makes
// the page's run.
func (s *lessonScreen) copyText() (text, what string) {
	sh := s.sheet()
	if c := sh.code(s.staged()); c != nil {
		return c.Tabs[tab(s.env, c)].Whole, "the whole file"
	}
	if sh.run != nil && sh.run.lab != nil && !sh.hides() {
		return "tlstutor run " + sh.run.lab.Line(sh.run.set), "the command that makes this run"
	}
	return "", ""
}

// copy sends it to the clipboard.
func (s *lessonScreen) copy() tea.Cmd {
	text, what := s.copyText()
	return s.env.copy(&s.copied, text, fmt.Sprintf("%s, %d bytes", what, len(text)))
}
