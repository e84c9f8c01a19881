package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// A welcome is the first start: a handshake that has just happened, a line to
// type, and what a stranger on the wire could read of it.
type welcome struct {
	env     *Env
	running *running // nil before it opens
	first   *ran     // the handshake that ran while the screen opened
	field   *prompt
	said    *ran // the wiretap, once a line was typed
	going   bool // the line is on its way
}

// NewWelcome returns the screen of the first start.
func NewWelcome(env *Env) Screen {
	s := &welcome{env: env}
	s.field = newPrompt(env, s, "> ", "", "send it", 200, nil)
	return s
}

// name is what a screen above says it leads back to.
func (s *welcome) name() string { return "the beginning" }

// Open runs a handshake while the screen is drawn.
func (s *welcome) Open() tea.Cmd {
	s.running = newRunning(s.env)
	return s.running.perform(lessons.Lab{Name: "handshake"}, s.ran)
}

// ran tells of a run that is over.
func (s *welcome) ran(r *ran) tea.Msg { return welcomeMsg{s, r} }

// welcomeMsg is a run of the first start that is over.
type welcomeMsg struct {
	s   *welcome
	ran *ran
}

// Close ends what is going on.
func (s *welcome) Close() tea.Cmd {
	if s.running == nil {
		return nil
	}
	return s.running.end
}

// Idle answers for keys: while the line is typed, each is text.
func (s *welcome) Idle(string) string { return "" }

// actions are the keys beside the text's.
func (s *welcome) actions() actions {
	if s.said != nil {
		return actions{
			act([]string{"enter", "space"}, "enter", "on to lesson "+s.firstLesson().ID, s.begin),
			one("o", "open it in the lab", func() tea.Cmd { return s.env.push(newRanLab(s.env, s.said, "the beginning")) }),
			one("esc", "the course", s.course),
		}
	}
	return actions{
		act([]string{"enter"}, "enter", "send it", s.send),
		act([]string{"esc"}, "esc", "straight to the course", s.course),
	}
}

// firstLesson is where a newcomer begins.
func (s *welcome) firstLesson() *lessons.Lesson { return s.env.Course.Lessons[0] }

// send has the line cross the wire three times.
func (s *welcome) send() tea.Cmd {
	line := strings.TrimSpace(string(s.field.text))
	if line == "" {
		return say("type a few words first, or esc: straight to the course")
	}
	if s.going {
		return nil
	}
	s.going, s.env.line = true, line
	return s.running.perform(lessons.Lab{Name: "wiretap", Settings: map[string]string{"say": line}}, s.ran)
}

// course leaves for the course, which is where every later start begins.
func (s *welcome) course() tea.Cmd {
	return tea.Batch(s.env.pop(s), s.env.keeps(func(p *lessons.Progress) { p.Keep("welcome", "seen") }))
}

// begin leaves for the first lesson.
func (s *welcome) begin() tea.Cmd {
	return tea.Batch(s.env.pop(s), s.env.push(NewLesson(s.env, s.firstLesson(), 1)))
}

// ShortHelp and FullHelp list the keys.
func (s *welcome) ShortHelp() []key.Binding  { return s.actions().ShortHelp() }
func (s *welcome) FullHelp() [][]key.Binding { return s.actions().FullHelp() }

// typing reports whether letters are text here.
func (s *welcome) typing() bool { return s.said == nil }

// Update takes text, keys and runs.
func (s *welcome) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if bound(msg, s.FullHelp()) {
			return s.actions().press(msg)
		}
		return s.field.edit(msg)
	case tea.PasteMsg:
		return s.field.edit(msg)
	case welcomeMsg:
		if msg.s != s {
			return nil
		}
		s.env.made += conns(msg.ran.events)
		if msg.ran.n == 1 {
			s.first = msg.ran
			return nil
		}
		if s.going = false; msg.ran.err != nil {
			return say(notRun(msg.ran))
		}
		s.said = msg.ran
		return s.env.keeps(func(p *lessons.Progress) { p.Keep("welcome", "seen") })
	}
	return nil
}

// View draws what there is so far.
func (s *welcome) View(w, h int) (string, []Hit) {
	t := s.env.Theme
	left := max(2, min((w-pageWidth)/2, 40))
	width := min(w-2*left, pageWidth)
	lines := []string{" " + t.Title.Render("tlstutor") + "   " + t.Dim.Render(s.env.Course.Title), ""}
	put := func(style func(...string) string, text string) {
		for _, l := range wrap(text, width) {
			lines = append(lines, theme.Fit("", left)+style(l))
		}
	}
	if s.said != nil {
		s.heard(put)
		return strings.Join(lines, "\n"), nil
	}
	for i, para := range welcomeText(s.first) {
		if i > 0 {
			lines = append(lines, "")
		}
		put(t.Text.Render, para)
	}
	lines = append(lines, "")
	put(t.Strong.Render, "Type something a stranger should not read, then press enter:")
	lines = append(lines, theme.Fit("", left)+s.field.line(width))
	lines = append(lines, "", "")
	g := t.Glyphs
	put(t.Dim.Render, fmt.Sprintf("These are lines, arrows and marks:  %s  %s  %s  %s  %s  %s   If you see boxes or question marks, press ctrl+g.",
		strings.Repeat(g.Single, 2), strings.Repeat(g.Double, 2), strings.Repeat(g.Triple, 2), g.Right, g.Check, g.Cross))
	put(t.Dim.Render, "For a screen reader: tlstutor --plain")
	return strings.Join(lines, "\n"), nil
}

// welcomeText is what is said on the first start, with the numbers of the run
// that has just taken place. Nil is a run that is not over.
func welcomeText(r *ran) []string {
	last := "Nothing leaves this machine, and nothing is kept but your progress."
	switch {
	case r == nil:
		return []string{"Your machine is making a certificate authority, a server and a TLS handshake.", last}
	case r.err != nil:
		return []string{notRun(r), last}
	}
	sum, clear := wireBytes(r)
	version, _ := r.look("ServerHello.supported_versions.selected_version")
	took := strings.TrimPrefix(r.end.Text, "completed in ")
	port := r.server()
	return []string{
		fmt.Sprintf("While this screen opened, your machine made a certificate authority, gave a server a certificate, and ran a %s handshake with it on %s, in %s.", version, port, took),
		fmt.Sprintf("Of its %d bytes, a listener on the wire could make sense of %d. The rest was sealed. You will open all of them, break the connection on purpose, and mend it.", sum, clear),
		last,
	}
}

// wireBytes counts the bytes of a run's only connection, and those in records
// that anyone can read, as the listener in the lab does.
func wireBytes(r *ran) (sum, clear int) {
	var ear labs.Listener
	heard := ear.Hear(r.events)
	for _, rec := range r.recs {
		if rec.OnWire() {
			o := labs.Overhear(heard, rec.Event.Conn, "")
			return o.Bytes, o.Clear
		}
	}
	return 0, 0
}

// heard says what a listener has of the line, on each of the three wires.
func (s *welcome) heard(put func(func(...string) string, string)) {
	t := s.env.Theme
	blank := func() { put(t.Text.Render, "") }
	put(t.Strong.Render, "Your line has crossed the network inside this machine three times.")
	put(t.Text.Render, "Somebody listened on all three wires, and had no key.")
	blank()
	for _, c := range tappedLines(s.said) {
		style := t.Clear
		if c.sealed {
			style = t.Traffic
		}
		put(t.Strong.Render, c.title)
		put(style.Render, "  "+c.bytes)
		put(t.Dim.Render, "  "+c.said)
		blank()
	}
	put(t.Text.Render, "Lesson "+s.firstLesson().ID+" shows how to read these bytes, and what a listener still learns from the sealed ones.")
}

// A tappedLine is what a listener has of a line on one wire.
type tappedLine struct {
	title  string
	bytes  string // as the listener sees them
	said   string // what can be made of them
	sealed bool
}

// tappedLines works out, from the bytes alone, what a listener has of the line
// on each connection of a wiretap.
func tappedLines(r *ran) []tappedLine {
	var ear labs.Listener
	recs := labs.Records(ear.Hear(r.events))
	titles := []struct{ conn, title string }{{"clear", "In the clear"}, {"tls12", "Under TLS 1.2"}, {"tls13", "Under TLS 1.3"}}
	var all []tappedLine
	for _, c := range titles {
		// The line is what the client wrote last before its goodbye: find the first
		// record of application data, or the plain bytes.
		for _, rec := range recs {
			e := rec.Event
			if e.Conn.Name != c.conn || e.Who != labs.Client {
				continue
			}
			if l, ok := tapped(r, rec, c.conn); ok {
				l.title = c.title
				all = append(all, l)
				break
			}
		}
	}
	return all
}

// tapped tells of one record, if it is the one that carries the line.
func tapped(r *ran, rec labs.Rec, conn string) (tappedLine, bool) {
	f := rec.Event.Tree
	if conn == "clear" {
		text := strings.TrimRight(string(f.Bytes()), "\n")
		return tappedLine{bytes: cleanLine(text), said: fmt.Sprintf("%d bytes with the end of the line, and the listener reads every one", f.N)}, true
	}
	// The same record, as the parties have it, holds the line.
	for _, own := range r.recs {
		if own.Event.Conn != rec.Event.Conn || own.Event.Who != rec.Event.Who || own.Event.Tree.Off != f.Off {
			continue
		}
		if own.Event.Tree.Find("application_data") == nil {
			return tappedLine{}, false
		}
	}
	b := f.Bytes()
	return tappedLine{bytes: fmt.Sprintf("% x …", b[:min(len(b), 20)]), sealed: true,
		said: fmt.Sprintf("%d bytes: the listener sees how many, and when; %s", f.N, lookedFor(r, conn))}, true
}

// lookedFor is what came of looking for the line in the bytes of a wire.
func lookedFor(r *ran, conn string) string {
	version := map[string]string{"tls12": "TLS 1.2", "tls13": "TLS 1.3"}[conn]
	switch value, ok := r.look("goal(the listener does not find it under " + version + ")"); {
	case !ok:
		return "nobody looked for your words"
	case value == "met":
		return "your words are not in it"
	default:
		return value
	}
}
