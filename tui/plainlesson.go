package tui

import (
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs"
	"tlstutor/lessons"
)

// pageHead says the place, how far it is, and the title.
func (p *plain) pageHead(s *lessonScreen) string {
	page := s.lesson.Pages[s.at]
	return fmt.Sprintf("%s, page %d of %d. %s", s.place(), s.at+1, len(s.lesson.Pages), page.Title)
}

// page reads a page from its beginning.
// Nothing was told of it yet: no block, no link, no field that is open.
func (p *plain) page(s *lessonScreen) {
	p.sheet, p.told, p.asked, p.toldRun = s.sheet(), 0, nil, false
	p.at, p.named = opened{}, map[string]bool{}
	p.say(p.pageHead(s))
	p.readMore(s)
}

// readMore reads what is new on the page: how a question was decided, and what
// it had hidden. A page that is not the one read last is read from its beginning.
func (p *plain) readMore(s *lessonScreen) {
	if s.sheet() != p.sheet {
		p.page(s)
		return
	}
	// The verdict comes before what stood behind the question.
	if q := p.asked; q != nil && q.state == decided {
		p.asked = nil
		p.verdict(s, q)
	}
	blocks := p.sheet.visible(false)
	// An author may have made the page shorter while it was read.
	for _, b := range blocks[min(p.told, len(blocks)):] {
		p.block(s, b)
	}
	p.told = len(blocks)
	p.foot()
	p.next()
}

// block reads one block of a page.
func (p *plain) block(s *lessonScreen, b lessons.Block) {
	switch b := b.(type) {
	case *lessons.Prose:
		if showsRun(b) && p.sheet.early() {
			p.pageRan()
		}
		for _, para := range p.paragraphs(b.Text, p.sheet.run) {
			p.say(para)
		}
	// Only the run is told of: its wire is there for who opens it.
	case *lessons.Lab:
		p.pageRan()
	// It is for the learner's own programs, so there is nothing to choose here.
	case *lessons.Exercise:
		p.say(p.text(b.Ask, p.sheet.run))
	case *lessons.Code:
		p.code(b)
	case *lessons.Say:
		p.sentence(b)
	case *lessons.Predict, *lessons.Quiz:
		// Of one that was answered before, one has to hear what was asked.
		if q := p.sheet.question(b); q.state == decided {
			p.say("You were asked: " + p.text(q.ask, p.sheet.run))
			p.verdict(s, q)
		} else {
			p.asked = q
			p.ask(q)
		}
	}
}

// pageRan tells of the page's own run, once.
func (p *plain) pageRan() {
	if !p.toldRun {
		p.ranLine(p.sheet.run)
		p.ranEnd(p.sheet.run)
	}
	p.toldRun = true
}

// ranLine tells of a run that a page made: its number, what was run, where.
// A run that failed as a whole is told of as such, with the reason.
func (p *plain) ranLine(r *ran) {
	switch {
	case r == nil:
	case r.err != nil:
		p.say(spoken(notRun(r)))
	default:
		p.say(fmt.Sprintf("Run %d: %s%s.", r.n, r.lab.Line(r.set), ranOn(r.server(), r.events)))
	}
}

// ranEnd tells how that went.
func (p *plain) ranEnd(r *ran) {
	if r != nil && r.err == nil {
		p.say(ending(r.end, r.recs))
		if p.env.Progress.Pref(solvedName(r.lab, r.set)) != "" {
			p.say("You have solved it in its lab.")
		}
	}
}

// on says where something was, at an address or on a connection with a name.
func on(addr string) string {
	if addr == "" {
		return ""
	}
	return " on " + addr
}

// ranOn says where a run took place, or what it is a recording of.
func ranOn(addr string, events []labs.Event) string {
	if rec := labs.Recording(events); rec != "" {
		return ", REC, a recording of " + rec
	}
	said := on(addr)
	switch absent := labs.Absent(events); {
	case strings.HasPrefix(absent, "REC "):
		said += "; REC, recorded verdicts: " + strings.TrimPrefix(absent, "REC ")
	case absent != "":
		said += ", " + absent + ", which is not on this machine"
	}
	return said
}

// code reads a task in the language chosen last.
func (p *plain) code(c *lessons.Code) {
	// The choice is kept for all pages: who chose Go reads Go everywhere.
	at := tab(p.env, c)
	var others []string
	for i, t := range c.Tabs {
		if i != at {
			others = append(others, fmt.Sprintf("%d %s", i+1, t.Lang))
		}
	}
	said := sentence(c.Title) + " In " + c.Tabs[at].Lang
	if len(others) > 0 {
		said += "; type " + listed(others, "or")
	}
	p.say(said + ":")
	// Code is not broken: a line of it means what it means.
	for line := range strings.SplitSeq(strings.TrimRight(c.Tabs[at].Shown, "\n"), "\n") {
		p.exact(strings.ReplaceAll(line, "\t", "    "))
	}
}

// nextOnPage says what enter does on a page, and which of its words lead on.
func (p *plain) nextOnPage(s *lessonScreen) {
	sh := s.sheet()
	// An open question has enter for itself: what else the page leads to can wait.
	switch q := sh.open(false); {
	case q != nil && q.at >= 0:
		p.say(fmt.Sprintf("Lock in %d, %s? Enter for yes.", q.at+1, p.text(q.short(q.order[q.at]), nil)))
		return
	case q != nil:
		said := fmt.Sprintf("1-%d: choose.", len(q.order))
		if len(q.hint) > 0 {
			said += " hint: a hint."
		}
		p.say(said + p.links(sh))
		return
	// Something is hidden behind a decided question.
	case len(sh.visible(false)) < len(sh.page.Blocks):
		p.say("enter: go on." + p.links(sh))
	case s.at == len(s.lesson.Pages)-1:
		p.say("enter: back to the course." + p.links(sh))
	default:
		p.say("enter: go on to page " + fmt.Sprint(s.at+2) + "." + p.links(sh))
	}
}

// linked are the names that open takes on a page: words that are explained,
// values of its run, facts with a date.
func linked(sh *sheet) (kinds [3][]string) {
	for _, b := range sh.visible(false) {
		// Of a question its words count, before and after it is decided.
		var t lessons.Text
		switch b := b.(type) {
		case *lessons.Prose:
			t = b.Text
		case *lessons.Predict:
			t = b.Ask
		case *lessons.Quiz:
			t = b.Ask
		case *lessons.Say:
			t = b.Ask
		}
		// Options lead nowhere: they are read, and chosen among. The reasons count once
		// they are said, but for values: those are of the run that decided.
		if q := sh.question(b); q != nil && q.state == decided {
			t = slices.Concat(t, slices.DeleteFunc(q.verdict(false), func(part lessons.Part) bool { return part.Kind == lessons.Quote }))
		}
		for _, part := range t {
			kind, ok := map[lessons.PartKind]int{lessons.Term: 0, lessons.Quote: 1, lessons.Dated: 2}[part.Kind]
			if ok && !slices.Contains(kinds[kind], part.Key) {
				kinds[kind] = append(kinds[kind], part.Key)
			}
		}
	}
	return kinds
}

// links tells of those that it has not told of yet.
func (p *plain) links(sh *sheet) string {
	said := ""
	for i, names := range linked(sh) {
		// Values of a run that would answer the question are told of behind it.
		if i == 1 && sh.hides() {
			continue
		}
		var fresh []string
		for _, n := range names {
			if n = "open " + n; !p.named[n] {
				p.named[n] = true
				fresh = append(fresh, n)
			}
		}
		// Said once per page, so that an answer is not mostly this.
		if len(fresh) == 0 {
			continue
		}
		count := plural(len(fresh), [...]string{"word", "value", "fact"}[i])
		verb := "are"
		if len(fresh) == 1 {
			verb = "is"
		}
		said += fmt.Sprintf(" %s %s %s: %s.", count, verb, [...]string{"explained", "from your run", "of a day, with a source"}[i], strings.Join(fresh, ", "))
	}
	return said
}

// onward is enter on a page: more of it, then the next one. It does not skip a
// question unasked.
func (p *plain) onward(s *lessonScreen) {
	if q := s.sheet().open(false); q != nil && !q.warned {
		// Once per question: the second enter is taken for a decision.
		q.warned = true
		verb := "answer"
		if q.predicts() != nil {
			verb = "predict"
		}
		p.say(fmt.Sprintf("1-%d to %s; enter again goes on without.", len(q.order), verb))
		return
	}
	p.moved(s.next)
}
