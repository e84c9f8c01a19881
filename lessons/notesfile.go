package lessons

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"tlstutor/labs/wire"
)

// Bounds on notes; words of a glossary and values in YAML keep them too.
const (
	maxNotes = 5000 // in all files
	maxText  = 1000 // bytes in a note's paragraph
)

// add takes the notes of one file.
func (n *Notes) add(name, text string) error {
	p := notesParser{notes: n, file: wire.Clean(name, maxPath)}
	for line := range strings.Lines(text) {
		p.line++
		if err := p.take(strings.TrimRight(line, "\r\n")); err != nil {
			return fmt.Errorf("%s:%d: %w", p.file, p.line, err)
		}
	}
	if err := p.end(); err != nil {
		return fmt.Errorf("%s:%d: %w", p.file, p.line, err)
	}
	return nil
}

// A notesParser reads one file of notes, line by line.
type notesParser struct {
	notes *Notes
	file  string
	line  int
	note  *Note // being read, or nil before the first heading
	text  strings.Builder
}

// take reads the next line: a heading, the title, or a part of a paragraph.
func (p *notesParser) take(line string) error {
	if !utf8.ValidString(line) {
		return errNotUTF8
	}
	if head, ok := strings.CutPrefix(line, "## "); ok {
		if err := p.end(); err != nil {
			return err
		}
		return p.begin(head)
	}
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		return nil
	case strings.HasPrefix(line, "# ") && p.note == nil:
		return nil // the title
	case strings.HasPrefix(line, "#"):
		return fmt.Errorf("a heading that is not of the form \"## path\": %q", wire.Clean(line, 80))
	case p.note == nil:
		return errors.New("text before the first heading")
	}
	if p.text.Len() > 0 {
		p.text.WriteByte(' ')
	}
	p.text.WriteString(line)
	if p.text.Len() > maxText {
		return fmt.Errorf("the note for %s is longer than %d bytes", p.note.Path, maxText)
	}
	return nil
}

// begin starts the note under a heading, whose path has to be one that a field
// could have: clean text, and a name between any two dots.
func (p *notesParser) begin(head string) error {
	name, key := strings.CutSuffix(strings.TrimSpace(head), " *")
	name = strings.TrimSpace(name)
	switch {
	case name == "" || name == "*":
		return errors.New("a heading without a path")
	case len(name) > maxPath || wire.Clean(name, maxPath) != name:
		return fmt.Errorf("not a field's path: %q", wire.Clean(name, 80))
	case strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, ".."):
		return fmt.Errorf("a path with an empty name in it: %q", name)
	}
	if i, ok := p.notes.place(name); ok {
		old := p.notes.all[i]
		return fmt.Errorf("%s has a note already, at %s:%d", name, old.File, old.Line)
	}
	if len(p.notes.all) == maxNotes {
		return fmt.Errorf("more than %d notes", maxNotes)
	}
	p.note = &Note{Path: name, Key: key, File: p.file, Line: p.line}
	return nil
}

// end files the note that was being read, if any. Its text is made clean here,
// where it is born.
func (p *notesParser) end() error {
	if p.note == nil {
		return nil
	}
	p.note.Text = wire.Clean(p.text.String(), maxText)
	if p.note.Text == "" {
		return fmt.Errorf("the note for %s, at line %d, has no text", p.note.Path, p.note.Line)
	}
	n := p.notes
	if parent, any := strings.CutSuffix(p.note.Path, ".*"); any {
		n.kids[parent] = len(n.all)
	} else {
		n.at[p.note.Path] = len(n.all)
	}
	n.all = append(n.all, *p.note)
	n.dots = max(n.dots, strings.Count(p.note.Path, "."))
	p.note = nil
	p.text.Reset()
	return nil
}
