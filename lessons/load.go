package lessons

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"tlstutor/labs/wire"
)

// Load reads a course:
//
//	course.yaml      id, title, modules with their lessons, tracks
//	lessons/ID-*.md  one file per lesson; lessonfile.go has its form
//	glossary.md      a heading for each term, "## key share | key shares", and a paragraph
//	facts.yaml       key: {text, as_of, source} for what was true on a day
//	snippets/        the files that code blocks show
//
// What is wrong with it is returned as Mistakes, all of them. The course is
// then nil.
func Load(fsys fs.FS) (*Course, error) {
	var bad Mistakes
	if n, most, largest := weight(fsys); n > maxCourse {
		bad.add(wire.Clean(largest, maxPath), 1, "make it several courses", "the course has %d bytes of text, more than %d, and this file has %d of them", n, maxCourse, most)
		return nil, bad
	}
	c := &Course{Facts: loadFacts(fsys, &bad), Glossary: loadGlossary(fsys, &bad)}
	files := loadLessons(c, fsys, &bad)
	if files == nil {
		// Whatever names a lesson would only repeat that there is none.
		return nil, bad.sorted()
	}
	if loadCourse(c, files, fsys, &bad) {
		c.checkNeeds(&bad)
	}
	c.check(&bad)
	if err := bad.sorted(); err != nil {
		return nil, err
	}
	return c, nil
}

// maxCourse is how many bytes of text a course may have. YAML is read at a few
// megabytes a second.
const maxCourse = 8 << 20

// weight is how many bytes the texts of a course have together, and how many the
// largest of them has.
func weight(fsys fs.FS) (n, most int64, largest string) {
	for _, pattern := range []string{"*.yaml", "*.md", "lessons/*.md", "snippets/*"} {
		names, _ := list(fsys, pattern) // what cannot be listed is told of by who needs it
		for _, name := range names {
			info, err := fs.Stat(fsys, name)
			if err != nil || !info.Mode().IsRegular() {
				continue
			}
			if n += info.Size(); info.Size() > most {
				most, largest = info.Size(), name
			}
		}
	}
	return n, most, largest
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

// loadLessons reads the files in lessons, by id. It returns nil where they cannot
// be listed, or are too many; a course without a lesson has none by any id.
func loadLessons(c *Course, fsys fs.FS, bad *Mistakes) map[string]*Lesson {
	names, err := list(fsys, "lessons/*.md")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		bad.add("lessons", 1, "make it a folder that you may read", "listing lessons: %v", err)
		return nil
	}
	if len(names) > maxFiles {
		bad.add("lessons", 1, "make it two courses", "%d files, more than %d", len(names), maxFiles)
		return nil
	}
	byID := map[string]*Lesson{}
	for _, name := range names {
		shown := wire.Clean(name, maxPath)
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
