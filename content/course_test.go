package content

import (
	"strings"
	"testing"

	"tlstutor/lessons"
)

// TestCourse loads the course and checks what lint, which knows no course in
// particular, does not ask for.
func TestCourse(t *testing.T) {
	c, err := lessons.Load(FS)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Glossary.All()); n < 80 {
		t.Errorf("the glossary has %d words, fewer than 80", n)
	}
	if c.Track("core") == nil || len(c.Track("core").Lessons) != len(c.Lessons) {
		t.Error("the track core does not have all lessons")
	}
	for name, room := range map[string]int{"core-90": 90, "core-45": 45} {
		cut(t, c, name, room)
	}
	for _, l := range c.Lessons {
		predictions, quizzes, codes, sentences := 0, 0, 0, 0
		for _, p := range l.Pages {
			for _, b := range p.Blocks {
				switch b := b.(type) {
				case *lessons.Predict:
					predictions++
				case *lessons.Quiz:
					quizzes++
				case *lessons.Code:
					codes++
				case *lessons.Say:
					sentences++
				case *lessons.Exercise:
					t.Errorf("%s:%d: nothing checks an exercise yet", l.File, b.Line)
				}
			}
		}
		if predictions < 2 || quizzes < 4 || codes != 1 || sentences != 1 {
			t.Errorf("%s has %d predictions, %d quizzes, %d code blocks and %d sentences", l.ID, predictions, quizzes, codes, sentences)
		}
	}
}

// cut holds that a shorter way through the course fits its minutes, brings for each
// lesson what that needs, and says what it leaves out.
func cut(t *testing.T, c *lessons.Course, name string, room int) {
	t.Helper()
	track := c.Track(name)
	if track == nil {
		t.Fatalf("there is no track %s", name)
	}
	in, minutes := map[string]bool{}, 0
	for _, l := range track.Lessons {
		minutes += l.Minutes
		for _, need := range l.Needs {
			if !in[need] {
				t.Errorf("%s: %s needs %s before it", name, l.ID, need)
			}
		}
		in[l.ID] = true
	}
	if minutes > room {
		t.Errorf("%s takes %d minutes", name, minutes)
	}
	for _, l := range c.Lessons {
		if !in[l.ID] && !strings.Contains(track.Title, l.ID) {
			t.Errorf("%s does not say that it leaves out %s: %q", name, l.ID, track.Title)
		}
	}
}
