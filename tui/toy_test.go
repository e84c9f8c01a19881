package tui

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"tlstutor/content"
	"tlstutor/labs"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// toyFiles is a small course with one of everything that a page can have. The
// texts are marked so that a test can change each of them.
func toyFiles() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"course.yaml": "id: toy\ntitle: A toy course\nmodules:\n  - {title: The first half, lessons: [T1]}\n  - {title: The second half, lessons: [T2]}\n" +
			"tracks:\n  - {name: all, title: Both lessons, lessons: [T1, T2]}\n",
		"facts.yaml":    "days:\n  text: 47 days\n  as_of: \"2026-11\"\n  source: the toy's own rules\n",
		"glossary.md":   "# Glossary\n\n## hello\nThe first message; it travels in a [record](#record), one of many [records](#record).\n\n## record | records\nWhat carries a message.\n",
		"snippets/a.go": "package main\n\nfunc main() { println(\"go\") }\n", "snippets/a.py": "print(\"python\")\n", "snippets/a.sh": "echo openssl\n",
		"lessons/T1-first.md":  toyFirst,
		"lessons/T2-second.md": toySecond,
	} {
		files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, "'''", "```"))}
	}
	return files
}

// toyFirst is a lesson with a run, a prediction, quizzes and code. Three quotes
// stand for three backquotes.
const toyFirst = `---
id: T1
title: The toy lesson
minutes: 5
needs: []
teaches: [hello, record]
---

## A run and its words

'''lab handshake
look: [ServerHello, ServerHello.cipher_suite]
presets:
  - name: the older one
    set: {max: "1.2"}
'''

A [hello](#hello) chose {{ServerHello.cipher_suite}}, in {{len(ServerHello)}} bytes. It is good for {{fact:days}}.

Nothing is asked here.

'''notes
Say hello.
'''

## A prediction

'''lab handshake
look: [Certificate]
'''

Before it was sealed: {{ServerHello.supported_versions.selected_version}}.

'''predict T1.p1 handshake max=1.2
ask: The client offers TLS 1.2 at most. Where does the certificate cross?
hint: When are there keys?
look: [Certificate]
options:
  - text: "Sealed: as before"
    when: {TLSCiphertext.Certificate: any}
    because: So it is in TLS 1.3.
  - text: "In the clear: nobody has a key yet"
    when: {TLSPlaintext.Certificate: any}
    because: There are no keys when it is sent, {{len(Certificate)}} bytes.
  - text: "Nowhere: the server refuses"
    when: {"alert(server)": any}
    because: It takes both versions.
'''

This stands behind the prediction.

'''notes
Let them vote.
'''

## Two small questions

'''quiz T1.q1
ask: What comes first?
hint: Its name says so.
trap: That anything comes before it.
options:
  - text: A hello
    right: true
    because: It does come first.
  - text: A certificate
    because: That comes later.
  - text: An alert
    because: That comes last.
'''

'''quiz T1.q2
ask: Who says it?
hint: Whoever wants something.
trap: That the server begins.
options:
  - text: The client
    right: true
    because: It begins.
  - text: The server
    because: It answers.
  - text: Nobody
    because: Somebody must.
'''

This stands behind both.

'''notes
Two votes.
'''

## The same in three languages

'''code Say which it is
go: snippets/a.go
python: snippets/a.py
openssl: snippets/a.sh
'''

## The last words

- **You saw** a toy.
- **The rule** is that it is small.

'''say T1.s1
ask: what is a toy?
'''
`

const toySecond = `---
id: T2
title: The other lesson
minutes: 3
needs: [T1]
teaches: []
---

## A question without a run

'''predict T2.p1 handshake fault=unknown-ca
ask: Who ends it?
hint: Who has to trust?
options:
  - text: The client
    when: {"alert(client)": any}
    because: It says {{alert(client)}}.
  - text: The server
    when: {"alert(server)": any}
    because: It has no reason to.
'''

'''quiz T2.q1
ask: Is this the last question?
hint: Count them.
trap: That there is always one more.
options:
  - text: It is
    right: true
    because: There are no more.
  - text: It is not
    because: There are no more, all the same.
'''

## The end of it

Nothing more.
`

// The courses and notes of the tests are read once, and not changed.
var (
	toyCourse   = sync.OnceValues(func() (*lessons.Course, error) { return lessons.Load(toyFiles()) })
	builtIn     = sync.OnceValues(func() (*lessons.Course, error) { return lessons.Load(content.FS) })
	builtInNote = sync.OnceValues(func() (*lessons.Notes, error) { return lessons.LoadNotes(content.FS) })
)

// loaded is a course that must be sound.
func loaded(t testing.TB, load func() (*lessons.Course, error)) *lessons.Course {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// loading is Load for files that a test has changed.
func loading(fsys fs.FS) func() (*lessons.Course, error) {
	return func() (*lessons.Course, error) { return lessons.Load(fsys) }
}

// courseEnv is what screens share over a course, with progress kept in a folder;
// "" is one of its own. Now is the clock, or nil.
func courseEnv(t testing.TB, c *lessons.Course, dir string, now func() time.Time) *Env {
	t.Helper()
	if dir == "" {
		dir = t.TempDir()
	}
	env := newEnv(t, theme.Dark, false)
	env.Course, env.Progress = c, lessons.OpenProgress(dir, c.ID, now)
	t.Cleanup(func() { env.Progress.Close() })
	return env
}

// lessonDrive is a drive at a page of a course, home below it.
func lessonDrive(t testing.TB, w, h int, env *Env, place string) (*drive, *lessonScreen) {
	t.Helper()
	p, err := env.Course.Place(place)
	if err != nil {
		t.Fatal(err)
	}
	s := NewLesson(env, p.Lesson, p.N).(*lessonScreen)
	d := newDrive(t, w, h, env, NewCourse(env), s)
	d.calm(s)
	return d, s
}

// toyDrive is a drive at a page of the toy course, on which keys were pressed.
func toyDrive(t testing.TB, place string, keys ...string) (*drive, *lessonScreen) {
	t.Helper()
	d, s := lessonDrive(t, 80, 24, courseEnv(t, loaded(t, toyCourse), "", nil), place)
	d.keys(s, keys...)
	return d, s
}

// keys presses keys, and waits after each until nothing goes on in the lesson.
func (d *drive) keys(s *lessonScreen, names ...string) {
	d.t.Helper()
	for _, k := range names {
		d.key(k)
		d.calm(s)
	}
}

// calm waits until no run of the lesson goes on, and no question is being
// decided, and takes what came of it.
func (d *drive) calm(s *lessonScreen) {
	d.t.Helper()
	d.until("the lesson is calm", func() bool { return calmed(s) })
	d.soon()
	d.until("the lesson is calm", func() bool { return calmed(s) })
}

// calmed reports whether nothing goes on on any page of the lesson.
func calmed(s *lessonScreen) bool {
	for _, sh := range s.sheets {
		if sh == nil {
			continue
		}
		for _, q := range sh.questions {
			if q.state == waiting {
				return false
			}
		}
		if sh.running {
			return false
		}
	}
	return true
}

// numbered is the digit that an option of the open question has on the screen,
// given its place in the file, from 0.
func numbered(t testing.TB, s *lessonScreen, option int) string {
	t.Helper()
	q := s.sheet().open(s.staged())
	if q == nil {
		t.Fatalf("no question is open on %s", s.place())
	}
	for i, o := range q.order {
		if o == option {
			return string(rune('1' + i))
		}
	}
	t.Fatalf("%s has no option %d", q.id, option)
	return ""
}

// answerWith locks in an option of the open question by its place in the file.
func (d *drive) answerWith(s *lessonScreen, option int) {
	d.t.Helper()
	d.key(numbered(d.t, s, option))
	d.keys(s, "enter")
}

// outcomes are the options of a question that are right, or hold for a run made
// now, and those that are not.
func outcomes(t testing.TB, b lessons.Block) (right, wrong []int) {
	t.Helper()
	q := newQuestion(b, false)
	if p := q.predicts(); p != nil {
		r := perform(t.Context(), labs.Options{Keys: ring}, p.Lab, 1)
		if r.err != nil {
			t.Fatal(r.err)
		}
		q.decide(r)
	}
	for i := range q.texts {
		if q.chosen = i; q.right() {
			right = append(right, i)
		} else {
			wrong = append(wrong, i)
		}
	}
	if len(right) != 1 || len(wrong) == 0 {
		t.Fatalf("%s: %d options hold, %d do not", q.id, len(right), len(wrong))
	}
	return right, wrong
}
