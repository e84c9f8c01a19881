package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// An exports screen offers the files that a run can be kept in. It says each
// one's full path before anything is written, and no file is ever overwritten.
type exports struct {
	env   *Env
	run   *shown
	title string // what is kept: "handshake  run 2"
	kept  *labs.Kept
	kinds []labs.Format
	paths []string // by kind; empty until it is known which names are free
	said  []string // by kind, what came of writing it, or ""
	bad   []bool   // by kind, whether that is a failure
	at    int      // the highlighted kind
}

// What the disk answers: which names are free, and what came of writing one.
type (
	freeMsg struct {
		screen *exports
		paths  []string
		err    error
	}
	writtenMsg struct {
		screen *exports
		kind   int
		size   int64
		err    error
	}
)

// exportable reports whether there is a run to keep: one that has ended, in which
// something took place.
func (s *labScreen) exportable() bool {
	c := s.cur()
	return s.flight == nil && c != nil && c.ended && len(c.recs) > 0
}

// newExports offers the files of a run of a lab that has ended.
func newExports(env *Env, s *labScreen, r *shown) *exports {
	signed := r.signed
	if r.run != nil {
		signed = r.run.Made()
	}
	e := &exports{env: env, run: r, kinds: offered(r.events, signed)}
	e.title = fmt.Sprintf("%s, run %d", s.lab.Name, r.n)
	if s.past != "" {
		e.title = s.past + " of " + s.captured()
	}
	made := r.began
	if made.IsZero() { // a lesson has made it, a moment ago
		made = time.Now()
	}
	page := labs.Page{Version: env.Version, Made: made, Note: func(path string) string { n, _ := env.Notes.For(path); return n.Text }}
	e.kept = &labs.Kept{Lab: s.lab, Settings: r.settings, Events: r.events, Made: signed, Page: page}
	e.said, e.bad = make([]string, len(e.kinds)), make([]bool, len(e.kinds))
	return e
}

// offered are the kinds of files that there is something for: without secrets no
// key log, without addresses no capture, without an authority no certificates.
func offered(events []labs.Event, signed []pki.Made) []labs.Format {
	secrets, addresses := false, false
	for i := range events {
		if c := events[i].Conn; c != nil && events[i].Kind == labs.Written {
			secrets = secrets || len(c.Keys()) > 0
			addresses = addresses || c.Client != nil && c.Server != nil
		}
	}
	var kinds []labs.Format
	for _, f := range labs.Formats() {
		switch {
		case f.Ext == "keys" && !secrets, f.Ext == "pcapng" && !addresses, f.Folder && len(signed) == 0:
			continue
		case f.Ext == "pcapng" && !secrets:
			f.Doc = "for Wireshark; there are no secrets to put inside"
		}
		kinds = append(kinds, f)
	}
	return kinds
}

// Open looks for names that are free: those of the lab and the time of the run.
func (e *exports) Open() tea.Cmd {
	name := "tlstutor-" + e.kept.Lab.Name + "-" + e.kept.Page.Made.Format("20060102-150405")
	dir, kinds := e.env.Out, e.kinds
	return func() tea.Msg {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return freeMsg{screen: e, err: err}
		}
		var paths []string
		for _, k := range kinds {
			paths = append(paths, free(filepath.Join(dir, name), k.Ext))
		}
		return freeMsg{screen: e, paths: paths}
	}
}

// free returns a path that nothing has. Should somebody take it before it is
// written, writing it fails.
func free(base, ext string) string {
	path := base + "." + ext
	for n := 2; n < 1000; n++ {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			break
		}
		path = fmt.Sprintf("%s-%d.%s", base, n, ext)
	}
	return path
}

// write writes the file of a kind.
func (e *exports) write(kind int) tea.Cmd {
	e.at = kind
	switch {
	case len(e.paths) == 0:
		return say("the folder has not answered yet")
	case e.said[kind] != "" && !e.bad[kind]:
		return say("that file is written already")
	}
	// Until the disk has answered, this also refuses a second press.
	e.said[kind], e.bad[kind] = "being written", false
	path, format, kept := e.paths[kind], e.kinds[kind], e.kept
	return func() tea.Msg {
		size, err := create(path, format, kept)
		return writtenMsg{e, kind, size, err}
	}
}

// create writes one file, which is not there yet, and returns its size. Half a
// file is worse than none. What it holds is for its owner: there may be secrets
// in it.
func create(path string, f labs.Format, k *labs.Kept) (int64, error) {
	if f.Folder {
		return createFolder(path, k.Files())
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // which follows no link either
	if err != nil {
		return 0, err
	}
	// Some disks say only when a file is closed that they are full.
	err = f.Write(out, k)
	at, seek := out.Seek(0, 1)
	if err = errors.Join(err, seek, out.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(path))
	}
	return at, nil
}

// createFolder writes a folder of files, which is not there yet, and returns the
// size of all of them.
func createFolder(path string, files []labs.File) (int64, error) {
	// A new one, and no empty one that somebody has made: its owner may look into it.
	if err := os.Mkdir(path, 0o700); err != nil {
		return 0, err
	}
	size := int64(0)
	for _, f := range files {
		size += int64(len(f.Data))
	}
	return size, labs.SaveFiles(path, files)
}

// Update takes keys, clicks, and the answers of the disk.
func (e *exports) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return e.actions().press(msg)
	case freeMsg:
		if msg.screen != e {
			return nil
		}
		if e.paths = msg.paths; msg.err != nil {
			return say("there is no folder to write to: " + failed(msg.err))
		}
	case writtenMsg:
		if msg.screen != e {
			return nil
		}
		e.said[msg.kind] = fmt.Sprintf("written, %s", plural(int(msg.size), "byte"))
		if e.kinds[msg.kind].Folder {
			e.said[msg.kind] += "; private keys are in it: keep it to yourself"
		}
		if e.bad[msg.kind] = msg.err != nil; e.bad[msg.kind] {
			e.said[msg.kind] = "not written: " + failed(msg.err)
		}
	case clickMsg:
		switch m := msg.Msg.(type) {
		case pickMsg:
			if e.at == int(m) {
				return e.write(e.at)
			}
			e.at = int(m)
		case notchMsg:
			return e.move(int(m))()
		}
	}
	return nil
}

// failed is why a file could not be written, without its path, which stands
// above.
func failed(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return wire.Clean(err.Error(), 200)
}

// actions choose a file, by its digit at once, and leave.
func (e *exports) actions() actions {
	a := actions{
		act([]string{"up"}, "↑↓", "choose", e.move(-1)),
		hush(act([]string{"down"}, "↓", "the next file", e.move(1))),
		hush(one("home", "the first", e.move(-1<<20))),
		hush(one("end", "the last", e.move(1<<20))),
		one("enter", "write the "+e.kinds[e.at].Name, func() tea.Cmd { return e.write(e.at) }),
	}
	for i, k := range e.kinds {
		x := one(fmt.Sprint(i+1), "write the "+k.Name, func() tea.Cmd { return e.write(i) })
		a = append(a, hush(x))
	}
	return append(a, one("esc", e.env.below(e), func() tea.Cmd { return e.env.pop(e) }))
}

// move highlights the kind that lies by rows away, at most the first or last.
func (e *exports) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		e.at = max(0, min(e.at+by, len(e.kinds)-1))
		return nil
	}
}

// What is being written is written to its end; other keys are App's to answer.
func (e *exports) Close() tea.Cmd     { return nil }
func (e *exports) Idle(string) string { return "" }

// ShortHelp and FullHelp list the keys.
func (e *exports) ShortHelp() []key.Binding  { return e.actions().ShortHelp() }
func (e *exports) FullHelp() [][]key.Binding { return e.actions().FullHelp() }

// View lists the kinds, under each the full path, and what came of writing it.
func (e *exports) View(w, h int) (string, []Hit) {
	t := e.env.Theme
	lines := []string{" " + t.Title.Render(ansi.Truncate(e.title, max(1, w-12), t.Glyphs.Ellipsis)) + t.Dim.Render(" as a file"), ""}
	hits := []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	widest := 0
	for _, k := range e.kinds {
		widest = max(widest, ansi.StringWidth(k.Name))
	}
	for i, k := range e.kinds {
		name := theme.Fit(fmt.Sprintf(" %d  %-*s  %s", i+1, widest, k.Name, k.Doc), w-4)
		if i == e.at {
			name = t.Selected.Render(name)
		} else {
			name = t.Text.Render(name)
		}
		top := len(lines)
		lines = append(lines, "  "+name)
		if len(e.paths) > i {
			for path := range strings.Lines(ansi.Hardwrap(wire.Clean(e.paths[i], wire.MaxValue), max(1, w-8), true)) {
				lines = append(lines, "      "+t.Dim.Render(strings.TrimSuffix(path, "\n")))
			}
		}
		if e.said[i] != "" {
			style := t.Good
			if e.bad[i] {
				style = t.Bad
			}
			lines = append(lines, "      "+style.Render(ansi.Truncate(e.said[i], w-8, t.Glyphs.Ellipsis)))
		}
		hits = append(hits, Hit{Y: top, W: w, H: len(lines) - top, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
	}
	lines = append(lines, "", "  "+t.Dim.Render("What is there already is never overwritten."))
	return strings.Join(cutTo(lines, h), "\n"), hits
}
