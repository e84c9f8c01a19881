package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// The smallest screen that anything is drawn on.
const (
	minWidth  = 60
	minHeight = 18
)

// App is the model: a stack of screens, a theme, and the line at the foot.
type App struct {
	Fatal error // what ended the program, if something of ours broke

	env    *Env
	stack  []Screen // the last is on top; never empty
	chosen bool     // the theme was named, so the terminal's background does not decide
	mouse  bool     // clicks and the wheel are ours, not the terminal's
	w, h   int      // the window, in cells; 0 until it is known
	line   string   // the one-line answer, until the next key or click
	ruler  ruler    // what the terminal said of the width of lines
}

// New returns the program with these screens, the last on top. A theme that was
// not chosen follows the terminal's background.
func New(env *Env, chosen bool, screens ...Screen) *App {
	env.coach = map[string]coachStep{}
	env.open = map[string]Screen{}
	env.orders = map[string][]int{}
	// A lab that was opened from the command line is also the one that the list
	// leads to.
	for _, s := range screens {
		if l, ok := s.(*labScreen); ok {
			env.open[l.lab.Name] = l
		}
	}
	a := &App{env: env, stack: screens, chosen: chosen, mouse: true}
	env.app = a
	a.retheme(env.Theme)
	return a
}

// where is what opens the place again where the user is, behind "tlstutor": a page, or a lab's name
// and its settings; "" at home.
func (a *App) where() string {
	for i := len(a.stack) - 1; i >= 0; i-- {
		switch s := a.stack[i].(type) {
		case *labScreen:
			if s.past == "" {
				return s.lab.Opens(s.set)
			}
		case *indexScreen:
			return "open " + labs.Word(s.path)
		case *lessonScreen:
			if s.series == nil {
				return "open " + s.place()
			}
		}
	}
	return ""
}

// Farewell is what is printed once the screen is restored: where the user was,
// what they did today, and that nothing is left.
func (a *App) Farewell() string {
	var b strings.Builder
	at := a.where()
	for i := len(a.stack) - 1; i >= 0; i-- {
		s, ok := a.stack[i].(*lessonScreen)
		if !ok || s.series != nil {
			continue
		}
		// Of a page that was presented nothing is kept.
		if p := a.env.Progress; p.Kept() == nil && p.Page(s.lesson.ID) == s.at+1 {
			fmt.Fprintf(&b, "Saved at %s, page %d of %d.", s.place(), s.at+1, len(s.lesson.Pages))
		}
		break
	}
	if n := a.env.asked; n > 0 {
		fmt.Fprintf(&b, " %s answered in this sitting, %d right.", plural(n, "question"), a.env.rights)
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	b.WriteString("Go on: tlstutor" + a.env.Flags)
	if at != "" {
		b.WriteString("        Straight here: tlstutor" + a.env.Flags + " " + at)
	}
	// A run is joined only after its connections are closed, so both numbers are
	// one.
	n := a.connections()
	fmt.Fprintf(&b, "\n%s made, %d closed, nothing left running.\n", plural(n, "connection"), n)
	return strings.TrimLeft(b.String(), " ")
}

// connections is how many the program has made; all of them have been closed.
func (a *App) connections() int {
	n := a.env.made
	for _, s := range a.env.open {
		// made counts ended runs only.
		if l := s.(*labScreen); l.flight != nil && l.flight.run != nil {
			events, _ := l.flight.run.Since(0)
			n += conns(events)
		}
	}
	return n
}

// Init opens the screens.
func (a *App) Init() tea.Cmd {
	var cmds []tea.Cmd
	if !a.chosen {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if a.ruler.asked = a.env.Theme.Ascii; !a.ruler.asked {
		cmds = append(cmds, measure())
	}
	for _, s := range a.stack {
		cmds = append(cmds, s.Open())
	}
	return tea.Batch(append(cmds, a.watch())...)
}

// top returns the screen that gets keys and clicks.
func (a *App) top() Screen { return a.stack[len(a.stack)-1] }

// Update hands keys and clicks to the top screen and everything else to all. A
// panic in a screen ends the program with a Fatal error.
func (a *App) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer a.caught(&cmd)
	// The last defer runs first: the command is guarded, then a panic is caught,
	// which puts its own command in that place.
	defer func() { cmd = guarded(cmd) }()
	// A panic while drawing has no command to end the program with: the next key
	// ends it.
	if _, key := msg.(tea.KeyPressMsg); key && a.Fatal != nil {
		return a, tea.Quit
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
	// The terminal answers when the screens are open already.
	case tea.BackgroundColorMsg:
		if !a.chosen {
			a.retheme(a.env.Theme.Named(theme.For(msg.IsDark())))
			return a, a.all(themed{})
		}
	case askedMsg:
		a.ruler.asked = true
		return a, nil
	case tea.CursorPositionMsg:
		return a, a.measured(msg)
	case tea.KeyPressMsg:
		a.line = ""
		return a, a.key(msg)
	case tea.MouseClickMsg: // what it means comes as a message of its own
		a.line = ""
		return a, nil
	case sayMsg:
		a.line = string(msg)
	case fatalMsg:
		a.Fatal = msg.err
		return a, a.quit()
	case setMsg:
		return a, a.set(msg)
	case reloadMsg:
		return a, a.reloaded(msg)
	case clickMsg, tea.PasteMsg:
		return a, a.topmost(msg)
	}
	return a, a.all(msg)
}

// topmost gives the top screen what was done to it. Knobs that were typed on the
// settings line need a lab there.
func (a *App) topmost(msg tea.Msg) tea.Cmd {
	if click, ok := msg.(clickMsg); ok {
		_, knobs := click.Msg.(settingsMsg)
		if _, lab := a.top().(*labScreen); knobs && !lab {
			return say("knobs are a lab's: go to one first")
		}
	}
	return a.top().Update(msg)
}

// screens are all that may have something going on: those on the stack, and the
// labs that were left and are kept.
func (a *App) screens() []Screen {
	all := slices.Clone(a.stack)
	for _, s := range a.env.open {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// all sends a message to every screen.
func (a *App) all(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range a.screens() {
		cmds = append(cmds, s.Update(msg))
	}
	return tea.Batch(cmds...)
}

// push puts a screen on top. The size of the window came before it did.
func (a *App) push(s Screen) tea.Cmd {
	a.stack = append(a.stack, s)
	return tea.Batch(s.Open(), s.Update(tea.WindowSizeMsg{Width: a.w, Height: a.h}))
}

// key does what a key is bound to: always, everywhere, or on the top screen.
// The order matters: a prompt takes everything but ctrl+c as text, then come
// the keys of every screen, then the vi keys as arrows.
func (a *App) key(k tea.KeyPressMsg) tea.Cmd {
	top := a.top()
	if a.small() && k.String() != "ctrl+c" {
		return nil // nothing is to be seen of what it would do
	}
	if typing(top) && k.String() != "ctrl+c" && k.String() != "ctrl+g" {
		return top.Update(k)
	}
	if g := a.globals(); bound(k, g.FullHelp()) {
		return g.press(k)
	}
	vi, silent := hands[k.String()]
	if silent {
		k = tea.KeyPressMsg{Code: vi}
	}
	if bound(k, top.FullHelp()) {
		return top.Update(k)
	}
	if !silent {
		// The screen knows best why; else the grammar answers.
		if a.line = top.Idle(called(k)); a.line == "" {
			a.line = idle(called(k))
		}
	}
	return nil
}

// called is what a key is called on the screen. What comes in as a key may be any
// character at all, also one that a terminal obeys.
func called(k tea.KeyPressMsg) string { return wire.Clean(k.String(), 24) }

// typing reports whether letters are text on a screen.
func typing(s Screen) bool {
	t, ok := s.(interface{ typing() bool })
	return ok && t.typing()
}

// globals are the keys that mean the same on every screen. Help stands first:
// the footer shows that one on every screen.
func (a *App) globals() actions {
	return actions{
		one("?", "help", func() tea.Cmd {
			if page, ok := a.top().(*textPage); ok && page.help {
				return a.pop(a.top())
			}
			return a.push(newHelp(a.env, a.top(), a.globals()))
		}),
		hush(one("/", "search", a.search)),
		hush(one(":", "settings line", a.settingsLine)),
		hush(act([]string{"ctrl+g"}, "ctrl+g", "plain ASCII, or not", func() tea.Cmd { return send(setMsg{name: "ascii"}) })),
		hush(one("M", "free the mouse, or take it", func() tea.Cmd { return send(setMsg{name: "mouse"}) })),
		hush(one("q", "leave this screen", func() tea.Cmd { return a.pop(a.top()) })),
		hush(act([]string{"ctrl+z"}, "ctrl+z", "suspend the program", func() tea.Cmd { return tea.Suspend })),
		hush(act([]string{"ctrl+c"}, "ctrl+c", "quit", a.quit)),
	}
}

// pop takes a screen off the stack; without any left, the program ends. A
// screen that is not on top has been left already: two clicks may have asked
// for it twice.
func (a *App) pop(s Screen) tea.Cmd {
	if a.top() != s {
		return nil
	}
	if len(a.stack) == 1 {
		return a.quit()
	}
	a.stack = a.stack[:len(a.stack)-1]
	return tea.Batch(s.Close(), send(backMsg{s}))
}

// backMsg says that a screen was left: the one below may have more to show.
type backMsg struct{ left Screen }

// quit closes every screen, then ends the program. They go in sequence, because
// Close joins the runs, and none may outlive the program; nor may what is still
// to be written be cut off.
func (a *App) quit() tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range a.screens() {
		cmds = append(cmds, s.Close())
	}
	return tea.Sequence(append(cmds, a.env.kept, tea.Quit)...)
}

// retheme changes the theme. Screens that keep what they have rendered need the
// message themed as well.
func (a *App) retheme(t *theme.Theme) {
	a.env.Theme = t
	a.env.prose = theme.NewProse(t)
}
