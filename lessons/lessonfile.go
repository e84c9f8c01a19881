package lessons

import (
	"io/fs"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds on a lesson, far above what people write.
const (
	maxPages  = 40
	maxBlocks = 60
	maxList   = 200  // entries of a list in YAML
	maxPara   = 4000 // bytes of a paragraph, and of speaker notes
	maxTitle  = 100  // bytes of a page's title
)

// The form of a lesson's file:
//
//	---
//	id: H1
//	title: TLS 1.3, message by message
//	minutes: 18
//	needs: [F1]
//	teaches: [key-share]
//	---
//
//	## The title of a page
//
//	Paragraphs of Markdown, with {{quotes}} of the page's run, {{fact:keys}}
//	and [terms](#term).
//
// and fenced blocks whose info string begins with lab, predict, quiz, exercise,
// say, code or notes, and whose body is YAML; fences.go has what each holds.

// A lessonParser reads one file.
type lessonParser struct {
	fsys  fs.FS
	bad   *Mistakes
	file  string
	l     *Lesson
	page  *Page
	para  []string // of a paragraph, so far
	start int      // its first line
}

// lessonID is what a lesson may be called.
var lessonID = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,5}$`)

// parseLesson reads a lesson, or returns nil where its head has no id.
func parseLesson(fsys fs.FS, file, text string, bad *Mistakes) *Lesson {
	p := &lessonParser{fsys: fsys, bad: bad, file: file, l: &Lesson{File: file, Line: 1}}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = cleanLines(lines[i])
	}
	from, ok := p.head(lines)
	if !ok {
		return nil
	}
	for i := from; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, "```"):
			p.endPara()
			i = p.fence(lines, i)
		case strings.HasPrefix(line, "## "):
			p.endPara()
			p.begin(strings.TrimSpace(line[3:]), i+1)
		case strings.HasPrefix(line, "#"):
			p.endPara()
			bad.add(file, i+1, "write \"## \" and the title of a page", "a heading that is not a page's")
		case strings.TrimSpace(line) == "":
			p.endPara()
		default:
			if len(p.para) == 0 {
				p.start = i + 1
			}
			p.para = append(p.para, line)
		}
	}
	p.endPara()
	if len(p.l.Pages) == 0 {
		bad.add(file, p.l.Line, "begin one with \"## \" and its title", "the lesson has no page")
	}
	return p.l
}

// head reads the front matter, and returns the index of the line behind it.
func (p *lessonParser) head(lines []string) (int, bool) {
	if strings.TrimSpace(lines[0]) != "---" {
		p.bad.add(p.file, 1, "begin with ---, id, title, minutes, needs, teaches, and --- again", "the file has no head")
		return 0, false
	}
	end := 0
	for i := 1; i < len(lines) && end == 0; i++ {
		if strings.TrimSpace(lines[i]) == "---" {
			end = i
		}
	}
	if end == 0 {
		p.bad.add(p.file, 1, "end it with a line ---", "the head of the file has no end")
		return 0, false
	}
	r := &reader{bad: p.bad, file: p.file, off: 1}
	l := p.l
	l.minutesAt, l.needsAt, l.teachesAt = 1, 1, 1
	// placed reads a value and notes its line.
	placed := func(line *int, read func(*yaml.Node)) func(*yaml.Node) {
		return func(n *yaml.Node) {
			*line = r.line(n)
			read(n)
		}
	}
	sound := r.block(strings.Join(lines[1:end], "\n"), "a lesson's head", map[string]func(*yaml.Node){
		"id":      r.into(&l.ID),
		"title":   placed(&l.Line, r.into(&l.Title)),
		"minutes": placed(&l.minutesAt, r.number("minutes", 1, 120, &l.Minutes)),
		"needs":   placed(&l.needsAt, r.texts("needs", &l.Needs)),
		"teaches": placed(&l.teachesAt, r.texts("teaches", &l.Teaches)),
	})
	named := lessonID.MatchString(l.ID)
	switch {
	case !sound:
	case !named:
		p.bad.add(p.file, 1, "write id: H1, a letter and a number", "the lesson has no id that a place could begin with")
	case l.Title == "":
		p.bad.add(p.file, 1, "write title: and what it is called", "the lesson has no title")
	case l.Minutes == 0:
		p.bad.add(p.file, 1, "write minutes: and how long it takes", "the lesson does not say how long it takes")
	}
	return end + 1, named
}

// begin starts a page.
func (p *lessonParser) begin(title string, line int) {
	if len(p.l.Pages) == maxPages {
		p.bad.add(p.file, line, "make it two lessons", "more than %d pages", maxPages)
	}
	if len(title) > maxTitle {
		p.bad.add(p.file, line, "say it shorter", "the title is longer than %d bytes", maxTitle)
	}
	p.page = &Page{Lesson: p.l, N: len(p.l.Pages) + 1, Title: title, File: p.file, Line: line}
	p.l.Pages = append(p.l.Pages, p.page)
}

// endPara ends a paragraph, if one was begun.
func (p *lessonParser) endPara() {
	if len(p.para) == 0 {
		return
	}
	text := strings.Join(p.para, "\n")
	p.para = nil
	if t := p.bad.text(p.file, text, p.start); t != nil {
		p.add(&Prose{Text: t, at: at{p.start}}, p.start)
	}
}

// add puts a block on the page.
func (p *lessonParser) add(b Block, line int) {
	switch {
	case p.page == nil:
		p.bad.add(p.file, line, "begin a page with \"## \" and its title first", "this stands before the first page")
	case len(p.page.Blocks) == maxBlocks:
		p.bad.add(p.file, line, "make it two pages", "more than %d blocks on a page", maxBlocks)
	default:
		p.page.Blocks = append(p.page.Blocks, b)
	}
}

// fence reads a fenced block that begins at line i, and returns its last line.
// One without an end does not swallow the block after it, or the next page.
func (p *lessonParser) fence(lines []string, i int) int {
	f := fence{info: strings.TrimSpace(lines[i][3:]), line: i + 2}
	j := i + 1
	for ; j < len(lines) && !strings.HasPrefix(lines[j], "```") && !strings.HasPrefix(lines[j], "## "); j++ {
		if strings.TrimSpace(lines[j]) == "```" {
			break
		}
	}
	if j == len(lines) || strings.TrimSpace(lines[j]) != "```" {
		p.bad.add(p.file, i+1, "end it with a line of three backquotes", "the block %s has no end", f)
		return j - 1
	}
	f.body = strings.Join(lines[i+1:j], "\n")
	if b := p.block(f); b != nil {
		p.add(b, i+1)
	}
	return j
}
