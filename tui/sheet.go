package tui

import (
	"slices"

	"tlstutor/lessons"
)

// A sheet is a page as a learner has it: what its run gave, what was answered,
// how far it is uncovered, and where they are on it.
type sheet struct {
	page      *lessons.Page
	run       *ran // of the page's lab, once it is over
	running   bool
	questions []*question // of the page, in order
	passed    int         // how many of them were decided and gone on from
	uncovered int         // on stage: how many blocks are shown
	focus     int         // the highlighted stop; -1: none
	left      int         // the stop whose box was read last: tab goes on behind it; -1: none
	scroll    int         // the first line shown

	explain lessons.Block // the prose below which it is said what an underline means, or nil
	laid    layout        // as it was made last
}

// A stop is something on a page that tab leads to and enter opens.
type stop struct {
	kind stopKind
	part lessons.Part  // a quote, term or fact
	ran  *ran          // the run that a quote is of, or that a strip tells of
	q    *question     // of options, or a decided question
	code *lessons.Code // of tabs
	say  *lessons.Say  // of a sentence
	line int           // where it is drawn
}

type stopKind uint8

const (
	optionsStop stopKind = iota // the options of the open question; always the first
	linkStop                    // an underlined value, term or fact
	stripStop                   // the line of a run
	tabsStop                    // the languages of a code block
	againStop                   // a decided question
	sayStop                     // a sentence of the learner's own
)

// newSheet puts a page before a learner who has not seen it.
func newSheet(p *lessons.Page, shuffle bool) *sheet {
	s := &sheet{page: p, focus: -1, left: -1, uncovered: 1}
	for _, b := range p.Blocks {
		if lessons.ID(b) != "" {
			s.questions = append(s.questions, newQuestion(b, shuffle))
		}
	}
	return s
}

// question returns the one that a block puts, or nil.
func (s *sheet) question(b lessons.Block) *question {
	for _, q := range s.questions {
		if q.block == b {
			return q
		}
	}
	return nil
}

// visible returns the blocks that are shown: up to the first question that is
// not decided, and not beyond a decided one to the next before that was gone on
// from. On stage it is the uncovered ones of these.
func (s *sheet) visible(stage bool) []lessons.Block {
	n, put := 0, 0
	for _, b := range s.page.Blocks {
		q := s.question(b)
		if q != nil && put > s.passed {
			break
		}
		if n++; q == nil {
			continue
		}
		if put++; q.state != decided {
			break
		}
	}
	if stage {
		n = min(n, s.uncovered)
	}
	return s.page.Blocks[:n]
}

// open returns the question that is shown and not decided yet, or nil.
func (s *sheet) open(stage bool) *question {
	blocks := s.visible(stage)
	if len(blocks) == 0 {
		return nil
	}
	if q := s.question(blocks[len(blocks)-1]); q != nil && q.state != decided {
		return q
	}
	return nil
}

// lastPredicted returns the prediction that was decided last on the page, by a run that
// took place, or nil.
func (s *sheet) lastPredicted() *question {
	var last *question
	for _, q := range s.questions {
		if q.state == decided && q.ran != nil && q.ran.err == nil {
			last = q
		}
	}
	return last
}

// lastDecided returns the question that was decided last on the page, or nil.
func (s *sheet) lastDecided() *question {
	var last *question
	for _, q := range s.questions {
		if q.state == decided {
			last = q
		}
	}
	return last
}

// proven is the run that decided what was answered last, with the paths to what
// decided it, the best first; nil before anything is. It is that of the prediction
// decided last; where a quiz was decided last, and the page's own run stands behind it,
// it is that one.
func (s *sheet) proven() (r *ran, paths []string) {
	last := -1
	for i, b := range s.page.Blocks {
		if q := s.question(b); q != nil && q.state == decided {
			last = i
		}
	}
	if last >= 0 && s.run != nil && s.run.err == nil {
		_, quiz := s.page.Blocks[last].(*lessons.Quiz)
		for _, b := range s.page.Blocks[last:] {
			if l, ok := b.(*lessons.Lab); ok && quiz && len(l.Look) > 0 {
				return s.run, l.Look
			}
		}
	}
	if q := s.lastPredicted(); q != nil {
		return q.ran, evident(q)
	}
	return nil, nil
}

// showsRun reports whether a block shows something of the page's run: its line, or a
// value of it. What a prediction quotes is of its own run.
func showsRun(b lessons.Block) bool {
	switch b.(type) {
	case *lessons.Lab:
		return true
	case *lessons.Predict:
		return false
	}
	return slices.ContainsFunc(lessons.Texts(b), func(t lessons.Text) bool {
		return slices.ContainsFunc(t, func(p lessons.Part) bool { return p.Kind == lessons.Quote })
	})
}

// due reports whether the page's run is to be made now: it has not been, and
// something of it is shown. A run that stands behind a question is not made before
// that is decided: so it can give nothing away, and runs have their numbers in the
// order in which a page tells of them.
func (s *sheet) due() bool {
	return s.page.Lab() != nil && s.run == nil && !s.running && slices.ContainsFunc(s.visible(false), showsRun)
}

// hides reports whether the page's run is kept from the learner, although the page
// may quote it: it stands behind a quiz that is not decided, which it would answer. A
// prediction has a run of its own, and the page's is the one before it.
func (s *sheet) hides() bool {
	open := false
	for _, b := range s.page.Blocks {
		switch b.(type) {
		case *lessons.Lab:
			return open
		case *lessons.Quiz:
			open = open || s.question(b).state != decided
		}
	}
	return false
}

// behind reports whether the page has a run that is not to be opened yet: it has not
// been made, or is hidden, as a question comes before it.
func (s *sheet) behind() bool {
	return s.page.Lab() != nil && (s.hides() || s.run == nil && !s.running)
}

// early reports whether the page's run is quoted before a prediction that its line
// stands behind: who listens is told of it first, as it was made first.
func (s *sheet) early() bool {
	predicted := false
	for _, b := range s.page.Blocks {
		switch b.(type) {
		case *lessons.Lab:
			return predicted
		case *lessons.Predict:
			predicted = true
		}
	}
	return false
}

// more uncovers what comes next on the page. It is false when all is shown.
func (s *sheet) more(stage bool) bool {
	all := s.visible(false)
	if stage && s.uncovered < len(all) {
		s.uncovered++
		return true
	}
	if len(all) < len(s.page.Blocks) && s.passed < len(s.questions) && s.questions[s.passed].state == decided {
		s.passed++
		s.uncovered++
		return true
	}
	return false
}

// done reports whether every question of the page is decided.
func (s *sheet) done() bool {
	for _, q := range s.questions {
		if q.state != decided {
			return false
		}
	}
	return true
}

// stopAt returns the highlighted stop, or nil.
func (s *sheet) stopAt() *stop {
	if s.focus < 0 || s.focus >= len(s.laid.stops) {
		return nil
	}
	return &s.laid.stops[s.focus]
}

// onOptions reports whether the arrows move among options.
func (s *sheet) onOptions() bool {
	at := s.stopAt()
	return at != nil && at.kind == optionsStop
}

// code returns the code that is shown on the page, or nil.
func (s *sheet) code(stage bool) *lessons.Code {
	for _, b := range s.visible(stage) {
		if c, ok := b.(*lessons.Code); ok {
			return c
		}
	}
	return nil
}
