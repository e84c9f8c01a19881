package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// script is a session that is broken off after each of its lines.
const script = "a line\n\n\nopen hello\n\n1\n\nwhy\nstep\n\nmessages\nrun\nback\nfind hello\ngo labs\n2\nstep\n"

// TestPlainEnds breaks a session off at each prompt: it ends well, saved, with
// nothing left running, and its transcript can be said.
func TestPlainEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	lines := strings.SplitAfter(script, "\n")
	for n := range lines {
		env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
		var out bytes.Buffer
		in := strings.Join(lines[:n], "")
		if err := Plain(env, Lines{In: strings.NewReader(in), Out: &out, Echo: true}, NewCourse(env), NewWelcome(env)); err != nil {
			t.Errorf("after %d lines: %v", n, err)
		}
		checkSayable(t, out.String())
		if !strings.HasSuffix(out.String(), "nothing left running.\n") || strings.Count(out.String(), "\n> ") != n+1 {
			t.Errorf("after %d lines:\n%s", n, out.String())
		}
		if _, answered := env.Progress.Last("T1.p1"); answered != (n >= 7) {
			t.Errorf("after %d lines: an answer is kept: %v", n, answered)
		}
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// TestPlainHostile types what nobody types.
func TestPlainHostile(t *testing.T) {
	inputs := map[string]string{
		"10 MB":      strings.Repeat("x", 10<<20),
		"long lines": strings.Repeat(strings.Repeat("y", lineLimit+1)+"\n", 3) + "where\n",
		"just fits":  strings.Repeat("z", lineLimit-1) + "\n",
		"bytes":      "\x00\xff\xfe\x1b[2J\u009b\n\ufeffwhere\r\nopen \x1b]0;x\x07\ngo \x00\xff\nfind \x1b\nrun \x1b=\x00\nh\u202ehelp\n:\n/\n?\n.\nopen .\nopen ..1\nopen 0\nopen -1\ncompare \x00 \x01\n",
		"numbers":    "99999999999999999999\n-1\n00\n1e9\nopen 99999999999999999999.1\n",
		"no end":     "where",
	}
	for name, text := range evil {
		inputs[name] = text + "\nopen " + text + "\nfind " + text + "\nrun say=" + text + "\n" + text
	}
	for name, in := range inputs {
		for _, place := range []string{"home", "first", "page", "lab"} {
			env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
			screens := map[string]Screen{"first": NewWelcome(env), "page": NewLesson(env, env.Course.Lessons[0], 2), "lab": NewList(env)}
			stack := []Screen{NewCourse(env)}
			if s := screens[place]; s != nil {
				stack = append(stack, s)
			}
			var out bytes.Buffer
			if err := Plain(env, Lines{In: strings.NewReader(in), Out: &out, Echo: true}, stack...); err != nil {
				t.Errorf("%s, %s: %v", name, place, err)
			}
			checkSayable(t, out.String())
			if out.Len() > 200<<10 {
				t.Errorf("%s, %s: %d bytes are said", name, place, out.Len())
			}
		}
	}
}

// A brokenPipe takes some bytes, then no more.
type brokenPipe struct{ room int }

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, syscall.EPIPE
	}
	return len(p), nil
}

// TestPlainOutput checks that who closes the output ends the program, at any
// moment, and that it says so.
func TestPlainOutput(t *testing.T) {
	for room := 0; room < 4000; room += 371 {
		env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
		r, w := io.Pipe() // it never ends
		go io.WriteString(w, script)
		err := Plain(env, Lines{In: r, Out: &brokenPipe{room}}, NewCourse(env), NewWelcome(env))
		w.Close()
		if !errors.Is(err, syscall.EPIPE) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
}

// TestPlainStops ends the program from outside, while it waits for a line, also
// with a run that is held.
func TestPlainStops(t *testing.T) {
	for _, line := range []string{"where", "step"} {
		env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
		ctx, cancel := context.WithCancel(context.Background())
		env.Ctx = ctx
		k, _ := newTalk(t, env, NewCourse(env), NewLesson(env, env.Course.Lessons[0], 1))
		k.say(line)
		cancel()
		select {
		case err := <-k.done:
			if err != nil || !strings.HasSuffix(k.part.String(), "nothing left running.\n") {
				t.Errorf("%s: %v, %q", line, err, k.part.String())
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: it does not end", line)
		}
	}
}

// TestPlainHostileCourse reads a course from elsewhere with hostile text in every
// place that has text.
func TestPlainHostileCourse(t *testing.T) {
	marks := []string{"A toy course", "The first half", "The toy lesson", "A run and its words", "Nothing is asked here.", "47 days", "the toy's own rules",
		"What carries a message.", "Where does the certificate cross?", "When are there keys?", "nobody has a key yet", "So it is in TLS 1.3.", "A hello", "Its name says so.",
		"That anything comes before it.", "It does come first.", "Say which it is", "echo openssl", "The last words", "**You saw** a toy."}
	with := func(text string, marks ...string) (*lessons.Course, error) {
		files := toyFiles()
		for _, f := range files {
			for _, mark := range marks {
				f.Data = []byte(strings.ReplaceAll(string(f.Data), mark, text))
			}
		}
		return lessons.Load(files)
	}
	read := 0
	for name, text := range evil {
		var taken []string
		for _, mark := range marks {
			if _, err := with(text, mark); err == nil { // else such as control characters in YAML, which its reader refuses
				taken = append(taken, mark)
			}
		}
		read += len(taken)
		course, err := with(text, taken...)
		if err != nil {
			t.Errorf("%s is taken in each place, and not in all: %v", name, err)
			continue
		}
		env := courseEnv(t, course, "", time.Now)
		env.Ctx = t.Context()
		var out bytes.Buffer
		in := "\n\n1\n\n\nhint\n1\n\n\n1\n\n\ny\n\n\nglossary\nopen record\nopen days\nfind a\nwhere\ncourse\n"
		if err := Plain(env, Lines{In: strings.NewReader(in), Out: &out, Echo: true}, NewCourse(env)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkSayable(t, out.String())
	}
	if read < len(evil)*len(marks)/3 {
		t.Errorf("only %d courses could be read", read)
	}
}

// breaks is a screen that breaks when it is opened, or in what it starts.
type breaks struct {
	Screen
	now bool
}

func (b breaks) Open() tea.Cmd {
	if b.now {
		panic("on purpose")
	}
	return func() tea.Msg { panic("on purpose") }
}

// TestPlainBreaks checks that code of ours that breaks ends the program with a
// report, as on a screen.
func TestPlainBreaks(t *testing.T) {
	for _, now := range []bool{true, false} {
		env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
		err := Plain(env, Lines{In: strings.NewReader("where\n"), Out: io.Discard}, NewCourse(env), breaks{NewList(env), now})
		var broke *Panic
		if !errors.As(err, &broke) || broke.Value != "on purpose" || !bytes.Contains(broke.Stack, []byte("breaks.Open")) {
			t.Errorf("at once %v: %v", now, err)
		}
	}
}

// TestPlainReload checks that a page is read anew once its author has changed it,
// and that a mistake changes nothing.
func TestPlainReload(t *testing.T) {
	env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
	files := toyFiles()
	f := files["lessons/T1-first.md"]
	next := func(old, new string) func() (*lessons.Course, error) {
		f.Data = bytes.ReplaceAll(f.Data, []byte(old), []byte(new))
		return loading(files)
	}
	var reload func() (*lessons.Course, error)
	env.Reload = func() (*lessons.Course, error) {
		if reload == nil {
			return nil, nil
		}
		defer func() { reload = nil }()
		return reload()
	}
	k, first := newTalk(t, env, NewCourse(env), NewLesson(env, env.Course.Lessons[0], 1))
	checkAnswer(t, turn{"", []string{`Nothing is asked here\.`}}, first)
	reload = next("Nothing is asked here.", "Something else stands here.")
	k.play([]turn{{"where", []string{`the course was read anew T1\.1`}}, {"go T1.1", []string{`Something else stands here\.`}}})
	reload = next("## A prediction", "# A prediction")
	k.play([]turn{{"where", []string{`T1-first\.md:[0-9]+: a heading that is not a page's.* T1\.1`}}, {"go T1.1", []string{`Something else stands here\.`}}})
	k.ends()
}

// TestPlainNotKept says where nothing can be kept, and goes on all the same.
func TestPlainNotKept(t *testing.T) {
	env := courseEnv(t, loaded(t, toyCourse), "/dev/null/nowhere", time.Now)
	k, first := newTalk(t, env, NewCourse(env), NewLesson(env, env.Course.Lessons[1], 1))
	checkAnswer(t, turn{"", []string{`^Progress is not kept: .*\. T2\.1`}}, first)
	k.play([]turn{{"1", nil}, {"", []string{`You said: The client\. The run says so too\.`, `Not kept: `}}})
	if last := k.ends(); strings.Contains(last, "Saved at") {
		t.Errorf("it says that it is saved: %q", last)
	}
}

// TestPlainAnyOrder types the words of plain mode in any order, on pages, in labs
// and at home, held runs among them: it answers each, and ends.
func TestPlainAnyOrder(t *testing.T) {
	words := strings.Split("1|2|3|0||||why|open 5.2|open .1|[|]|hex|run max=1.2|run|compare|<|>|step|step|messages|back|back|q|yes|no|again|open random|"+
		"go handshake group=P-384|w|knobs|presets|go T1.4|go T1.2|go T2.1|y|test|test T1|review|find a|/b|:max=1.2|?|open|o|copy|hint|where|go labs|"+
		"go wiretap|go mitm|go certificate|course|glossary|open 1|open 2.1.1|changed|compare 1 2", "|")
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 0))
		var in strings.Builder
		const most = 30
		for range most {
			in.WriteString(words[r.IntN(len(words))] + "\n")
		}
		env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
		env.Ctx = t.Context()
		var out bytes.Buffer
		if err := Plain(env, Lines{In: strings.NewReader(in.String()), Out: &out, Echo: true}, NewCourse(env)); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		checkSayable(t, out.String())
		if n := strings.Count(out.String(), "\n> "); n != most+1 {
			t.Errorf("seed %d: %d lines were asked for, not %d:\n%s", seed, n, most+1, out.String())
		}
	}
}
