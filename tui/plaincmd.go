package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tlstutor/labs/wire"
)

// An order is a word that one can type, with what may stand behind it.
type order struct {
	name  string
	about string // for help: how it is written, and what it does
	do    func(p *plain, rest string)
}

// orders is the table of all words. Any beginning that only one of them has will
// do.
func orders() []order {
	return []order{
		{"open", "open 5, open 5.2, open san: message 5, its field 2, a field or a word by its name", (*plain).open},
		{"messages", "messages: what crossed in the run, numbered", (*plain).messages},
		{"hex", "hex: the bytes of what is open, 16 a line", (*plain).hex},
		{"run", "run, run max=1.2: run the lab, or let all records of a held run go", (*plain).runLab},
		{"step", "step: a run that is held at each record; enter lets one go", (*plain).step},
		{"knobs", "knobs: what can be set in the lab", (*plain).knobs},
		{"presets", "presets, preset 2: settings worth one digit, and to run with them", (*plain).presets},
		{"wiretap", "wiretap: the last run as an eavesdropper read it", (*plain).wiretap},
		{"why", "why: the evidence for the verdict, step by step", (*plain).why},
		{"changed", "changed: what the last run did differently, in one line", (*plain).changed},
		{"compare", "compare, compare 2 3: the differences of two runs, one a line", (*plain).compare},
		{"back", "back: the page before, or out of the lab", (*plain).back},
		{"where", "where: the place", func(p *plain, _ string) { p.named = map[string]bool{}; p.say(p.where()); p.next() }},
		{"again", "again: the last answer once more", func(p *plain, _ string) { p.answer.WriteString(p.before) }},
		{"go", "go H1.3, go handshake, go course, go labs: a page, a lab, a list", (*plain).goTo},
		{"find", "find TEXT: pages, words, notes and labs", (*plain).find},
		{"hint", "hint: a hint to the question, or what the lab is for", (*plain).hint},
		{"write", "write and a sentence: your own, where a page asks for one", (*plain).write},
		{"review", "review: the questions that came back", (*plain).review},
		{"test", "test, test F1: the test of the course; out of a lesson by its questions alone", (*plain).test},
		{"export", "export, export 2: the run as a file, its full path first", (*plain).export},
		{"copy", "copy: the code of the page, or the command that makes its run", (*plain).copy},
		{"help", "help: this", (*plain).help},
		{"quit", "quit: the end; all is saved", func(p *plain, _ string) { p.over = true }},
	}
}

// letters are the keys of the TUI, which mean here what they mean there.
var letters = map[string]string{
	"r": "run", "s": "step", "w": "wiretap", "c": "compare", "e": "why", "o": "open", "i": "hint", "y": "copy", "x": "export",
	"/": "find", "?": "help", ":": "run",
}

// onScreen are keys of the TUI that have no use without a screen.
var onScreen = []string{"p", "z", "M"}

// line does what a line says.
func (p *plain) line(l typedLine) {
	text := strings.TrimSpace(l.text)
	if l.long {
		p.say(fmt.Sprintf("That line is longer than %d bytes, and was left alone.", lineLimit))
		return
	}
	switch s := p.app.top().(type) {
	case *welcome:
		// On the first start a line is what the learner sends, not an order.
		if p.welcomed(s, text) {
			return
		}
	case *lessonScreen:
		// An open "lock in?" comes first: y and enter would mean something else.
		if p.confirmed(s, text) {
			return
		}
	}
	word, rest, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(word)
	switch {
	// A space is cut off above; who learned the screen may type its name.
	case text == "" || text == "space" || text == "enter":
		p.enter()
	// With words behind it a number is a mistake, and is answered as one.
	case err == nil && rest == "" && n >= 0:
		p.choose(n)
	// A field has a number too: 5.2, or .2 in what is open.
	case rest == "" && strings.Trim(word, "0123456789.") == "" && strings.Trim(word, ".") != "":
		p.open(word)
	case word == "[" || word == "]" || word == "<" || word == ">":
		p.beside(word)
	case word == "q" || word == "esc":
		p.back("")
	// Who knows the TUI is told so, rather than that there is no such word.
	case slices.Contains(onScreen, word):
		p.say(word + " is for the screen. help lists what can be typed here.")
	default:
		p.order(text, word, strings.TrimSpace(rest))
	}
}

// order does what a word says, or says which one may have been meant.
func (p *plain) order(text, word, rest string) {
	// A sign needs no space behind it: /hello, :max=1.2.
	if first := text[:1]; strings.Contains("/:?", first) {
		word, rest = first, strings.TrimSpace(text[1:])
	}
	name, can := strings.ToLower(word), []order{}
	// A letter of the TUI comes before beginnings: c is compare, though changed and
	// copy begin with it too.
	if full, ok := letters[word]; ok {
		name = full
	}
	for _, o := range orders() {
		// The whole word is meant, also where it begins another one.
		if o.name == name {
			o.do(p, rest)
			return
		}
		if strings.HasPrefix(o.name, name) {
			can = append(can, o)
		}
	}
	switch {
	case len(can) == 1:
		can[0].do(p, rest)
	case len(can) > 1:
		var names []string
		for _, o := range can {
			names = append(names, o.name)
		}
		p.say(word + " can be " + listed(names, "or") + ".")
	// Who types a setting means to run with it; who types a place, to go there.
	case strings.Contains(word, "="):
		p.runLab(text)
	case p.place(text):
	default:
		p.unknown(word)
	}
}

// unknown answers a word that means nothing, in one line.
func (p *plain) unknown(word string) {
	var names []string
	for _, o := range orders() {
		names = append(names, o.name)
	}
	said := "There is no " + wire.Clean(word, 24) + " here"
	// One suggestion, not a list: each word of it is read aloud.
	if near := wire.Nearest(word, names); near != "" {
		p.say(said + "; did you mean " + near + "?")
		return
	}
	p.say(said + "; help lists what can be typed.")
}

// help lists the words, and what enter and numbers do here.
func (p *plain) help(string) {
	// What needs no word at all comes first.
	p.say("enter: go on, as the last line of an answer says.")
	p.say("1, 2, 3: an answer, a language, or a line of the list that was told last: a message, a preset, a file.")
	for _, o := range orders() {
		p.say(o.about)
	}
	p.say("The beginning of a word will do, as in m for messages. The letters of the screen do what they do there: r run, s step, w wiretap, c compare, e evidence, i hint, q back.")
	p.say("[ and ] are the message before and after; < and > the run.")
	p.next()
}

// enter goes on.
func (p *plain) enter() {
	switch s := p.app.top().(type) {
	case *lessonScreen:
		p.onward(s)
	case *labScreen:
		p.readOn(s)
	case *courseScreen:
		// What was done since the rows were made may have changed them.
		s.make()
		p.moved(s.rows[s.goOn()].enter) // where the learner would go on
	case *list:
		p.moved(s.enter)
	}
}

// choose takes a number.
func (p *plain) choose(n int) {
	switch s := p.app.top().(type) {
	case *lessonScreen:
		p.chosen(s, n)
	case *labScreen:
		p.entry(s, n)
	case *courseScreen:
		// Numbers count the rows as home has just told them.
		s.make()
		for _, r := range s.rows {
			// Titles of modules have no number.
			if r.enter == nil {
				continue
			}
			if n--; n == 0 {
				p.moved(r.enter)
				return
			}
		}
		p.say("There is no line with that number.")
	case *list:
		if n < 1 || n > len(s.labs) {
			p.say(fmt.Sprintf("There are %d labs.", len(s.labs)))
			return
		}
		s.at = n - 1
		p.moved(s.enter)
	}
}
