package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/lessons"
)

// This file is what the search and the command why know of faults beyond the lab:
// which lessons are about one, and what there is to say of one that was found.

// FaultLessons are the lessons of a course that are about a fault: the one that the
// fault names, if the course has it, then those in which a run has it.
func FaultLessons(c *lessons.Course, f *labs.Fault) []*lessons.Lesson {
	all := lessonsWith(c, func(_ string, set map[string]string) bool { return set["fault"] == f.Name })
	if l := c.Find(f.Lesson); l != nil {
		all = append([]*lessons.Lesson{l}, slices.DeleteFunc(all, func(o *lessons.Lesson) bool { return o == l })...)
	}
	return all
}

// CauseLessons are the lessons of a course in which the same run is made; where there
// are none, those that use its lab.
func CauseLessons(c *lessons.Course, run labs.Cause) []*lessons.Lesson {
	same := lessonsWith(c, func(lab string, set map[string]string) bool {
		for k, v := range run.Set {
			if k != "client" && set[k] != v {
				return false
			}
		}
		return lab == run.Lab.Name
	})
	if len(same) > 0 {
		return same
	}
	return lessonsWith(c, func(lab string, _ map[string]string) bool { return lab == run.Lab.Name })
}

// lessonsWith are the lessons with a run, or the outcome of a prediction, that is so.
func lessonsWith(c *lessons.Course, is func(lab string, set map[string]string) bool) []*lessons.Lesson {
	has := func(b lessons.Block) bool {
		switch b := b.(type) {
		case *lessons.Lab:
			return is(b.Name, b.Settings)
		case *lessons.Predict:
			return is(b.Lab.Name, b.Lab.Settings) ||
				slices.ContainsFunc(b.Options, func(o lessons.Outcome) bool { return is(b.Lab.Name, o.At) })
		}
		return false
	}
	var all []*lessons.Lesson
	for _, l := range c.Lessons {
		if slices.ContainsFunc(l.Pages, func(p *lessons.Page) bool { return slices.ContainsFunc(p.Blocks, has) }) {
			all = append(all, l)
		}
	}
	return all
}

// faulty is a fault of the lab faults, found by its name, or by what a client says
// of it, which may be nil.
func faulty(env *Env, f *labs.Fault, m *labs.Match) found {
	one := found{kind: "fault", name: f.Name, about: f.Doc, open: func() tea.Cmd {
		if m == nil {
			return goCause(env, f.Refused())
		}
		return goCause(env, m.Run(f))
	}}
	one.more = []string{f.Doc}
	if m != nil {
		one.more = append(one.more, spoke(m)...)
	}
	one.more = append(one.more, "The check that fails: "+f.Check+" ("+f.Rule+").")
	if m != nil && len(m.Faults) > 1 {
		one.more = append(one.more, "How to tell: "+f.Tell())
	}
	if m != nil {
		one.more = append(one.more, "Enter runs "+m.Run(f).String()+".")
	}
	return one.taught(FaultLessons(env.Course, f))
}

// caused is a run of another lab in which a client says so.
func caused(env *Env, c labs.Cause, m *labs.Match) found {
	one := found{kind: "lab", name: c.String(), about: m.Text, open: func() tea.Cmd { return goCause(env, c) }}
	one.more = spoke(m)
	if doc := m.Sense(); doc != "" {
		one.more = append([]string{doc}, one.more...)
	}
	if check := m.Check(); check != "" {
		one.more = append(one.more, "The check that fails: "+check+".")
	}
	one = one.taught(CauseLessons(env.Course, c))
	one.more = append(one.more, CauseDoc(c)...)
	return one
}

// told is a text that nothing here makes anybody say: what it means, and the lesson
// that is nearest to it, which enter opens.
func told(env *Env, m *labs.Match) found {
	one := found{kind: "error", name: m.Text, about: m.Sense(), open: func() tea.Cmd { return nil }}
	one.more = append([]string{m.Sense()}, spoke(m)...)
	if check := m.Check(); check != "" {
		one.more = append(one.more, "The check that fails: "+check+".")
	}
	one.more = append(one.more, "No lab here makes anybody say so.")
	if l := env.Course.Find(m.Lesson()); l != nil {
		one.open = func() tea.Cmd { return env.push(NewLesson(env, l, 1)) }
		one = one.taught([]*lessons.Lesson{l})
	}
	return one
}

// CauseDoc says what a run of another lab is: each of its settings, in the words of
// the lab.
func CauseDoc(c labs.Cause) []string {
	var all []string
	for _, k := range c.Lab.Knobs {
		if v, ok := c.Set[k.Name]; ok {
			all = append(all, k.Name+"="+v+": "+k.Doc+".")
		}
	}
	return all
}

// spoke says who says a text, and which line of several was understood.
func spoke(m *labs.Match) []string {
	var all []string
	if m.Line != "" {
		all = append(all, "Of these lines this one was understood: "+m.Line)
	}
	switch {
	case m.Ran:
		all = append(all, "Said by "+m.By+": "+m.Text)
	case m.By != "":
		all = append(all, m.Text+": as documented by "+m.By+"; not run here.")
	case m.Text != "":
		all = append(all, "Said by "+strings.Join(m.Peers, ", ")+": "+m.Text)
	}
	return all
}

// taught adds which lessons are about it.
func (f found) taught(all []*lessons.Lesson) found {
	var names []string
	for _, l := range all {
		names = append(names, l.ID+", "+l.Title)
	}
	if len(names) > 0 {
		f.more = append(f.more, fmt.Sprintf("Lesson %s.", strings.Join(names, "; ")))
	}
	return f
}

// goCause opens a lab, and makes this run.
func goCause(env *Env, c labs.Cause) tea.Cmd {
	var words []string
	for _, k := range c.Lab.Knobs {
		value := k.Start()
		if v, ok := c.Set[k.Name]; ok {
			value = v
		}
		words = append(words, k.Name+"="+value)
	}
	return goSet(env, c.Lab, c.Set, words...)
}

// goSet opens a lab with settings; one that is open already is turned to them.
func goSet(env *Env, lab *labs.Lab, set labs.Settings, words ...string) tea.Cmd {
	if s, ok := env.open[lab.Name].(*labScreen); ok {
		return tea.Batch(goLab(env, lab), s.settle(words))
	}
	env.open[lab.Name] = NewLab(env, lab, set)
	return goLab(env, lab)
}

// spoken finds the faults, and the runs of other labs, of which a client says such a
// thing, the likeliest first.
func (s *search) spoken(text string) []found {
	var all []found
	seen := map[string]bool{}
	add := func(f found) {
		if !seen[f.name] {
			seen[f.name] = true
			all = append(all, f)
		}
	}
	matches := labs.Why(text)
	var last []found // what is hardly ever met comes behind all else, unless nothing else has the text
	for _, m := range matches {
		for i, f := range m.Faults {
			one := faulty(s.env, f, &m).joined(f, &m, matches)
			if i > 0 && f.Odd() {
				last = append(last, one)
			} else {
				add(one)
			}
		}
		for _, c := range m.Causes {
			add(caused(s.env, c, &m))
		}
		if len(m.Faults)+len(m.Causes) == 0 {
			add(told(s.env, &m))
		}
	}
	for _, f := range last {
		add(f)
	}
	return all
}

// joined adds who else says something like it of the fault, in other words.
func (f found) joined(fault *labs.Fault, m *labs.Match, all []labs.Match) found {
	var peers []string
	for _, o := range all {
		for _, p := range o.Peers {
			if slices.Contains(o.Faults, fault) && !slices.Contains(m.Peers, p) && !slices.Contains(peers, p) {
				peers = append(peers, p)
			}
		}
	}
	if len(peers) > 0 {
		f.more = slices.Insert(slices.Clone(f.more), min(1+len(spoke(m)), len(f.more)), "In other words by "+strings.Join(peers, ", ")+".")
	}
	return f
}

// understood is what counts of a text that was pasted: of several lines the one that
// a client says, where there is one. The line of the search has no room for a page.
func understood(text string) string {
	if !strings.Contains(strings.TrimSpace(text), "\n") {
		return text
	}
	for _, m := range labs.Why(text) {
		if m.Line != "" {
			return m.Line
		}
	}
	return strings.Join(strings.Fields(text), " ")
}
