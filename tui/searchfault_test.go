package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// TestSearchVerdict: a text that a client says, pasted into the search, finds the
// fault it is about, and enter makes that fault happen; another one found later is
// made in the same lab.
func TestSearchVerdict(t *testing.T) {
	env := newEnv(t, "dark", false)
	d := newDrive(t, 100, 30, env, NewCourse(env))
	d.soon()
	for i, c := range []struct{ text, fault string }{
		{"curl: (60) SSL certificate problem: path length constraint exceeded", "path-length"},
		{"x509: certificate relies on legacy Common Name field", "cn-only"},
		{"wrong-key", "wrong-key"},
	} {
		d.key("/")
		d.soon()
		s := d.app.top().(*search)
		d.send(tea.PasteMsg{Content: c.text})
		if len(s.hits) == 0 || s.hits[0].kind != "fault" || s.hits[0].name != c.fault {
			t.Fatalf("%s finds %v", c.text, s.hits)
		}
		if view, _ := s.View(100, 28); !strings.Contains(view, c.fault) {
			t.Errorf("%s is not shown:\n%s", c.fault, view)
		}
		d.key("enter")
		d.soon()
		l := d.app.top().(*labScreen)
		d.until("the lab has run", func() bool { return len(l.runs) == i+1 && l.flight == nil })
		if l.lab.Name != "faults" || l.set["fault"] != c.fault {
			t.Errorf("%s opens %s with fault=%s", c.text, l.lab.Name, l.set["fault"])
		}
		d.key("esc")
		d.soon()
		d.key("esc")
		d.soon()
	}
}

// TestSearchNoVerdict: what no client says finds no fault.
func TestSearchNoVerdict(t *testing.T) {
	env := newEnv(t, "dark", false)
	s := newSearch(env, "").(*search)
	s.field.insert("could not resolve host: www.example.com")
	s.find()
	for _, f := range s.hits {
		if f.kind == "fault" {
			t.Errorf("it finds %s", f.name)
		}
	}
}
