package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/sahilm/fuzzy"

	"tlstutor/labs"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// A search finds places, lessons, words, notes and labs by what is typed.
type search struct {
	env   *Env
	field *prompt // the line that is typed
	all   []found // what there is to find
	hits  []found // those that match, the best first
	at    int     // the highlighted hit
	only  string  // a kind that it is limited to, or ""
}

// A found is something that can be gone to.
type found struct {
	kind  string // "page", "word", "note", "lab", "fault"
	name  string
	about string         // a line behind the name; it is searched too
	open  func() tea.Cmd // goes there
}

// newSearch opens a search over all, or over one kind.
func newSearch(env *Env, only string) Screen {
	s := &search{env: env, only: only}
	label := "/ "
	if only != "" {
		label = only + ": "
	}
	s.field = newPrompt(env, s, label, "", "open", 200, nil)
	s.all = catalogue(env, s, only)
	s.find()
	return s
}

// search opens one over the screen on top.
func (a *App) search() tea.Cmd { return a.push(newSearch(a.env, "")) }

// catalogue lists all that can be found: pages, words, labs, faults, notes.
func catalogue(env *Env, s *search, only string) []found {
	var all []found
	if only == "" {
		for _, l := range env.Course.Lessons {
			// Of pages and labs the titles and first lines are searched, of words and notes
			// all of the text.
			for _, p := range l.Pages {
				all = append(all, found{"page", p.Place() + "  " + p.Title, l.Title, func() tea.Cmd { return env.push(NewLesson(env, l, p.N)) }})
			}
		}
		for _, l := range labs.All() {
			all = append(all, found{"lab", l.Name, opening(l.Doc), func() tea.Cmd { return goLab(env, l) }})
		}
	}
	if only == "" {
		for _, f := range labs.Faults() {
			all = append(all, faulty(env, f, ""))
		}
	}
	for _, w := range env.Course.Glossary.All() {
		name := strings.Join(append([]string{w.Name}, w.Aliases...), ", ")
		all = append(all, found{"word", name, unlinked(env, w.Text), func() tea.Cmd { return env.push(newOverlay(env, s, w.Name, w.Text, nil)) }})
	}
	if only == "" {
		for _, n := range env.Notes.All() {
			all = append(all, found{"note", n.Path, n.Text, func() tea.Cmd {
				return env.push(newOverlay(env, s, n.Path, lessons.Text{{Text: n.Text}}, nil))
			}})
		}
	}
	return all
}

// goLab opens a lab as it was left, if it was open before.
func goLab(env *Env, lab *labs.Lab) tea.Cmd {
	if env.open[lab.Name] == nil {
		env.open[lab.Name] = NewLab(env, lab, nil)
	}
	return env.push(env.open[lab.Name])
}

// faulty is a fault of the lab faults, found by its name, or by what a client says
// of it.
func faulty(env *Env, f *labs.Fault, said string) found {
	about := f.Doc
	if said != "" {
		about += " " + said
	}
	return found{"fault", f.Name, about, func() tea.Cmd { return goFault(env, f) }}
}

// goFault opens the lab faults, and makes this one happen.
func goFault(env *Env, f *labs.Fault) tea.Cmd {
	lab := labs.FaultBench
	if s, ok := env.open[lab.Name].(*labScreen); ok {
		return tea.Batch(goLab(env, lab), s.settle([]string{"fault=" + f.Name, "drill=0", "check=none", "mend=none"}))
	}
	env.open[lab.Name] = NewLab(env, lab, labs.Settings{"fault": f.Name})
	return goLab(env, lab)
}

// spoken finds the faults of which a client says such a thing, the likeliest first.
func (s *search) spoken(text string) []found {
	var all []found
	seen := map[string]bool{}
	for _, m := range labs.Why(text) {
		for _, f := range m.Faults {
			if !seen[f.Name] {
				seen[f.Name] = true
				all = append(all, faulty(s.env, f, m.Text))
			}
		}
	}
	return all
}

// maxFound is how many results are kept; nobody reads more.
const maxFound = 200

// find ranks what matches: a name that begins so, a name that holds it, a text
// that holds it, faults of which a client says so, and names whose letters come in
// that order.
func (s *search) find() {
	q := strings.ToLower(strings.TrimSpace(string(s.field.text)))
	s.at = 0
	if q == "" {
		s.hits = s.all
		return
	}
	var ranks [5][]found
	for _, f := range s.all {
		name := strings.ToLower(f.name)
		switch {
		// Each is in one rank only, the best that it has.
		case strings.HasPrefix(name, q):
			ranks[0] = append(ranks[0], f)
		case strings.Contains(name, q):
			ranks[1] = append(ranks[1], f)
		case strings.Contains(strings.ToLower(f.about), q):
			ranks[2] = append(ranks[2], f)
		}
	}
	// What a client says of a fault is not in its name.
	if s.only == "" {
		ranks[3] = s.spoken(q)
		ranks[0] = append(ranks[0], s.named(q)...)
	}
	// Letters in order match almost anything, so they are for a misspelt word only.
	if len(ranks[0])+len(ranks[1])+len(ranks[2])+len(ranks[3]) == 0 {
		names := make([]string, len(s.all))
		for i, f := range s.all {
			names[i] = f.name
		}
		for _, m := range fuzzy.Find(q, names) {
			ranks[4] = append(ranks[4], s.all[m.Index])
		}
	}
	s.hits = nil
	for _, r := range ranks {
		s.hits = append(s.hits, r...)
	}
	s.hits = s.hits[:min(len(s.hits), maxFound)]
}

// Nothing is started; every letter is text.
func (s *search) Open() tea.Cmd      { return nil }
func (s *search) Close() tea.Cmd     { return nil }
func (s *search) Idle(string) string { return "" }
func (s *search) typing() bool       { return true }

// name is what a screen above says it leads back to.
func (s *search) name() string { return "search" }

// actions are the keys that are not text.
func (s *search) actions() actions {
	a := actions{}
	if len(s.hits) > 0 {
		a = append(a, act([]string{"enter"}, "enter", "open", func() tea.Cmd { return s.hits[s.at].open() }),
			act([]string{"up"}, "↑↓", "choose", s.move(-1)),
			hush(act([]string{"down", "tab"}, "↓", "the next", s.move(1))),
			hush(act([]string{"pgup"}, "pgup", "a page up", s.move(-10))),
			hush(act([]string{"pgdown"}, "pgdown", "a page down", s.move(10))))
	}
	return append(a,
		hush(act([]string{"ctrl+u"}, "ctrl+u", "clear", func() tea.Cmd { s.field.text, s.field.at = nil, 0; s.find(); return nil })),
		one("esc", s.env.below(s), func() tea.Cmd { return s.env.pop(s) }))
}

// move highlights the hit that lies by hits away, and stops at both ends.
func (s *search) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		s.at = max(0, min(s.at+by, len(s.hits)-1))
		return nil
	}
}

// ShortHelp and FullHelp list the keys.
func (s *search) ShortHelp() []key.Binding  { return s.actions().ShortHelp() }
func (s *search) FullHelp() [][]key.Binding { return s.actions().FullHelp() }

// Update takes text, keys and clicks.
func (s *search) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		// The keys of the screen first: all others are text.
		if bound(msg, s.FullHelp()) {
			return s.actions().press(msg)
		}
		was := string(s.field.text)
		cmd := s.field.edit(msg)
		if string(s.field.text) != was { // else the choice stays
			s.find()
		}
		return cmd
	case tea.PasteMsg:
		s.field.edit(msg)
		s.find()
	// Another course has other pages and words; what was typed stays.
	case courseMsg:
		s.all = catalogue(s.env, s, s.only)
		s.find()
	case clickMsg:
		switch m := msg.Msg.(type) {
		case pickMsg:
			if int(m) < len(s.hits) {
				if s.at == int(m) {
					return s.hits[s.at].open()
				}
				s.at = int(m)
			}
		case notchMsg:
			return s.move(int(m))()
		}
	}
	return nil
}

// View draws the line and what it finds, around the highlighted one.
func (s *search) View(w, h int) (string, []Hit) {
	t := s.env.Theme
	// With no hits it is 0 of 0.
	count := fmt.Sprintf("%d of %d ", min(s.at+1, len(s.hits)), len(s.hits))
	lines := []string{theme.Fit(s.field.line(w-len(count)), w-len(count)) + t.Dim.Render(count), ""}
	if len(s.field.text) == 0 {
		lines[1] = "  " + t.Dim.Render("type to find; ↑↓ choose, enter opens")
	}
	if len(s.hits) == 0 {
		lines = append(lines, "  "+t.Dim.Render("Nothing here is called that, and no text has it. Fewer letters find more."))
		return strings.Join(lines, "\n"), nil
	}
	room := h - len(lines)
	from := inSight(s.at, len(s.hits), room)
	hits := []Hit{{Y: 2, W: w, H: room, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	// The column of names: wide enough for a place and a title, in cells.
	name := max(20, min(w*2/5, 44))
	for i := from; i < len(s.hits) && i < from+room; i++ {
		f := s.hits[i]
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
		text := theme.Fit(f.name, name)
		if i == s.at {
			text = t.Selected.Render(text)
		} else {
			text = t.Text.Render(text)
		}
		about := ansi.Truncate(oneLine(f.about), max(0, w-name-12), t.Glyphs.Ellipsis)
		lines = append(lines, "  "+t.Dim.Render(fmt.Sprintf("%-5s", f.kind))+" "+text+"  "+t.Dim.Render(about))
	}
	return strings.Join(lines, "\n"), hits
}
