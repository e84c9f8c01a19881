package tui

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tlstutor/labs"
	"tlstutor/lessons"
)

// toyBehind is the toy course with a run behind the two quizzes of its third page.
// Early, the page quotes that run above them as well.
func toyBehind(t testing.TB, early bool) *lessons.Course {
	t.Helper()
	files := toyFiles()
	f := files["lessons/T1-first.md"]
	replace := func(old, new string) {
		if !bytes.Contains(f.Data, []byte(old)) {
			t.Fatalf("the toy has no %q", old)
		}
		f.Data = bytes.Replace(f.Data, []byte(old), []byte(strings.ReplaceAll(new, "'''", "```")), 1)
	}
	replace("This stands behind both.", "This stands behind both.\n\n'''lab handshake fault=unknown-ca\nlook: [Certificate]\n'''\n\nIt said {{alert(client)}}.")
	if early {
		replace("## Two small questions\n", "## Two small questions\n\nIts hello had {{len(ClientHello)}} bytes.\n")
	}
	return loaded(t, loading(files))
}

// TestRunBehindQuiz: a run that stands behind open questions is not to be had before
// they are decided: not by its key, not by a value that it gave above them, not
// beside the page. One that nothing quotes yet has not been made.
func TestRunBehindQuiz(t *testing.T) {
	for _, early := range []bool{false, true} {
		env := courseEnv(t, toyBehind(t, early), "", nil)
		d, s := lessonDrive(t, 140, 42, env, "T1.3")
		sh := s.sheet()
		if made := sh.run != nil; made != early {
			t.Errorf("early %v: the run is made: %v", early, made)
		}
		for left := 2; left > 0; left-- {
			if s.shownRun() != nil || s.side != nil {
				t.Errorf("early %v: a run is shown that answers what is open", early)
			}
			for _, k := range []string{"o", "r"} {
				d.key(k)
				if d.app.line != keptBack || d.app.top() != Screen(s) {
					t.Errorf("early %v: %s says %q", early, k, d.app.line)
				}
			}
			if text, what := s.copyText(); text != "" {
				t.Errorf("early %v: y would copy %s", early, what)
			}
			if i := slices.IndexFunc(sh.laid.stops, func(st stop) bool { return st.kind == linkStop }); early {
				sh.focus = i
				d.keys(s, "enter")
				if d.app.line != keptBack || d.app.top() != Screen(s) {
					t.Errorf("a value leads into the run that answers what is open: %q", d.app.line)
				}
				sh.focus = 0
			}
			d.answerWith(s, 1)
			if left > 1 {
				if s.shownRun() != nil {
					t.Errorf("early %v: between the questions a run is shown that answers the second", early)
				}
				d.keys(s, "space")
			}
		}
		if sh.run == nil || s.shownRun() != sh.run || s.side == nil {
			t.Fatalf("early %v: the run does not stand behind its questions", early)
		}
		if !strings.Contains(flat(bare(d)), "It said bad_certificate") {
			t.Errorf("early %v: its value is not quoted:\n%s", early, bare(d))
		}
	}
}

// TestRunBehindRestored: where the questions were answered on another day, the page
// has its run at once.
func TestRunBehindRestored(t *testing.T) {
	env := courseEnv(t, toyBehind(t, false), "", nil)
	for _, id := range []string{"T1.q1", "T1.q2"} {
		if err := env.Progress.Answer(id, 1, true); err != nil {
			t.Fatal(err)
		}
	}
	_, s := lessonDrive(t, 80, 24, env, "T1.3")
	if s.sheet().run == nil || s.shownRun() != s.sheet().run {
		t.Error("the page has no run")
	}
}

// TestPlainBehind is the same in lines.
func TestPlainBehind(t *testing.T) {
	env := courseEnv(t, toyBehind(t, true), "", nil)
	p, err := env.Course.Place("T1.3")
	if err != nil {
		t.Fatal(err)
	}
	k, first := newTalk(t, env, NewCourse(env), NewLesson(env, p.Lesson, p.N))
	checkAnswer(t, turn{"", []string{`Its hello had [0-9]+ bytes\. Question\. What comes first`, `!from your run`, `!Run 1`}}, first)
	for _, line := range []string{"o", "messages", "run", "run max=1.2", "open 1"} {
		checkAnswer(t, turn{line, []string{`^The page's run comes behind the question`}}, k.say(line))
	}
	k.play([]turn{
		{"", nil}, {"", nil}, {"", nil}, {"", nil},
		{"", []string{`It is: The client\.`, `Run 1: handshake fault=unknown-ca on `, `It said bad_certificate\.`, `2 values are from your run: open len\(ClientHello\), open alert\(client\)`}},
		{"o", []string{`^Lab handshake\. .*Run 1: `}},
	})
}

// TestPlainRunsInOrder reads lessons in lines: the numbers of their runs go up as
// they are told of.
func TestPlainRunsInOrder(t *testing.T) {
	told := regexp.MustCompile(`(?m)^Run ([0-9]+): `)
	course := loaded(t, builtIn)
	for _, id := range []string{"F1", "H1", "H3", "P1"} {
		env := courseEnv(t, course, "", time.Now)
		k, text := newTalk(t, env, NewCourse(env), NewLesson(env, course.Find(id), 1))
		for n := 0; !strings.Contains(text, "enter: back to the course"); n++ {
			if n > 80 {
				t.Fatalf("%s has no end", id)
			}
			answer := k.say("")
			text += answer
		}
		last := 0
		for _, m := range told.FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1])
			if n != last+1 {
				t.Errorf("%s: run %d is told behind run %d", id, n, last)
			}
			last = n
		}
		if last < 4 {
			t.Errorf("%s: %d runs are told of", id, last)
		}
		k.ends()
	}
}

// The lanes beside a page show what crossed the wire: not what this program checked of
// it, in words that the lesson may not have explained, and while a question is open
// nothing that is said beside the wire, which might answer it.
func TestLanesHush(t *testing.T) {
	d, s := lessonDrive(t, 140, 42, courseEnv(t, loaded(t, builtIn), "", nil), "O2.1")
	off := func() (n int) {
		for i, r := range s.side.recs() {
			if r.Event.Who == labs.Nobody {
				t.Errorf("a check stands beside the page: %s", r.Event.Text)
			}
			if !r.OnWire() && i != s.side.sel {
				n++
			}
		}
		return n
	}
	if s.side == nil || off() > 0 || s.side.rec().Event.Text != "Certificate" {
		t.Fatalf("while the question is open: %s", d.screen())
	}
	d.answerWith(s, 0)
	if off() == 0 {
		t.Errorf("the responder was never asked, and nobody says so: %s", d.screen())
	}
}
