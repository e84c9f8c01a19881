package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
)

// A page's text is at most this wide, in cells, and as high as a window of 24
// rows has room for. Lint holds lessons to it.
const (
	pageWidth  = 76
	pageHeight = 19
)

// maxQuote is how much of a value is quoted, in cells. It opens whole.
const maxQuote = 160

// A layout is a page as it is drawn: its lines, what a click on them means, and
// the stops that tab walks.
type layout struct {
	lines []string
	hits  []Hit
	stops []stop
}

// A mode is how a page is drawn.
type mode struct {
	stage   bool // one idea at a time
	returns bool // what is missed comes back
	asked   bool // what was asked stands above how it was decided
	silent  bool // answers are taken without a reason
}

// A drawer lays out one sheet.
type drawer struct {
	env *Env
	s   *sheet
	w   int
	mode
	l layout
}

// What a click on a page means.
type (
	stopMsg   int      // a stop
	optionMsg int      // an option, from 1
	lockMsg   struct{} // the line that locks in
	tabMsg    int      // a language, from 1
)

// lay makes the layout of a sheet, for a width and for what is highlighted. It
// renders, so it is for Update.
func lay(env *Env, s *sheet, w int, m mode) layout {
	d := &drawer{env: env, s: s, w: min(w, pageWidth), mode: m}
	if q := s.open(m.stage); q != nil {
		d.l.stops = append(d.l.stops, stop{kind: optionsStop, q: q})
	}
	d.put(env.Theme.Title.Render(s.page.Title), "")
	for i, b := range s.visible(m.stage) {
		if i > 0 {
			d.put("")
		}
		d.block(b)
	}
	return d.l
}

// put adds finished lines.
func (d *drawer) put(lines ...string) { d.l.lines = append(d.l.lines, lines...) }

// hit makes the part of the next line that begins at x answer a click.
func (d *drawer) hit(x, w, h int, m tea.Msg) {
	d.l.hits = append(d.l.hits, Hit{X: x, Y: len(d.l.lines), W: w, H: h, Click: func(_, _ int) tea.Msg { return m }})
}

// stop adds a stop at the next line, and reports whether it is highlighted.
func (d *drawer) stop(st stop) (index int, on bool) {
	st.line = len(d.l.lines)
	d.l.stops = append(d.l.stops, st)
	return len(d.l.stops) - 1, d.s.focus == len(d.l.stops)-1
}

// block draws one block of the page.
func (d *drawer) block(b lessons.Block) {
	switch b := b.(type) {
	case *lessons.Prose:
		d.paragraph(b.Text)
		if d.s.explain == b {
			d.put(d.env.Theme.Dim.Render("(underlined: values of your run, and words; tab goes there, enter opens)"))
		}
	case *lessons.Lab:
		d.strip(d.s.run, d.s.running)
	case *lessons.Code:
		d.code(b)
	case *lessons.Exercise:
		d.prose(b.Ask, d.s.run, 0, d.w, "")
	case *lessons.Say:
		d.sentence(b)
	case *lessons.Predict, *lessons.Quiz:
		q := d.s.question(b)
		switch i := slices.Index(d.s.questions, q); {
		case q.state != decided:
			d.ask(q)
		case i < d.s.passed && i < len(d.s.questions)-1:
			d.passed(q)
		default:
			d.verdict(q)
		}
	}
}

// paragraph draws a block of prose; the entries of a list hang behind their
// bullets.
func (d *drawer) paragraph(t lessons.Text) {
	items := t.Items()
	if items == nil {
		d.prose(t, d.s.run, 0, d.w, "")
	}
	for _, item := range items {
		d.prose(item, d.s.run, 2, d.w-2, d.env.Theme.Text.Render(d.env.Theme.Glyphs.Bullet)+" ")
	}
}

// prose draws Markdown whose quotes are of a run, each line set in by x and
// after a mark. Links are stops.
func (d *drawer) prose(t lessons.Text, r *ran, x, w int, mark string) {
	md, parts := markdown(t, func(p lessons.Part) string { return words(d.env, r, p) })
	rows := cutLinks(d.env.prose.Render(md, w))
	at := make([]int, len(parts)) // the stop of each link
	for i := range at {
		at[i] = -1
	}
	for i, row := range rows {
		line, col := mark+strings.Repeat(" ", max(0, x-ansi.StringWidth(mark))), x
		if i > 0 {
			line = strings.Repeat(" ", x)
		}
		for _, sp := range row {
			if sp.link < 0 || sp.link >= len(parts) {
				line += sp.text
				col += sp.w
				continue
			}
			p := parts[sp.link]
			if at[sp.link] < 0 {
				at[sp.link], _ = d.stop(stop{kind: linkStop, part: p, ran: r})
			}
			d.hit(col, sp.w, 1, stopMsg(at[sp.link]))
			line += d.link(p, d.s.focus == at[sp.link]).Render(sp.text)
			col += sp.w
		}
		d.put(line)
	}
}

// link is the style of what leads elsewhere.
func (d *drawer) link(p lessons.Part, on bool) lipgloss.Style {
	t := d.env.Theme
	switch {
	case on:
		return t.Selected
	case p.Kind == lessons.Quote:
		return t.Value
	}
	return t.Term
}

// words are what stands for a part that is not plain, quotes being of a run.
func words(env *Env, r *ran, p lessons.Part) string {
	switch p.Kind {
	case lessons.Quote:
		value, ok := r.look(p.Key)
		switch {
		case r == nil:
			return env.Theme.Glyphs.Ellipsis
		case !ok:
			return "(not in this run)"
		}
		// A line's own end is no part of what it says, and a page is no place for a
		// long one.
		return ansi.Truncate(strings.TrimSuffix(value, `\x0a`), maxQuote, env.Theme.Glyphs.Ellipsis)
	case lessons.Dated:
		if f := env.Course.Facts[p.Key]; f != nil {
			return f.Text + " (as of " + f.AsOf + ")"
		}
	}
	return p.Text
}

// strip draws the line that tells of a run.
func (d *drawer) strip(r *ran, running bool) {
	t := d.env.Theme
	switch {
	case r == nil && running:
		d.put(t.Dim.Render("  running it now"))
	case r == nil:
		d.put(t.Dim.Render("  not run yet"))
	case r.err != nil:
		for _, l := range wrap(notRun(r), d.w-2) {
			d.put("  " + t.Bad.Render(l))
		}
	default:
		i, on := d.stop(stop{kind: stripStop, ran: r})
		text := ansi.Truncate(r.strip(d.w-2, t.Glyphs.Ellipsis, d.solved(r)), d.w-2, t.Glyphs.Ellipsis)
		d.hit(0, d.w, 1, stopMsg(i))
		if on {
			d.put(t.Selected.Render(t.Glyphs.Closed + " " + text))
		} else {
			d.put(t.Dim.Render(t.Glyphs.Closed + " " + text))
		}
	}
}

// solved says of a run that hides something that it was found in its lab.
func (d *drawer) solved(r *ran) string {
	if r.lab == nil || d.env.Progress.Pref(solvedName(r.lab, r.set)) == "" {
		return ""
	}
	return " · " + d.env.Theme.Glyphs.Check + " solved"
}

// notRun says why no run took place, and what to do.
func notRun(r *ran) string {
	if r.set == nil { // the lab never began: the course is wrong
		return "This page's lab cannot be run: " + cleanLine(r.err.Error()) + ". tlstutor lint says what to mend."
	}
	return unrun(r.err) + ": " + remedy(r.err, "press r")
}

// unlinked writes a text as Markdown in which nothing leads elsewhere: an option,
// or what is told of in one line.
func unlinked(env *Env, t lessons.Text) string {
	md, _ := markdown(t, func(p lessons.Part) string { return words(env, nil, p) })
	return strings.Map(func(r rune) rune {
		if r >= linkStart && r <= linkEnd {
			return -1
		}
		return r
	}, md)
}

// code draws a task in the chosen language, with the others as tabs.
func (d *drawer) code(c *lessons.Code) {
	t := d.env.Theme
	_, on := d.stop(stop{kind: tabsStop, code: c})
	at := tab(d.env, c)
	line, x := "", 0
	for i, s := range c.Tabs {
		name := fmt.Sprintf("%d %s", i+1, s.Lang)
		style := t.Dim
		if i == at {
			if style = t.Place; on {
				style = t.Selected
			}
		}
		d.hit(x, ansi.StringWidth(name), 1, tabMsg(i+1))
		line += style.Render(name) + "   "
		x += ansi.StringWidth(name) + 3
	}
	d.put(line+t.Dim.Render(c.Title), "")
	s := c.Tabs[at]
	lang := map[string]string{"Go": "go", "Python": "python", "openssl": "bash"}[s.Lang]
	shown := strings.ReplaceAll(s.Shown, "```", "'''")
	md := "```" + lang + "\n" + shown + "\n```"
	d.put(strings.Split(d.env.prose.Render(md, 200), "\n")...)
}

// tab is which language of a code block is shown: the one chosen last.
func tab(env *Env, c *lessons.Code) int {
	for i, s := range c.Tabs {
		if s.Lang == env.Progress.Pref("tab") {
			return i
		}
	}
	return 0
}
