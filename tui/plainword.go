package tui

import (
	"fmt"
	"slices"
	"strings"

	"tlstutor/lessons"
)

// find lists what a text is found in, with how to go there.
func (p *plain) find(rest string) {
	if rest == "" {
		p.say("Find what? find and a word, such as find certificate.")
		return
	}
	const most = 12 // a list that is read aloud has to end
	// The screen's own search, which is filled in and never shown.
	s := newSearch(p.env, "").(*search)
	s.field.insert(rest)
	s.find()
	if len(s.hits) == 0 {
		p.say("Nothing here is called that, and no text has it. Fewer letters find more.")
		return
	}
	for _, f := range s.hits[:min(most, len(s.hits))] {
		// Each line ends in what to type: that is how it is opened.
		// A word stands before its other spellings, a place before its title.
		name, _, _ := strings.Cut(f.name, ", ")
		place, title, _ := strings.Cut(f.name, "  ")
		switch f.kind {
		case "page":
			p.say("page " + title + ": go " + place)
		case "fault":
			p.say("fault, " + opening(f.about) + " go faults fault=" + name)
		case "lab":
			p.say("lab, " + opening(f.about) + " go " + name)
		// Words and notes: open takes both by name.
		default:
			p.say(f.kind + ": open " + name)
		}
	}
	if more := len(s.hits) - most; more > 0 {
		p.say(fmt.Sprintf("and %d more; more letters find fewer.", more))
	}
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

// openWord explains a word of the glossary, or tells a fact with its source. A name
// may be of both: the word comes first.
func (p *plain) openWord(name string) bool {
	w, f := p.wordOf(name), p.env.Course.Facts[name]
	if w != nil {
		p.word(w)
	}
	if f != nil {
		p.say(fmt.Sprintf("%s As of %s. Source: %s", sentence(f.Text), f.AsOf, sentence(f.Source)))
	}
	return w != nil || f != nil
}

// wordOf finds a word by its slug, its name or another spelling of it.
func (p *plain) wordOf(name string) *lessons.Word {
	for _, w := range p.env.Course.Glossary.All() {
		names := append([]string{w.Slug, w.Name}, w.Aliases...)
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) || w.Slug == lessons.Slug(name) {
			return w
		}
	}
	return nil
}

// word explains one, and names the words that its text leads to.
func (p *plain) word(w *lessons.Word) {
	p.say(w.Name + ": " + p.text(w.Text, nil))
	var more []string
	for _, part := range w.Text {
		if part.Kind == lessons.Term && !slices.Contains(more, "open "+part.Key) {
			more = append(more, "open "+part.Key)
		}
	}
	// What a screen underlines is named here, as open takes it.
	if len(more) > 0 {
		p.say("It names: " + strings.Join(more, ", ") + ".")
	}
}

// openNote reads the note on a field by the end of its path.
// Paths of notes are shown by find, so they are taken as they stand there.
func (p *plain) openNote(name string) bool {
	for _, n := range p.env.Notes.All() {
		if strings.EqualFold(n.Path, name) {
			p.say(n.Path + ": " + spoken(n.Text))
			return true
		}
	}
	return false
}

// pageLinks reports whether the page links to a word or a fact by this name: then it
// comes before a field of that name.
func (p *plain) pageLinks(name string) bool {
	s, ok := p.app.top().(*lessonScreen)
	if !ok {
		return false
	}
	names := linked(s.sheet())
	return slices.Contains(names[0], lessons.Slug(name)) || slices.Contains(names[2], name)
}
