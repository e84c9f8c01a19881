package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// In the pane of the knobs one sees what became of an answer, and every word that the
// knob takes.
func TestAnswerAtKnobs(t *testing.T) {
	d, s := labDrive(t, 80, 24, "faults", "drill=3")
	d.key("tab")
	d.key("tab")
	for _, c := range []struct{ answer, want string }{
		{"check=anchor", "✗ still open anchor is not the check that fails"},
		{"check=host-name mend=name-in-san", "✓ solved the check is host-name, and name-in-san mends it"},
	} {
		d.say(s, c.answer)
		if flat := d.flat(); !strings.Contains(flat, c.want) || strings.Contains(flat, "nothing but what is random") {
			t.Errorf("%s: no %q in %s", c.answer, c.want, flat)
		}
	}
}

// Of a knob of many words space shows them all, each with what it stands for, and one
// is picked there.
func TestPicked(t *testing.T) {
	d, s := labDrive(t, 80, 24, "faults", "drill=3")
	d.soon()
	if flat := d.flat(); !strings.Contains(flat, labs.Asked+": the check that fails") {
		t.Errorf("the drill does not say what it asks for:\n%s", flat)
	}
	for _, name := range []string{"fault", "check", "mend"} {
		onKnob(t, d, s, name)
		d.soon()
		if flat := d.flat(); !strings.Contains(flat, "space pick") || !strings.Contains(flat, "words; space lists them") {
			t.Errorf("knob %s does not say that its words can be picked:\n%s", name, flat)
		}
		d.key("space")
		k, seen := s.lab.Knob(name), ""
		for range k.Choices {
			d.soon()
			seen += d.flat() + " "
			d.key("down")
		}
		for _, word := range k.Choices {
			if !strings.Contains(seen, " "+word+" ") {
				t.Errorf("knob %s: no %s", name, word)
			}
			if k.Says != nil && !strings.Contains(strings.ToLower(seen), strings.ToLower(strings.TrimSuffix(k.Says(word), "."))) {
				t.Errorf("knob %s: %s does not say %q", name, word, k.Says(word))
			}
		}
		if hidden := name == "fault"; strings.Contains(seen, "[x] ") == hidden {
			t.Errorf("knob %s: the word that counts is marked: %v", name, !hidden)
		}
		d.key("home")
		d.key("down")
		d.key("enter")
		if s.set[name] != k.Choices[1] || s.env.app.top() != Screen(s) {
			t.Errorf("knob %s: the second word was picked, and it has %q", name, s.set[name])
		}
	}
	onKnob(t, d, s, "client")
	d.soon()
	if strings.Contains(d.flat(), "space pick") {
		t.Error("a knob of few words is to be turned")
	}
	onKnob(t, d, s, "mend")
	d.key("space")
	d.key("0")
	d.key("r")
	d.until("it has run", func() bool { r := s.cur(); return r != nil && r.n == 2 && r.ended })
	if got := s.cur().settings["mend"]; got != "none" {
		t.Errorf("0 puts back what the lab has, and the run has %s", got)
	}
}

// say types a line of settings, and waits for the run.
func (d *drive) say(s *labScreen, line string) {
	d.t.Helper()
	before := s.made
	d.key(":")
	for _, r := range line {
		d.key(string(r))
	}
	d.key("enter")
	d.until("it has run", func() bool { r := s.cur(); return r != nil && r.n > before && r.ended })
	d.soon()
}

// A drill that was solved in its lab is marked on its page, also by lines.
func TestSolvedOnPage(t *testing.T) {
	d, page := lessonDrive(t, 80, 24, courseEnv(t, loaded(t, builtIn), "", nil), "P3.7")
	if strings.Contains(d.flat(), "solved") {
		t.Fatal("it is said before it is true")
	}
	d.key("o")
	lab := d.app.top().(*labScreen)
	d.say(lab, "check=anchor")
	if got := d.app.env.Progress.Pref(solvedName(lab.lab, lab.set)); got != "" {
		t.Error("a wrong answer is kept as a solution")
	}
	d.say(lab, "check=host-name mend=name-in-san")
	d.key("esc")
	d.calm(page)
	if flat := d.flat(); !strings.Contains(flat, "✓ solved") {
		t.Errorf("not marked: %s", flat)
	}
}

// By lines a wrong answer is called wrong, a right one solved, and what the client
// says is told.
func TestPlainDrill(t *testing.T) {
	k, _, _ := plainToy(t, "")
	k.play([]turn{
		{"go faults drill=3", []string{`The client says: tls: .*not valid for any names, but wanted to match app\.lab\.test\.?`, `!Still open`}},
		{"run check=anchor", []string{`Still open: anchor is not the check that fails: .*set mend to the one setting to put right\.`}},
		{"run check=host-name mend=name-in-san", []string{`Solved: the check is host-name, and name-in-san mends it; the fault was spiffe-only: The certificate names a program by a URI, and no host\.`}},
	})
}

// Who has asked all clients sees who accepts.
func TestTableSelected(t *testing.T) {
	d, s := labDrive(t, 120, 40, "chain", "trust=intermediate")
	d.say(s, "client=all")
	if flat := d.flat(); s.rec() == nil || s.rec().Event.Tree.Name != "verdicts" || !strings.Contains(flat, "accepted by") {
		t.Errorf("the table is not what is seen: %s", flat)
	}
}

// The title has all five lights whole, and the row below says when a client took what
// the rules refuse.
func TestLightsWhole(t *testing.T) {
	for _, words := range []string{"chain", "faults fault=client-only", "faults fault=unknown-ca", "faults fault=unknown-ca client=openssl"} {
		d, _ := labDrive(t, 120, 40, strings.Fields(words)...)
		title, _, _ := strings.Cut(ansi.Strip(d.screen()), "\n")
		for _, name := range labs.LightNames() {
			if !strings.Contains(title, name+" ") {
				t.Errorf("%s: no light %s in %q", words, name, title)
			}
		}
	}
	d, s := labDrive(t, 80, 24, "faults", "fault=rsa-1024")
	if s.overruled(s.lights()) || strings.Contains(d.flat(), "the client took it") {
		t.Error("where all lights hold nothing was overruled")
	}
	c := s.cur()
	v := *s.lights()
	v.OK = false
	if c.end.OK = true; !s.overruled(&v) {
		t.Error("a light fails, the handshake is complete, and it is not said")
	}
	if c.end.OK = false; s.overruled(&v) {
		t.Error("a client that refused has overruled nothing")
	}
}

// Every sign of a light is explained on the help page, in both alphabets, and no key
// stands there twice.
func TestHelpSigns(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		env := courseEnv(t, loaded(t, toyCourse), "", nil)
		env.Theme = theme.New(theme.Dark, ascii)
		d := newDrive(t, 80, 60, env, NewCourse(env))
		d.key("?")
		g := env.Theme.Glyphs
		text := ansi.Strip(d.screen())
		if want := g.Check + " holds, " + g.Cross + " fails, " + g.Dots + " not reached"; !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
		if n := strings.Count(text, "leave this screen") + strings.Count(text, "q         quit"); n != 1 {
			t.Errorf("q is listed %d times in\n%s", n, text)
		}
	}
}

// Behind a word that was read to its end enter goes on, and tab leads to the next.
func TestReadOn(t *testing.T) {
	d, s := toyDrive(t, "T1.1", "tab", "tab")
	first := s.sheet().focus
	d.keys(s, "enter", "enter")
	if s.sheet().stopAt() != nil {
		t.Error("the word that was read keeps enter")
	}
	d.keys(s, "tab")
	if s.sheet().focus != first+1 {
		t.Errorf("tab leads to stop %d, want %d", s.sheet().focus, first+1)
	}
	at := s.at
	d.keys(s, "shift+tab", "enter", "esc")
	if s.sheet().focus != first || s.at != at {
		t.Error("esc does not lead back to the word")
	}
	d.keys(s, "enter", "enter", "enter") // opens it, closes it, goes on
	if s.at != at+1 {
		t.Errorf("enter does not go on from page %d", s.at+1)
	}
}

// e leads to what the attacker read, and the line of a run has each of its ports and
// how it ended.
func TestPageEvidence(t *testing.T) {
	d, s := lessonDrive(t, 80, 24, courseEnv(t, loaded(t, builtIn), "", nil), "F1.6")
	d.answerWith(s, 0)
	q := s.sheet().lastPredicted()
	if got := q.ran.ports(); len(got) != 2 || got[0] == got[1] {
		t.Errorf("two connections go to ports %v", got)
	}
	for _, w := range []int{40, 76} {
		line := q.ran.strip(w, "…", "")
		if !strings.HasSuffix(line, q.ran.end.Text) || w == 76 && !strings.Contains(line, "port") {
			t.Errorf("%d cells: %q", w, line)
		}
	}
	d.key("e")
	lab, ok := d.app.top().(*labScreen)
	if !ok || lab.rec() == nil || lab.rec().Event.Tree.Name != labs.StolenNote {
		t.Errorf("e leads elsewhere: %s", d.flat())
	}
}

// Behind a quiz that the page's own run decides e leads into that run, and not into
// the run of a prediction before it. What was asked stands above its answer, and only
// the first that is missed says that it comes back.
func TestQuizEvidence(t *testing.T) {
	d, s := lessonDrive(t, 80, 24, courseEnv(t, loaded(t, builtIn), "", nil), "H3.5")
	const back = "comes back in two days"
	d.answerWith(s, 0)
	if flat := d.flat(); !strings.Contains(flat, "Which suite is taken? ✗ You said") || !strings.Contains(flat, back) {
		t.Errorf("the prediction: %s", flat)
	}
	d.keys(s, "space")
	d.answerWith(s, 0)
	if flat := d.flat(); !strings.Contains(flat, "What comes of it? ✗ You said") || strings.Contains(flat, back) {
		t.Errorf("the quiz: %s", flat)
	}
	d.key("e")
	lab, ok := d.app.top().(*labScreen)
	if !ok || lab.cur() == nil || lab.cur().end.OK || !strings.Contains(d.flat(), "run 2") || !strings.Contains(d.flat(), "handshake_failure after ClientHello") {
		t.Errorf("e leads elsewhere: %s", d.flat())
	}
}

// A note has the rows that the pane above it leaves empty.
func TestNoteRoom(t *testing.T) {
	d, _ := labDrive(t, 80, 24, "chain", "send=leaf-only")
	if flat := d.flat(); !strings.Contains(flat, "no certificate of that name was presented or is trusted") {
		t.Errorf("cut above empty rows:\n%s", d.screen())
	}
}
