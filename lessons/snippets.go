package lessons

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// langs are the languages of a code block, in the order of its tabs.
var langs = []struct{ key, name string }{{"go", "Go"}, {"python", "Python"}, {"openssl", "openssl"}}

// code reads the same task in all languages. A mistake in one of them does not
// keep the others from being read.
func (p *lessonParser) code(r *reader, f fence, title string, place at) Block {
	c := &Code{Title: strings.TrimSpace(title), at: place}
	files := map[string]string{}
	fields := map[string]func(*yaml.Node){}
	for _, l := range langs {
		fields[l.key] = func(n *yaml.Node) {
			s := Snippet{Lang: l.name, File: r.text(n)}
			if files[l.key] = s.File; p.snippet(&s, r, n) {
				c.Tabs = append(c.Tabs, s)
			}
		}
	}
	sound := r.block(f.body, "code", fields)
	for _, l := range langs {
		if sound && files[l.key] == "" {
			p.bad.add(p.file, place.Line, "write "+l.key+": snippets/FILE", "the code is not shown in %s", l.name)
		}
	}
	if len(c.Title) > maxTitle {
		p.bad.add(p.file, place.Line, "say it shorter", "the title is longer than %d bytes", maxTitle)
	}
	if c.Title == "" {
		p.bad.add(p.file, place.Line, "write ```code and what it does", "the code has no title")
	}
	order := func(s Snippet) int {
		return slices.IndexFunc(langs, func(l struct{ key, name string }) bool { return l.name == s.Lang })
	}
	slices.SortFunc(c.Tabs, func(a, b Snippet) int { return order(a) - order(b) })
	if len(c.Tabs) == 0 {
		return nil
	}
	return c
}

// The lines that mark which part of a snippet a page shows.
const (
	showFrom = "--- shown ---"
	showTo   = "--- end ---"
)

// snippet reads the file of a snippet: all of it, and what a page shows of it. Its
// lines are clean, and keep their indentation.
func (p *lessonParser) snippet(s *Snippet, r *reader, n *yaml.Node) bool {
	if s.File == "" {
		return false
	}
	if path.Dir(s.File) != "snippets" || !fs.ValidPath(s.File) {
		r.add(n, "write snippets/FILE", "%q is not a file in the folder snippets", s.File)
		return false
	}
	text, err := read(p.fsys, s.File)
	if err != nil {
		r.add(n, "put the file there", "%v", err)
		return false
	}
	s.Whole = strings.TrimRight(cleanLines(text), "\n")
	s.Shown = s.Whole
	defer func() { s.Whole = unmarked(s.Whole) }()
	if _, after, ok := strings.Cut(s.Whole, showFrom); ok {
		_, after, _ = strings.Cut(after, "\n")
		shown, _, ends := strings.Cut(after, showTo)
		// The mark stands on a line of its own.
		if ends {
			shown = shown[:max(0, strings.LastIndex(shown, "\n"))]
		}
		s.Shown = dedent(shown)
	}
	// Whoever opens the page waits for it to be coloured.
	if len(s.Shown) > maxPara {
		r.add(n, "mark the part to show with lines "+showFrom+" and "+showTo, "%s shows more than %d bytes", s.File, maxPara)
		return false
	}
	return true
}

// dedent takes the indentation that all lines share off a text.
func dedent(s string) string {
	lines := strings.Split(s, "\n")
	least := -1
	for _, l := range lines {
		if n := len(l) - len(strings.TrimLeft(l, " ")); strings.TrimSpace(l) != "" && (least < 0 || n < least) {
			least = n
		}
	}
	for i, l := range lines {
		lines[i] = l[min(max(0, least), len(l)):]
	}
	return strings.Join(lines, "\n")
}

// unmarked takes the lines out that say which part a page shows: who copies the
// file has no use for them.
func unmarked(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if !strings.HasSuffix(line, showFrom) && !strings.HasSuffix(line, showTo) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
