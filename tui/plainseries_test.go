package tui

import (
	"strings"
	"testing"
	"time"
)

// TestPlainSeries tests out of a lesson, and takes the test before the course.
func TestPlainSeries(t *testing.T) {
	k, env, _ := plainToy(t, "")
	answer := k.say("test T1")
	for range 2 {
		for _, b := range env.Course.Lessons[0].Questions()[1:] {
			if strings.Contains(flat(answer), flat(newQuestion(b, false).ask.String())) {
				k.say(numberOf(t, env, answer, b, 0))
				break
			}
		}
		k.say("")
		answer = k.say("")
	}
	checkAnswer(t, turn{"the last question", []string{`^Test out of T1, page 3 of 3\. How it went 2 of 2 right\. Lesson T1 counts as done\.`, `enter: back to the course\.$`}}, answer)
	checkAnswer(t, turn{"home", []string{`1 T1 The toy lesson: done, 5 min, tested out`}}, k.say(""))
	answer = k.say("test")
	for range 3 {
		k.say("1")
		answer = k.say("")
	}
	checkAnswer(t, turn{"the test", []string{`How it went [0-3] of 3 right\.`}}, answer)
	k.ends()
	if n := len(env.Progress.Scores("before")); n != 1 {
		t.Errorf("%d results of the test are kept", n)
	}
}

// TestPlainWelcome is the first start: a line that a stranger should not read.
func TestPlainWelcome(t *testing.T) {
	env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
	k, first := newTalk(t, env, NewCourse(env), NewWelcome(env))
	checkAnswer(t, turn{"", []string{`^While this screen opened, your machine made a certificate authority.* ran a TLS 1\.3 handshake with it on 127\.0\.0\.1:[0-9]+, in [0-9.]+ ms\.`,
		`Of its [0-9]+ bytes, a listener on the wire could make sense of [0-9]+\.`, `Type something a stranger should not read, then press enter\.`}}, first)
	k.play([]turn{
		{"help", []string{`^enter: go on`, `Type something a stranger`}},
		{"messages for nobody but you", []string{`In the clear: 28 bytes with the end of the line, and the listener reads every one messages for nobody but you`, `Under TLS 1\.3: [0-9]+ bytes: .*your words are not in it`, `enter: on to lesson T1`}},
		{"o", []string{`^Lab wiretap`}},
		{"back", []string{`enter: on to lesson T1`}},
		{"", []string{`^T1\.1`}},
	})
	k.ends()
	if env.Progress.Pref("welcome") != "seen" {
		t.Error("the first start is not kept")
	}
	env = courseEnv(t, loaded(t, toyCourse), "", time.Now)
	k, _ = newTalk(t, env, NewCourse(env), NewWelcome(env))
	k.play([]turn{{"", []string{`^A toy course`}}})
	k.ends()
}

// TestPlainReview asks again, on its day, what was missed, and shows the sentence
// of one's own.
func TestPlainReview(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	env := courseEnv(t, loaded(t, toyCourse), "", func() time.Time { return now })
	k, _ := newTalk(t, env, NewCourse(env))
	k.play([]turn{
		{"go T1.2", nil}, {"1", nil}, {"", []string{`This one comes back in two days`}},
		{"go T1.5", []string{`^T1\.5`}}, {"write Small.", []string{`^kept`}},
		{"course", []string{`Review: 2 waiting, from 3 January`}},
	})
	now = now.AddDate(0, 0, 2)
	k.play([]turn{
		{"course", []string{`Review: 2 [a-z]+ came back`}},
		{"review", []string{`^Review, page 1 of 3\. Question 1 of 2 Predict\. The client offers TLS 1\.2 at most`}},
		{"2", []string{`^Lock in 2, In the clear\?`}},
		{"", []string{`^Run 1: handshake max=1\.2 .* You said: In the clear\. The run says so too\.`, `!comes back in two days`}},
		{"", []string{`^Review, page 2 of 3`, `Say it in one sentence: what is a toy\? You wrote: Small\.`}},
		{"", []string{`How it went 1 of 1 right`, `enter: back to the course`}},
		{"", []string{`^A toy course`}},
	})
	k.ends()
	if got := env.Progress.Snapshot()["answer T1.p1"]; got != "2 right 2" {
		t.Errorf("what was reviewed is kept as %q", got)
	}
}
