package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// clickOn clicks on a text on the screen of a drive.
func (d *drive) clickOn(text string) {
	d.t.Helper()
	content, hits := d.app.draw()
	for y, line := range strings.Split(ansi.Strip(content), "\n") {
		if i := strings.Index(line, text); i >= 0 {
			d.clickAt(len([]rune(line[:i])), y, hits)
			return
		}
	}
	d.t.Fatalf("%q is not on the screen:\n%s", text, ansi.Strip(content))
}

// clickAt clicks on a cell, as the program hears of it.
func (d *drive) clickAt(x, y int, hits []Hit) {
	d.t.Helper()
	click := tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}
	d.send(click)
	d.run(mouse(click, hits))
	d.soon()
	if s, ok := d.app.top().(*lessonScreen); ok {
		d.calm(s)
	}
}

// TestMouseOnPage clicks on all that a page has: terms, values, the run, dots,
// words of the footer, languages, a question that was gone on from.
func TestMouseOnPage(t *testing.T) {
	d, s := toyDrive(t, "T1.1")
	d.clickOn("hello chose")
	if !strings.Contains(d.flat(), "The first message; it travels") {
		t.Errorf("a term: %s", d.flat())
	}
	d.clickOn("record, one of")
	if !strings.Contains(d.flat(), "What carries a message.") || len(d.app.stack) != 4 {
		t.Errorf("a term in a box: %s", d.flat())
	}
	d.clickOn("What carries")
	d.clickOn("The first message")
	if d.app.top() != Screen(s) {
		t.Error("a click on a box does not close it")
	}
	for text, want := range map[string]string{"TLS_AES_128": "cipher_suite", "run 1": "ServerHello", "47 days": "As of 2026-11"} {
		d.clickOn(text)
		if d.app.top() == Screen(s) || !strings.Contains(d.flat(), want) {
			t.Errorf("%s: %s", text, d.flat())
		}
		d.key("esc")
		d.soon()
	}
	d.clickOn("← → page")
	if s.place() != "T1.2" {
		t.Errorf("the footer's word leads to %s", s.place())
	}
	d.clickOn("○○ ") // the last dot but one
	if s.place() != "T1.4" {
		t.Errorf("a dot leads to %s", s.place())
	}
	d.clickOn("3 openssl")
	if !strings.Contains(d.flat(), "echo openssl") {
		t.Errorf("a language: %s", d.flat())
	}
	d.keys(s, "left")
	d.clickOn("A hello")
	d.clickOn("lock in")
	d.clickOn("enter go on")
	d.clickOn("T1.q1")
	if !strings.Contains(d.flat(), "You said: A hello. So it is.") {
		t.Errorf("a question that was gone on from: %s", d.flat())
	}
	d.key("esc")
	d.clickOn("esc course")
	d.clickOn("T2")
	d.clickOn("T2")
	if l, ok := d.app.top().(*lessonScreen); !ok || l.lesson.ID != "T2" {
		t.Errorf("two clicks on a lesson: %s", d.flat())
	}
}

// TestClickEndsTheAnswer: the one-line answer stands until the next key or click.
func TestClickEndsTheAnswer(t *testing.T) {
	d, _ := toyDrive(t, "T1.1", "x")
	if d.app.line == "" {
		t.Fatal("x says nothing")
	}
	_, hits := d.app.draw()
	d.clickAt(79, 12, hits)
	if d.app.line != "" || !strings.Contains(d.flat(), "esc course") {
		t.Errorf("after a click the line is %q", d.app.line)
	}
}

// TestWheel: the wheel scrolls a page that is too long for the window, no further
// than to its ends, and a list by its rows.
func TestWheel(t *testing.T) {
	d, s := lessonDrive(t, 60, 18, courseEnv(t, loaded(t, builtIn), "", nil), "P1.1")
	wheel := func(b tea.MouseButton) {
		_, hits := d.app.draw()
		d.run(mouse(tea.MouseWheelMsg{X: 20, Y: 8, Button: b}, hits))
		d.soon()
	}
	if !strings.Contains(d.flat(), "more lines") {
		t.Fatalf("the page is not too long: %s", d.flat())
	}
	for range 30 {
		wheel(tea.MouseWheelDown)
	}
	if n := len(s.sheet().laid.lines); s.sheet().scroll != n-15 || strings.Contains(d.flat(), "more lines") {
		t.Errorf("at the end the first line is %d of %d", s.sheet().scroll, n)
	}
	for range 30 {
		wheel(tea.MouseWheelUp)
	}
	if s.sheet().scroll != 0 {
		t.Errorf("at the beginning the first line is %d", s.sheet().scroll)
	}
	d = homeDrive(t, toyEnv(t), "/")
	list := d.app.top().(*search)
	wheel(tea.MouseWheelDown)
	wheel(tea.MouseWheelDown)
	wheel(tea.MouseWheelUp)
	if list.at != 1 {
		t.Errorf("in the search row %d is highlighted", list.at)
	}
}
