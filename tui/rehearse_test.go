package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"tlstutor/lessons"
)

// rehearsed tries the one page of a course that has this text.
func rehearsed(t *testing.T, page string) *Rehearsal {
	t.Helper()
	c, err := lessons.Load(fstest.MapFS{
		"course.yaml":       {Data: []byte("id: mine\ntitle: Mine\nmodules:\n  - {title: All, lessons: [A1]}\n")},
		"glossary.md":       {Data: []byte("# Glossary\n")},
		"lessons/A1-one.md": {Data: []byte("---\nid: A1\ntitle: One\nminutes: 3\n---\n\n## The page\n\n" + page)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return Rehearse(context.Background(), c, ring)(c.Lessons[0].Pages[0])
}

const (
	sayIt     = "\n```notes\nSay it.\n```\n"
	predicted = "\n```predict A1.p1 handshake %s\nask: What comes?\nhint: Look.\noptions:\n" +
		"  - {text: Some alert, when: {\"alert(client)\": any}, because: \"It says {{alert(client)}}.\"}\n" +
		"  - {text: This alert, when: {\"alert(client)\": %s}, because: That is it.}\n" +
		"  - {text: Some hello, when: {count(ClientHello): \"2\"}, because: It is.}\n```\n"
)

// TestRehearse: a page that would fail on stage says at what, and what to do;
// its runs are counted, those a digit away too.
func TestRehearse(t *testing.T) {
	for _, c := range []struct {
		page   string
		runs   []string
		faults []string // parts of them, with what to mend
	}{
		{"Some text.\n" + sayIt, nil, nil},
		{"```lab handshake max=1.2\npresets:\n  - {name: new, set: {group: P-384}}\n```\n\nThis is {{ServerHello.cipher_suite}}.\n" + sayIt,
			[]string{"handshake max=1.2", "handshake max=1.2 group=P-384"}, nil},
		{fmt.Sprintf(predicted, "fault=unknown-ca", "none") + sayIt, []string{"handshake fault=unknown-ca"}, nil},
		{"Some text.\n", nil, []string{"no speaker notes; add a block ```notes"}},
		{"```lab handshak\n```\n" + sayIt, nil, []string{`the run of handshak fails: there is no lab "handshak"; the labs are handshake`}},
		{"```lab handshake max=0.9\n```\n\nThis is {{ServerHello.cipher_suite}}.\n" + sayIt, nil, []string{`of handshake fails: max cannot be "0.9"; it is one of`}},
		{"```lab handshake\npresets:\n  - {name: new, set: {max: \"9\"}}\n```\n" + sayIt, []string{"handshake"}, []string{`max cannot be "9"`}},
		{"```lab handshake\n```\n\nThis is {{ServerHello.nothing}}, and {{ServerHello.nothing}}.\n" + sayIt, []string{"handshake"},
			[]string{"the run of handshake has no value for {{ServerHello.nothing}}; tlstutor run handshake --fields"}},
		{"This is {{ServerHello.cipher_suite}}.\n" + sayIt, nil, []string{"{{ServerHello.cipher_suite}} quotes a run, and the page has none; add"}},
		{fmt.Sprintf(predicted, "fault=unknown-ca", "bad_certificate") + sayIt, []string{"handshake fault=unknown-ca"},
			[]string{"A1.p1: 2 options hold for its run; tlstutor run handshake fault=unknown-ca"}},
		{fmt.Sprintf(predicted, "", "bad_certificate") + sayIt, []string{"handshake"}, []string{"A1.p1: no option holds for its run"}},
		{strings.Repeat("A line.\n\n", 20) + sayIt, nil, []string{"lines high; there is room for 19; say it shorter"}},
	} {
		h := rehearsed(t, c.page)
		var runs, faults []string
		for _, r := range h.Runs {
			runs = append(runs, r.Lab)
			if r.Took <= 0 {
				t.Errorf("%.60q: the run of %s took %v", c.page, r.Lab, r.Took)
			}
		}
		for _, f := range h.Faults {
			faults = append(faults, f.What+"; "+f.Mend)
		}
		if !slices.Equal(runs, c.runs) {
			t.Errorf("%.60q: runs %q, want %q", c.page, runs, c.runs)
		}
		if !slices.EqualFunc(faults, c.faults, strings.Contains) {
			t.Errorf("%.60q: faults %q, want %q", c.page, faults, c.faults)
		}
	}
}
