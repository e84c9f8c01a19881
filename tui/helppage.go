package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"
)

// grammarLines open every help page.
const grammarLines = `arrows  move in the pane with the bright border
tab     the next pane, or the next underlined thing; shift-tab goes back
enter   open or do what is highlighted
esc     back one step, exactly where you were; never quits
space   go on: the next page, the next message
digits  choose: an answer, a language, a preset
marks   + new, ~ changed since the run before; %s holds, %s fails, %s not reached
mouse   a click selects, a second click opens; footer words are buttons
        shift and drag selects text (macOS: option, or fn), or press M
h j k l g G move like the arrows, home and end`

// paragraphs undoes the line breaks of a text that was broken for a shell: a page has
// a width of its own.
func paragraphs(doc string) []string {
	all := strings.Split(strings.TrimSpace(doc), "\n\n")
	for i, p := range all {
		all[i] = strings.Join(strings.Fields(p), " ")
	}
	return all
}

// A helper is a screen with something to say on its help page.
type helper interface{ help() []string }

// newHelp lists the keys as they are when the page opens: a run that goes on
// below does not shuffle it.
func newHelp(env *Env, below Screen, globals actions) Screen {
	var about []key.Binding
	for _, g := range append(below.FullHelp(), globals.FullHelp()...) {
		for _, k := range g {
			// What a key does on the screen itself comes before what it does everywhere.
			if !slices.ContainsFunc(about, func(b key.Binding) bool { return b.Help().Key == k.Help().Key }) {
				about = append(about, k)
			}
		}
	}
	var extra []string
	if x, ok := below.(helper); ok {
		extra = x.help()
	}
	return &textPage{env: env, title: "Keys", help: true, make: func(w int) []string {
		t := env.Theme
		var out []string
		for _, l := range strings.Split(fmt.Sprintf(grammarLines, t.Glyphs.Check, t.Glyphs.Cross, t.Glyphs.Dots), "\n") {
			out = append(out, t.Text.Render(l))
		}
		out = append(append(out, "", t.Title.Render("Here"), ""), keyRows(env, about, w)...)
		for _, e := range extra {
			out = append(out, "")
			for _, l := range wrap(e, w) {
				out = append(out, t.Text.Render(l))
			}
		}
		return out
	}}
}

// keyRows writes two bindings in a row, each key in a column of its own.
func keyRows(env *Env, about []key.Binding, w int) []string {
	const wide = 10 // of a key's column, in cells
	t, half := env.Theme, w/2
	var rows []string
	row := ""
	for _, k := range about {
		h := k.Help()
		name := t.Keys(h.Key)
		cell := t.Key.Render(name) + strings.Repeat(" ", max(1, wide-ansi.StringWidth(name))) + t.Text.Render(h.Desc)
		// What is too wide for a column has a row of its own.
		long := ansi.StringWidth(cell) >= half
		if row != "" && (long || ansi.StringWidth(row) > half) {
			rows, row = append(rows, row), ""
		}
		row += cell + strings.Repeat(" ", max(1, half-ansi.StringWidth(cell)))
		if long || ansi.StringWidth(row) > half {
			rows, row = append(rows, row), ""
		}
	}
	if row != "" {
		rows = append(rows, row)
	}
	return rows
}
