package tui

import (
	"maps"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/tui/fieldview"
)

// A pane is a part of the lab screen that can have the focus.
type pane int

const (
	wirePane  pane = iota // the records as they crossed
	bytesPane             // the fields of the selected record, and their bytes
	knobsPane             // the settings of the next run
	panes                 // how many there are
)

// String is the pane's title, and its button in a narrow window.
func (p pane) String() string { return [...]string{"wire", "bytes", "knobs"}[p] }

// A labScreen is where one lab is set, run, walked and opened.
type labScreen struct {
	env    *Env
	lab    *labs.Lab
	from   string        // the place of the lesson that it was opened from, or ""
	past   string        // what is shown, where it took place elsewhere and is not run: "connection 3"
	opened pane          // the one that a lesson opened it at, from which esc leads back there
	first  labs.Settings // the settings it opened with; preset 0
	set    labs.Settings // the knobs as they stand
	knob   int           // the highlighted one, an index into lab.Knobs

	runs   []*shown // at most runsKept, oldest first
	at     int      // which of them is shown
	made   int      // the number of the last run
	flight *shown   // the run going on, or nil

	focus  pane            // which of them gets the arrows
	zoom   bool            // it fills a wide window alone
	unlit  bool            // no lights, and no words of what was agreed on: a lesson is yet to explain them
	tapped bool            // seen as an eavesdropper sees it
	sel    int             // the lane
	fields *fieldview.View // of the selected record
	graph  graphPane       // or, of a verification, its certificates
	scroll int             // how far the wheel has turned the wire

	light   int  // how often `e` was pressed in a row
	copied  bool // y was pressed just now
	asked   bool // esc was pressed once while held
	waiting bool // a run has gone on for a while; show for how long
}

// runsKept is how far back < reaches; older runs are let go with their records.
const runsKept = 20

// NewLab returns the screen of a lab, which runs it as soon as it opens. Given
// are settings that differ from the lab's own.
func NewLab(env *Env, lab *labs.Lab, given labs.Settings) Screen {
	set, err := lab.Settings(given)
	if err != nil {
		// What the lab refuses gives way to its own settings, which always stand.
		set, _ = lab.Settings(nil)
	}
	s := &labScreen{env: env, lab: lab, first: set, set: maps.Clone(set)}
	s.fields = fieldview.New(env.Theme)
	return s
}

// name is what a screen above says it leads back to.
func (s *labScreen) name() string { return s.lab.Name }

// Open runs the lab, the first time. Left and opened again, it is as it was.
func (s *labScreen) Open() tea.Cmd {
	if len(s.runs) > 0 || s.past != "" {
		return nil
	}
	return tea.Batch(s.start(false), s.ask())
}

// foundMsg says that it is known now which programs are here.
type foundMsg struct{}

// ask looks for the programs that the lab can run. That takes a while, since each
// is asked for its version.
func (s *labScreen) ask() tea.Cmd {
	names, env := s.lab.Programs(), s.env
	if len(names) == 0 || env.Programs == nil {
		return nil
	}
	return func() tea.Msg {
		for _, name := range names {
			env.Programs.Find(env.Ctx, name) // what came of it, Lacks will say
		}
		return foundMsg{}
	}
}

// Close stops what is going on. What has ended stays, for when the lab is
// opened again.
func (s *labScreen) Close() tea.Cmd {
	if s.flight == nil {
		return nil
	}
	return halt(s.flight)
}

// ShortHelp and FullHelp are what the keys do right now.
func (s *labScreen) ShortHelp() []key.Binding  { return s.actions().ShortHelp() }
func (s *labScreen) FullHelp() [][]key.Binding { return s.actions().FullHelp() }

// Update takes keys, clicks, and the news of its own runs.
func (s *labScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		// e, y and esc count how often they are pressed in a row: any other key begins
		// anew.
		k := msg.String()
		if k != "e" {
			s.light = 0
		}
		if k != "y" {
			s.copied = false
		}
		if k != "esc" {
			s.asked = false
		}
		return s.actions().press(msg)
	case clickMsg:
		return s.clicked(msg.Msg)
	case startedMsg:
		return s.started(msg)
	case newsMsg:
		return s.news(msg)
	case slowMsg:
		return s.slow(msg)
	case themed:
		s.fields.SetTheme(s.env.Theme)
	}
	return nil
}

// Idle says why a key does nothing right now. A state that forbids the key
// comes before what the key would need.
func (s *labScreen) Idle(k string) string {
	switch {
	case s.past != "" && (slices.Contains([]string{"r", "s", "c", "space"}, k) || digit(k)):
		return "this was captured elsewhere: there is nothing to run"
	case s.held() && (slices.Contains([]string{"left", "right", "enter"}, k) && s.focus == knobsPane || digit(k) || k == "c" || k == "x"):
		return "locked while a run is held: space lets a record go, r all, esc drops it"
	case s.flight != nil && (slices.Contains([]string{"left", "right", "enter", "r", "s", "c", "x"}, k) || digit(k)):
		return "a run is going on; esc ends it"
	case s.dry() && (k == "s" || k == "w"):
		return k + " is for what crosses a wire: here files are judged"
	case k == "space":
		return "space lets the next record go: s holds a run first"
	case s.flight != nil && (k == "<" || k == ">"):
		return "a run is going on; esc ends it"
	case k == "<" || k == ">":
		return "there is no " + map[string]string{"<": "older", ">": "newer"}[k] + " run"
	case k == "c":
		return s.notComparable()
	case k == "x":
		return "x exports a run: there is none yet"
	case k == "e":
		return "e leads to what ended the handshake: run it to its end first"
	}
	return ""
}

// digit reports whether a key is a digit.
func digit(k string) bool { return len(k) == 1 && k[0] >= '0' && k[0] <= '9' }

// cur returns the run that is shown, or nil before there is one.
func (s *labScreen) cur() *shown {
	if len(s.runs) == 0 {
		return nil
	}
	return s.runs[s.at]
}

// held reports whether the run that goes on is being stepped through.
func (s *labScreen) held() bool { return s.flight != nil && s.flight.held }

// recs returns the records of the shown run, as the parties or as an
// eavesdropper have them.
func (s *labScreen) recs() []labs.Rec {
	c := s.cur()
	switch {
	case c == nil:
		return nil
	case s.tapped:
		return c.tapped
	}
	return c.recs
}

// rec returns the selected record, or nil.
func (s *labScreen) rec() *labs.Rec {
	recs := s.recs()
	if s.sel < 0 || s.sel >= len(recs) {
		return nil
	}
	return &recs[s.sel]
}

// changed returns the names of the knobs that differ from the shown run's. The
// title counts them, the knobs pane marks them, and r runs with them.
func (s *labScreen) changed() []string {
	var names []string
	c := s.cur()
	for _, k := range s.lab.Knobs {
		if c != nil && c.settings[k.Name] != s.set[k.Name] {
			names = append(names, k.Name)
		}
	}
	return names
}
