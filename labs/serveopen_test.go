package labs

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// TestGalleryCommandsReadTheRoot: where the root is in a file of its own, every
// command reads that one, as a shell takes its name, and nothing says to get another.
// No line is promised that only one process ever said.
func TestGalleryCommandsReadTheRoot(t *testing.T) {
	const file = "/tmp/it's here/my root.pem"
	x, err := List(ring, time.Now, "", file)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range x.Entries {
		for _, try := range e.Tries {
			if strings.Contains(try.Says, ":error:") {
				t.Errorf("%s, %s: %s", e.Name, try.Tool, try.Says)
			}
			if strings.Contains(try.Command, "-root") { // it trusts another
				continue
			}
			words := asShellReads(t, try.Command)
			seen++
			if !strings.Contains(words, file) || strings.Contains(strings.ReplaceAll(words, file, ""), rootFile) {
				t.Errorf("%s, %s: the root is not read from %s: %s", e.Name, try.Tool, file, words)
			}
		}
		if strings.Contains(x.Fetch(e.Files), "/"+rootFile) {
			t.Errorf("%s: %s", e.Name, x.Fetch(e.Files))
		}
	}
	if seen < 200 || x.Fetch(nil) != "" {
		t.Errorf("%d commands; get %q", seen, x.Fetch(nil))
	}
}

// asShellReads has a shell take a command apart, and returns its words in lines.
func asShellReads(t *testing.T, command string) string {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil { // the words are at least in it
		return strings.ReplaceAll(command, `'\''`, "'")
	}
	// What stands before a pipe is the request alone.
	_, last, piped := strings.Cut(command, " | ")
	if !piped {
		last = command
	}
	out, err := exec.CommandContext(t.Context(), sh, "-c", "printf '%s\n' "+last).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return string(out)
}

// TestGalleryOpening: what a gallery says first is short, and says what to do first.
func TestGalleryOpening(t *testing.T) {
	for only, c := range map[string]struct {
		lines int
		want  []string
	}{
		"":        {45, []string{"First get the root", "root.pem https://good.lab.test/\n    accepts", "https://expired.lab.test/\n    refuses", "\nvalidity       expired not-yet-valid", "\nA client that sends no name gets no-ip.\n", "\nNo name chooses ip-as-name, which has a port of its own: 127.0.0.1:"}},
		"expired": {45, []string{"First get the root", "\nexpired (validity): ", "gnutls-cli"}},
	} {
		o := openGallery(t, "only="+only)
		events, _ := o.run.Since(0)
		var entries []Event
		text := ""
		for i := range events {
			if IsEntry(&events[i]) {
				entries = append(entries, events[i])
			} else if IsOpening(&events[i]) {
				text = GalleryOpening(entries, &events[i])
			}
		}
		if n := strings.Count(text, "\n"); n > c.lines || !strings.Contains(text, o.Servers) || !strings.Contains(text, "http://"+o.Pages+"/") {
			t.Errorf("%q: %d lines\n%s", only, n, text)
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q: no %q in\n%s", only, want, text)
			}
		}
	}
	began := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	line, ok := GalleryLine(&Event{At: 80026846 * time.Microsecond, Kind: Found, Tree: wire.Note(guestNote, "a"), Text: "a: served good"}, began)
	if !ok || line != "03:01:20  a: served good\n" {
		t.Errorf("%q", line)
	}
}

// TestGalleryClosed: how often each server was met is told in lines that fit, however
// many there are, and nothing is cut off.
func TestGalleryClosed(t *testing.T) {
	g := &gallery{}
	closing := func() string {
		line, ok := GalleryLine(&Event{Tree: wire.Note(galleryNote, "closed", g.served())}, time.Now())
		if !ok {
			t.Fatal("no line")
		}
		return line
	}
	if line := closing(); line != "\nThe gallery is closed; nobody came.\n" {
		t.Errorf("%q", line)
	}
	for _, f := range Faults() {
		g.exhibits = append(g.exhibits, &exhibit{Entry: Entry{Name: f.Name}, count: 10})
		g.count += 10
	}
	g.count += 2 // who sent no ClientHello
	text := closing()
	for line := range strings.Lines(text) {
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	all := strings.Join(strings.Fields(text), " ")
	for _, x := range g.exhibits {
		if !strings.Contains(all, " "+x.Name+" 10,") {
			t.Errorf("%s is not in it", x.Name)
		}
	}
	if !strings.HasSuffix(all, ", no TLS 2.") {
		t.Error(text)
	}
}
