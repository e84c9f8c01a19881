package tui

import (
	"maps"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// newRanLab returns the lab screen of a run that a lesson has made: it opens on
// that run, and goes on from there. From is the place that esc leads to.
func newRanLab(env *Env, r *ran, from string) *labScreen {
	lab := *r.lab
	if len(r.block.Presets) > 0 {
		lab.Presets = nil
		for _, p := range r.block.Presets {
			// A course may be anybody's: what the lab refuses is left out.
			if _, err := r.lab.Settings(labs.Settings(p.Set)); err != nil {
				continue
			}
			lab.Presets = append(lab.Presets, labs.Preset{Name: p.Name, Set: labs.Settings(p.Set)})
		}
	}
	if len(r.block.Look) > 0 {
		lab.Look = r.block.Look
	}
	s := NewLab(env, &lab, r.set).(*labScreen)
	s.from = from
	c := &shown{n: r.n, settings: maps.Clone(r.set), events: r.events, ended: true, recs: r.recs, end: r.end, missed: r.err, signed: r.signed}
	c.heard = c.ear.Hear(r.events)
	c.tapped = labs.Records(c.heard)
	s.made = r.n
	s.show(c)
	for _, look := range lab.Look {
		if _, f, ok := labs.Lookup(r.events, look); ok && f != nil && strings.Contains(look, ".") {
			s.goTo(f)
			s.focus, s.opened = wirePane, wirePane
			break
		}
	}
	return s
}

// ranLab is the lab of a run of this lesson. The lights are not shown in it, nor what
// was agreed on, where no lesson so far has said what the lights are.
func (s *lessonScreen) ranLab(r *ran) *labScreen {
	lab := newRanLab(s.env, r, s.place())
	lab.unlit = s.env.Course.Glossary.Find("lights") != nil && !s.env.Course.Knows(s.lesson, "lights")
	return lab
}

// goTo selects a field in the bytes pane, wherever in the run it is.
func (s *labScreen) goTo(f *wire.Field) bool {
	for i, r := range s.recs() {
		found := false
		r.Event.Tree.Walk(func(p []*wire.Field) { found = found || p[len(p)-1] == f })
		if found {
			s.pick(i)
			s.focus, s.opened = bytesPane, bytesPane
			return s.fields.Show(f)
		}
	}
	return false
}
