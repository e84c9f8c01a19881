package lessons

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// A Course is lessons in modules, with the words and facts they share.
type Course struct {
	ID       string // names the file that progress is kept in
	Title    string
	Modules  []*Module
	Tracks   []*Track
	Lessons  []*Lesson // all, in the order of the modules
	Glossary *Glossary
	Facts    map[string]*Fact // by key
}

// A Module is lessons that belong together.
type Module struct {
	Title   string
	Lessons []*Lesson
}

// A Track is a way through the course, as a workshop takes it.
type Track struct {
	Name, Title string
	Lessons     []*Lesson
}

// A Lesson is one idea in five to nine pages.
type Lesson struct {
	ID      string // "H1"
	Title   string
	Minutes int      // as the author says; Lint compares it with Reckon
	Needs   []string // lessons to take before, by id
	Teaches []string // terms of the glossary, by slug
	Pages   []*Page
	File    string
	Line    int // of its title

	minutesAt, needsAt, teachesAt int // lines of its head
}

// A Page is what is seen at once: its blocks, from top to bottom.
type Page struct {
	Lesson  *Lesson
	N       int // from 1
	Title   string
	Blocks  []Block
	Speaker string // what an instructor may say, clean text
	File    string
	Line    int // of its heading
}

// A Fact is something that was true on a day.
type Fact struct {
	Key    string
	Text   string
	AsOf   string // "2026-11" or "2026-11-22"
	Source string
	Line   int
}

// Place is what the page is called: "H1.3".
func (p *Page) Place() string { return p.Lesson.ID + "." + strconv.Itoa(p.N) }

// Lab returns the page's own lab, whose run its prose quotes, or nil.
func (p *Page) Lab() *Lab {
	for _, b := range p.Blocks {
		if l, ok := b.(*Lab); ok {
			return l
		}
	}
	return nil
}

// Find returns the lesson of that id, in any case, or nil.
func (c *Course) Find(id string) *Lesson {
	for _, l := range c.Lessons {
		if strings.EqualFold(l.ID, id) {
			return l
		}
	}
	return nil
}

// Track returns the track of that name, or nil.
func (c *Course) Track(name string) *Track {
	for _, t := range c.Tracks {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Only returns the course with nothing but the lessons of a track, in its order and
// under its title: to those who take it, the others are not there.
func (c *Course) Only(t *Track) *Course {
	cut := *c
	cut.Lessons, cut.Modules = t.Lessons, []*Module{{Title: t.Title, Lessons: t.Lessons}}
	return &cut
}

// Place returns the page that a place such as "H1.3" names; "H1" is its first.
func (c *Course) Place(name string) (*Page, error) {
	id, number, paged := strings.Cut(name, ".")
	l := c.Find(id)
	if l == nil {
		return nil, fmt.Errorf("there is no lesson %q", id)
	}
	n := 1
	if paged {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n < 1 || n > len(l.Pages) {
			return nil, fmt.Errorf("lesson %s has pages %s.1 to %s.%d", l.ID, l.ID, l.ID, len(l.Pages))
		}
	}
	return l.Pages[n-1], nil
}

// Question returns the prediction or quiz of that id and its page, or nil.
func (c *Course) Question(id string) (Block, *Page) {
	for p, b := range c.blocks() {
		if ID(b) == id && id != "" {
			return b, p
		}
	}
	return nil, nil
}

// Saying returns the block that asks for the sentence of that id, or nil.
func (c *Course) Saying(id string) *Say {
	for _, b := range c.blocks() {
		if s, ok := b.(*Say); ok && s.ID == id {
			return s
		}
	}
	return nil
}

// blocks goes through all blocks of all lessons, each with its page.
func (c *Course) blocks() iter.Seq2[*Page, Block] {
	return func(yield func(*Page, Block) bool) {
		for _, l := range c.Lessons {
			for _, p := range l.Pages {
				for _, b := range p.Blocks {
					if !yield(p, b) {
						return
					}
				}
			}
		}
	}
}

// Questions returns the predictions and quizzes of a lesson, in order.
func (l *Lesson) Questions() []Block {
	var all []Block
	for _, p := range l.Pages {
		for _, b := range p.Blocks {
			if ID(b) != "" {
				all = append(all, b)
			}
		}
	}
	return all
}

// Quizzes returns the quizzes of a lesson, in order.
func (l *Lesson) Quizzes() []*Quiz {
	var all []*Quiz
	for _, b := range l.Questions() {
		if q, ok := b.(*Quiz); ok {
			all = append(all, q)
		}
	}
	return all
}

// What a reader needs, in minutes: a word, a question and a run.
const (
	wordsPerMinute  = 160
	questionMinutes = 0.5
	runMinutes      = 1
)

// Reckon returns how many minutes a page takes, from its words, its questions
// and its runs.
func (p *Page) Reckon() float64 {
	words, minutes := len(strings.Fields(p.Title)), 0.0
	for _, b := range p.Blocks {
		switch b := b.(type) {
		case *Prose:
			words += b.Text.words()
		case *Lab:
			minutes += runMinutes
		case *Predict:
			minutes += questionMinutes + runMinutes
			words += b.Ask.words()
			for _, o := range b.Options {
				words += o.Text.words()
			}
		case *Say:
			minutes += questionMinutes
			words += b.Ask.words()
		case *Quiz:
			minutes += questionMinutes
			words += b.Ask.words()
			for _, o := range b.Options {
				words += o.Text.words()
			}
		}
	}
	return minutes + float64(words)/wordsPerMinute
}

// Reckon returns how many minutes a lesson takes.
func (l *Lesson) Reckon() float64 {
	sum := 0.0
	for _, p := range l.Pages {
		sum += p.Reckon()
	}
	return sum
}
