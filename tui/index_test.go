package tui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/capture"
	"tlstutor/tui/theme"
)

// indexStates are a capture, and a connection of one.
var indexStates = map[string]func(testing.TB) *drive{
	"capture":       func(t testing.TB) *drive { d, _ := indexDrive(t, 80, 24, 1); return d },
	"capture empty": func(t testing.TB) *drive { d, _ := indexDrive(t, 80, 24, 0); return d },
	"captured": func(t testing.TB) *drive {
		d, s := indexDrive(t, 80, 24, 1)
		openFirst(d, s)
		return d
	},
	"captured bytes": func(t testing.TB) *drive {
		d, s := indexDrive(t, 140, 42, 1)
		openFirst(d, s)
		d.key("tab")
		return d
	},
}

// recording is a capture of so many runs of the wiretap lab, one after the other.
func recording(t testing.TB, runs int) []byte {
	t.Helper()
	lab := labs.Wiretap
	set, err := lab.Settings(nil)
	if err != nil {
		t.Fatal(err)
	}
	kept := &labs.Kept{Lab: lab, Settings: set, Page: labs.Page{Made: time.Unix(1e9, 0)}}
	for range runs {
		events, err := labs.Start(context.Background(), lab, set, labs.Options{}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		kept.Events = append(kept.Events, events...)
	}
	var file bytes.Buffer
	if err := labs.Formats()[0].Write(&file, kept); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// indexDrive is a drive at a capture that has been read.
func indexDrive(t testing.TB, w, h, runs int) (*drive, *indexScreen) {
	t.Helper()
	return readDrive(t, w, h, recording(t, runs))
}

func readDrive(t testing.TB, w, h int, file []byte) (*drive, *indexScreen) {
	t.Helper()
	env := newEnv(t, theme.Dark, false)
	s := NewIndex(env, "a.pcapng", capture.NewIndex(bytes.NewReader(file), int64(len(file))), int64(len(file))).(*indexScreen)
	d := newDrive(t, w, h, env, NewList(env), s)
	d.until("the capture is read", func() bool { return s.ended })
	d.soon()
	return d, s
}

// openFirst opens the highlighted connection.
func openFirst(d *drive, s *indexScreen) {
	d.t.Helper()
	d.key("enter")
	d.until("the connection is open", func() bool { return d.app.top() != Screen(s) })
	d.soon()
}

// TestIndex walks a capture: the list, a connection opened and decrypted, and back
// to where one was.
func TestIndex(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		d, s := indexDrive(t, size[0], size[1], 2)
		text := ansi.Strip(d.screen())
		for _, want := range []string{"a.pcapng   pcapng · 4 connections with TLS", " app.lab.test", "127.0.0.1:", "2 TCP connections without TLS"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: the list lacks %q:\n%s", size, want, text)
			}
		}
		d.key("end")
		openFirst(d, s)
		text = ansi.Strip(d.screen())
		for _, want := range []string{"dissect   connection 6", "completed in", "ClientHello", "Certificate", "handshake"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: the connection lacks %q:\n%s", size, want, text)
			}
		}
		for _, bad := range []string{"knobs", "reset", "r run", "Try:"} {
			if strings.Contains(text, bad) {
				t.Errorf("%v: %q is offered of what is not run:\n%s", size, bad, text)
			}
		}
		d.key("r")
		if !strings.Contains(d.app.line, "nothing to run") {
			t.Errorf("r says %q", d.app.line)
		}
		d.key("w")
		if text := ansi.Strip(d.screen()); !strings.Contains(text, "EAVESDROPPER") {
			t.Errorf("w shows no listener:\n%s", text)
		}
		d.key("w")
		d.key("esc")
		if d.app.top() != Screen(s) || s.at != 3 {
			t.Errorf("%v: esc leads elsewhere, row %d", size, s.at)
		}
		if at := d.app.where(); at != "open a.pcapng" {
			t.Errorf("the way back is %q", at)
		}
	}
}

// TestIndexOfHalf: of a file that is cut off, what was readable is listed, and why
// it ends stands below.
func TestIndexOfHalf(t *testing.T) {
	file := recording(t, 1)
	d, s := readDrive(t, 80, 24, file[:len(file)*3/4])
	text := ansi.Strip(d.screen())
	if s.err == nil || !strings.Contains(text, "the file ends here") || len(s.conns) == 0 {
		t.Errorf("%v:\n%s", s.err, text)
	}
	d, _ = readDrive(t, 60, 18, []byte("no capture \x1b[2J"))
	if text := d.screen(); !strings.Contains(ansi.Strip(text), "this is neither pcap nor pcapng") || strings.Contains(text, "\x1b[2J") {
		t.Errorf("%q", text)
	}
	d.key("enter")
	d.soon()
	if !strings.Contains(d.app.line, "no connection with TLS") {
		t.Errorf("enter says %q", d.app.line)
	}
}

// A slow file has one more piece each time somebody asks.
type slow struct {
	*bytes.Reader
	wait chan struct{}
}

func (s slow) ReadAt(p []byte, off int64) (int, error) {
	if off > 0 {
		<-s.wait
	}
	return s.Reader.ReadAt(p, off)
}

// TestIndexAnswers: while a file is read keys are answered, and leaving ends it.
func TestIndexAnswers(t *testing.T) {
	file := recording(t, 40)
	wait := make(chan struct{})
	env := newEnv(t, theme.Dark, false)
	in := slow{bytes.NewReader(file), wait}
	var _ io.ReaderAt = in
	s := NewIndex(env, "slow", capture.NewIndex(in, int64(len(file))), int64(len(file))).(*indexScreen)
	d := newDrive(t, 80, 24, env, NewList(env), s)
	d.key("down")
	if text := ansi.Strip(d.screen()); !strings.Contains(text, "reading, ") {
		t.Errorf("nothing says that it is read:\n%s", text)
	}
	close(wait)
	d.key("esc")
	d.until("reading has ended", func() bool {
		select {
		case <-s.over:
			return true
		default:
			return false
		}
	})
	if d.app.top() == Screen(s) {
		t.Error("esc does not leave")
	}
}

// TestIndexCompares: c puts the chosen connection of a capture beside the one that
// was opened last; before there are two, and of one alone, it says what is missing.
func TestIndexCompares(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		d, s := indexDrive(t, size[0], size[1], 2)
		first, last := s.conns[0].Number, s.conns[3].Number
		ask := func(want string) {
			t.Helper()
			d.key("c")
			if d.app.top() != Screen(s) || !strings.Contains(d.app.line, want) {
				t.Errorf("%v: c says %q, want %q", size, d.app.line, want)
			}
		}
		ask("open the first one with enter")
		openFirst(d, s)
		d.key("esc")
		ask(fmt.Sprint("choose another one than connection ", first))
		d.key("end")
		if text := ansi.Strip(d.screen()); !strings.Contains(text, fmt.Sprint("c compare with ", first)) {
			t.Errorf("%v: c is not offered:\n%s", size, text)
		}
		d.key("c")
		d.until("the comparison is open", func() bool { return d.app.top() != Screen(s) })
		d.soon()
		c, ok := d.app.top().(*compareScreen)
		if !ok || c.left.n != first || c.right.n != last || c.messages == 0 {
			t.Fatalf("%v: %T", size, d.app.top())
		}
		text := d.flat()
		for _, want := range []string{"dissect", fmt.Sprintf("connection %d and connection %d", first, last), fmt.Sprintf("connection %d ✓ completed in", first), "ClientHello"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: the comparison lacks %q:\n%s", size, want, text)
			}
		}
		for _, bad := range []string{fmt.Sprint("run ", first), fmt.Sprint("run ", last), "same settings"} {
			if strings.Contains(text, bad) {
				t.Errorf("%v: it speaks of %q:\n%s", size, bad, text)
			}
		}
		for _, k := range []string{"<", "c", "r"} {
			d.key(k)
			if d.app.top() != Screen(c) || strings.Contains(d.app.line, "run,") || d.app.line == "" {
				t.Errorf("%v: %s says %q", size, k, d.app.line)
			}
		}
		if help := strings.Join(c.help(), " "); strings.Contains(help, " run") || !strings.Contains(help, "chosen in the list") {
			t.Errorf("the help says %q", help)
		}
		d.key("esc")
		if d.app.top() != Screen(s) || s.at != 3 {
			t.Errorf("%v: esc leads elsewhere, row %d", size, s.at)
		}
	}
}
