package tui

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// ask puts a question, with its options.
func (p *plain) ask(q *question) {
	kind := "Question. "
	if q.predicts() != nil {
		kind = "Predict. "
	}
	p.say(kind + p.text(q.ask, p.sheet.run))
	// Numbered by their place on the page, which is not that in the file.
	for i, o := range q.order {
		p.say(fmt.Sprintf("%d %s", i+1, p.option(q.texts[o])))
	}
}

// option writes an option as a sentence. Names and code are said letter for letter:
// one that it begins with gets no capital, and behind one there is no point, which
// could be taken for a part of it.
func (p *plain) option(t lessons.Text) string {
	said := strings.TrimSpace(p.text(t, nil))
	words := strings.Fields(said)
	if len(words) == 0 {
		return said
	}
	code := func(part lessons.Part, edge func(s, sign string) bool) bool {
		return part.Kind == lessons.Plain && edge(strings.TrimSpace(part.Text), "`")
	}
	if !code(t[0], strings.HasPrefix) && !isName(words[0]) {
		said = capital(said)
	}
	if !code(t[len(t)-1], strings.HasSuffix) && !isName(words[len(words)-1]) {
		said = stopped(said)
	}
	return said
}

// isName reports whether a word is spelt as names are that a program reads: a host,
// a file, a suite, a field. They have digits or signs among their letters, or
// capitals behind a small one; an address has dots or colons.
func isName(word string) bool {
	word = strings.TrimLeft(strings.TrimRight(word, ".,:;?!)\"'\u201d\u2019"), "(\"'\u201c\u2018")
	small, _ := utf8.DecodeRuneInString(word)
	signs := strings.ContainsAny(word, "._/*@=0123456789") ||
		unicode.IsLower(small) && strings.ContainsFunc(word, unicode.IsUpper)
	return signs && strings.ContainsFunc(word, unicode.IsLetter) || strings.Count(word, ".") > 1 || strings.Contains(word, "::")
}

// verdict tells how a question was decided: the run first, then the reasons.
func (p *plain) verdict(s *lessonScreen, q *question) {
	// In the test before the course a reason would give its lesson away.
	m := s.mode()
	if m.silent {
		p.say("Answered. The reasons are in the lessons.")
		return
	}
	// The run is the subject: it comes first, and how it ended last.
	p.ranLine(q.ran)
	for _, para := range p.paragraphs(q.verdict(m.returns && tells(p.env.Progress, q)), q.ran) {
		// The words are those of the screen, and so is the key in them.
		p.say(strings.ReplaceAll(para, "— e shows it.", "why shows it."))
	}
	p.ranEnd(q.ran)
	// The answer counts for now, but will be gone at the next start.
	if q.lost != nil {
		p.say("Not kept: " + sentence(cleanLine(q.lost.Error())))
	}
}

// chosen takes a number on a page: an option, or a language.
func (p *plain) chosen(s *lessonScreen, n int) {
	sh := s.sheet()
	c := sh.code(false)
	// A question comes before the code of a page, as its digits do on a screen.
	switch q := sh.open(false); {
	// It is not locked in yet: next asks for that.
	case q != nil && q.highlight(n):
		p.next()
	case q != nil:
		p.say(fmt.Sprintf("There are %d options.", len(q.order)))
	case c != nil && n >= 1 && n <= len(c.Tabs):
		p.run(s.chooseTab(c, n)())
		p.code(c)
		p.next()
	case c != nil:
		p.say(fmt.Sprintf("There are %d languages.", len(c.Tabs)))
	case p.numbers(p.lookedInto()) != "":
		p.entry(p.lookedInto(), n)
	default:
		p.say("There is nothing to choose on this page.")
	}
}

// confirmed takes an answer to "lock in?". Any other line is no, and then done.
func (p *plain) confirmed(s *lessonScreen, text string) bool {
	q := s.sheet().open(false)
	if q == nil || q.at < 0 {
		return false
	}
	switch strings.ToLower(text) {
	case "", "y", "yes":
		// The test before the course goes to its next question at once.
		silent := s.mode().silent
		p.moved(func() tea.Cmd {
			// Behind the answer: plain mode takes what is in a batch in its order.
			cmd := s.answer()
			return tea.Batch(cmd, func() tea.Msg {
				if silent {
					return sayMsg("Answered. The reasons are in the lessons.")
				}
				return nil
			})
		})
		return true
	case "n", "no":
		q.at = -1
		p.say("Not locked in.")
		p.next()
		return true
	}
	q.at = -1 // the choice is put back; another number is another choice
	if _, err := strconv.Atoi(text); err != nil {
		p.say("Not locked in.")
	}
	return false
}

// sentence asks for a sentence of the learner's own, or reads what they wrote.
func (p *plain) sentence(b *lessons.Say) {
	p.say("Say it in one sentence: " + p.text(b.Ask, p.sheet.run))
	if text := wrote(p.env.Progress, b); text != "" {
		// It can be written anew: write takes the place of what there is.
		p.say("You wrote: " + text)
		return
	}
	p.say("write and your sentence keeps it, for yourself.")
}

// write keeps a sentence that the page asks for.
func (p *plain) write(rest string) {
	s, ok := p.app.top().(*lessonScreen)
	if !ok {
		p.say("A sentence is for the last page of a lesson, which asks for one.")
		return
	}
	for _, b := range s.sheet().visible(false) {
		say, ok := b.(*lessons.Say)
		switch {
		case !ok:
			continue
		case rest == "":
			p.say("write, and behind it your sentence.")
		case len(rest) > maxSentence:
			p.say(fmt.Sprintf("A sentence has at most %d bytes; this one has %d.", maxSentence, len(rest)))
		default:
			// The same as the line at the foot of a screen keeps.
			p.run(s.kept(say, rest))
			p.foot()
			p.next()
		}
		return
	}
	p.say("This page asks for no sentence.")
}

// hint gives a hint: to the question, or to what a lab is for.
func (p *plain) hint(string) {
	switch s := p.app.top().(type) {
	case *lessonScreen:
		switch q := s.sheet().open(false); {
		case q == nil:
			p.say("A hint is for a question, and none is open here.")
		case len(q.hint) == 0:
			p.say("This question has no hint.")
		default:
			q.hinted = true
			p.say(p.text(q.hint, p.sheet.run))
			p.next()
		}
	case *labScreen:
		p.say(strings.Join(strings.Fields(s.lab.Doc), " "))
		// What the lab is for, then what can be brought about in it.
		for _, g := range s.lab.Goals {
			p.say("Goal: " + g.Name)
		}
	default:
		p.say("A hint is for a question: open a lesson first.")
	}
}
