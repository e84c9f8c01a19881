package tui

import (
	"maps"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/lessons"
)

// TestSearchVerdict: a text that a client says, pasted into the search, finds the
// fault it is about, and enter makes that fault happen, with a client that says so;
// another one found later is made in the same lab.
func TestSearchVerdict(t *testing.T) {
	env := newEnv(t, "dark", false)
	d := newDrive(t, 100, 30, env, NewCourse(env))
	d.soon()
	for i, c := range []struct{ text, fault, client string }{
		{"curl: (60) SSL certificate problem: path length constraint exceeded", "path-length", "curl"},
		{"x509: certificate relies on legacy Common Name field", "cn-only", "go"},
		{"wrong-key", "wrong-key", "go"},
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
		if l.lab.Name != "faults" || l.set["fault"] != c.fault || l.set["client"] != c.client {
			t.Errorf("%s opens %s with fault=%s client=%s", c.text, l.lab.Name, l.set["fault"], l.set["client"])
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

// TestSearchAgrees: of a text, or of one word, the search and the command why know the
// same faults; what is said of the highlighted one stands below the list, at 80x24 too.
func TestSearchAgrees(t *testing.T) {
	env := newEnv(t, "dark", false)
	var err error
	if env.Course, err = builtIn(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"expired", "revoked", "too short", "handshake failure", "signed by unknown authority", "wrong-key", "self-signed certificate in certificate chain", "server", "TLS", "NET::ERR_CERT_DATE_INVALID"} {
		s := newSearch(env, "").(*search)
		s.field.insert(text)
		s.find()
		has := map[string]bool{}
		for _, f := range s.hits {
			if f.kind == "fault" {
				has[f.name] = true
			}
		}
		want := map[string]bool{}
		for _, m := range labs.Why(text) {
			for _, f := range m.Faults {
				want[f.Name] = true
			}
		}
		if !maps.Equal(has, want) {
			t.Errorf("%s: the search has %v, the command %v", text, has, want)
		}
	}
	s := newSearch(env, "").(*search)
	s.Update(tea.PasteMsg{Content: "CN = a\nerror 20 at 0 depth lookup: unable to get local issuer certificate\nerror a.pem: verification failed\n"})
	view, _ := s.View(80, 22)
	view = ansi.Strip(view)
	for _, part := range []string{"error 20 at 0 depth", "intermediate-omitted", "Said by openssl", "The check that fails: issuer", "How to tell: ", "Lesson P2", "Enter runs faults fault=intermediate-omitted client="} {
		if !strings.Contains(view, part) {
			t.Errorf("%q is not there:\n%s", part, view)
		}
	}
	if lines := strings.Split(view, "\n"); len(lines) > 22 {
		t.Errorf("%d lines", len(lines))
	}
}

// TestSearchSuites: a suite is found where the words are those of its name, and the
// last is begun or one is misspelt; an error that begins as suites do is none.
func TestSearchSuites(t *testing.T) {
	s := newSearch(newEnv(t, "dark", false), "").(*search)
	first := func(text string) found {
		s.field.text, s.field.at = nil, 0
		s.field.insert(text)
		s.find()
		if len(s.hits) == 0 {
			return found{}
		}
		return s.hits[0]
	}
	for text, fault := range map[string]string{
		"SSL_ERROR_BAD_CERT_DOMAIN": "wrong-name", "SSL_ERROR_NO_CYPHER_OVERLAP": "no-common-suite", "SSL_ERROR_RX_RECORD_TOO_LONG": "plain-http",
		"SSL_do_handshake() failed peer closed connection": "", "SSL_read: unexpected eof while reading": "truncated", "TLS_error": "",
	} {
		if got := first(text); fault != "" && got.name != fault {
			t.Errorf("%s finds %s %s first", text, got.kind, got.name)
		}
		for _, f := range s.hits {
			if f.kind == "suite" {
				t.Errorf("%s finds %s", text, f.name)
			}
		}
	}
	for _, text := range []string{"tls_aes_128_gcm", "TLS_ECDHE_RSA_WITH_AES_128_GMC_SHA256", "ECDHE-RSA-AES128-G", "TLS_", "SSL_RSA_FIPS"} {
		if got := first(text); got.kind != "suite" {
			t.Errorf("%s finds %s %s first", text, got.kind, got.name)
		}
	}
}

// TestSearchOdd: what nobody makes by mistake stands behind what one meets, whatever
// matches better; a text that only it has finds it first.
func TestSearchOdd(t *testing.T) {
	s := newSearch(newEnv(t, "dark", false), "").(*search)
	at := func(text, fault string) int {
		return slices.IndexFunc(s.spoken(text), func(f found) bool { return f.name == fault })
	}
	text := "unable to get local issuer certificate"
	if odd, usual := at(text, "duplicate-extension"), at(text, "only-intermediate"); usual < 0 || odd < usual {
		t.Errorf("duplicate-extension is %d, only-intermediate %d", odd, usual)
	}
	if odd := at("x509: certificate contains duplicate extensions", "duplicate-extension"); odd != 0 {
		t.Errorf("its own text finds it as %d", odd)
	}
}

// TestSearchLessons: which lessons are about a fault comes from the course: its own
// lesson first, if the course has it, and those in whose runs it is; so with a run of
// another lab. What a course has not is not named.
func TestSearchLessons(t *testing.T) {
	course, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	ids := func(all []*lessons.Lesson) (s string) {
		for _, l := range all {
			s += l.ID + " "
		}
		return s
	}
	for _, f := range labs.Faults() {
		all := FaultLessons(course, f)
		if course.Find(f.Lesson) != nil && (len(all) == 0 || all[0].ID != f.Lesson) {
			t.Errorf("%s is of %s, and leads to %s", f.Name, f.Lesson, ids(all))
		}
	}
	// The course has no H2, but a prediction of H1 in which this happens.
	if got := ids(FaultLessons(course, labs.FaultNamed("no-common-version"))); got != "H1 " {
		t.Errorf("no-common-version leads to %s", got)
	}
	if got := ids(CauseLessons(course, labs.Cause{Lab: labs.SNI, Set: labs.Settings{"ech": "stale"}})); got != "H5 " {
		t.Errorf("sni ech=stale leads to %s", got)
	}
	if got := FaultLessons(&lessons.Course{Glossary: course.Glossary}, labs.FaultNamed("expired")); len(got) > 0 {
		t.Errorf("an empty course has %s", ids(got))
	}
}

// TestSearchCause: what only another lab has said opens that lab, with those settings.
func TestSearchCause(t *testing.T) {
	env := newEnv(t, "dark", false)
	d := newDrive(t, 100, 30, env, NewCourse(env))
	d.soon()
	d.key("/")
	d.soon()
	d.send(tea.PasteMsg{Content: "remote error: tls: unrelated\ntls: server rejected ECH\n"})
	s := d.app.top().(*search)
	if len(s.hits) == 0 || s.hits[0].name != "sni ech=stale" {
		t.Fatalf("it finds %v", s.hits)
	}
	d.key("enter")
	d.soon()
	l := d.app.top().(*labScreen)
	d.until("the lab has run", func() bool { return len(l.runs) == 1 && l.flight == nil })
	if l.lab.Name != "sni" || l.set["ech"] != "stale" {
		t.Errorf("it opens %s with ech=%s", l.lab.Name, l.set["ech"])
	}
}

// TestSearchMeant: what no lab has the cause of says what it means, and enter opens the
// lesson that is nearest to it; a program that met the gallery is named as one that did.
func TestSearchMeant(t *testing.T) {
	env := newEnv(t, "dark", false)
	var err error
	if env.Course, err = builtIn(); err != nil {
		t.Fatal(err)
	}
	d := newDrive(t, 80, 24, env, NewCourse(env))
	d.soon()
	d.key("/")
	d.soon()
	s := d.app.top().(*search)
	d.send(tea.PasteMsg{Content: "error:0A00018A:SSL routines::dh key too small"})
	if len(s.hits) == 0 || s.hits[0].kind != "error" || s.hits[0].name != "dh key too small" {
		t.Fatalf("it finds %+v", s.hits)
	}
	view, _ := s.View(80, 22)
	view = ansi.Strip(view)
	for _, part := range []string{"dh key too small", "is too small for this", "as documented by OpenSSL; not run here", "The check that fails: size of the key exchange", "No lab here makes anybody say so", "Lesson H3"} {
		if !strings.Contains(view, part) {
			t.Errorf("%q is not there:\n%s", part, view)
		}
	}
	d.key("enter")
	d.soon()
	if _, is := d.app.top().(*search); is {
		t.Errorf("enter opens nothing")
	} else if view, _ := d.app.top().View(80, 22); !strings.Contains(ansi.Strip(view), "H3") {
		t.Errorf("enter opens no lesson H3:\n%s", view)
	}
	m := labs.Why("UNABLE_TO_GET_ISSUER_CERT_LOCALLY")[0]
	if said := strings.Join(spoke(&m), " "); !strings.Contains(said, "Said by Node.js 20.20.2, 2026-11-22: UNABLE_TO_GET_ISSUER_CERT_LOCALLY") {
		t.Errorf("of Node.js it says %s", said)
	}
}
