package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// watchIt is what the rule says of a question that is gone on from.
const watchIt = -1

// ruled is the answer to the question with a number, from 0: the first option of
// the file, the right one, none, and so on.
func ruled(t *testing.T, n int, b lessons.Block) int {
	t.Helper()
	switch n % 3 {
	case 0:
		return 0
	case 1:
		right, _ := outcomes(t, b)
		return right[0]
	}
	return watchIt
}

// TestBothModes goes from the first start through every lesson of the course, on
// a screen by keys and in plain mode by lines, with the same answers. What is
// kept of both ways is equal.
func TestBothModes(t *testing.T) {
	course := loaded(t, builtIn)
	answers := map[string]int{}
	for _, l := range course.Lessons {
		for _, b := range l.Questions() {
			answers[lessons.ID(b)] = ruled(t, len(answers), b)
		}
	}
	if len(course.Lessons) < 3 || len(answers) < 12 {
		t.Fatalf("%d lessons with %d questions", len(course.Lessons), len(answers))
	}
	drawn := byKeys(t, course, answers)
	said := byLines(t, course, answers)
	for _, key := range slices.Sorted(maps.Keys(drawn)) {
		if drawn[key] != said[key] {
			t.Errorf("%s is %q by keys, %q by lines", key, drawn[key], said[key])
		}
	}
	if !maps.Equal(drawn, said) {
		t.Errorf("by keys %d things are kept, by lines %d:\n%v\n%v", len(drawn), len(said), drawn, said)
	}
	for _, l := range course.Lessons {
		if drawn["pref say."+l.ID+".s1"] != "my own words on "+l.ID {
			t.Errorf("the sentence of %s is %q", l.ID, drawn["pref say."+l.ID+".s1"])
		}
		if drawn["finish "+l.ID] != "read" || drawn["page "+l.ID] != fmt.Sprint(len(l.Pages)) {
			t.Errorf("%s is not done: %q, page %q", l.ID, drawn["finish "+l.ID], drawn["page "+l.ID])
		}
	}
	for id := range answers {
		if drawn["answer "+id] == "" {
			t.Errorf("no answer to %s is kept", id)
		}
	}
}

// byKeys goes through the course on a screen.
func byKeys(t *testing.T, course *lessons.Course, answers map[string]int) map[string]string {
	env := courseEnv(t, course, "", time.Now)
	first := NewWelcome(env).(*welcome)
	d := newDrive(t, 80, 24, env, NewCourse(env), first)
	for _, r := range "hello" {
		d.key(string(r))
	}
	d.key("enter")
	d.until("the line has crossed", func() bool { return first.said != nil })
	d.soon()
	d.key("enter")
	for _, l := range course.Lessons {
		if d.app.top() == d.app.stack[0] {
			d.soon()
			d.key("enter") // what the course offers to go on with
		}
		s, ok := d.app.top().(*lessonScreen)
		if !ok || s.lesson != l {
			t.Fatalf("%s does not come next", l.ID)
		}
		d.calm(s)
		for presses := 0; d.app.top() == Screen(s); presses++ {
			if presses > 200 {
				t.Fatalf("%s has no end", l.ID)
			}
			q := s.sheet().open(false)
			switch at := s.sheet().stopAt(); {
			case q != nil && answers[q.id] != watchIt:
				d.answerWith(s, answers[q.id])
			case at != nil && at.kind == sayStop && wrote(env.Progress, at.say) == "":
				d.key("enter")
				for _, r := range "my own words on " + l.ID {
					d.key(string(r))
				}
				d.keys(s, "enter")
			default:
				d.keys(s, "space")
			}
		}
	}
	d.soon()
	d.send(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	d.until("the program has ended", func() bool { return d.quit })
	return env.Progress.Snapshot()
}

// byLines goes through the course in plain mode, by what it says alone.
func byLines(t *testing.T, course *lessons.Course, answers map[string]int) map[string]string {
	env := courseEnv(t, course, "", time.Now)
	k, _ := newTalk(t, env, NewCourse(env), NewWelcome(env))
	k.say("hello")
	answer := k.say("")
	for i, l := range course.Lessons {
		if i > 0 {
			answer = k.say("")
		}
		if !strings.Contains(answer, l.Pages[0].Place()+", page 1 of") {
			t.Fatalf("%s does not come next:\n%s", l.ID, answer)
		}
		for _, b := range append(l.Questions(), nil) {
			// On to the next question, or back to the course.
			for lines := 0; !strings.Contains(answer, ": choose.") && !strings.Contains(answer, "lessons done."); lines++ {
				if lines > 50 {
					t.Fatalf("%s has no end:\n%s", l.ID, answer)
				}
				if strings.Contains(answer, "write and your sentence keeps it") {
					k.say("write my own words on " + l.ID)
				}
				answer = k.say("")
			}
			switch option, asks := answers[lessons.ID(b)], b != nil; {
			case !asks:
			case option == watchIt:
				k.say("")
				answer = k.say("")
			default:
				k.say(numberOf(t, env, answer, b, option))
				answer = k.say("")
			}
		}
	}
	k.ends()
	return env.Progress.Snapshot()
}
