package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// moved does what may lead to another screen, and tells of it.
func (p *plain) moved(f func() tea.Cmd) {
	before := p.app.top()
	// A row that leads nowhere has no f, and is answered with where one is.
	if f != nil {
		p.run(f())
	}
	p.foot()
	// Another screen is told of as a whole, a page only by what is new on it.
	if p.app.top() != before {
		p.arrive()
	} else if s, ok := before.(*lessonScreen); ok {
		p.readMore(s)
	}
}

// arrive tells of the screen on top as one that was just opened.
func (p *plain) arrive() {
	switch s := p.app.top().(type) {
	case *courseScreen:
		p.home(s)
	case *list:
		p.say("Labs. All of it runs on this machine.")
		for i, l := range s.labs {
			p.say(fmt.Sprintf("%d %s: %s", i+1, l.Name, opening(l.Doc)))
		}
	case *lessonScreen:
		p.page(s)
		return // which ends with what is next
	case *labScreen:
		p.enterLab(s)
	case *welcome:
		p.welcome(s)
	case *search: // of the glossary; there is no need to stay in it
		p.run(p.app.pop(s))
		p.glossary()
	}
	p.foot()
	p.next()
}

// home lists the course.
func (p *plain) home(s *courseScreen) {
	s.make() // lessons may have been done since
	done := 0
	for _, l := range p.env.Course.Lessons {
		if _, ok := p.env.Progress.Finished(l.ID); ok {
			done++
		}
	}
	p.say(fmt.Sprintf("%s. %d of %s done.", p.env.Course.Title, done, plural(len(p.env.Course.Lessons), "lesson")))
	// Titles of modules are read out, and have no number.
	n := 0
	for _, r := range s.rows {
		switch {
		case r.title:
			p.say(sentence(r.text))
		case r.enter != nil:
			n++
			p.say(fmt.Sprintf("%d %s", n, p.row(r)))
		}
	}
}

// row says a line of the course: a lesson, or what else there is.
func (p *plain) row(r row) string {
	text := strings.TrimSpace(r.id + " " + r.text)
	var about []string
	if r.lesson != nil {
		// On a screen it is a mark before the line, which cannot be said.
		if _, done := p.env.Progress.Finished(r.lesson.ID); done {
			about = append(about, "done")
		}
	}
	// On a screen these stand in columns, two spaces apart.
	for _, x := range strings.Split(r.right, "  ") {
		if x = strings.TrimSpace(x); x != "" {
			about = append(about, x)
		}
	}
	if len(about) > 0 {
		text += ": " + strings.Join(about, ", ")
	}
	return text
}

// next says what enter does here; it is the last line of an answer.
func (p *plain) next() {
	switch s := p.app.top().(type) {
	case *courseScreen:
		// Not the highlighted row: in plain mode nobody has moved a highlight.
		r := s.rows[s.goOn()]
		p.say("enter: " + r.word + ". A number opens its line.")
	case *list:
		p.say("enter: open " + s.labs[s.at].Name + ". A number opens its lab, back leads to the course.")
	case *lessonScreen:
		p.nextOnPage(s)
	case *labScreen:
		p.nextInLab(s)
	case *welcome:
		p.nextAtFirst(s)
	}
}

// where says the place.
func (p *plain) where() string {
	switch s := p.app.top().(type) {
	case *lessonScreen:
		return p.pageHead(s)
	case *labScreen:
		// The knobs as they stand: the run that is shown may have had others.
		at := "Lab " + s.lab.Line(s.set)
		if c := s.cur(); c != nil {
			at += fmt.Sprintf(", run %d", c.n)
		}
		if s.from != "" {
			at += ", opened from " + s.from
		}
		return at + "."
	case *list:
		return "The list of the labs."
	case *welcome:
		return "The beginning."
	}
	return "The course."
}
