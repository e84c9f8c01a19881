package tui

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// A talk is plain mode with a test typing lines into it.
type talk struct {
	t    *testing.T
	in   *io.PipeWriter
	out  chan string // an answer, up to its prompt
	done chan error
	part bytes.Buffer
	all  strings.Builder
}

// Write takes what plain mode writes; an answer is whole once its prompt came.
func (k *talk) Write(b []byte) (int, error) {
	k.part.Write(b)
	if text := k.part.String(); text == "> " || strings.HasSuffix(text, "\n> ") {
		k.out <- strings.TrimSuffix(text, "> ")
		k.part.Reset()
	}
	return len(b), nil
}

// newTalk starts plain mode, and returns what it says first.
func newTalk(t *testing.T, env *Env, screens ...Screen) (*talk, string) {
	t.Helper()
	r, w := io.Pipe()
	k := &talk{t: t, in: w, out: make(chan string, 4), done: make(chan error, 1)}
	go func() {
		k.done <- Plain(env, Lines{In: r, Out: k}, screens...)
	}()
	t.Cleanup(func() { w.Close() })
	return k, k.heard()
}

// heard is the next answer.
func (k *talk) heard() string {
	k.t.Helper()
	select {
	case text := <-k.out:
		checkSayable(k.t, text)
		k.all.WriteString(text)
		return text
	case err := <-k.done:
		k.t.Fatalf("plain mode has ended: %v\n%s", err, k.part.String())
	case <-time.After(20 * time.Second):
		k.t.Fatal("there is no answer")
	}
	return ""
}

// say types a line, and returns the answer.
func (k *talk) say(line string) string {
	k.t.Helper()
	k.all.WriteString("> " + line + "\n")
	if _, err := io.WriteString(k.in, line+"\n"); err != nil {
		k.t.Fatal(err)
	}
	return k.heard()
}

// ends closes the input, and returns what is said last.
func (k *talk) ends() string {
	k.t.Helper()
	k.in.Close()
	select {
	case err := <-k.done:
		if err != nil {
			k.t.Errorf("at the end: %v", err)
		}
	case <-time.After(20 * time.Second):
		k.t.Fatal("the end of the input does not end it")
	}
	return k.part.String()
}

// checkSayable checks that a text can be said: no control character but the line
// end, nothing that is drawn.
func checkSayable(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		drawn := r >= 0x2190 && r <= 0x21ff || r >= 0x2500 && r <= 0x25ff || r >= 0x2700 && r <= 0x27bf
		if drawn || r != '\n' && wire.Clean(string(r), 20) != string(r) {
			t.Errorf("the answer holds %q:\n%s", r, text)
			return
		}
	}
}

// flat is a text without its line ends.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// A turn is a line that is typed, and regular expressions that the answer, in one
// line, has to match; one that begins with "!" it must not match.
type turn struct {
	line string
	want []string
}

// play types lines and checks the answers.
func (k *talk) play(turns []turn) {
	k.t.Helper()
	for _, x := range turns {
		checkAnswer(k.t, x, k.say(x.line))
	}
}

func checkAnswer(t *testing.T, x turn, answer string) {
	t.Helper()
	for _, want := range x.want {
		pattern, not := strings.CutPrefix(want, "!")
		if regexp.MustCompile(pattern).MatchString(flat(answer)) == not {
			t.Errorf("%q: want %q in\n%s", x.line, want, answer)
		}
	}
	for line := range strings.Lines(answer) {
		if ansi.StringWidth(strings.TrimRight(line, "\n")) > plainWidth {
			t.Errorf("%q: a line is too long: %q", x.line, line)
		}
	}
}

// plainToy is plain mode at a place of the toy course.
func plainToy(t *testing.T, place string) (*talk, *Env, string) {
	t.Helper()
	env := courseEnv(t, loaded(t, toyCourse), "", time.Now)
	screens := []Screen{NewCourse(env)}
	if place != "" {
		p, err := env.Course.Place(place)
		if err != nil {
			t.Fatal(err)
		}
		screens = append(screens, NewLesson(env, p.Lesson, p.N))
	}
	k, first := newTalk(t, env, screens...)
	return k, env, first
}

// numberOf finds the number that an option stands behind in an answer, given its
// place in the file.
func numberOf(t *testing.T, env *Env, answer string, b lessons.Block, option int) string {
	t.Helper()
	want := (&plain{env: env}).option(newQuestion(b, false).texts[option])
	m := regexp.MustCompile(`\b([1-9]) `+regexp.QuoteMeta(flat(want))).FindAllStringSubmatch(flat(answer), -1)
	if len(m) == 0 {
		t.Fatalf("option %q of %s is not in\n%s", want, lessons.ID(b), answer)
	}
	return m[len(m)-1][1]
}

// TestPlainLesson reads a lesson: a page, its words and values, a prediction with
// a change of mind, a wrong answer and what shows it, a hint, a question that is
// watched, code in three languages, and the way back home.
func TestPlainLesson(t *testing.T) {
	k, env, first := plainToy(t, "")
	checkAnswer(t, turn{"", []string{`^A toy course\. 0 of 2 lessons done\. The first half\. 1 T1 The toy lesson: 5 min`, `2 T2 The other lesson: 3 min, after T1`,
		`The test before you start: 3 questions`, `Glossary: 2 words`, `enter: begin T1\. A number opens its line\.$`}}, first)
	k.play([]turn{
		{"", []string{`^T1\.1, page 1 of 5\. A run and its words Run 1: handshake on 127\.0\.0\.1:[0-9]+\. Completed in [0-9.]+ ms\.`,
			`A hello chose TLS_AES_128_GCM_SHA256, in [0-9]+ bytes\. It is good for 47 days \(as of 2026-11\)\.`,
			`enter: go on to page 2\. 1 word is explained: open hello\. 2 values are from your run: open ServerHello\.cipher_suite, open len\(ServerHello\)\. 1 fact is of a day, with a source: open days\.$`}},
		{"open hello", []string{`^hello: The first message; it travels in a record, one of many records\. It names: open record\.$`}},
		{"open ServerHello.cipher_suite", []string{`^2\.6 cipher_suite: TLS_AES_128_GCM_SHA256 \(0x1301\)`, `Offset 76, length 2, in: server to client\.`}},
		{"open len(ServerHello)", []string{`^2 ServerHello: TLS 1\.3`}},
		{"open 2.6", []string{`^2\.6 cipher_suite`}},
		{"hex", []string{`^cipher_suite, 2 bytes, from offset 76\. 004c 13 01$`}},
		{"open days", []string{`^47 days\. As of 2026-11\. Source: The toy's own rules\.$`}},
		{"where", []string{`^T1\.1, page 1 of 5\. A run and its words enter: go on to page 2\. 1 word is explained`}},
		{"run", []string{`^Run 2: handshake on `, `Since run 1: nothing `}},
		{"1", []string{`^There is nothing to choose on this page\.$`}},
		{"hint", []string{`^A hint is for a question`}},
		{"", []string{`^T1\.2, page 2 of 5\. A prediction Run 3`, `Before it was sealed: TLS 1\.3\.`, `Predict\. The client offers TLS 1\.2 at most\.`,
			`1 Sealed: as before\. 2 In the clear: nobody has a key yet\. 3 Nowhere: the server refuses\. 1-3: choose\. hint: a hint\.`, `!behind the prediction`}},
		{"", []string{`^1-3 to predict; enter again goes on without\.$`}},
		{"hint", []string{`^When are there keys\?`}},
		{"7", []string{`^There are 3 options\.$`}},
		{"1", []string{`^Lock in 1, Sealed\? Enter for yes\.$`}},
		{"3", []string{`^Lock in 3, Nowhere\? Enter for yes\.$`}},
		{"no", []string{`^Not locked in\. 1-3: choose`}},
		{"", []string{`enter again goes on without`}},
		{"2", []string{`^Lock in 2, In the clear\? Enter for yes\.$`}},
		{"messages", []string{`^Not locked in\. 1 ClientHello, client to server, 15[0-9][0-9] bytes, in the clear 2 ServerHello`}}, // of the run before: the answer does not leak
		{"1", nil},
		{"yes", []string{`^Run 4: handshake max=1\.2 on 127\.0\.0\.1:[0-9]+\. You said: Sealed; the run says: In the clear\. `, `So it is in TLS 1\.3\.`, `when it is sent, [0-9]+ bytes\.`,
			`why shows it\.`, `This one comes back in two days\. Completed in [0-9.]+ ms\. `,
			`This stands behind the prediction\. enter: go on to page 3\.$`}},
		{"why", []string{`^What decided it: Certificate, .*; open 3 shows it\. Completed in .* Goal met: the handshake completes`}},
		{"open 3", []string{`^3 Certificate: `, `in the open`}},
		{"go T1.2", []string{`You were asked: The client offers TLS 1\.2 at most\. Where does the certificate cross\? Run 4`}},
		{"back", []string{`^T1\.1, page 1 of 5`}},
		{"go t1.3", []string{`^T1\.3, page 3 of 5\. Two small questions Question\. What comes first\?`, `!Who says it`}},
	})
	k.play([]turn{
		{"", nil},
		{"", []string{`^It is: A hello\. It does come first\. A common trap: That anything comes before it\. enter: go on\.`}},
		{"", []string{`^Question\. Who says it\?`}},
	})
	option := numberOf(t, env, k.say("go T1.3"), env.Course.Lessons[0].Questions()[2], 0)
	k.play([]turn{
		{option, []string{`^Lock in [123], The client\? Enter for yes\.$`}},
		{"", []string{`^You said: The client\. So it is\. It begins\. This stands behind both\. enter: go on to page 4`}},
		{"", []string{`^T1\.4.*Say which it is\. In Go; type 2 Python or 3 openssl: package main func main`}},
		{"2", []string{`^Say which it is\. In Python; type 1 Go or 3 openssl: print\("python"\)`}},
		{"9", []string{`^There are 3 languages\.$`}},
		{"y", []string{`^print\("python"\)$`}},
		{"", []string{`^T1\.5, page 5 of 5\. The last words - You saw a toy\. - The rule is that it is small\. Say it in one sentence: what is a toy\? write and your sentence keeps it, for yourself\. enter: back to the course\.$`}},
		{"write", []string{`^write, and behind it your sentence\.$`}},
		{"write " + strings.Repeat("long ", 80), []string{`^A sentence has at most 300 bytes; this one has 399\.$`}},
		{"write It is  small.", []string{`^kept; it comes back in two days enter: back to the course\.$`}},
		{"go T1.5", []string{`You wrote: It is small\.`}},
		{"back", []string{`^T1\.4`}},
		{"write more", []string{`^This page asks for no sentence\.$`}},
		{"", []string{`^T1\.5`}},
		{"", []string{`A toy course\. 1 of 2 lessons done\.`, `1 T1 The toy lesson: done, 5 min, 1 of 3 right`, `enter: begin T2`}},
		{"review", []string{`^No question has come back yet\. 3 questions later, the first on [0-9]+ [A-Z][a-z]+\.$`}},
	})
	if last := k.ends(); !strings.Contains(last, "2 questions answered in this sitting, 1 right.") {
		t.Errorf("at the end it says %q", last)
	}
	for item, want := range map[string]string{"answer T1.p1": "1 wrong 1", "answer T1.q1": "0 watched 1", "answer T1.q2": "1 right 0", "finish T1": "read", "pref tab": "Python", "pref say.T1.s1": "It is  small.", "place": "T1 5"} {
		if got := env.Progress.Snapshot()[item]; got != want {
			t.Errorf("%s is kept as %q, not %q", item, got, want)
		}
	}
}

// TestSpoken checks what is left of Markdown when it is read.
func TestSpoken(t *testing.T) {
	for md, want := range map[string]string{
		"press **o**, then `w`":               "press o, then w",
		"`server_name` and *one* _word_":      "server_name and one word",
		"in server_name and x_y_z":            "in server_name and x_y_z",
		`a \*star\* and 5 * 3 = 15`:           "a *star* and 5 * 3 = 15",
		"`a*b*c` and ``code``":                "a*b*c and code",
		"(_so_) it is":                        "(so) it is",
		"`\\x1b`":                             "\\x1b",
		"**The rule** is: `openssl s_client`": "The rule is: openssl s_client",
	} {
		if got := spoken(md); got != want {
			t.Errorf("%q is read as %q, not %q", md, got, want)
		}
	}
	p := &plain{env: courseEnv(t, loaded(t, toyCourse), "", nil)}
	text := lessons.Text{{Text: "One\nline.\n- **A rule**: x\n- **You saw** a *point*\n  goes on\n2. two\n> quoted `"}, {Kind: lessons.Term, Text: "a_term", Key: "hello"}, {Text: "`"}}
	if got := fmt.Sprintf("%q", p.paragraphs(text, nil)); got != `["One line." "- A rule: x" "- You saw a point goes on" "2. two quoted a_term"]` {
		t.Errorf("paragraphs are %s", got)
	}
	if got := sayable("a → b ├── c ✓"); got != "a to b --- c -" {
		t.Errorf("said as %q", got)
	}
}
