package lessons

import (
	"io/fs"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// courseID is what a course may be called: it names a file.
var courseID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// A courseParser reads course.yaml, and puts the lessons in their places.
type courseParser struct {
	*reader
	c      *Course
	files  map[string]*Lesson // by id
	placed map[*Lesson]bool   // those in a module
}

// loadCourse reads course.yaml. It reports whether all lessons have a place, so
// that what they say of each other can be judged.
func loadCourse(c *Course, files map[string]*Lesson, fsys fs.FS, bad *Mistakes) bool {
	const file = "course.yaml"
	text, ok := open(fsys, file, "a course has this file, with id, title and modules", bad)
	if !ok {
		return false
	}
	p := &courseParser{&reader{bad: bad, file: file}, c, files, map[*Lesson]bool{}}
	sound := p.block(text, "a course", map[string]func(*yaml.Node){
		"id": p.into(&c.ID), "title": p.into(&c.Title),
		"modules": p.list("modules", p.module), "tracks": p.list("tracks", p.track),
	})
	switch {
	case !sound:
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
		if !p.placed[l] {
			bad.add(l.File, l.Line, "list "+id+" under a module of course.yaml", "lesson %s is in no module", id)
		}
	}
	return true
}

// module reads one module.
func (p *courseParser) module(n *yaml.Node) {
	m := &Module{}
	sound := p.fields(n, "a module", map[string]func(*yaml.Node){"title": p.into(&m.Title), "lessons": p.lessons(&m.Lessons)})
	if sound && m.Title == "" {
		p.add(n, "write title: and a word or two", "a module without a title")
	}
	for _, l := range m.Lessons {
		if p.placed[l] {
			p.add(n, "leave one out", "lesson %s stands in two places", l.ID)
			continue
		}
		p.placed[l] = true
		p.c.Lessons = append(p.c.Lessons, l)
	}
	p.c.Modules = append(p.c.Modules, m)
}

// track reads one track.
func (p *courseParser) track(n *yaml.Node) {
	t := &Track{}
	sound := p.fields(n, "a track", map[string]func(*yaml.Node){"name": p.into(&t.Name), "title": p.into(&t.Title), "lessons": p.lessons(&t.Lessons)})
	if sound && (t.Name == "" || p.c.Track(t.Name) != nil) {
		p.add(n, "give it a name of its own", "a track without a name, or with one that is taken")
	}
	p.c.Tracks = append(p.c.Tracks, t)
}

// lessons returns a function that reads a list of lessons by their ids.
func (p *courseParser) lessons(to *[]*Lesson) func(*yaml.Node) {
	return p.list("lessons", func(n *yaml.Node) {
		id := p.text(n)
		l := p.files[id]
		if l == nil {
			p.add(n, "write lessons/"+id+"-NAME.md, or leave it out", "no lesson has the id %q", id)
			return
		}
		*to = append(*to, l)
	})
}
