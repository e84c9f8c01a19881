package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/tui"
	"tlstutor/tui/theme"
)

func TestStatus(t *testing.T) {
	plain := errors.New("reading x: broken")
	for _, c := range []struct {
		err  error
		want int
		line string
	}{
		{nil, 0, ""},
		{plain, couldNot, "tlstutor: reading x: broken\n"},
		{hint(plain, "mend it"), couldNot, "tlstutor: reading x: broken; mend it\n"},
		{hint(misuse(plain), "mend it"), wrong, "tlstutor: reading x: broken; mend it\n"},
		{fmt.Errorf("more: %w", hint(verdict(plain), "mend it")), no, "tlstutor: more: reading x: broken; mend it\n"},
		{hint(nil, "mend it"), 0, ""},
		{errors.New("two\nlines\x1b[2J"), couldNot, `tlstutor: two lines\x1b[2J` + "\n"},
		{&fs.PathError{Op: "write", Path: "out", Err: syscall.EPIPE}, unheeded, ""},
	} {
		var b bytes.Buffer
		if got := complain(&b, c.err); got != c.want || b.String() != c.line {
			t.Errorf("%v: status %d, %q; want %d, %q", c.err, got, b.String(), c.want, c.line)
		}
	}
	var b bytes.Buffer
	complain(&b, errors.New(strings.Repeat("long ", 1<<20)))
	if b.Len() > 4*wire.MaxValue+20 {
		t.Errorf("a complaint of %d bytes", b.Len())
	}
}

func TestSlurpIsBounded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(slurpLimit); err != nil {
		t.Fatal(err)
	}
	if _, data, err := slurp(t.Context(), "inspect", name, time.Minute); err != nil || len(data) != slurpLimit {
		t.Errorf("%d bytes, %v; want all of %d", len(data), err, slurpLimit)
	}
	if err := f.Truncate(slurpLimit + 1); err != nil {
		t.Fatal(err)
	}
	// What is read differs, and so does what to do.
	for command, want := range map[string]string{"inspect": "; certificates have a few kB", "verify": "; certificates have a few kB", "why": "; the lines around the error are enough"} {
		if _, _, err := slurp(t.Context(), command, name, time.Minute); err == nil || !strings.Contains(err.Error(), "more than 16 MB"+want) {
			t.Errorf("%s of one byte too many: %v", command, err)
		}
		if err := hinted(command, fs.ErrPermission); !strings.HasSuffix(err.Error(), "tlstutor "+command+" -") {
			t.Errorf("%s without permission: %v", command, err)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, _, err := slurp(ctx, "inspect", "-", time.Minute); err != nil && status(err) != couldNot {
		t.Errorf("stopped: %v", err)
	}
	if err := hinted("inspect", fs.ErrPermission); !strings.Contains(err.Error(), "; read it as a user who may") {
		t.Errorf("no permission: %v", err)
	}
}

// TestReport checks what a report holds, and what it must not hold.
func TestReport(t *testing.T) {
	stack := debug.Stack()
	text := report("runtime error: index out of range [5] with length 3", stack)
	for _, want := range []string{version(), "index out of range [5]", "TestReport(...)", "tlstutor/edge_test.go:"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{here, "0x", filepath.Dir(os.Args[0])} {
		if strings.Contains(text, bad) {
			t.Errorf("the report tells %q:\n%s", bad, text)
		}
	}
	if text := report("reading secret.example", stack); strings.Contains(text, "secret") {
		t.Errorf("the report quotes the panic:\n%s", text)
	}
}

func TestBroke(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	plain := errors.New("no free port")
	if got := broke(plain); got != plain || broke(nil) != nil {
		t.Errorf("an error of another kind became %v", got)
	}
	for _, err := range []error{
		&labs.Panic{Value: "runtime error: x", Stack: debug.Stack()},
		fmt.Errorf("drawing: %w", &tui.Panic{Value: "runtime error: x", Stack: debug.Stack()}),
	} {
		got := broke(err)
		_, path, ok := strings.Cut(got.Error(), " is in ")
		if !ok || status(got) != couldNot {
			t.Fatalf("%v", got)
		}
		text, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(text, []byte("TestBroke")) {
			t.Errorf("the report in %s: %v: %s", path, err, text)
		}
	}
	t.Setenv("TMPDIR", "/nowhere/at/all")
	t.Setenv("TMP", "/nowhere/at/all")
	if got := broke(&labs.Panic{Value: "x"}); !strings.Contains(got.Error(), "could not be written") {
		t.Errorf("with nowhere to write: %v", got)
	}
}

// TestAfter checks what is said for each way in which the program can end.
func TestAfter(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("hangup signal received"))
	for _, c := range []struct {
		ctx  context.Context
		app  *tui.App
		err  error
		want string
	}{
		{t.Context(), &tui.App{Fatal: &labs.Panic{Value: "x"}}, nil, "something in tlstutor broke"},
		{t.Context(), &tui.App{Fatal: &tui.Panic{Value: "x"}}, tea.ErrProgramKilled, "a report, without keys, names or arguments, is in "},
		{t.Context(), &tui.App{}, tea.ErrProgramPanic, "the lines above say where"},
		{ended, &tui.App{}, tea.ErrProgramKilled, "stopped: hangup signal received; nothing is left running"},
		{t.Context(), &tui.App{}, errors.New("no tty"), "drawing on this terminal: no tty; tlstutor --plain is the same program as lines of text"},
	} {
		err := after(c.ctx, c.app, c.err)
		if err == nil || !strings.Contains(err.Error(), c.want) || status(err) != couldNot {
			t.Errorf("%+v: %v, want %q", c, err, c.want)
		}
	}
}

func TestUnicodeLocale(t *testing.T) {
	for _, c := range []struct {
		all, ctype, lang string
		want             bool
	}{
		{"", "", "en_GB.UTF-8", true},
		{"", "", "de_DE.utf8", true},
		{"C", "", "en_GB.UTF-8", false},
		{"", "POSIX", "en_GB.UTF-8", false},
		{"C.UTF-8", "C", "C", true},
		{"", "", "ja_JP.eucJP", false},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_CTYPE", c.ctype)
		t.Setenv("LANG", c.lang)
		if got := unicodeLocale(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestLine checks that the line printed on leaving opens the same again.
func TestLine(t *testing.T) {
	given := labs.Settings{"max": "1.2", "name": "a b'c"}
	if got, want := labs.Handshake.Line(given), `handshake max=1.2 name='a b'\''c'`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestLettering checks that plain text is ASCII where the locale has no more, however
// it is cut into writes, and as it was elsewhere.
func TestLettering(t *testing.T) {
	const text = "\u201cTLS\u201d \u2014 caf\u00e9 \u4e16 \U0001f512 1\u2013" + "4\n"
	for ascii, want := range map[bool]string{true: "\"TLS\" - caf? ?? ?? 1-4\n", false: text} {
		for size := 1; size <= len(text); size++ {
			var b bytes.Buffer
			l := &lettering{w: &b, theme: theme.New(theme.Dark, ascii)}
			for p := []byte(text); len(p) > 0; {
				n, err := l.Write(p[:min(size, len(p))])
				if err != nil {
					t.Fatal(err)
				}
				p = p[n:]
			}
			if b.String() != want {
				t.Errorf("ASCII %v, %d bytes at a time: %q", ascii, size, b.String())
			}
		}
	}
}
