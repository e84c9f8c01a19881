package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// A learner's own sentences are kept by the id of the block that asked for them,
// and come back as questions do. Nobody judges them.

// wrote returns what the learner wrote, or "".
func wrote(p *lessons.Progress, b *lessons.Say) string { return p.Pref(lessons.SayName(b.ID)) }

// keepSentence keeps what a learner wrote, and has it come back: in two days, and
// later again.
func keepSentence(p *lessons.Progress, b *lessons.Say, text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return p.Kept()
	}
	if err := p.Keep(lessons.SayName(b.ID), text); err != nil {
		return err
	}
	if _, ok := p.Last(b.ID); !ok { // it comes back as one that was not answered does
		return p.Answer(b.ID, 0, false)
	}
	return nil
}

// maxSentence is how long a sentence may get, in bytes.
const maxSentence = 300

// sentence draws the place for a sentence: what it is to say, and what was
// written.
func (d *drawer) sentence(b *lessons.Say) {
	t := d.env.Theme
	ask := append(lessons.Text{{Text: "**Say it in one sentence:** "}}, b.Ask...)
	d.prose(ask, nil, 0, d.w, "")
	if d.stage {
		return
	}
	words, style := "enter: write it down, for yourself", t.Quiet
	text := wrote(d.env.Progress, b)
	if text != "" {
		words, style = text, t.Text
	}
	i, on := d.stop(stop{kind: sayStop, say: b})
	lines := wrap(words, d.w-2)
	d.hit(0, d.w, len(lines), stopMsg(i))
	if on {
		style = t.Selected
	}
	for j, l := range lines {
		mark := "  "
		if j == 0 {
			mark = t.Dim.Render(t.Glyphs.Chevron) + " "
		}
		d.put(mark + style.Render(l))
	}
}

// write opens a line for the learner's sentence.
func (s *lessonScreen) write(b *lessons.Say) tea.Cmd {
	p := s.env.Progress
	return s.env.push(newPrompt(s.env, s, "> ", wrote(p, b), "keep it", maxSentence, func(text string) tea.Cmd { return s.kept(b, text) }))
}

// kept keeps the learner's sentence, and says so.
func (s *lessonScreen) kept(b *lessons.Say, text string) tea.Cmd {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	p := s.env.Progress
	return func() tea.Msg {
		said := "kept; it comes back in two days"
		if err := keepSentence(p, b, text); err != nil {
			said = "not kept: " + cleanLine(err.Error())
		}
		return tea.BatchMsg{send(keptMsg{}), say(said)}
	}
}

// reread notes, in a review, that a sentence was read again: it comes back on a
// later day still.
func (s *lessonScreen) reread(page *lessons.Page) tea.Cmd {
	if s.series == nil || !s.series.keeps() {
		return nil
	}
	for _, b := range page.Blocks {
		if x, ok := b.(*lessons.Say); ok {
			return s.env.keeps(func(p *lessons.Progress) { p.Answer(x.ID, 1, true) })
		}
	}
	return nil
}
