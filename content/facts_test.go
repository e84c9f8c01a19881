package content

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"tlstutor/lessons"
)

// sentence is how a fact begins and ends: it is read alone, too, when it is opened,
// and in a lesson its date and the full stop stand behind it.
var sentence = regexp.MustCompile(`^\p{Lu}.*[^.!?:;, ]$`)

// begun is how a text ends behind which a sentence begins.
var begun = regexp.MustCompile(`(^|[.:?!] |\n|- )$`)

// TestFacts: each fact is a whole sentence with its subject, and a lesson lets it
// stand as one, with a full stop.
func TestFacts(t *testing.T) {
	c, err := lessons.Load(FS)
	if err != nil {
		t.Fatal(err)
	}
	for key, f := range c.Facts {
		if !sentence.MatchString(f.Text) || len(strings.Fields(f.Text)) < 6 {
			t.Errorf("facts.yaml:%d: %s is not a whole sentence, or has its full stop: %q", f.Line, key, f.Text)
		}
		if slices.Contains([]string{"It", "They", "This", "All", "One"}, strings.Fields(f.Text)[0]) {
			t.Errorf("facts.yaml:%d: read alone, %s does not say of what it is: %q", f.Line, key, f.Text)
		}
	}
	for _, l := range c.Lessons {
		for _, p := range l.Pages {
			for _, b := range p.Blocks {
				for _, text := range lessons.Texts(b) {
					dated(t, l, text)
				}
			}
		}
	}
}

// dated holds that each fact of a text is a sentence of it.
func dated(t *testing.T, l *lessons.Lesson, text lessons.Text) {
	t.Helper()
	before := ""
	for i, p := range text {
		if p.Kind == lessons.Dated {
			after := ""
			if i+1 < len(text) {
				after = text[i+1].Text
			}
			if !begun.MatchString(before) || !strings.HasPrefix(after, ".") {
				t.Errorf("%s:%d: the fact %s is not a sentence of its own: it stands between %q and %q", l.File, p.Line, p.Key, before, after)
			}
		}
		before += p.Text
		if p.Kind == lessons.Quote || p.Kind == lessons.Dated {
			before += "."
		}
	}
}
