package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// A toggles is the screen on which a knob that is a set is turned: a row for each of
// its members, in or out. What is toggled holds at once, and is run by r.
type toggles struct {
	env *Env
	lab *labScreen
	k   *labs.Knob
	at  int // the highlighted member
}

// toggle opens the members of the highlighted knob.
func (s *labScreen) toggle() tea.Cmd {
	return s.env.push(&toggles{env: s.env, lab: s, k: &s.lab.Knobs[s.knob]})
}

// The screen starts nothing, and App answers other keys.
func (x *toggles) Open() tea.Cmd      { return nil }
func (x *toggles) Close() tea.Cmd     { return nil }
func (x *toggles) Idle(string) string { return "" }

// name is what a screen above says it leads back to.
func (x *toggles) name() string { return x.k.Name }

// actions move among the members and put them in or take them out.
func (x *toggles) actions() actions {
	word := "put in"
	if slices.Contains(x.in(), x.k.Choices[x.at]) {
		word = "take out"
	}
	a := actions{
		act([]string{"up", "left"}, "↑↓", "choose", x.move(-1)),
		hush(act([]string{"down", "right"}, "↓", "the next one", x.move(1))),
		hush(one("home", "the first", x.move(-1<<20))),
		hush(one("end", "the last", x.move(1<<20))),
		act([]string{"space", "enter"}, "space", word, x.flip),
		hush(one("0", "as the lab has it", x.own)),
	}
	// While a run goes on its settings stay as they are, here too.
	if x.lab.flight == nil {
		a = append(a, one("r", "run", x.run))
	}
	return append(a, one("esc", x.env.below(x), func() tea.Cmd { return x.env.pop(x) }))
}

// in are the members that are in.
func (x *toggles) in() []string { return x.k.Members(x.lab.set[x.k.Name]) }

// move highlights the member that lies by rows away, and stops at both ends.
func (x *toggles) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		x.at = max(0, min(x.at+by, len(x.k.Choices)-1))
		return nil
	}
}

// flip puts the highlighted member in, or takes it out.
func (x *toggles) flip() tea.Cmd {
	return x.take(x.k.Toggle(x.lab.set[x.k.Name], x.k.Choices[x.at]))
}

// own puts the knob back to how the lab has it.
func (x *toggles) own() tea.Cmd { return x.take(x.k.Of(x.k.Members(x.k.Start()))) }

// take is a new value, if the knob can have it.
func (x *toggles) take(value string) tea.Cmd {
	if x.lab.flight != nil {
		return say("the knobs are locked while a run goes on")
	}
	if err := x.k.Check(value); err != nil {
		return say(err.Error())
	}
	x.lab.set[x.k.Name] = value
	return nil
}

// run goes back to the lab, and runs it.
func (x *toggles) run() tea.Cmd { return tea.Batch(x.env.pop(x), x.lab.start(false)) }

// ShortHelp and FullHelp list the keys.
func (x *toggles) ShortHelp() []key.Binding  { return x.actions().ShortHelp() }
func (x *toggles) FullHelp() [][]key.Binding { return x.actions().FullHelp() }

// Update takes keys and clicks: a click toggles what it is on.
func (x *toggles) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return x.actions().press(msg)
	case clickMsg:
		switch m := msg.Msg.(type) {
		case pickMsg:
			x.at = int(m)
			return x.flip()
		case notchMsg:
			return x.move(int(m))()
		}
	}
	return nil
}

// View draws the members, and below them what the rules make of the settings.
func (x *toggles) View(w, h int) (string, []Hit) {
	t, in := x.env.Theme, x.in()
	lines := []string{"  " + t.Title.Render(x.k.Name) + t.Dim.Render(fmt.Sprintf("  %d of %d", len(in), len(x.k.Choices)))}
	for _, l := range wrap(sentence(x.k.Doc), w-4) {
		lines = append(lines, "  "+t.Text.Render(l))
	}
	lines = append(lines, "")
	var foot []string
	if words := x.lab.foreseen(); words != "" {
		for _, l := range wrap(words, w-4) {
			foot = append(foot, "  "+t.Text.Render(l))
		}
	}
	room := max(1, h-len(lines)-len(foot)-1)
	from := inSight(x.at, len(x.k.Choices), room)
	hits := []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	widest := 0
	for _, c := range x.k.Choices {
		widest = max(widest, len(c))
	}
	for i := from; i < len(x.k.Choices) && i < from+room; i++ {
		c := x.k.Choices[i]
		mark := "[ ] "
		if slices.Contains(in, c) {
			mark = "[x] "
		}
		row := theme.Fit(mark+c, widest+5)
		if i == x.at {
			row = t.Selected.Render(row)
		} else {
			row = t.Text.Render(row)
		}
		if x.k.Says != nil {
			row += t.Dim.Render("  " + x.k.Says(c))
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
		lines = append(lines, "  "+row)
	}
	return strings.Join(append(append(lines, ""), foot...), "\n"), hits
}

// foreseen says what the rules make of the knobs as they stand, where that can be
// worked out without a run; "" where the shown run has them, as that says more.
func (s *labScreen) foreseen() string {
	if s.lab.Foresee == nil || s.cur() != nil && len(s.changed()) == 0 {
		return ""
	}
	return "By the rules, " + cleanLine(s.lab.Foresee(s.set)) + ". r makes it happen."
}

// setLine says of a knob that is a set what is in it, and what is not.
func (s *labScreen) setLine(i int) string {
	k := &s.lab.Knobs[i]
	in := k.Members(s.set[k.Name])
	out := slices.DeleteFunc(slices.Clone(k.Choices), func(c string) bool { return slices.Contains(in, c) })
	said := fmt.Sprintf("%d %s: %s. In, %d of %d", i+1, k.Name, k.Doc, len(in), len(k.Choices))
	if len(in) > 0 {
		said += ": " + strings.Join(in, ", ")
	}
	if len(out) > 0 {
		said += ". Out: " + strings.Join(out, ", ")
	}
	return said + ". run " + k.Name + "= and some of them, with commas and no spaces, or " + k.Shorthand() + "."
}
