package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/pki"
	"tlstutor/tui/theme"
)

// crossedFiles writes a chain with a cross-sign, of which one root has expired, and a
// certificate that nobody needs; it returns the settings that verify it.
func crossedFiles(t testing.TB) labs.Settings {
	t.Helper()
	keys, dir := pki.NewKeyring(), t.TempDir()
	must := func(a *pki.Authority, err error) *pki.Authority {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	old := pki.Anchor("Old Root")
	old.NotBefore, old.NotAfter = time.Now().AddDate(-9, 0, 0), time.Now().AddDate(0, 0, -1)
	oldRoot := must(pki.Root(keys, time.Now, old))
	root := must(pki.Root(keys, time.Now, pki.Anchor("New Root")))
	cross := must(oldRoot.CrossSign(root, pki.Spec{Life: 24 * time.Hour}))
	mid := must(root.Intermediate(pki.Sub("Issuing CA")))
	idle := must(pki.Root(keys, time.Now, pki.Anchor("Idle CA")))
	is, err := mid.Issue(pki.Server("app.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	set := labs.Settings{"name": "app.lab.test"}
	for name, raw := range map[string][][]byte{"chain": {is.Leaf.Raw, mid.Raw, cross.Raw, idle.Raw}, "roots": {oldRoot.Raw, root.Raw}} {
		set[name] = filepath.Join(dir, name+".pem")
		if err := os.WriteFile(set[name], pki.PEM(pki.PEMCertificate, raw...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return set
}

// graphDrive is a drive on the graph of crossedFiles.
func graphDrive(t testing.TB, w, h int) (*drive, *labScreen) {
	t.Helper()
	env := newEnv(t, theme.Dark, false)
	s := NewLab(env, labs.VerifyChain, crossedFiles(t)).(*labScreen)
	d := newDrive(t, w, h, env, NewList(env), s)
	d.idle(s)
	return d, s
}

// graphStates are a graph, and a certificate opened from it.
var graphStates = map[string]func(testing.TB) *drive{
	"graph": func(t testing.TB) *drive { d, _ := graphDrive(t, 80, 24); return d },
	"graph wide": func(t testing.TB) *drive {
		d, _ := graphDrive(t, 140, 42)
		return d
	},
	"graph opened": func(t testing.TB) *drive {
		d, _ := graphDrive(t, 80, 24)
		d.key("down")
		d.key("enter")
		d.soon()
		return d
	},
	"graph fields": func(t testing.TB) *drive { d, _ := graphDrive(t, 80, 24); d.key("a"); return d },
}

// A graph shows each certificate with what leads to it, the path that decides, and
// on selection why another one is dead.
func TestGraphDrawn(t *testing.T) {
	d, s := graphDrive(t, 80, 24)
	screen := ansi.Strip(d.screen())
	for _, want := range []string{"✓ app.lab.test", "╰══✓ Issuing CA", "══✓ New Root", "✗ Old Root", "Idle CA", "nothing leads here", "root; on the path", "══ decides",
		"path ✓  anchor ✓  name ✓  time ✓  purpose ✓", "✓ accepted"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q in\n%s", want, screen)
		}
	}
	reasons := ""
	for range 12 {
		reasons += d.flat()
		d.key("down")
	}
	for _, want := range []string{"Old Root expired on", "No path leads here.", "It is on the path that decides, and every check of it holds.", "Issuing CA names it as its issuer"} {
		if !strings.Contains(reasons, want) {
			t.Errorf("nowhere %q", want)
		}
	}
	d.key("home")
	if s.graph.at != 0 {
		t.Error("home does not lead to the first certificate")
	}
}

// enter opens a certificate, esc leads back to the same place of the graph, and a
// shows the finding as fields.
func TestGraphWalk(t *testing.T) {
	d, s := graphDrive(t, 80, 24)
	for n, want := range []string{"app.lab.test", "Issuing CA", "New Root"} {
		d.key("home")
		for range n {
			d.key("down")
		}
		at := s.graph.at
		d.key("enter")
		d.soon()
		if f := s.fields.Selected(); f == nil || f.Src == nil || !strings.Contains(d.flat(), want) || !strings.Contains(d.flat(), "tbsCertificate") {
			t.Errorf("%s does not open: %s", want, d.flat())
		}
		if !strings.Contains(d.flat(), "esc the graph") {
			t.Errorf("the way back is not named: %s", d.flat())
		}
		d.key("esc")
		if _, ok := s.graphed(); !ok || s.graph.at != at {
			t.Errorf("esc leads from %s to %d, not back to %d", want, s.graph.at, at)
		}
	}
	d.key("a")
	if _, ok := s.graphed(); ok || !strings.Contains(d.flat(), "anchor holds") {
		t.Errorf("no fields: %s", d.flat())
	}
	d.key("esc")
	d.key("enter")
	if _, ok := s.graphed(); !ok {
		t.Error("the graph does not come back")
	}
}

// What is refused opens at the certificate that the verdict is about, with the very
// sentence of the run; one that nobody sent is drawn, and opens to nothing.
func TestGraphFailing(t *testing.T) {
	for _, c := range []struct {
		words []string
		rows  []string
		says  string
	}{
		{[]string{"signs=branch"}, []string{"✓ app.lab.test", "✓ Lab Branch CA", "✗ Lab Issuing CA", "✓ Lab Root CA"}, "Lab Issuing CA allows no CA below it, and there is 1."},
		{[]string{"send=leaf-only"}, []string{"✓ app.lab.test", "✗ Lab Issuing CA", "missing; the path needs it"},
			`app.lab.test was issued by "Lab Issuing CA", and no certificate of that name was presented or is trusted.`},
		{[]string{"signs=leaf"}, []string{"✗ shop.lab.test"}, "shop.lab.test says that it is not a CA, so it is not allowed to issue certificates."},
	} {
		for _, size := range [][2]int{{80, 24}, {140, 42}} {
			d, s := labDrive(t, size[0], size[1], append([]string{"chain"}, c.words...)...)
			for i, r := range s.recs() {
				if strings.HasPrefix(r.Event.Text, "the server's certificate") {
					s.pick(i)
				}
			}
			s.focus = bytesPane
			screen := strings.Join(strings.Fields(ansi.Strip(d.screen())), " ")
			for _, want := range c.rows {
				if !strings.Contains(screen, want) {
					t.Errorf("%v at %d: no %q in\n%s", c.words, size[0], want, screen)
				}
			}
			says := func() string { _, _, text := s.about(); return text }
			if !strings.Contains(says(), c.says) {
				t.Errorf("%v: the selected one says %q", c.words, says())
			}
			g, _ := s.graphed()
			lines := graphLines(g)
			if at := s.graphAt(lines); at == 0 || !g.Nodes[lines[at].node].Decides {
				t.Errorf("%v: line %d is selected", c.words, at)
			}
			d.key("up")
			if strings.Contains(says(), c.says) {
				t.Errorf("%v: the selection stays", c.words)
			}
			d.key("down")
			d.key("enter")
			d.soon()
			if c.words[0] == "send=leaf-only" && !strings.Contains(d.flat(), "nobody has this certificate") {
				t.Errorf("what is missing opens: %s", d.flat())
			}
		}
	}
}

// A click selects, a second opens; the wheel moves.
func TestGraphMouse(t *testing.T) {
	d, s := graphDrive(t, 80, 24)
	d.clickOn("Issuing CA")
	if s.graph.at != 1 || s.focus != bytesPane {
		t.Errorf("a click selects line %d", s.graph.at)
	}
	d.clickOn("Issuing CA")
	if _, ok := s.graphed(); ok {
		t.Error("a second click does not open")
	}
	d.key("esc")
	s.wheel(wheelMsg{bytesPane, 1, 13})
	if s.graph.at != 2 {
		t.Errorf("the wheel leads to line %d", s.graph.at)
	}
}

// In ASCII nothing else is drawn.
func TestGraphASCII(t *testing.T) {
	d, s := graphDrive(t, 80, 24)
	s.env.Theme = theme.New(theme.Dark, true)
	s.fields.SetTheme(s.env.Theme)
	g, _ := s.graphed()
	body, _ := s.graphView(g, 70, 12)
	for _, r := range ansi.Strip(body + s.lamps(76)) {
		if r > 126 {
			t.Fatalf("%q in\n%s", r, ansi.Strip(body))
		}
	}
	_ = d
}

// A graph with more ways than anybody can read ends.
func TestGraphBounded(t *testing.T) {
	var g labs.Graph
	for i := range 60 {
		g.Nodes = append(g.Nodes, labs.GraphNode{Title: "node"})
		for j := range 60 {
			g.Edges = append(g.Edges, labs.GraphEdge{Child: i, Parent: j})
		}
	}
	if n := len(graphLines(g)); n != maxGraph {
		t.Errorf("%d lines", n)
	}
}

// e leads to the record that ended the handshake, the field it is about, and then
// through the five lights, each with its bytes and its reason; and begins anew.
func TestEvidenceLights(t *testing.T) {
	d, s := labDrive(t, 80, 24, "handshake", "fault=expired")
	for i, want := range []struct{ said, field string }{
		{"this record ended it; e again: the field", ""}, {"this is the field it is about; e again: the path light", "notAfter"},
		{"the path light holds", "basicConstraints"}, {"the anchor light holds", "subject"}, {"the name light holds", "subjectAltName"},
		{"the time light fails", "notAfter"}, {"the purpose light holds", "extKeyUsage"}, {"this record ended it", ""},
	} {
		d.key("e")
		d.soon()
		if flat := d.flat(); !strings.Contains(flat, want.said) {
			t.Errorf("press %d: no %q in %s", i+1, want.said, flat)
		}
		if f := s.fields.Selected(); want.field != "" && (f == nil || f.Name != want.field) {
			t.Errorf("press %d selects %v, want %s", i+1, f, want.field)
		}
		if want.said == "the time light fails" && !strings.Contains(d.flat(), "app.lab.test expired on") {
			t.Errorf("no reason: %s", d.flat())
		}
	}
}

// The lights are those of the connection that is selected; a listener has none.
func TestLightsShown(t *testing.T) {
	d, s := labDrive(t, 80, 24, "handshake", "auth=require", "client-cert=good")
	if !strings.Contains(d.flat(), "server's certificate: path ✓ anchor ✓ name ✓ time ✓ purpose ✓") {
		t.Errorf("no lights: %s", d.flat())
	}
	for i, r := range s.recs() {
		if strings.Contains(r.Event.Text, "client's certificate") {
			s.pick(i)
		}
	}
	if !strings.Contains(d.flat(), "client's certificate: path ✓ anchor ✓ name · time ✓ purpose ✓") {
		t.Errorf("the client's lights are missing: %s", d.flat())
	}
	d.key("w")
	if s.lights() != nil {
		t.Error("a listener sees lights")
	}
}
