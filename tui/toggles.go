package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// A toggles is the screen of all words that a knob takes, a row for each. Of a set they
// are in or out, and what is toggled holds at once; of a choice of many one is picked,
// which leads back. What is set is run by r.
type toggles struct {
	env *Env
	lab *labScreen
	k   *labs.Knob
	at  int // the highlighted member
}

// manyWords is how many words a choice takes that is better picked from a list than
// turned one by one.
const manyWords = 10

// toggle opens the words of the highlighted knob, at the one that it has.
func (s *labScreen) toggle() tea.Cmd {
	x := &toggles{env: s.env, lab: s, k: &s.lab.Knobs[s.knob]}
	if x.picks() {
		x.at = max(0, slices.Index(x.k.Choices, s.set[x.k.Name]))
	}
	return s.env.push(x)
}

// picks reports whether one word is picked, and not some put in.
func (x *toggles) picks() bool { return x.k.Kind == labs.Choice }

// The screen starts nothing, and App answers other keys.
func (x *toggles) Open() tea.Cmd      { return nil }
func (x *toggles) Close() tea.Cmd     { return nil }
func (x *toggles) Idle(string) string { return "" }

// name is what a screen above says it leads back to.
func (x *toggles) name() string { return x.k.Name }

// actions move among the members and put them in or take them out.
func (x *toggles) actions() actions {
	word := "put in"
	switch {
	case x.picks():
		word = "pick"
	case slices.Contains(x.in(), x.k.Choices[x.at]):
		word = "take out"
	}
	a := actions{
		act([]string{"up", "left"}, "↑↓", "choose", x.move(-1)),
		hush(act([]string{"down", "right"}, "↓", "the next one", x.move(1))),
		hush(act([]string{"pgup"}, "pgup", "ten up", x.move(-10))),
		hush(act([]string{"pgdown"}, "pgdown", "ten down", x.move(10))),
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

// in are the members that are in, or the word that is picked.
func (x *toggles) in() []string {
	switch {
	case x.picks() && x.k.Overruled(x.lab.set): // another one counts, and may be hidden
		return nil
	case x.picks():
		return []string{x.lab.set[x.k.Name]}
	}
	return x.k.Members(x.lab.set[x.k.Name])
}

// move highlights the member that lies by rows away, and stops at both ends.
func (x *toggles) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		x.at = max(0, min(x.at+by, len(x.k.Choices)-1))
		return nil
	}
}

// flip puts the highlighted member in, or takes it out; the one that is picked leads
// back.
func (x *toggles) flip() tea.Cmd {
	if x.picks() {
		if said := x.take(x.k.Choices[x.at]); said != nil {
			return said
		}
		return x.env.pop(x)
	}
	return x.take(x.k.Toggle(x.lab.set[x.k.Name], x.k.Choices[x.at]))
}

// own puts the knob back to how the lab has it.
func (x *toggles) own() tea.Cmd {
	if x.picks() {
		return x.take(x.k.Start())
	}
	return x.take(x.k.Of(x.k.Members(x.k.Start())))
}

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
	lines := []string{"  " + t.Title.Render(x.k.Name) + t.Dim.Render("  "+x.count(in))}
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
	widest := 0
	for _, c := range x.k.Choices {
		widest = max(widest, len(c))
	}
	if x.k.Says != nil && ansi.StringWidth(x.k.Says(x.k.Choices[x.at])) > w-widest-11 {
		for _, l := range wrap(sentence(x.k.Says(x.k.Choices[x.at])), w-4) {
			foot = append(foot, "  "+t.Text.Render(l))
		}
	}
	room := max(1, h-len(lines)-max(2, len(foot))-1) // two, so that the list does not jump
	from := inSight(x.at, len(x.k.Choices), room)
	hits := []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	for i := from; i < len(x.k.Choices) && i < from+room; i++ {
		c := x.k.Choices[i]
		mark := "[ ] "
		switch {
		case slices.Contains(in, c):
			mark = "[x] "
		case x.picks():
			mark = "    "
		}
		row := theme.Fit(mark+c, widest+5)
		if i == x.at {
			row = t.Selected.Render(row)
		} else {
			row = t.Text.Render(row)
		}
		if x.k.Says != nil {
			row += t.Dim.Render("  " + theme.Fit(x.k.Says(c), max(1, w-widest-11)))
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
		lines = append(lines, "  "+row)
	}
	return strings.Join(append(append(lines, ""), foot...), "\n"), hits
}

// count says how many members are in, or how many words there are to pick from.
func (x *toggles) count(in []string) string {
	if x.picks() {
		return plural(len(x.k.Choices), "word")
	}
	return fmt.Sprintf("%d of %d", len(in), len(x.k.Choices))
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
