package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// universe is every key that is tried.
func universe() []string {
	keys := []string{"enter", "esc", "tab", "shift+tab", "space", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "ctrl+g"}
	for r := '!'; r <= '~'; r++ {
		keys = append(keys, string(r))
	}
	return keys
}

// states are the screens and focuses of the labs that keys are sent to.
var states = map[string]func(t testing.TB) *drive{
	"list": func(t testing.TB) *drive {
		e := newEnv(t, theme.Dark, false)
		return newDrive(t, 80, 24, e, NewList(e))
	},
	"wire":  func(t testing.TB) *drive { d, _ := labDrive(t, 80, 24); return d },
	"bytes": func(t testing.TB) *drive { d, _ := labDrive(t, 80, 24); d.key("tab"); return d },
	"knobs": func(t testing.TB) *drive { d, _ := labDrive(t, 140, 42); d.key("shift+tab"); return d },
	"wiretap": func(t testing.TB) *drive {
		d, _ := labDrive(t, 140, 42, "wiretap")
		d.key("w")
		return d
	},
	"held": func(t testing.TB) *drive {
		d, s := labDrive(t, 80, 24)
		d.key("s")
		d.held(s)
		return d
	},
	"held knobs": func(t testing.TB) *drive {
		d, s := labDrive(t, 140, 42)
		d.key("shift+tab")
		d.key("s")
		d.held(s)
		return d
	},
	"compare":        func(t testing.TB) *drive { d, _ := compareDrive(t, 80, 24); return d },
	"compare fields": func(t testing.TB) *drive { d, _ := compareDrive(t, 80, 24, "enter"); return d },
	"compare both":   func(t testing.TB) *drive { d, _ := compareDrive(t, 140, 42, "tab"); return d },
	"compare value":  func(t testing.TB) *drive { d, _ := compareDrive(t, 80, 24, "enter", "enter"); return d },
	"help": func(t testing.TB) *drive {
		d, _ := labDrive(t, 80, 24)
		d.key("?")
		d.soon()
		return d
	},
	"note": func(t testing.TB) *drive {
		d, s := labDrive(t, 80, 24)
		s.focus = bytesPane
		s.fields.Select("msg_type")
		d.key("enter")
		d.soon()
		return d
	},
	"prompt": func(t testing.TB) *drive {
		d, _ := labDrive(t, 80, 24)
		d.key(":")
		d.soon()
		return d
	},
}

// TestEveryKey sends every key to every screen and focus: exactly its key map
// acts, and everything else gives the one-line answer.
func TestEveryKey(t *testing.T) {
	for _, name := range names() {
		state := everyState()[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, undone := state(t), state(t)
			for _, k := range universe() {
				own := bound(typed(k), d.app.top().FullHelp())
				_, vi := hands[k]
				switch {
				case typing(d.app.top()):
					if !own {
						checkTyped(t, d, k)
					} else if checkActs(t, state(t), k); len(k) == 1 {
						t.Errorf("%s is a letter of a text, and a key", k)
					}
				case own || k == "q" || k == "?" && helps(d):
					checkActs(t, state(t), k)
				case bound(typed(k), d.app.globals().FullHelp()):
					checkUndone(t, undone, k)
				case vi:
					d := state(t) // which the arrow may change
					d.key(k)
					if d.app.line != "" && !bound(tea.KeyPressMsg{Code: hands[k]}, d.app.top().FullHelp()) {
						t.Errorf("%s answers %q; it moves or is silent", k, d.app.line)
					}
				default:
					checkIdle(t, d, k)
				}
			}
		})
	}
}

// checkActs presses a bound key: it may move, say something or return a
// command, but it must not give the answer of a key that does nothing.
func checkActs(t *testing.T, d *drive, k string) {
	t.Helper()
	before := d.app.top().Idle(k)
	d.key(k)
	if line := d.app.line; line != "" && (line == before || line == idle(k)) {
		t.Errorf("%s is in the key map and answers %q", k, line)
	}
}

// checkIdle presses a key that is not in the key map: nothing changes but the
// line at the foot.
func checkIdle(t *testing.T, d *drive, k string) {
	t.Helper()
	d.app.line = ""
	before := body(d)
	if _, cmd := d.app.Update(typed(k)); cmd != nil {
		t.Errorf("%s is not in the key map and starts something", k)
	}
	if d.app.line == "" {
		t.Errorf("%s does nothing and says nothing", k)
	}
	if ansi.StringWidth(d.app.line) > 78 {
		t.Errorf("%s: the answer is too long for a line: %q", k, d.app.line)
	}
	if body(d) != before {
		t.Errorf("%s is not in the key map and changes the screen", k)
	}
}

// helps reports whether the help page is on top.
func helps(d *drive) bool {
	p, ok := d.app.top().(*textPage)
	return ok && p.help
}

// checkUndone presses a key that means the same on every screen, then the one
// that takes it back: all is as it was.
func checkUndone(t *testing.T, d *drive, k string) {
	t.Helper()
	d.soon()
	before, stack := body(d), len(d.app.stack)
	d.key(k)
	d.soon()
	undo, pushed := map[string]string{"?": "esc", "/": "esc", ":": "esc", "M": "M", "ctrl+g": "ctrl+g"}[k], len(d.app.stack) > stack
	if pushed != (undo == "esc") || !pushed && d.app.line == "" {
		t.Errorf("%s is a key of every screen and does nothing", k)
	}
	d.key(undo)
	d.soon()
	if body(d) != before {
		t.Errorf("after %s and %s the screen is another one:\n%s\nwas:\n%s", k, undo, ansi.Strip(body(d)), ansi.Strip(before))
	}
}

// checkTyped presses a key where each letter is text: it is in the line, and
// nothing else has changed. A key that is no letter may only edit.
func checkTyped(t *testing.T, d *drive, k string) {
	t.Helper()
	line := map[bool]func() *prompt{
		true:  func() *prompt { return d.app.top().(*prompt) },
		false: func() *prompt { return field(d.app.top()) },
	}[field(d.app.top()) == nil]
	was, at, stack := slices.Clone(line().text), line().at, len(d.app.stack)
	d.app.line = ""
	press := typed(k)
	if k == "space" {
		press.Text = " "
	}
	d.send(press)
	want := was
	if k == "space" {
		want = slices.Insert(slices.Clone(was), at, ' ')
	} else if len(k) == 1 {
		want = slices.Insert(slices.Clone(was), at, []rune(k)...)
	}
	if got := line().text; string(got) != string(want) && k != "ctrl+g" {
		t.Errorf("%s makes the line %q into %q", k, string(was), string(got))
	}
	if len(d.app.stack) != stack || d.app.line != "" {
		t.Errorf("%s is text and does something: %q", k, d.app.line)
	}
	// A key that neither writes nor edits says so.
	edits := len(k) == 1 || slices.Contains([]string{"space", "left", "right", "home", "end", "ctrl+g"}, k)
	if d.soon(); (d.app.line == "") != edits && k != "ctrl+g" {
		t.Errorf("%s answers %q", k, d.app.line)
	}
}

// field is the line in a screen that is more than a line, or nil.
func field(s Screen) *prompt {
	switch s := s.(type) {
	case *search:
		return s.field
	case *welcome:
		return s.field
	}
	return nil
}

// body is the screen without its last line.
func body(d *drive) string {
	s := d.screen()
	return s[:strings.LastIndex(s, "\n")]
}

// TestOneMeaning checks that no letter has two meanings: its word in every key
// map, and the grammar, agree on what it does.
func TestOneMeaning(t *testing.T) {
	allowed := map[string][]string{ // one meaning in other words
		"r": {"run", "all", "run it again"},
		"o": {"open in the lab", "open it in the lab"},
		"p": {"present", "present to a room", "end presenting"},
		"y": {"copy what is selected", "copy the command that makes this run", "copy the whole file"},
		"s": {"step", "next"},
		"w": {"wiretap", "as a listener", "as yourself"},
		"q": {"leave this screen", "quit"},
		"z": {"zoom this pane"},
	}
	words := map[string]map[string]bool{}
	for name, state := range everyState() {
		d := state(t)
		var all []key.Binding
		for _, g := range append(d.app.top().FullHelp(), d.app.globals().FullHelp()...) {
			all = append(all, g...)
		}
		for _, b := range all {
			for _, k := range b.Keys() {
				if len(k) != 1 || k[0] < 'A' {
					continue
				}
				if _, vi := hands[k]; vi {
					t.Errorf("%s: %s is taken by %q; it may only move", name, k, b.Help().Desc)
				}
				if grammar[k] == "" {
					t.Errorf("%s: %s is not in the grammar", name, k)
				}
				if words[k] == nil {
					words[k] = map[string]bool{}
				}
				words[k][b.Help().Desc] = true
			}
		}
	}
	for k, meanings := range words {
		if len(meanings) == 1 {
			continue
		}
		for m := range meanings {
			if !strings.Contains(fmt.Sprint(allowed[k]), m) {
				t.Errorf("%s means several things: %v", k, meanings)
				break
			}
		}
	}
}

// TestFooter checks that every word of the footer is a mouse target that stands
// for its key, that help and the way back stand last, and that it fits.
func TestFooter(t *testing.T) {
	for name, state := range everyState() {
		d := state(t)
		for _, w := range []int{60, 80, 109, 110, 140, 200} {
			d.app.w = w
			foot, hits := d.app.footer(d.app.w)
			text := ansi.Strip(foot)
			if got := ansi.StringWidth(text); got > w {
				t.Errorf("%s: the footer is %d wide at %d", name, got, w)
			}
			if w < 100 && len(hits) > 8 {
				t.Errorf("%s: %d keys in the footer at %d columns", name, len(hits), w)
			}
			var covered int
			for _, h := range hits {
				word := string([]rune(text)[h.X : h.X+h.W])
				if strings.TrimSpace(word) != word || word == "" || h.Click == nil {
					t.Errorf("%s: the target %q is not a word", name, word)
				}
				covered += h.W
			}
			spaces := strings.Count(text, " ")
			if covered < len([]rune(text))-spaces {
				t.Errorf("%s: of %q only %d cells are targets", name, text, covered)
			}
		}
	}
}
