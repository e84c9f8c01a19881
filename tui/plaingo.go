package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// back goes a step back: to the page before, to the place that a lab was opened
// from, to the course.
func (p *plain) back(string) {
	switch s := p.app.top().(type) {
	case *courseScreen:
		p.say("This is home. quit ends the program; all is saved.")
	case *lessonScreen:
		// Within a lesson back turns pages; only from the first does it lead out.
		if s.at > 0 {
			p.moved(func() tea.Cmd { return s.turnTo(s.at - 1) })
			return
		}
		p.leaveTo()
	case *labScreen:
		// What was stepped through by hand is not dropped by one word.
		if s.held() && !s.asked {
			s.asked = true
			p.say("This run is held, and back again drops it. enter lets a record go, run all of them.")
			return
		}
		if s.held() {
			// The lab stays, as on a screen: only the run is gone.
			p.run(halt(s.flight))
			p.follow(s)
			p.goneOn(s)
			return
		}
		p.leaveTo()
	default:
		p.leaveTo()
	}
}

// leaveTo takes the top screen off, and says where one is now. A page that was
// left for a lab is not read again.
func (p *plain) leaveTo() {
	p.leave()
	// Only where it is: reading it again would be a minute of what was just heard.
	if s, ok := p.app.top().(*lessonScreen); ok && s.sheet() == p.sheet {
		p.say(p.pageHead(s))
		p.readMore(s)
		return
	}
	p.arrive()
}

// goTo goes to a place by its name.
func (p *plain) goTo(rest string) {
	if rest == "" {
		p.say("Where to? go H1.3 is a page, go handshake a lab; course, labs and glossary are lists.")
		return
	}
	if p.place(rest) {
		return
	}
	// Only names that lead somewhere are suggested.
	names := []string{"course", "labs", "glossary", "review"}
	for _, l := range p.env.Course.Lessons {
		names = append(names, l.ID)
	}
	for _, l := range labs.All() {
		names = append(names, l.Name)
	}
	word, _, _ := strings.Cut(rest, " ")
	said := "There is no place " + wire.Clean(word, 24)
	if near := wire.Nearest(word, names); near != "" {
		said += "; did you mean " + near + "?"
	} else {
		said += "; the course lists the lessons, labs the labs."
	}
	p.say(said)
}

// place goes to a place if there is one of that name.
func (p *plain) place(name string) bool {
	word, rest, _ := strings.Cut(name, " ")
	switch strings.ToLower(word) {
	case "course", "home":
		p.unwind()
		// Also to who is there already: they asked for the list.
		p.arrive()
		return true
	case "labs":
		p.unwind()
		p.moved(func() tea.Cmd { return p.env.push(NewList(p.env)) })
		return true
	// It is a list that is read out: one stays on the page.
	case "glossary":
		p.glossary()
		return true
	case "review":
		p.review("")
		return true
	}
	// A page that a lesson does not have is its lesson's to refuse, not a lab's.
	if page, err := p.env.Course.Place(word); err == nil {
		p.toPage(page)
		return true
	} else if id, _, _ := strings.Cut(word, "."); p.env.Course.Find(id) != nil {
		p.say(sentence(err.Error()))
		return true
	}
	if lab, err := labs.Find(strings.ToLower(word)); err == nil {
		p.toLab(lab, rest)
		return true
	}
	return false
}

// unwind leaves all screens but home.
// Each is left as by hand, so a lab's run is stopped on the way.
func (p *plain) unwind() {
	for len(p.app.stack) > 1 {
		p.leave()
	}
}

// toPage goes to a page; within a lesson its answers and runs stay.
func (p *plain) toPage(page *lessons.Page) {
	// In the lesson that is open, what was answered and run stays as it is.
	for i, x := range p.app.stack {
		if s, ok := x.(*lessonScreen); ok && s.lesson == page.Lesson {
			for len(p.app.stack) > i+1 {
				p.leave()
			}
			p.run(s.page(page.N - 1)())
			p.arrive()
			return
		}
	}
	p.unwind()
	p.moved(func() tea.Cmd { return p.env.push(NewLesson(p.env, page.Lesson, page.N)) })
}

// toLab goes to a lab, from which back leads to where one was.
func (p *plain) toLab(lab *labs.Lab, rest string) {
	// The settings are checked first: a mistake in them leaves one where one is.
	words, err := split(rest)
	if err == nil && len(words) > 0 {
		_, err = lab.Words(words)
	}
	if err != nil {
		p.say(sentence(err.Error()))
		return
	}
	// Labs do not pile up: back leads to the page, not to the lab before.
	if _, in := p.app.top().(*labScreen); in {
		p.leave()
	}
	// One that was open before is as it was left, as on a screen.
	known := p.env.open[lab.Name] != nil
	if !known && len(words) > 0 {
		given, _ := lab.Words(words) // checked
		p.env.open[lab.Name] = NewLab(p.env, lab, given)
	}
	p.run(goLab(p.env, lab))
	if s := p.app.top().(*labScreen); known && len(words) > 0 {
		// It keeps the runs that it had: these settings make one more.
		p.run(s.settle(words))
	}
	p.arrive()
}

// review asks what came back.
func (p *plain) review(string) {
	// Home is the first of the stack, whatever was opened over it.
	home := p.app.stack[0].(*courseScreen)
	blocks := home.dueQuestions()
	if len(blocks) == 0 {
		said := "No question has come back yet."
		if n, first := p.env.Progress.Soon(); n > 0 {
			said += fmt.Sprintf(" %s later, the first on %s.", plural(n, "question"), first.Format("2 January"))
		}
		p.say(said)
		return
	}
	p.unwind()
	p.moved(func() tea.Cmd { return p.env.push(newReview(p.env, blocks)) })
}

// test asks the questions of the course, or of a lesson that one knows already.
func (p *plain) test(rest string) {
	l := p.env.Course.Find(rest)
	text, _ := testRow(p.env)
	// A test begins from home, so that back does not lead into half a lesson.
	switch {
	case rest != "" && l == nil:
		p.say("There is no lesson " + wire.Clean(rest, 24) + ".")
	case rest != "" && len(l.Quizzes()) == 0:
		p.say("Lesson " + l.ID + " has no questions to test out with.")
	case rest != "":
		p.unwind()
		p.moved(func() tea.Cmd { return p.env.push(newTestOut(p.env, l)) })
	case text == "":
		p.say("This course has no test.")
	default:
		p.unwind()
		p.moved(func() tea.Cmd { return p.env.push(newTest(p.env)) })
	}
}
