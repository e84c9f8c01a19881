package lessons

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"tlstutor/content"
	"tlstutor/labs/wire"
)

// folder makes a folder of notes from pairs of name and text.
func folder(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func load(t *testing.T, pairs ...string) *Notes {
	t.Helper()
	n, err := LoadNotes(folder(pairs...))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFor: the longest end of a path wins, at the dots only.
func TestFor(t *testing.T) {
	n := load(t, "notes/a.md", `# A title

## random
any random

## ClientHello.random *
the client's random

## fragment.ClientHello.random
the client's random in the clear

## ASN.1Cert
a name with a dot

## Extensions.*
an unknown extension

## 1.2.840
a known number

## [n]
only a tag
`)
	for _, test := range []struct{ path, text string }{
		{"random", "any random"},
		{"ServerHello.random", "any random"},
		{"ClientHello.random", "the client's random"},
		{"TLSInnerPlaintext.content.ClientHello.random", "the client's random"},
		{"TLSPlaintext.fragment.ClientHello.random", "the client's random in the clear"},
		{"certificate_list.ASN.1Cert", "a name with a dot"},
		{"Extensions.2.5.29.99", "an unknown extension"},
		{"tbsCertificate.extensions.Extensions.2.5.29.99", "an unknown extension"},
		{"Extensions.commonName", "an unknown extension"},
		{"Extensions.random", "any random"},
		{"Extensions.1.2.840", "a known number"},
		{"Extensions.[0]", "only a tag"},
		{"sha256.[PRIVATE 12]", "only a tag"},
		{"XClientHello.random", "any random"},
		{".random", "any random"},
	} {
		note, ok := n.For(test.path)
		if !ok || note.Text != test.text {
			t.Errorf("For(%q) = %q, %v; want %q", test.path, note.Text, ok, test.text)
		}
	}
	for _, path := range []string{"", ".", "..", "randomly", "random.x", "quasirandom", "ClientHello.", "1Cert", "5", "1.", ".1", "random.",
		"2.5.29.99", "Extensions", "extensions.2.5.29.99", "Extensions.2.5.29.99.SEQUENCE", "Extensions2.5"} {
		if note, ok := n.For(path); ok {
			t.Errorf("For(%q) found %s", path, note.Path)
		}
	}
}

func TestKey(t *testing.T) {
	n := load(t, "notes/a.md", "## random\nany\n\n## ClientHello.random *\nkey\n")
	for path, want := range map[string]bool{"a.ClientHello.random": true, "ClientHello.random": true, "ServerHello.random": false, "nothing": false, "": false} {
		if got := n.Key(path); got != want {
			t.Errorf("Key(%q) = %v", path, got)
		}
	}
}

// TestForm: files in the order of their names, joined lines, places, clean
// text, and other files left alone.
func TestForm(t *testing.T) {
	n := load(t,
		"notes/b.md", "## b *\r\n\r\nfirst line\r\n  second line\r\n\r\nthird\r\n",
		"notes/a.md", "# title\n\n## a.b.c\ntext with \x1b[31m and \u202e in it",
		"notes/readme.txt", "not a note",
		"lessons/x.md", "## x\nelsewhere")
	want := []Note{
		{Path: "a.b.c", Text: `text with \x1b[31m and \u202e in it`, File: "notes/a.md", Line: 3},
		{Path: "b", Text: "first line second line third", Key: true, File: "notes/b.md", Line: 1},
	}
	got := n.All()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	got[0].Text = "changed"
	if note, _ := n.For("a.b.c"); note.Text != want[0].Text {
		t.Error("what All returned shares memory with the notes")
	}
}

// TestErrors: each says where, and what, on one clean line of bounded length.
func TestErrors(t *testing.T) {
	many := func(n int, one func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(one(i))
		}
		return b.String()
	}
	for _, test := range []struct{ text, want string }{
		{"## a\nx\n\n## b\ny\n\n## a\nz\n", "notes/f.md:7: a has a note already, at notes/f.md:1"},
		{"## a\n\n## b\ntext\n", "notes/f.md:3: the note for a, at line 1, has no text"},
		{"## a\n   \n", "notes/f.md:2: the note for a, at line 1, has no text"},
		{"hello\n", "notes/f.md:1: text before the first heading"},
		{"## \n", "notes/f.md:1: a heading"},
		{"##\n", "notes/f.md:1: a heading"},
		{"## *\nx\n", "notes/f.md:1: a heading without a path"},
		{"## a.*\nx\n## a.*\ny\n", "notes/f.md:3: a.* has a note already, at notes/f.md:1"},
		{"##  *\nx\n", "notes/f.md:1: a heading without a path"},
		{"## a\nx\n### b\n", "notes/f.md:3: a heading that is not"},
		{"## a\nx\n# b\n", "notes/f.md:3: a heading that is not"},
		{"## a..b\nx\n", "notes/f.md:1: a path with an empty name"},
		{"## .a\nx\n", "notes/f.md:1: a path with an empty name"},
		{"## a\x1b]52;c;eA==\a\nx\n", "notes/f.md:1: not a field's path"},
		{"## " + strings.Repeat("a", 5000) + "\nx\n", "notes/f.md:1: not a field's path"},
		{"## a\n\xff\xfe\n", "notes/f.md:2: not UTF-8 text"},
		{"\x7fELF\x02\x01\x01\x00\x00\n", "notes/f.md:1: text before the first heading"},
		{"## a\n" + many(2000, func(int) string { return "word\n" }), "notes/f.md:202: the note for a is longer than 1000 bytes"},
		{"## a\n" + strings.Repeat("long", 100_000), "notes/f.md:2: the note for a is longer than 1000 bytes"},
		{many(6000, func(i int) string { return fmt.Sprintf("## n%d\nx\n", i) }), "notes/f.md:10001: more than 5000 notes"},
		{strings.Repeat("\n", maxFile+1), "notes/f.md:1: the file is larger than 1048576 bytes"},
		{"# only a title\n", "notes: the files hold no note"},
		{"", "notes: the files hold no note"},
	} {
		_, err := LoadNotes(folder("notes/f.md", test.text))
		switch {
		case err == nil:
			t.Errorf("%.30q: no error; want %q", test.text, test.want)
		case !strings.HasPrefix(err.Error(), test.want):
			t.Errorf("%.30q: %v; want %q", test.text, err, test.want)
		case len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\x1b\a\n"):
			t.Errorf("%.30q: an error that is not fit to print: %q", test.text, err)
		}
	}
}

// TestOtherFiles: duplicates are found across files, folders without notes and
// too many files are errors.
func TestOtherFiles(t *testing.T) {
	_, err := LoadNotes(folder("notes/a.md", "## x\nx\n", "notes/b.md", "\n## x\ny\n"))
	if want := "notes/b.md:2: x has a note already, at notes/a.md:1"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := LoadNotes(folder("other/a.md", "## x\nx\n")); err == nil {
		t.Error("a folder without notes: no error")
	}
	crowd := fstest.MapFS{}
	for i := range maxFiles + 1 {
		crowd[fmt.Sprintf("notes/%d.md", i)] = &fstest.MapFile{Data: []byte(fmt.Sprintf("## n%d\nx\n", i))}
	}
	if _, err := LoadNotes(crowd); err == nil || !strings.Contains(err.Error(), "201 files") {
		t.Errorf("a crowd of files: %v", err)
	}
	hostile := folder("notes/\x1b[2J.md", "oops\n")
	if _, err := LoadNotes(hostile); err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("a hostile file name: %q", err)
	}
}

// written is a file of notes with what those hold.
func written(n *Notes) string {
	var b strings.Builder
	for _, note := range n.All() {
		fmt.Fprintf(&b, "## %s%s\n\n%s\n\n", note.Path, map[bool]string{true: " *"}[note.Key], note.Text)
	}
	return b.String()
}

// FuzzLoadNotes: any file gives notes that are clean, bounded and found again,
// or an error that names a line.
func FuzzLoadNotes(f *testing.F) {
	f.Add([]byte("# t\n\n## a.b *\ntext\n\n## b\nmore\n"))
	f.Add([]byte("## 1.2.3.*\nx\n## [n]\r\ny"))
	f.Add([]byte("##  *\n\xff"))
	names, err := fs.Glob(content.FS, "notes/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(content.FS, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:min(len(data), 600)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := LoadNotes(folder("notes/f.md", string(data)))
		if err != nil {
			if s := err.Error(); !strings.HasPrefix(s, "notes/f.md:") && s != "notes: the files hold no note" || len(s) > 500 || wire.Clean(s, 500) != s {
				t.Fatalf("error %q", s)
			}
			return
		}
		for _, note := range n.All() {
			at, any := strings.CutSuffix(note.Path, ".*")
			if any {
				at += ".no such name"
			}
			got, ok := n.For("above." + at)
			if !ok || got != note {
				t.Fatalf("%q is not found again: %+v", note.Path, got)
			}
			if note.Text == "" || wire.Clean(note.Text, maxText) != note.Text || wire.Clean(note.Path, maxPath) != note.Path {
				t.Fatalf("note %q: %q", note.Path, note.Text)
			}
		}
		// Written out, they are the same notes.
		again, err := LoadNotes(folder("notes/f.md", written(n)))
		if err != nil || len(again.All()) != len(n.All()) {
			t.Fatalf("read back: %d notes of %d, %v", len(again.All()), len(n.All()), err)
		}
		for i, note := range again.All() {
			old := n.All()[i]
			if note.Path != old.Path || note.Text != old.Text || note.Key != old.Key {
				t.Fatalf("read back: %+v, want %+v", note, old)
			}
		}
	})
}

// BenchmarkFor asks as a screen does that draws a deep field.
func BenchmarkFor(b *testing.B) {
	n, err := LoadNotes(content.FS)
	if err != nil {
		b.Fatal(err)
	}
	const path = "TLSCiphertext.TLSInnerPlaintext.content.Certificate.certificate_list.CertificateEntry.cert_data.Certificate." +
		"tbsCertificate.extensions.Extensions.subjectAltName.extnValue.GeneralNames.dNSName"
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := n.For(path); !ok {
			b.Fatal("no note")
		}
	}
}

// BenchmarkLoadNotes reads the notes that are part of the program.
func BenchmarkLoadNotes(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LoadNotes(content.FS); err != nil {
			b.Fatal(err)
		}
	}
}
