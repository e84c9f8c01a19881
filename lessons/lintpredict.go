package lessons

import (
	"maps"
	"slices"
	"strings"
)

// predict checks that a prediction's run decides it: nothing gives the answer
// away before, all that the options ask can be answered, exactly one of them
// holds, and the others are not made up.
func (k *checker) predict(q *Predict) {
	for _, text := range q.untold() {
		for _, x := range text.parts(Quote) {
			k.add(x.Line, "quote in because: only", "{{%s}} would tell the answer before the run is made", x.Key)
		}
	}
	look := k.run(&q.Lab)
	if look == nil {
		return
	}
	// What follows is worth saying only of options that can be judged.
	before := len(*k.bad)
	for _, o := range q.Options {
		k.quotes(o.Because, &q.Lab, look)
	}
	hold := q.Judge(look)
	s := &search{b: k.b, lab: q.Lab.Name, turns: k.b.w.Turns(q.Lab.Name, q.Lab.Settings)}
	if k.paths(q, look, s) && len(*k.bad) == before {
		switch {
		case len(hold) == 0:
			k.add(q.Line, "write an option for it", "no option holds for the run: %s", said(q, look))
		case len(hold) > 1:
			k.add(q.Options[hold[1]].Line, "let when: tell them apart", "options %d and %d both hold for the run: %s", hold[0]+1, hold[1]+1, said(q, look))
		default:
			k.truths.Store(q, hold[0])
			k.others(q, hold[0], s)
		}
	}
}

// untold are the texts of a prediction that are read before it is decided.
func (q *Predict) untold() []Text {
	all := []Text{q.Ask, q.Hint}
	for _, o := range q.Options {
		all = append(all, o.Text)
	}
	return all
}

// said is what the run answers to all that the options ask, in the order of the
// paths. An author sees from it what the option that is missing would say.
func said(q *Predict, look Look) string {
	asked := map[string]string{}
	for _, o := range q.Options {
		for path := range o.When {
			asked[path] = "none"
			if v, ok := look(path); ok {
				asked[path] = v
			}
		}
	}
	var all []string
	for _, path := range slices.Sorted(maps.Keys(asked)) {
		all = append(all, path+" is "+asked[path])
	}
	return strings.Join(all, ", ")
}

// A search makes runs near a prediction's, one after the other.
type search struct {
	b     *bench
	lab   string
	turns []map[string]string // still to be made
	looks []Look              // of those that were made
}

// each hands over the runs near a prediction's until it is told to stop: first
// those that were made for an earlier question, then new ones.
func (s *search) each(enough func(Look) bool) {
	for _, look := range s.looks {
		if enough(look) {
			return
		}
	}
	for len(s.turns) > 0 {
		set := s.turns[0]
		s.turns = s.turns[1:]
		// A run that fails at other settings says nothing about the lesson.
		look, err := s.b.run(s.lab, set)
		if err != nil {
			continue
		}
		s.looks = append(s.looks, look)
		if enough(look) {
			return
		}
	}
}

// paths checks that each question an option asks can be answered: by the
// prediction's run or, as an option may say that something is missing, by one
// near it.
func (k *checker) paths(q *Predict, look Look, s *search) bool {
	before := len(*k.bad)
	seen := map[string]bool{}
	for _, o := range q.Options {
		for _, path := range slices.Sorted(maps.Keys(o.When)) {
			if seen[path] || !k.lacks(look, path) {
				continue
			}
			seen[path] = true
			found := false
			s.each(func(look Look) bool {
				found = !k.lacks(look, path)
				return found
			})
			if !found {
				k.add(o.Line, "tlstutor run "+line(q.Lab.Name, q.Lab.Settings)+" --fields shows what it has", "when: no run has %s", path)
			}
		}
	}
	return len(*k.bad) == before
}

// otherwise is how many wrong options have to come true at other settings: with
// fewer, turning the knobs does not teach what the question is about.
const otherwise = 2

// others checks that enough of the options which do not hold would hold at
// other settings: those that the author names, or else any that are near.
func (k *checker) others(q *Predict, right int, s *search) {
	before := len(*k.bad)
	open := map[int]bool{} // options that nobody has seen come true
	came := 0
	for i, o := range q.Options {
		switch {
		case i == right:
		case o.At == nil:
			open[i] = true
		case k.at(q, &o):
			came++
		}
	}
	if came < otherwise && len(open) > 0 {
		s.each(func(look Look) bool {
			for i := range open {
				if q.Options[i].holds(look) {
					delete(open, i)
					came++
				}
			}
			return came >= otherwise
		})
	}
	if came < otherwise && len(*k.bad) == before {
		// The first that was not seen is the one to think about.
		mend := "write another wrong option, of something that can happen"
		if len(open) > 0 {
			i := slices.Min(slices.Collect(maps.Keys(open)))
			mend = "say with at: {knob: value} when option \"" + q.Options[i].Text.head() + "\" comes true"
		}
		k.add(q.Line, mend, "wrong options that come true at other settings: %d, and at least %d have to", came, otherwise)
	}
}

// at checks that an option comes true at the settings its author names. They are
// put over those of the prediction.
func (k *checker) at(q *Predict, o *Outcome) bool {
	set := map[string]string{}
	maps.Copy(set, q.Lab.Settings)
	maps.Copy(set, o.At)
	if !k.settings(q.Lab.Name, set, o.Line) {
		return false
	}
	look, err := k.b.run(q.Lab.Name, set)
	switch {
	case k.b.ctx.Err() != nil:
	case err != nil:
		k.add(o.Line, "tlstutor run "+line(q.Lab.Name, set)+" shows more", "at: the run failed: %v", err)
	case !o.holds(look):
		one := &Predict{Options: []Outcome{*o}}
		k.add(o.Line, "tlstutor run "+line(q.Lab.Name, set)+" shows what happens", "at: the option does not come true there: %s", said(one, look))
	default:
		return true
	}
	return false
}
