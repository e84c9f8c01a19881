package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// This file is how a question is drawn on a page: open, just decided, and gone on
// from.

// ask draws the box of a question that is open: what is asked, the options, and
// how to answer.
func (d *drawer) ask(q *question) {
	t := d.env.Theme
	in := d.w - 4
	title := "quiz"
	if q.predicts() != nil {
		title = "predict"
	}
	top := len(d.l.lines)
	inner := &drawer{env: d.env, s: d.s, w: in, mode: d.mode}
	inner.l.stops = d.l.stops
	// Stops of the ask stand in the box: two cells in, one line down.
	inner.prose(q.ask, nil, 0, in, "")
	inner.put("")
	on := d.s.focus == 0 // the options are always the first stop
	for i, o := range q.order {
		inner.option(q, i, o, on)
	}
	if q.hinted {
		inner.prose(q.hint, nil, 0, in, "")
	}
	inner.lockLine(q)
	for i := range inner.l.stops {
		if i >= len(d.l.stops) {
			inner.l.stops[i].line += top + 1
		}
	}
	d.l.stops = inner.l.stops
	d.l.stops[0].line = top
	d.l.hits = append(d.l.hits, shift(inner.l.hits, 2, top+1)...)
	body := indent(strings.Join(inner.l.lines, "\n"), " ")
	d.put(strings.Split(t.Box(title, on, d.w, len(inner.l.lines)+2, body), "\n")...)
}

// option draws one option, on a line or more.
func (d *drawer) option(q *question, i, o int, on bool) {
	t := d.env.Theme
	const at = 6 // where its text begins: mark, digit, two spaces
	mark := "   "
	if q.at == i {
		mark = " " + t.Glyphs.Chevron + " "
	}
	rows := strings.Split(d.env.prose.Render(unlinked(d.env, q.texts[o]), d.w-at-1), "\n")
	d.hit(0, d.w, len(rows), optionMsg(i+1))
	for j, row := range rows {
		head := strings.Repeat(" ", at)
		if j == 0 {
			head = fmt.Sprintf("%s%d  ", mark, i+1)
		}
		switch {
		case q.at == i && on:
			d.put(t.Selected.Render(theme.Fit(head+ansi.Strip(row), d.w-1)))
		case q.at == i:
			d.put(t.Place.Render(head + ansi.Strip(row)))
		default:
			d.put(t.Text.Render(head) + row)
		}
	}
}

// lockLine is the last line in the box: what enter does.
func (d *drawer) lockLine(q *question) {
	t := d.env.Theme
	switch {
	case q.state == waiting && q.predicts() != nil:
		d.put(t.Quiet.Render("running it now"))
	case q.state == waiting:
		d.put(t.Quiet.Render("one moment"))
	case q.at < 0:
		d.put(t.Dim.Render(fmt.Sprintf("1-%d choose", len(q.order))))
	default:
		d.hit(0, d.w, 1, lockMsg{})
		d.put(t.Key.Render("enter") + " " + t.KeyWord.Render(lockWords(q)))
	}
}

// lockWords say what locking in does.
func lockWords(q *question) string {
	if q.predicts() != nil {
		return fmt.Sprintf("lock in %d and run", q.at+1)
	}
	return fmt.Sprintf("lock in %d", q.at+1)
}

// mark is the sign of a decided question, in its style.
func (d *drawer) mark(q *question) string {
	t := d.env.Theme
	switch {
	case q.right():
		return t.Good.Render(t.Glyphs.Check)
	case q.chosen == watched:
		return t.Dim.Render("·")
	}
	return t.Bad.Render(t.Glyphs.Cross)
}

// passed draws a question that was decided and gone on from: one line.
func (d *drawer) passed(q *question) {
	t := d.env.Theme
	i, on := d.stop(stop{kind: againStop, q: q})
	d.hit(0, d.w, 1, stopMsg(i))
	text := q.id + "  " + ansi.Strip(d.env.prose.Render(unlinked(d.env, q.ask), 1000))
	text = ansi.Truncate(text, d.w-4, t.Glyphs.Ellipsis)
	style := t.Dim
	if on {
		style = t.Selected
	}
	d.put(d.mark(q) + " " + style.Render(text))
}

// verdict draws a question that was just decided.
func (d *drawer) verdict(q *question) {
	t := d.env.Theme
	if d.silent {
		d.prose(q.ask, nil, 0, d.w, "")
		d.put("", t.Dim.Render("Answered. The reasons are in the lessons."))
		return
	}
	if d.asked {
		t := d.env.Theme
		for _, row := range strings.Split(d.env.prose.Render(unlinked(d.env, q.ask), d.w-2), "\n") {
			d.put("  " + t.Dim.Render(ansi.Strip(row)))
		}
	}
	d.prose(q.verdict(d.returns && tells(d.env.Progress, q)), q.ran, 2, d.w-2, d.mark(q)+" ")
	if q.lost != nil {
		d.put("  " + t.Bad.Render(ansi.Truncate("not kept: "+cleanLine(q.lost.Error()), d.w-2, t.Glyphs.Ellipsis)))
	}
	if q.ran != nil {
		d.strip(q.ran, false)
	}
}
