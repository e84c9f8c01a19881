package lessons

import (
	"slices"

	"tlstutor/labs/wire"
)

// What is in this file asks whether what one file names is in another. It is
// done when all are read, and done even if some could not be.

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
					bad.add(l.File, b.line(), "give it a number of its own", "%s is an id on %s too", id, ids[id].Place())
				}
				ids[id] = p
			}
		}
	}
}

// checkFacts sees that the facts a text names are there. Where the file of facts
// could not be read, that was said.
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
			if near := wire.Nearest(p.Key, keys); near != "" {
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
