package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strings"
	"syscall"
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
		k.done <- Plain(env, Lines{In: r, Out: k, Nearest: func(word string, names []string) string { return names[0] }}, screens...)
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
		{"hex", []string{`^cipher_suite, 2 bytes, from offset 76\. 004c 13 01$`}},
		{"open days", []string{`^47 days\. As of 2026-11\. Source: The toy's own rules\.$`}},
		{"where", []string{`^T1\.1, page 1 of 5\. A run and its words enter: go on to page 2\. 1 word is explained`}},
		{"run", []string{`^Run 2: handshake on `, `Since run 1: nothing that is not random\.`}},
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
		{"messages", []string{`^1 ClientHello, client to server, 15[0-9][0-9] bytes, in the clear 2 ServerHello`}}, // of the run before: the answer does not leak
		{"1", nil},
		{"yes", []string{`^Run 4: handshake max=1\.2 on 127\.0\.0\.1:[0-9]+\. You said: Sealed; the run says: In the clear\. So it is in TLS 1\.3\. There are no keys when it is sent, [0-9]+ bytes\. why shows it\. This one comes back in two days\. Completed in [0-9.]+ ms\. `,
			`This stands behind the prediction\. enter: go on to page 3\.$`}},
		{"why", []string{`^What decided it: TLSPlaintext\.Certificate is .*; open 3 shows it\. Completed in .* Goal met: the handshake completes`}},
		{"open 3", []string{`^3 Certificate: `, `in the open`}},
		{"back", []string{`^T1\.1, page 1 of 5`}},
		{"go t1.3", []string{`^T1\.3, page 3 of 5\. Two small questions Question\. What comes first\?`, `!Who says it`}},
	})
	k.play([]turn{
		{"", nil},
		{"", []string{`^It is: A hello\. It does come first\. The trap: That anything comes before it\. This one comes back in two days\. enter: go on\.`}},
		{"", []string{`^Question\. Who says it\?`}},
	})
	option := numberOf(t, env, k.say("go T1.3"), env.Course.Lessons[0].Questions()[2], 0)
	k.play([]turn{
		{option, []string{`^Lock in [123], The client\? Enter for yes\.$`}},
		{"", []string{`^You said: The client\. So it is\. It begins\. This stands behind both\. enter: go on to page 4`}},
		{"", []string{`^T1\.4.*Say which it is, in Go; type 2 Python or 3 openssl: package main func main`}},
		{"2", []string{`^Say which it is, in Python; type 1 Go or 3 openssl: print\("python"\)`}},
		{"9", []string{`^There are 3 languages\.$`}},
		{"y", []string{`^print\("python"\)$`}},
		{"", []string{`^T1\.5, page 5 of 5\. The last words - You saw a toy\. - The rule is that it is small\. enter: back to the course\.$`}},
		{"", []string{`A toy course\. 1 of 2 lessons done\.`, `1 T1 The toy lesson: done, 5 min, 1 of 3 right`, `enter: begin T2`}},
		{"review", []string{`^No question has come back yet\. 2 questions later, the first on [0-9]+ [A-Z][a-z]+\.$`}},
	})
	if last := k.ends(); !strings.Contains(last, "2 questions answered in this sitting, 1 right.") && !strings.Contains(last, "3 questions answered") {
		t.Errorf("at the end it says %q", last)
	}
	for item, want := range map[string]string{"answer T1.p1": "1 wrong 1", "answer T1.q1": "0 watched 1", "answer T1.q2": "1 right 0", "finish T1": "read", "pref tab": "Python", "place": "T1 5"} {
		if got := env.Progress.Snapshot()[item]; got != want {
			t.Errorf("%s is kept as %q, not %q", item, got, want)
		}
	}
}

// numberOf finds the number that an option stands behind in an answer, given its
// place in the file.
func numberOf(t *testing.T, env *Env, answer string, b lessons.Block, option int) string {
	t.Helper()
	want := sentence((&plain{env: env}).text(newQuestion(b, false).texts[option], nil))
	m := regexp.MustCompile(`\b([1-9]) `+regexp.QuoteMeta(flat(want))).FindAllStringSubmatch(flat(answer), -1)
	if len(m) == 0 {
		t.Fatalf("option %q of %s is not in\n%s", want, lessons.ID(b), answer)
	}
	return m[len(m)-1][1]
}

// TestPlainLab turns knobs, holds a run, looks into messages and compares runs.
func TestPlainLab(t *testing.T) {
	k, _, _ := plainToy(t, "")
	k.play([]turn{
		{"messages", []string{`^That is for a lab, or for a page with a run`}},
		{"go handshake fault=none", []string{`^Lab handshake\. One TLS connection.* Run 1: handshake on 127\.0\.0\.1:[0-9]+\. Completed in [0-9.]+ ms\.`, `enter: open 1, ClientHello\. back: course\.$`}},
		{"changed", []string{`^There is no run before this one`}},
		{"compare", []string{`^compare takes two runs; there is 1`}},
		{"", []string{`^1 ClientHello`, `1\.1 msg_type: client_hello \(1\)`, `enter: open 2, ServerHello`}},
		{"]", []string{`^2 ServerHello: TLS 1\.3`}},
		{"[", []string{`^1 ClientHello`}},
		{"[", []string{`^That is the first message\.$`}},
		{"open .1", []string{`^1\.1 msg_type: client_hello \(1\)`, `Offset 5, length 1`}},
		{"open 2.1.1", []string{`^msg_type has 0 fields, and no number 1\.$`}},
		{"open 99", []string{`^There is no message 99; there are 13\.$`}},
		{"open subjectaltname", []string{`^5\.[0-9.]+ subjectAltName: app\.lab\.test`, `Offset [0-9]+, length [0-9]+, in: `}},
		{"hex", []string{`^subjectAltName, [0-9]+ bytes, from offset [0-9]+\. [0-9a-f]{4} 30 `}},
		{"open record", []string{`^record: What carries a message\.$`}},
		{"open nothing at all", []string{`^Nothing here is called nothing at all`}},
		{"2", []string{`^Run 2: handshake fault=unknown-ca on `, `Since run 1: Client ends it with alert bad_certificate after the server's Finished; 4 messages fewer\.`,
			`Failed: the client ended it\. Alert bad_certificate, message 9 of 9, sealed with handshake keys, after the server's Finished\.`}},
		{"m", []string{`9 Alert bad_certificate, client to server, 24 bytes, sealed with handshake keys; new`}},
		{"w", []string{`^As an eavesdropper reads it: 1 ClientHello`, `5 sealed, server to client, 8[0-9]+ bytes`, `names among them: app\.lab\.test\.$`, `!Certificate`}},
		{"e", []string{`1 Message 9 ended it`, `2 The client says: .*unknown authority`, `3 It is about issuer.*; open 5\.[0-9.]+ shows it\. 4 Goal open`}},
		{"changed", []string{`^Since run 1: Client ends it with alert`}},
		{"compare 1 2", []string{`^Run 2 against run 1: client ends it.* new: client's Alert bad_certificate gone: client's Finished`}},
		{"compare 2 2", []string{`^Run 2 differs from run 2 in nothing that is not random\.$`}},
		{"compare 2 7", []string{`there is 1 and 2\.`}},
		{"<", []string{`^Run 1: handshake on`}},
		{">", []string{`^Run 2: `}},
		{">", []string{`^there is no newer run\.$`}},
		{"knobs", []string{`2 max=1\.3: the highest version the client offers; 1\.3 or 1\.2`, `14 fault=unknown-ca`}},
		{"presets", []string{`^0 as the lab opened: handshake 1 TLS 1\.2: handshake max=1\.2`}},
		{"hint", []string{`Goal: the handshake completes`}},
		{"copy", []string{`^tlstutor run handshake fault=unknown-ca$`}},
		{"8", []string{`^There are presets 0 to 5\.$`}},
		{"run max=9", []string{`^max cannot be "9"; it is one of 1\.3, 1\.2$`}},
		{"run max='1.2", []string{`^A quote ' is not closed\.$`}},
		{"max=1.2", []string{`^Run 3: handshake max=1\.2 fault=unknown-ca`}},
		{"0", []string{`^Run 4: handshake on `}},
		{"step", []string{`^Held at record 1, ClientHello, 15[0-9]+ bytes\. Client has: no keys\. Server has: no keys\. enter: let it go\. run: let all go\.$`}},
		{"messages", []string{`^1 ClientHello, client to server, 15[0-9]+ bytes, in the clear, not delivered`, `!ServerHello`}},
		{"why", []string{`^The run has not ended`}},
		{"1", []string{`^The knobs are locked`}},
		{"run max=1.2", []string{`^The knobs are locked`}},
		{"<", []string{`^A run is held`}},
		{"", []string{`^Delivered: record 1, ClientHello, 15[0-9]+ bytes\. Held at record 2, ServerHello, 1215 bytes\.`, `Server wrote 5 more\.`}},
		{"back", []string{`^This run is held, and back again drops it`}},
		{"step", []string{`^Delivered: record 2, ServerHello`}},
		{"run", []string{`^Run 5: handshake on .* Completed in`}},
		{"step", nil},
		{"back", nil},
		{"back", []string{`^Run 6 was dropped\.`}},
		{"where", []string{`^Lab handshake, run 6\.`}},
		{"again", []string{`^Lab handshake, run 6\.`}},
		{"r", []string{`^Run 7: `, `Since run 5: Nothing that is not random`}},
		{"go T1.1", []string{`^T1\.1`}},
		{"o", []string{`^Lab handshake\. .* T1\.1 looks at: open ServerHello, open ServerHello\.cipher_suite\. enter: open 1, ClientHello\. back: T1\.1\.$`}},
		{"back", []string{`^T1\.1, page 1 of 5\. A run and its words enter: go on to page 2`}},
		{"step", []string{`^Lab handshake, from T1\.1\. Held at record 1`}},
		{"go T1.1", []string{`^T1\.1`}},
		{"run max=1.2", []string{`^Lab handshake, from T1\.1\. Run 2: handshake max=1\.2 on `, `Since run 1: TLS 1\.2 instead of TLS 1\.3`}},
		{"q", []string{`^T1\.1, page 1 of 5`}},
		{"messages", []string{`EncryptedExtensions`}}, // the page has its own run, whatever was tried
	})
	if last := k.ends(); !regexp.MustCompile(`([0-9]+) connections made, [0-9]+ closed, nothing left running\.\n$`).MatchString(last) {
		t.Errorf("at the end it says %q", last)
	}
}

// TestPlainWords checks the words that lead elsewhere, and those that mean
// nothing.
func TestPlainWords(t *testing.T) {
	k, _, _ := plainToy(t, "")
	k.play([]turn{
		{"help", []string{`^enter: go on`, `open 5, open 5\.2, open san:`, `quit: the end; all is saved`}},
		{"?", []string{`^enter: go on`}},
		{"mesages", []string{`^There is no mesages here; did you mean open\?$`}},
		{"h", []string{`^h can be hex, hint or help\.$`}},
		{"p", []string{`^p is for the screen\.`}},
		{"where", []string{`^The course\. enter: begin T1`}},
		{"back", []string{`^This is home\.`}},
		{"q", []string{`^This is home\.`}},
		{"hex", []string{`^That is for a lab`}},
		{"run", []string{`^Which lab\?`}},
		{"open", []string{`^Open what\?`}},
		{"open 3", []string{`^That is for a lab`}},
		{"open serverHello.random", []string{`^ServerHello\.random: `}},
		{"go", []string{`^Where to\?`}},
		{"go nowhere", []string{`^There is no place nowhere; did you mean course\?$`}},
		{"go T1.77", []string{`^Lesson T1 has pages T1\.1 to T1\.5\.$`}},
		{"go handshake max=5", []string{`^Max cannot be "5"`}},
		{"go labs", []string{`^Labs\. All of it runs on this machine\. 1 handshake: One TLS connection`, `enter: open handshake`}},
		{"77", []string{`^There are 4 labs\.$`}},
		{"2", []string{`^Lab wiretap\. `}},
		{"run say='meet me  at six'", []string{`^Run 2: wiretap 'say=meet me at six'`}},
		{"back", []string{`^Labs\.`}},
		{"", []string{`^Lab wiretap\. .* Run 2: `}}, // it is as it was left
		{"go glossary", []string{`^Glossary, 2 words: hello, record\. open and a word explains it\.$`}},
		{"go course", []string{`^A toy course`}},
		{"find", []string{`^Find what\?`}},
		{"find prediction", []string{`page A prediction: go T1\.2`}},
		{"/hello", []string{`word: open hello`}},
		{"find xyzzyxyzzy", []string{`^Nothing here is called that`}},
		{"t1.4", []string{`^T1\.4, page 4 of 5`}},
		{"test T9", []string{`^There is no lesson T9\.$`}},
		{"test T1", []string{`^Test out of T1, page 1 of 3\. Question 1 of 2 Question\.`}},
		{"where", []string{`^Test out of T1, page 1 of 3`}},
		{"go course", nil},
		{"99", []string{`^There is no line with that number\.$`}},
		{"3", []string{`^Before you start, page 1 of 4\. Question 1 of 3`}},
		{"1", nil},
		{"", []string{`^Answered\. The reasons are in the lessons\. Before you start, page 2 of 4`}},
	})
	k.ends()
}

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
		{"messages for nobody but you", []string{`In the clear: 28 bytes, and the listener reads every one messages for nobody but you`, `Under TLS 1\.3: [0-9]+ bytes: .*your words are not among them`, `enter: on to lesson T1`}},
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
	text := lessons.Text{{Text: "One\nline.\n- a *point*\n  goes on\n2. two\n> quoted `"}, {Kind: lessons.Term, Text: "a_term", Key: "hello"}, {Text: "`"}}
	if got := fmt.Sprintf("%q", p.paragraphs(text, nil)); got != `["One line." "- a point goes on" "2. two quoted a_term"]` {
		t.Errorf("paragraphs are %s", got)
	}
	if got := sayable("a → b ├── c ✓"); got != "a to b --- c -" {
		t.Errorf("said as %q", got)
	}
}
