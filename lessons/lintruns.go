package lessons

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
)

// runs checks all that a lesson says of runs. Its blocks are checked side by
// side; what is wrong is gathered in their order.
func (t *linter) runs(ctx context.Context, l *Lesson) {
	// The runs of a lesson are let go with it, so that a long course needs no more
	// memory than a short one.
	b := &bench{ctx: ctx, w: t.w, made: map[string]*made{}}
	var jobs []func(*checker)
	for _, p := range l.Pages {
		jobs = append(jobs, func(k *checker) { k.page(p) })
		for _, x := range p.Blocks {
			switch x := x.(type) {
			case *Predict:
				jobs = append(jobs, func(k *checker) { k.predict(x) })
			case *Exercise:
				jobs = append(jobs, func(k *checker) { k.exercise(x) })
			}
		}
	}
	// Each job has a list of its own: what is said does not depend on who is first.
	found := make([]Mistakes, len(jobs))
	turn := make(chan struct{}, lintWide)
	var all sync.WaitGroup
	for i, job := range jobs {
		turn <- struct{}{}
		all.Go(func() {
			job(&checker{b: b, file: l.File, bad: &found[i], truths: &t.truths})
			<-turn
		})
	}
	all.Wait()
	for _, m := range found {
		t.bad = append(t.bad, m[:min(len(m), maxMistakes-len(t.bad))]...)
	}
}

// A checker checks one page or block against its runs.
type checker struct {
	b      *bench
	file   string
	bad    *Mistakes
	truths *sync.Map // of a *Predict, the index of the option that its run decided for
}

// add notes a mistake in the lesson's file.
func (k *checker) add(line int, mend, format string, args ...any) {
	k.bad.add(k.file, line, mend, format, args...)
}

// settings checks that there is such a lab, and that it takes the settings.
func (k *checker) settings(lab string, set map[string]string, line int) bool {
	err := k.b.w.Check(lab, set)
	if err == nil {
		return true
	}
	what, mend := twoParts(err)
	k.add(line, mend, "%s", what)
	return false
}

// twoParts takes what Check says apart.
func twoParts(err error) (what, mend string) {
	what, mend, ok := strings.Cut(err.Error(), "; ")
	if !ok {
		mend = "tlstutor lab lists the labs and their knobs"
	}
	return what, mend
}

// run checks a lab's settings, makes its run, and checks that what is to be seen
// first is there. It returns nil when there is no run to ask, and has said why.
func (k *checker) run(l *Lab) Look {
	if !k.settings(l.Name, l.Settings, l.Line) {
		return nil
	}
	look, err := k.b.run(l.Name, l.Settings)
	if err != nil {
		if k.b.ctx.Err() == nil {
			k.add(l.Line, "tlstutor run "+line(l.Name, l.Settings)+" shows more", "the run failed: %v", err)
		}
		return nil
	}
	for _, name := range l.Look {
		if k.lacks(look, name) {
			k.add(l.Line, "write a message or field that tlstutor run "+line(l.Name, l.Settings)+" --fields shows", "look: the run has no %q", name)
		}
	}
	return look
}

// line is a lab with its settings, as one types it.
func line(lab string, set map[string]string) string {
	for _, k := range slices.Sorted(maps.Keys(set)) {
		lab += " " + k + "=" + set[k]
	}
	return lab
}

// lacks reports whether a run cannot answer a question. There are always none of
// what nobody has heard of, so a name that is counted has to be known.
func (k *checker) lacks(look Look, path string) bool {
	if _, name, ok := strings.Cut(path, "count("); ok && !k.b.w.Knows(strings.TrimSuffix(name, ")")) {
		return true
	}
	_, ok := look(path)
	return !ok
}

// page checks a page's lab and what the page quotes of it.
func (k *checker) page(p *Page) {
	l := p.Lab()
	var look Look
	if l != nil {
		if look = k.run(l); look == nil {
			return // whatever the page quotes, it would only be said once more
		}
		for _, x := range l.Presets {
			k.settings(l.Name, x.Set, l.Line)
		}
	}
	for _, b := range p.Blocks {
		if _, ok := b.(*Predict); ok {
			continue // it has a run of its own
		}
		for _, text := range Texts(b) {
			if l == nil && len(text.parts(Quote)) > 0 {
				k.add(text.parts(Quote)[0].Line, "add a block ```lab to the page", "{{%s}} quotes a run, and the page has none", text.parts(Quote)[0].Key)
				return
			}
			k.quotes(text, l, look)
		}
	}
}

// quotes checks that a run has what a text quotes of it.
func (k *checker) quotes(text Text, l *Lab, look Look) {
	for _, q := range text.parts(Quote) {
		value, _ := look(q.Key)
		// A message or a list is there without meaning anything by itself: quoted, it
		// would leave a gap in the sentence.
		switch mend := "tlstutor run " + line(l.Name, l.Settings) + " --fields shows what it has"; {
		case k.lacks(look, q.Key):
			k.add(q.Line, mend, "the run has no {{%s}}", q.Key)
		case value == "":
			k.add(q.Line, mend, "{{%s}} is there, and has no value of its own", q.Key)
		}
	}
}

// exercise checks that the lab of an exercise and its goal are there.
func (k *checker) exercise(x *Exercise) {
	if k.settings(x.Lab.Name, x.Lab.Settings, x.Line) && !k.b.w.Goal(x.Lab.Name, x.Goal) {
		k.add(x.Line, "tlstutor lab --json lists the goals", "lab %s has no goal %q", x.Lab.Name, x.Goal)
	}
}
