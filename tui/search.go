package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"tlstutor/labs"
	"tlstutor/lessons"
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
	more  []string       // of the highlighted one: what there is to say of it, a paragraph each
}

// newSearch opens a search over all, or over one kind.
func newSearch(env *Env, only string) Screen {
	s := &search{env: env, only: only}
	label := "/ "
	if only != "" {
		label = only + ": "
	}
	s.field = newPrompt(env, s, label, "", "open", 600, nil)
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
				all = append(all, found{kind: "page", name: p.Place() + "  " + p.Title, about: l.Title, open: func() tea.Cmd { return env.push(NewLesson(env, l, p.N)) }})
			}
		}
		for _, l := range labs.All() {
			all = append(all, found{kind: "lab", name: l.Name, about: opening(l.Doc), open: func() tea.Cmd { return goLab(env, l) }})
		}
	}
	if only == "" {
		for _, f := range labs.Faults() {
			all = append(all, faulty(env, f, nil))
		}
	}
	for _, w := range env.Course.Glossary.All() {
		name := strings.Join(append([]string{w.Name}, w.Aliases...), ", ")
		all = append(all, found{kind: "word", name: name, about: unlinked(env, w.Text), open: func() tea.Cmd { return env.push(newOverlay(env, s, w.Name, w.Text, nil)) }})
	}
	if only == "" {
		for _, n := range env.Notes.All() {
			all = append(all, found{kind: "note", name: n.Path, about: n.Text, open: func() tea.Cmd {
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

// maxFound is how many results are kept; nobody reads more.
const maxFound = 200

// find ranks what matches: a name that begins so, a name that holds it, faults of
// which a client says so, a text that holds it, and names whose letters come in that
// order.
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
		// Beyond that faults are known to labs.Why, so that a text finds the same here and in
		// the command why.
		case f.kind == "fault":
		case strings.Contains(name, q):
			ranks[1] = append(ranks[1], f)
		case strings.Contains(strings.ToLower(f.about), q):
			ranks[3] = append(ranks[3], f)
		}
	}
	// What a client says of a fault is not in its name.
	if s.only == "" {
		ranks[2] = s.spoken(q)
		for i, f := range ranks[0] { // of those, too, it is known who says what
			if at := slices.IndexFunc(ranks[2], func(o found) bool { return o.kind == f.kind && o.name == f.name }); at >= 0 {
				ranks[0][i] = ranks[2][at]
				ranks[2] = slices.Delete(ranks[2], at, at+1)
			}
		}
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
		s.field.edit(tea.PasteMsg{Content: understood(msg.Content)})
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
