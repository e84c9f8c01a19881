package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// moved does what may lead to another screen, and tells of it.
func (p *plain) moved(f func() tea.Cmd) {
	before := p.app.top()
	if f != nil {
		p.run(f())
	}
	p.foot()
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
			p.say(fmt.Sprintf("%d %s: %s", i+1, l.Name, firstOf(l.Doc)))
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

// firstOf is the first line of a text.
func firstOf(doc string) string {
	line, _, _ := strings.Cut(doc, "\n")
	return line
}

// home lists the course.
func (p *plain) home(s *courseScreen) {
	s.make()
	done := 0
	for _, l := range p.env.Course.Lessons {
		if _, ok := p.env.Progress.Finished(l.ID); ok {
			done++
		}
	}
	p.say(fmt.Sprintf("%s. %d of %s done.", p.env.Course.Title, done, plural(len(p.env.Course.Lessons), "lesson")))
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
		if _, done := p.env.Progress.Finished(r.lesson.ID); done {
			about = append(about, "done")
		}
	}
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

// glossary lists the words that are explained.
func (p *plain) glossary() {
	var names []string
	for _, w := range p.env.Course.Glossary.All() {
		names = append(names, w.Name)
	}
	p.say(fmt.Sprintf("Glossary, %s: %s.", plural(len(names), "word"), strings.Join(names, ", ")))
	p.say("open and a word explains it.")
}

// next says what enter does here; it is the last line of an answer.
func (p *plain) next() {
	switch s := p.app.top().(type) {
	case *courseScreen:
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

// back goes a step back: to the page before, to the place that a lab was opened
// from, to the course.
func (p *plain) back(string) {
	switch s := p.app.top().(type) {
	case *courseScreen:
		p.say("This is home. quit ends the program; all is saved.")
	case *lessonScreen:
		if s.at > 0 {
			p.moved(func() tea.Cmd { return s.turnTo(s.at - 1) })
			return
		}
		p.leaveTo()
	case *labScreen:
		if s.held() && !s.asked {
			s.asked = true
			p.say("This run is held, and back again drops it. enter lets a record go, run all of them.")
			return
		}
		if s.held() {
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
	names := []string{"course", "labs", "glossary", "review"}
	for _, l := range p.env.Course.Lessons {
		names = append(names, l.ID)
	}
	for _, l := range labs.All() {
		names = append(names, l.Name)
	}
	word, _, _ := strings.Cut(rest, " ")
	said := "There is no place " + wire.Clean(word, 24)
	if near := p.nearest(word, names); near != "" {
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
		p.arrive()
		return true
	case "labs":
		p.unwind()
		p.moved(func() tea.Cmd { return p.env.push(NewList(p.env)) })
		return true
	case "glossary":
		p.glossary()
		return true
	case "review":
		p.review("")
		return true
	}
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
func (p *plain) unwind() {
	for len(p.app.stack) > 1 {
		p.leave()
	}
}

// toPage goes to a page; within a lesson its answers and runs stay.
func (p *plain) toPage(page *lessons.Page) {
	for i, x := range p.app.stack {
		if s, ok := x.(*lessonScreen); ok && s.lesson == page.Lesson {
			for len(p.app.stack) > i+1 {
				p.leave()
			}
			p.run(s.turnTo(page.N - 1))
			p.arrive()
			return
		}
	}
	p.unwind()
	p.moved(func() tea.Cmd { return p.env.push(NewLesson(p.env, page.Lesson, page.N)) })
}

// toLab goes to a lab, from which back leads to where one was.
func (p *plain) toLab(lab *labs.Lab, rest string) {
	words, err := split(rest)
	if err == nil && len(words) > 0 {
		_, err = lab.Words(words)
	}
	if err != nil {
		p.say(sentence(err.Error()))
		return
	}
	if _, in := p.app.top().(*labScreen); in {
		p.leave()
	}
	known := p.env.open[lab.Name] != nil
	if !known && len(words) > 0 {
		given, _ := lab.Words(words) // checked
		p.env.open[lab.Name] = NewLab(p.env, lab, given)
	}
	p.run(goLab(p.env, lab))
	if s := p.app.top().(*labScreen); known && len(words) > 0 {
		p.run(s.settle(words))
	}
	p.arrive()
}

// find lists what a text is found in, with how to go there.
func (p *plain) find(rest string) {
	if rest == "" {
		p.say("Find what? find and a word, such as find certificate.")
		return
	}
	const most = 12
	s := newSearch(p.env, "").(*search)
	s.field.insert(rest)
	s.find()
	if len(s.hits) == 0 {
		p.say("Nothing here is called that, and no text has it. Fewer letters find more.")
		return
	}
	for _, f := range s.hits[:min(most, len(s.hits))] {
		name, _, _ := strings.Cut(f.name, ", ")
		place, title, _ := strings.Cut(f.name, "  ")
		switch f.kind {
		case "page":
			p.say("page " + title + ": go " + place)
		case "lab":
			p.say("lab, " + firstOf(f.about) + " go " + name)
		default:
			p.say(f.kind + ": open " + name)
		}
	}
	if more := len(s.hits) - most; more > 0 {
		p.say(fmt.Sprintf("and %d more; more letters find fewer.", more))
	}
}

// review asks what came back.
func (p *plain) review(string) {
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
