package main

import (
	"context"
	"strings"
	"testing"

	"tlstutor/lessons"
	"tlstutor/tui"
)

// TestRehearseStopped: after an interrupt no page is judged, since its runs were
// stopped, and no further one is tried.
func TestRehearseStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	l := &lessons.Lesson{ID: "A1"}
	for n := range 3 {
		l.Pages = append(l.Pages, &lessons.Page{Lesson: l, N: n + 1})
	}
	tried := 0
	r := &rehearsal{}
	err := r.pages(ctx, &lessons.Track{Lessons: []*lessons.Lesson{l}}, func(p *lessons.Page) *tui.Rehearsal {
		tried++
		cancel()
		return &tui.Rehearsal{Page: p, Faults: []tui.Fault{{What: "the run fails"}}}
	})
	if err == nil || !strings.HasPrefix(err.Error(), "stopped: ") || tried != 1 || len(r.mend) != 0 {
		t.Errorf("%v; %d tried, to mend: %q", err, tried, r.mend)
	}
}
