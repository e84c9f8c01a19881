package lessons

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Load reads a course:
//
//	course.yaml      id, title, modules with their lessons, tracks
//	lessons/ID-*.md  one file per lesson; page.go has its form
//	glossary.md      a heading for each term, "## key share | key shares", and a paragraph
//	facts.yaml       key: {text, as_of, source} for what was true on a day
//	snippets/        the files that code blocks show
//
// What is wrong with it is returned as Mistakes, all of them. The course is
// then nil.
func Load(fsys fs.FS) (*Course, error) {
	var bad Mistakes
	c := &Course{Facts: loadFacts(fsys, &bad), Glossary: loadGlossary(fsys, &bad)}
	files := loadLessons(c, fsys, &bad)
	if loadCourse(c, files, fsys, &bad) {
		c.checkNeeds(&bad)
	}
	c.check(&bad)
	if err := bad.sorted(); err != nil {
		return nil, err
	}
	return c, nil
}

// open reads a file of the course as valid text; false when it cannot be.
func open(fsys fs.FS, name, mend string, bad *Mistakes) (string, bool) {
	text, err := read(fsys, name)
	if err != nil {
		bad.add(name, 1, mend, "%v", err)
		return "", false
	}
	if !utf8.ValidString(text) {
		n := 1
		for line := range strings.Lines(text) {
			if !utf8.ValidString(line) {
				break
			}
			n++
		}
		bad.add(name, n, "save it as UTF-8", "%v", errNotUTF8)
		return "", false
	}
	// Some editors put one there.
	return strings.TrimPrefix(text, "\ufeff"), true
}

// loadFacts reads facts.yaml, which a course may do without. Of a file that
// cannot be read it returns nil: then nobody can tell which facts are missing.
func loadFacts(fsys fs.FS, bad *Mistakes) map[string]*Fact {
	const file = "facts.yaml"
	facts := map[string]*Fact{}
	if _, err := fs.Stat(fsys, file); errors.Is(err, fs.ErrNotExist) {
		return facts
	}
	text, ok := open(fsys, file, "keep it a text file of less than a megabyte", bad)
	if !ok {
		return nil
	}
	r := &reader{bad: bad, file: file}
	before := len(*bad)
	n := r.parse(text)
	if n != nil && n.Kind != yaml.MappingNode {
		r.add(n, "write \"key:\" and below it text, as_of and source", "this is not a list of facts")
	}
	switch {
	case len(*bad) > before:
		return nil
	case n == nil:
		return facts
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		f := &Fact{Key: r.text(n.Content[i]), Line: r.line(n.Content[i])}
		sound := r.fields(n.Content[i+1], "a fact", map[string]func(*yaml.Node){
			"text": r.into(&f.Text), "as_of": r.into(&f.AsOf), "source": r.into(&f.Source)})
		switch {
		case !sound:
		case facts[f.Key] != nil:
			r.add(n.Content[i], "leave one out", "the fact %q stands here twice", f.Key)
		case f.Text == "" || f.Source == "" || !asOf.MatchString(f.AsOf):
			r.add(n.Content[i], "write text, source, and as_of as 2026-11", "the fact %q lacks its text, its source or its date", f.Key)
		}
		facts[f.Key] = f
	}
	return facts
}

// asOf is a month, or a day.
var asOf = regexp.MustCompile(`^20[0-9]{2}-[0-9]{2}(-[0-9]{2})?$`)

// loadLessons reads the files in lessons, by id.
func loadLessons(c *Course, fsys fs.FS, bad *Mistakes) map[string]*Lesson {
	names, _ := fs.Glob(fsys, "lessons/*.md") // the pattern is sound
	if len(names) > maxFiles {
		bad.add("lessons", 1, "make it two courses", "%d files, more than %d", len(names), maxFiles)
		return nil
	}
	byID := map[string]*Lesson{}
	for _, name := range names {
		shown := cleanLines(name)
		text, ok := open(fsys, name, "keep it a text file of less than a megabyte", bad)
		var l *Lesson
		if ok {
			l = parseLesson(fsys, shown, text, bad)
		}
		if l == nil {
			// One that cannot be read is there all the same: what names it is right.
			id, _, _ := strings.Cut(path.Base(shown), "-")
			l = &Lesson{ID: id, File: shown, Line: 1}
		}
		if old := byID[l.ID]; old != nil {
			bad.add(shown, l.Line, "give one of them another id", "%s is the id of %s too", l.ID, old.File)
			continue
		}
		if stem := path.Base(shown); !strings.HasPrefix(stem, l.ID+"-") {
			bad.add(shown, l.Line, "name the file "+l.ID+"-"+Slug(l.Title)+".md", "the file of lesson %s is not named by its id", l.ID)
		}
		byID[l.ID] = l
	}
	return byID
}

// courseID is what a course may be called: it names a file.
var courseID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// loadCourse reads course.yaml, and puts the lessons in their places. It reports
// whether it knows them all.
func loadCourse(c *Course, files map[string]*Lesson, fsys fs.FS, bad *Mistakes) bool {
	const file = "course.yaml"
	text, ok := open(fsys, file, "a course has this file, with id, title and modules", bad)
	if !ok {
		return false
	}
	r := &reader{bad: bad, file: file}
	before := len(*bad)
	top := r.parse(text)
	placed := map[*Lesson]bool{}
	lesson := func(to *[]*Lesson) func(*yaml.Node) {
		return r.list("lessons", func(n *yaml.Node) {
			l := files[r.text(n)]
			if l == nil {
				r.add(n, "write lessons/"+r.text(n)+"-NAME.md, or leave it out", "no lesson has the id %q", r.text(n))
				return
			}
			*to = append(*to, l)
		})
	}
	sound := r.fields(top, "a course", map[string]func(*yaml.Node){
		"id": r.into(&c.ID), "title": r.into(&c.Title),
		"modules": r.list("modules", func(n *yaml.Node) {
			m := &Module{}
			if r.fields(n, "a module", map[string]func(*yaml.Node){"title": r.into(&m.Title), "lessons": lesson(&m.Lessons)}) && m.Title == "" {
				r.add(n, "write title: and a word or two", "a module without a title")
			}
			for _, l := range m.Lessons {
				if placed[l] {
					r.add(n, "leave one out", "lesson %s stands in two places", l.ID)
					continue
				}
				placed[l] = true
				c.Lessons = append(c.Lessons, l)
			}
			c.Modules = append(c.Modules, m)
		}),
		"tracks": r.list("tracks", func(n *yaml.Node) {
			t := &Track{}
			sound := r.fields(n, "a track", map[string]func(*yaml.Node){"name": r.into(&t.Name), "title": r.into(&t.Title), "lessons": lesson(&t.Lessons)})
			if !sound {
				return
			}
			if t.Name == "" || c.Track(t.Name) != nil {
				r.add(n, "give it a name of its own", "a track without a name, or with one that is taken")
			}
			c.Tracks = append(c.Tracks, t)
		}),
	})
	switch {
	case !sound || top == nil && len(*bad) > before:
		return false
	case !courseID.MatchString(c.ID):
		bad.add(file, 1, "write id: my-course, with small letters, digits and -", "the course has no id that could name a file")
	case c.Title == "":
		bad.add(file, 1, "write title: and what the course is called", "the course has no title")
	case len(c.Lessons) == 0:
		bad.add(file, 1, "list lessons under modules:", "the course has no lesson")
		return false
	}
	for id, l := range files {
		if !placed[l] {
			bad.add(l.File, l.Line, "list "+id+" under a module of course.yaml", "lesson %s is in no module", id)
		}
	}
	return true
}

// checkNeeds sees that the lessons that one needs come before it.
func (c *Course) checkNeeds(bad *Mistakes) {
	for i, l := range c.Lessons {
		for _, id := range l.Needs {
			j := slices.IndexFunc(c.Lessons, func(x *Lesson) bool { return x.ID == id })
			switch {
			case j < 0:
				bad.add(l.File, l.needsAt, "leave it out of needs", "lesson %s needs %s, which is not in the course", l.ID, id)
			case j >= i:
				bad.add(l.File, l.needsAt, "put "+id+" before it in course.yaml", "lesson %s needs %s, which comes later", l.ID, id)
			}
		}
	}
}

// check sees that what lessons name of the glossary and of the facts is there,
// and that no two questions have one id.
func (c *Course) check(bad *Mistakes) {
	ids := map[string]*Page{}
	for _, l := range c.Lessons {
		for _, slug := range l.Teaches {
			c.Glossary.check(Text{{Kind: Term, Key: slug, Line: l.teachesAt}}, l.File, bad)
		}
		for _, p := range l.Pages {
			for _, b := range p.Blocks {
				for _, t := range Texts(b) {
					c.Glossary.check(t, l.File, bad)
					c.checkFacts(t, l.File, bad)
				}
				id := ID(b)
				switch x := b.(type) {
				case *Exercise:
					id = x.ID
				case *Say:
					id = x.ID
				}
				if id != "" && ids[id] != nil {
					bad.add(l.File, b.Place(), "give it a number of its own", "%s is an id on %s too", id, ids[id].Place())
				}
				ids[id] = p
			}
		}
	}
}

// checkFacts sees that the facts a text names are there.
func (c *Course) checkFacts(t Text, file string, bad *Mistakes) {
	if c.Facts == nil {
		return
	}
	for _, p := range t {
		if p.Kind == Dated && c.Facts[p.Key] == nil && !bad.full() {
			var keys []string
			for k := range c.Facts {
				keys = append(keys, k)
			}
			slices.Sort(keys)
			mend := "write it into facts.yaml, with its date and source"
			if near := nearest(p.Key, keys); near != "" {
				mend = "did you mean {{fact:" + near + "}}?"
			}
			bad.add(file, p.Line, mend, "facts.yaml has no %q", p.Key)
		}
	}
}

// Texts returns every text of a block, in the order in which they are read.
func Texts(b Block) []Text {
	var all []Text
	switch b := b.(type) {
	case *Prose:
		all = append(all, b.Text)
	case *Predict:
		all = append(all, b.Ask, b.Hint)
		for _, o := range b.Options {
			all = append(all, o.Text, o.Because)
		}
	case *Quiz:
		all = append(all, b.Ask, b.Hint)
		for _, o := range b.Options {
			all = append(all, o.Text, o.Because)
		}
		all = append(all, b.Trap)
	case *Exercise:
		all = append(all, b.Ask, b.Hint)
	case *Say:
		all = append(all, b.Ask)
	}
	return all
}

// A fence is a block between two lines of three backquotes.
type fence struct {
	info string
	body string
	line int // of its first line, in the file
}

// String names the fence in a mistake.
func (f fence) String() string { return fmt.Sprintf("```%s", f.info) }
