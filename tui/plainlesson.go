package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/lessons"
)

// pageHead says the place, how far it is, and the title.
func (p *plain) pageHead(s *lessonScreen) string {
	page := s.lesson.Pages[s.at]
	return fmt.Sprintf("%s, page %d of %d. %s", s.place(), s.at+1, len(s.lesson.Pages), page.Title)
}

// page reads a page from its beginning.
func (p *plain) page(s *lessonScreen) {
	p.sheet, p.told, p.asked = s.sheet(), 0, nil
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
	if q := p.asked; q != nil && q.state == decided {
		p.asked = nil
		p.verdict(s, q)
	}
	blocks := p.sheet.visible(false)
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
		for _, para := range p.paragraphs(b.Text, p.sheet.run) {
			p.say(para)
		}
	case *lessons.Lab:
		p.ranLine(p.sheet.run)
		p.ranEnd(p.sheet.run)
	case *lessons.Exercise:
		p.say(p.text(b.Ask, p.sheet.run))
	case *lessons.Code:
		p.code(b)
	case *lessons.Predict, *lessons.Quiz:
		if q := p.sheet.question(b); q.state == decided {
			p.verdict(s, q)
		} else {
			p.asked = q
			p.ask(q)
		}
	}
}

// ranLine tells of a run that a page made: its number, what was run, where.
func (p *plain) ranLine(r *ran) {
	switch {
	case r == nil:
	case r.err != nil:
		p.say(spoken(notRun(r)))
	default:
		p.say(fmt.Sprintf("Run %d: %s%s.", r.n, r.lab.Line(r.set), on(r.server())))
	}
}

// ranEnd tells how that went.
func (p *plain) ranEnd(r *ran) {
	if r != nil && r.err == nil {
		p.say(ending(r.end, r.recs))
	}
}

// on says where a run went to.
func on(addr string) string {
	if addr == "" {
		return ""
	}
	return " on " + addr
}

// ask puts a question, with its options.
func (p *plain) ask(q *question) {
	kind := "Question. "
	if q.predicts() != nil {
		kind = "Predict. "
	}
	p.say(kind + p.text(q.ask, p.sheet.run))
	for i, o := range q.order {
		p.say(fmt.Sprintf("%d %s", i+1, sentence(p.text(q.texts[o], nil))))
	}
}

// verdict tells how a question was decided: the run first, then the reasons.
func (p *plain) verdict(s *lessonScreen, q *question) {
	m := s.mode()
	if m.silent {
		p.say("Answered. The reasons are in the lessons.")
		return
	}
	p.ranLine(q.ran)
	for _, para := range p.paragraphs(q.verdict(m.returns), q.ran) {
		p.say(strings.ReplaceAll(para, "— e shows it.", "why shows it."))
	}
	p.ranEnd(q.ran)
	if q.lost != nil {
		p.say("Not kept: " + sentence(cleanLine(q.lost.Error())))
	}
}

// code reads a task in the language chosen last.
func (p *plain) code(c *lessons.Code) {
	at := tab(p.env, c)
	var others []string
	for i, t := range c.Tabs {
		if i != at {
			others = append(others, fmt.Sprintf("%d %s", i+1, t.Lang))
		}
	}
	said := c.Title + ", in " + c.Tabs[at].Lang
	if len(others) > 0 {
		said += "; type " + listed(others, "or")
	}
	p.say(said + ":")
	for line := range strings.SplitSeq(strings.TrimRight(c.Tabs[at].Shown, "\n"), "\n") {
		p.exact(strings.ReplaceAll(line, "\t", "    "))
	}
}

// nextOnPage says what enter does on a page, and which of its words lead on.
func (p *plain) nextOnPage(s *lessonScreen) {
	sh := s.sheet()
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
		var t lessons.Text
		switch b := b.(type) {
		case *lessons.Prose:
			t = b.Text
		case *lessons.Predict:
			t = b.Ask
		case *lessons.Quiz:
			t = b.Ask
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
		var fresh []string
		for _, n := range names {
			if n = "open " + n; !p.named[n] {
				p.named[n] = true
				fresh = append(fresh, n)
			}
		}
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

// confirmed takes an answer to "lock in?". Any other line is no, and then done.
func (p *plain) confirmed(s *lessonScreen, text string) bool {
	q := s.sheet().open(false)
	if q == nil || q.at < 0 {
		return false
	}
	switch strings.ToLower(text) {
	case "", "y", "yes":
		silent := s.mode().silent
		p.moved(func() tea.Cmd {
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
	q.at = -1
	return false
}

// chosen takes a number on a page: an option, or a language.
func (p *plain) chosen(s *lessonScreen, n int) {
	sh := s.sheet()
	c := sh.code(false)
	switch q := sh.open(false); {
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
	default:
		p.say("There is nothing to choose on this page.")
	}
}

// onward is enter on a page: more of it, then the next one. It does not skip a
// question unasked.
func (p *plain) onward(s *lessonScreen) {
	if q := s.sheet().open(false); q != nil && !q.warned {
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
		for _, g := range s.lab.Goals {
			p.say("Goal: " + g.Name)
		}
	default:
		p.say("A hint is for a question: open a lesson first.")
	}
}

// copy shows as text what a screen would copy.
func (p *plain) copy(string) {
	switch s := p.app.top().(type) {
	case *lessonScreen:
		if text, _ := s.copyText(); text != "" {
			p.exact(strings.TrimRight(text, "\n"))
			return
		}
		p.say("There is nothing to copy on this page.")
	case *labScreen:
		p.exact("tlstutor run " + s.lab.Line(s.set))
	default:
		p.say("There is nothing to copy here.")
	}
}

// openWord explains a word of the glossary, or a fact with its source.
func (p *plain) openWord(name string) bool {
	if f := p.env.Course.Facts[name]; f != nil {
		p.say(fmt.Sprintf("%s As of %s. Source: %s", sentence(f.Text), f.AsOf, sentence(f.Source)))
		return true
	}
	for _, w := range p.env.Course.Glossary.All() {
		names := append([]string{w.Slug, w.Name}, w.Aliases...)
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) && w.Slug != lessons.Slug(name) {
			continue
		}
		p.say(w.Name + ": " + p.text(w.Text, nil))
		var more []string
		for _, part := range w.Text {
			if part.Kind == lessons.Term && !slices.Contains(more, "open "+part.Key) {
				more = append(more, "open "+part.Key)
			}
		}
		if len(more) > 0 {
			p.say("It names: " + strings.Join(more, ", ") + ".")
		}
		return true
	}
	return false
}

// pageLinks reports whether the page links to a word by this name: then it comes
// before a field of that name.
func (p *plain) pageLinks(name string) bool {
	s, ok := p.app.top().(*lessonScreen)
	return ok && slices.Contains(linked(s.sheet())[0], lessons.Slug(name))
}

// labOfPage is the lab of the page's last run, to look into from the page.
func (p *plain) labOfPage(r *ran) *labScreen {
	if r == nil || r.lab == nil || r.err != nil {
		return nil
	}
	if p.ran != r {
		place := ""
		if s, ok := p.app.top().(*lessonScreen); ok {
			place = s.place()
		}
		p.ran, p.side, p.at = r, newRanLab(p.env, r, place), opened{}
	}
	return p.side
}

// labOf is the lab that is looked into: the one on top, or that of the page. It
// says so where there is none.
func (p *plain) labOf() *labScreen {
	switch s := p.app.top().(type) {
	case *labScreen:
		return s
	case *lessonScreen:
		if lab := p.labOfPage(s.shownRun()); lab != nil {
			return lab
		}
		p.say("This page has no run to look into. go labs lists the labs.")
		return nil
	}
	p.say("That is for a lab, or for a page with a run. go labs lists the labs.")
	return nil
}

// runPage runs the page's lab once more, and says what changed.
func (p *plain) runPage(s *lessonScreen) {
	sh := s.sheet()
	old := sh.run
	if sh.page.Lab() == nil {
		p.say("This page has no run of its own. go labs lists the labs.")
		return
	}
	p.run(s.runPage(sh))
	p.ranLine(sh.run)
	p.ranEnd(sh.run)
	if old != nil && sh.run != nil && old.err == nil && sh.run.err == nil {
		p.say(fmt.Sprintf("Since run %d: %s.", old.n, labs.Summary(labs.Diff(old.events, sh.run.events))))
	}
	p.next()
}
