package lessons

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"tlstutor/content"
	"tlstutor/labs/wire"
)

// evil is text that would do something to a terminal that believed it.
var evil = map[string]string{
	"CSI":       "\x1b[2J\x1b[31mred",
	"OSC 8":     "\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\",
	"OSC 52":    "\x1b]52;c;ZXZpbA==\x07",
	"DCS":       "\x1bP1$r0m\x1b\\",
	"C1":        "\u009b2J\u009d52;c;ZXZpbA==\u009c",
	"RLO":       "user\u202etxt.exe",
	"ZWJ":       "a\u200d\u200bb\ufeffc",
	"NUL":       "www.lab.test\x00.evil.test",
	"bad UTF-8": "ab\xff\xfe\xc3(",
	"newlines":  "one\r\ntwo\x08\x08three",
	"4 KB":      strings.Repeat("\x1b[Hlong", 600),
	"link mark": "\ue000evil\uf8ff",
	"separator": "one\u2028two\u2029three\u0085four\vfive",
	"YAML":      `"\x1b[2J\u202e\0\u0085\L\P\r\n\ttail"`,
	"block":     "|\n    one\x1b[2J\n    two",
}

// unclean walks all that hangs on a value, and returns the first text in it that
// a terminal would not show as it is. Prose, notes and snippets have lines.
func unclean(v reflect.Value, name string, seen map[uintptr]bool) string {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		if v.Kind() == reflect.Pointer {
			if seen[v.Pointer()] {
				return ""
			}
			seen[v.Pointer()] = true
		}
		return unclean(v.Elem(), name, seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if s := unclean(v.Field(i), name+"."+v.Type().Field(i).Name, seen); s != "" {
				return s
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if s := unclean(v.Index(i), name, seen); s != "" {
				return s
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if s := unclean(k, name+" key", seen) + unclean(v.MapIndex(k), name, seen); s != "" {
				return s
			}
		}
	case reflect.String:
		s := v.String()
		for _, lines := range []string{".Speaker", ".Shown", ".Whole", ".Text.Text"} {
			if strings.HasSuffix(name, lines) {
				s = strings.ReplaceAll(s, "\n", "")
			}
		}
		if wire.Clean(s, 1<<30) != s {
			return fmt.Sprintf("%s is %.200q", name, s)
		}
	}
	return ""
}

// checkClean fails where a course or what is said of it holds a text that is not
// clean. It reports whether there is a course.
func checkClean(t *testing.T, what string, fsys fs.FS) bool {
	t.Helper()
	c, err := Load(fsys)
	if s := unclean(reflect.ValueOf(c), "course", map[uintptr]bool{}); s != "" {
		t.Errorf("%s: %s", what, s)
	}
	var bad Mistakes
	if err != nil && !errors.As(err, &bad) {
		t.Errorf("%s: %v", what, err)
	}
	if c != nil {
		bad = Lint(context.Background(), c, pairWorld(new(atomic.Int32)))
	}
	if s := unclean(reflect.ValueOf(bad), "mistakes", map[uintptr]bool{}); s != "" {
		t.Errorf("%s: %s", what, s)
	}
	for _, m := range bad {
		if strings.ContainsAny(m.Error(), "\n\x1b") || len(m.Error()) > 4*maxText {
			t.Errorf("%s: a mistake is not one line: %.200q", what, m.Error())
		}
	}
	return c != nil
}

// TestHostileFields puts each hostile text into every kind of line of every file
// of a course: in place of what stands behind a colon, as it is or in quotes,
// behind the line, and in its middle.
func TestHostileFields(t *testing.T) {
	var tried, loaded atomic.Int32
	all := sound(t)
	t.Run("all", func(t *testing.T) {
		for name, text := range evil {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for file, was := range all {
					kinds := map[string]bool{}
					for i, line := range strings.Split(string(was.Data), "\n") {
						key, _, _ := strings.Cut(line, ": ")
						if line == "" || kinds[key] {
							continue
						}
						kinds[key] = true
						// In one of four ways, so that each field has each way.
						evil := []string{key + ": " + text, key + ": \"" + text + "\"", line + " " + text, line[:len(line)/2] + text + line[len(line)/2:]}[tried.Add(1)%4]
						files := maps.Clone(all)
						files[file] = &fstest.MapFile{Data: []byte(strings.Replace("\n"+string(was.Data), "\n"+line, "\n"+evil, 1)[1:])}
						if checkClean(t, fmt.Sprintf("%s:%d", file, i+1), files) {
							loaded.Add(1)
						}
					}
				}
			})
		}
	})
	if tried.Load() < 1500 || loaded.Load() < 500 {
		t.Errorf("only %d places, of which %d are read", tried.Load(), loaded.Load())
	}
}

// TestHostileFolder: what leads out of the folder, never ends, or is no text is a
// mistake of its file, and is not waited for.
func TestHostileFolder(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.md")
	if err := os.WriteFile(secret, []byte("## secret\nnot for the course\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, hurt := range map[string]func(string) error{
		"a link out of the folder": func(f string) error { return os.Symlink(secret, f) },
		"a link to a device":       func(f string) error { return os.Symlink("/dev/zero", f) },
		"a link to itself":         func(f string) error { return os.Symlink(f, f) },
		"a folder":                 func(f string) error { return os.Mkdir(f, 0o700) },
		"a pipe":                   makePipe,
		"2 MB":                     func(f string) error { return os.WriteFile(f, make([]byte, 2<<20), 0o600) },
	} {
		for _, file := range []string{a, k, g, "facts.yaml", "snippets/a.py", "lessons", "snippets"} {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("testdata/sound")); err != nil {
				t.Fatal(err)
			}
			at := filepath.Join(dir, file)
			if err := errors.Join(os.RemoveAll(at), hurt(at)); err != nil {
				if errors.Is(err, errors.ErrUnsupported) {
					continue
				}
				t.Fatal(err)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			c, err := Load(root.FS())
			root.Close()
			if c != nil || err == nil {
				t.Errorf("%s as %s is accepted", name, file)
				continue
			}
			if text := err.Error(); strings.Contains(text, "not for the course") || !strings.Contains(text, filepath.Base(file)) {
				t.Errorf("%s as %s: %.300s", name, file, text)
			}
			if time.Since(begin) > 5*time.Second {
				t.Errorf("%s as %s takes %v", name, file, time.Since(begin))
			}
			checkClean(t, name, os.DirFS(dir))
		}
	}
}

// TestHostileYAML: depth, breadth and repetition are refused, in bounded time.
func TestHostileYAML(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	quiz := func(body string) string {
		return "---\nid: A1\ntitle: x\nminutes: 5\n---\n\n## x\n\n```quiz A1.q1\nask: x\nhint: x\ntrap: x\n" + body + "\n```\n"
	}
	for name, text := range map[string]string{
		"deep flow":         quiz("options: " + strings.Repeat("[", 400_000)),
		"deep maps":         quiz("options: " + strings.Repeat("{a: ", 200_000)),
		"deep indents":      quiz("options:\n" + indents(1300)),
		"100000 options":    quiz("options:\n" + strings.Repeat("- {}\n", 100_000)),
		"100000 keys":       quiz(strings.Repeat("a: b\n", 100_000)),
		"100000 bad keys":   quiz(strings.Repeat("? [a]\n: b\n", 50_000)),
		"a long key":        quiz(strings.Repeat("k", 900_000) + ": b"),
		"alias bomb":        quiz(bomb.String()),
		"merge":             quiz("<<: {ask: y}"),
		"tags":              quiz("options: !!binary aGVsbG8="),
		"100000 pages":      "---\nid: A1\ntitle: x\nminutes: 5\n---\n" + strings.Repeat("## x\n", 100_000),
		"100000 blocks":     "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n" + strings.Repeat("```lab\n```\n", 80_000),
		"100000 backquotes": "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n" + strings.Repeat("``` ``` ", 100_000),
		"100000 needs":      "---\nid: A1\ntitle: x\nminutes: 5\nneeds: [" + strings.Repeat("A1, ", 100_000) + "]\n---\n## x\n",
		"long title":        "---\nid: A1\ntitle: " + strings.Repeat("x", 500_000) + "\nminutes: 5\n---\n## x\n",
		"long settings":     "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n```lab pair " + strings.Repeat("a=b ", 100_000) + "\n```\n",
		"a mark and CRLF":   "\ufeff" + strings.ReplaceAll(quiz("options: []"), "\n", "\r\n"),
		"only CR":           strings.ReplaceAll(quiz("options: []"), "\n", "\r"),
		"NUL":               strings.ReplaceAll(quiz("options: []"), "x", "\x00"),
		"brackets":          "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n\n" + strings.Repeat("[", 900_000),
		"quotes":            "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n\n" + strings.Repeat("{{", 400_000),
		"tags of HTML":      "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n\n" + strings.Repeat("<a", 400_000),
		"quotations":        "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n\n" + strings.Repeat(strings.Repeat(">", 3900)+"\n\n", 200),
		"lists":             "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n\n" + strings.Repeat("1. ", 1200),
		"wide bad lines":    quiz("options:\n" + strings.Repeat("- ["+strings.Repeat("a,", 5000)+"a]\n", 98) + "b: c"),
		"many bad blocks":   "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n\n" + strings.Repeat("```quiz A1.q1\n"+strings.Repeat("- a\n", 150)+"b: c\n```\n\n", 1500),
		"terms":             "---\nid: A1\ntitle: x\nminutes: 5\n---\n## x\n\n" + strings.Repeat("[x](#"+strings.Repeat("b", 55)+")\n\n", 14_000),
	} {
		files := sound(t)
		files[a] = &fstest.MapFile{Data: []byte(text)}
		if name == "terms" {
			files[g] = &fstest.MapFile{Data: []byte(glossaryOf(maxNotes))}
		}
		begin := time.Now()
		c, err := Load(files)
		var bad Mistakes
		if c != nil || !errors.As(err, &bad) || len(bad) == 0 || len(bad) > maxMistakes {
			t.Errorf("%s: %d mistakes", name, len(bad))
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: %v", name, took)
		}
		if s := unclean(reflect.ValueOf(bad), "mistakes", map[uintptr]bool{}); s != "" {
			t.Errorf("%s: %s", name, s)
		}
	}
}

// indents is a list in a list, and so on.
func indents(deep int) string {
	var b strings.Builder
	for i := range deep {
		b.WriteString(strings.Repeat(" ", i) + "- \n")
	}
	return b.String()
}

// glossaryOf is a glossary of that many words that are hard to tell apart.
func glossaryOf(words int) string {
	var b strings.Builder
	for i := range words {
		fmt.Fprintf(&b, "## %s%d\nx\n", strings.Repeat("b", 51), 1000+i)
	}
	return b.String()
}

// TestLineEnds: a course written on Windows is the same course.
func TestLineEnds(t *testing.T) {
	files := sound(t)
	for name, f := range files {
		if !strings.HasPrefix(name, "snippets") {
			f.Data = []byte("\ufeff" + strings.ReplaceAll(string(f.Data), "\n", "\r\n"))
		}
	}
	if bad := mistakes(t, files); len(bad) > 0 {
		t.Error(bad)
	}
}

// parsed reads a text as one of the files of a course: a lesson, the glossary, the
// facts, or course.yaml. What it returns is nil or what was read.
func parsed(files fstest.MapFS, kind uint8, text string, bad *Mistakes) any {
	name := []string{"", glossaryFile, "facts.yaml", "course.yaml"}[kind&3]
	if name == "" {
		return parseLesson(files, "lessons/A1-x.md", text, bad)
	}
	fsys := maps.Clone(files)
	fsys[name] = &fstest.MapFile{Data: []byte(text)}
	switch name {
	case glossaryFile:
		return loadGlossary(fsys, bad)
	case "facts.yaml":
		return loadFacts(fsys, bad)
	}
	c := &Course{}
	loadCourse(c, map[string]*Lesson{"A1": {ID: "A1", File: a, Line: 3}, "B1": {ID: "B1", File: b, Line: 3}}, fsys, bad)
	return c
}

// FuzzLesson: whatever a file of a course holds, reading it ends, what is read is
// clean, and each mistake is one line with a place in the file. Written with the
// line ends of Windows it is the same file. What Load accepts, Lint can check.
func FuzzLesson(f *testing.F) {
	files := sound(f)
	snippets, err := fs.Glob(content.FS, "snippets/*")
	must(f, err)
	for _, name := range snippets {
		data, err := fs.ReadFile(content.FS, name)
		must(f, err)
		files[name] = &fstest.MapFile{Data: data}
	}
	for kind, names := range [][]string{{a, b}, {glossaryFile}, {"facts.yaml"}, {"course.yaml"}} {
		for _, name := range names {
			f.Add(uint8(kind), string(files[name].Data))
		}
		for _, text := range evil {
			f.Add(uint8(kind), strings.Replace(string(files[names[0]].Data), "Hello", text, 3)+"\n## "+text+"\n"+text+"\n")
		}
	}
	for _, text := range evil {
		f.Add(uint8(0), "---\nid: A1\ntitle: "+text+"\nminutes: 5\n---\n\n## "+text+"\n\n```predict A1.p1 pair say="+text+"\nask: "+text+"\n```\n")
	}
	real, err := fs.Glob(content.FS, "lessons/*.md")
	must(f, err)
	for i, name := range append(real, glossaryFile, "facts.yaml", "course.yaml") {
		data, err := fs.ReadFile(content.FS, name)
		must(f, err)
		f.Add(uint8(max(0, i-len(real)+1)), string(data))
	}
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		var bad, twice Mistakes
		got := parsed(files, kind, text, &bad)
		if s := unclean(reflect.ValueOf(got), "file", map[uintptr]bool{}) + unclean(reflect.ValueOf(bad), "mistakes", map[uintptr]bool{}); s != "" {
			t.Error(s)
		}
		for _, m := range bad {
			// The lesson that course.yaml leaves out is where its own file says.
			if last := max(3, strings.Count(text, "\n")+1); m.Line < 1 || m.Line > last || m.What == "" || strings.ContainsAny(m.Error(), "\n\x1b") || len(m.Error()) > 4*maxText {
				t.Errorf("of %d lines: %.300q", last, m.Error())
			}
		}
		if windows := parsed(files, kind, strings.ReplaceAll(text, "\n", "\r\n"), &twice); !strings.Contains(text, "\r") && len(bad) == 0 && (len(twice) > 0 || !reflect.DeepEqual(got, windows)) {
			t.Errorf("with other line ends it is another file: %v", twice)
		}
		l, _ := got.(*Lesson)
		if kind&3 == 0 && l == nil && len(bad) == 0 {
			t.Error("no lesson, and nothing is wrong")
		}
		if l == nil || len(bad) > 0 || len(l.Pages) == 0 {
			return
		}
		c := &Course{ID: "x", Lessons: []*Lesson{l}, Glossary: loadGlossary(files, &bad), Facts: loadFacts(files, &bad)}
		c.check(&bad)
		if len(bad) == 0 {
			Lint(context.Background(), c, pairWorld(new(atomic.Int32)))
		}
	})
}
