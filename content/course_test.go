package content

import (
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
	if c.Track("all") == nil || len(c.Track("all").Lessons) != len(c.Lessons) {
		t.Error("the track all does not have all lessons")
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
