package lessons

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A reader reads the YAML of one file, or of one block in it, and collects what
// is wrong. What it hands out is clean.
type reader struct {
	bad  *Mistakes
	file string
	off  int // lines of the file before the YAML's first
	end  int // lines of the YAML
}

// add notes a mistake at a line of the YAML.
func (r *reader) add(n *yaml.Node, mend, format string, args ...any) {
	r.bad.add(r.file, r.line(n), mend, format, args...)
}

// line is where a node stands in the file. A value that is missing at the end
// would stand behind the last line.
func (r *reader) line(n *yaml.Node) int { return r.off + max(1, min(n.Line, r.end)) }

// yamlLine is how the library says where it stopped.
var yamlLine = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)$`)

// parse returns the top of a text, or nil where there is none or it is no YAML.
// Anchors are refused: with them a short text can stand for an endless one. What
// YAML alone takes for the end of a line does not count as one.
func (r *reader) parse(text string) *yaml.Node {
	text = cleanLines(text)
	r.end = strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
	var doc, more yaml.Node
	from := yaml.NewDecoder(strings.NewReader(text))
	err := from.Decode(&doc)
	if err == io.EOF {
		return nil
	}
	if err == nil && from.Decode(&more) == nil {
		r.bad.add(r.file, r.line(&more), "take the line --- out", "what is behind --- is not read")
		return nil
	}
	if err != nil {
		line, why := r.stopped(text, err)
		r.bad.add(r.file, r.off+min(line, r.end), "indent with spaces, and put quotes around a text that holds \": \" or begins with a sign", "this is not YAML: %s", why)
		return nil
	}
	if len(doc.Content) == 0 {
		return nil
	}
	if n := anchor(doc.Content[0]); n != nil {
		r.add(n, "write it out", "an anchor or alias (& or *) is not read here")
		return nil
	}
	return doc.Content[0]
}

// Bounds on the looking for what is wrong with a text.
const (
	maxTried  = 16 << 10 // bytes of the text
	maxLooked = 20       // mistakes of the course after which nobody looks
)

// stopped says where the library stopped reading a text, and why. It names the
// line that what it read last began at; where the text is short, we look for the
// first line that makes it stop for the same reason. That reads the text once for
// each of its lines, so it is not done for many texts of a course.
func (r *reader) stopped(text string, err error) (line int, why string) {
	said := func(err error) (line int, why string) {
		m := yamlLine.FindStringSubmatch(strings.Join(strings.Fields(err.Error()), " "))
		if m == nil {
			return 1, err.Error()
		}
		n, _ := strconv.Atoi(m[1]) // 0 where it names none
		return max(1, n), m[2]
	}
	line, why = said(err)
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > maxList || len(text) > maxTried || len(*r.bad) >= maxLooked {
		return line, why
	}
	for n := range lines {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(strings.Join(lines[:n+1], "")), &doc); err != nil {
			if _, w := said(err); w == why {
				return n + 1, why
			}
		}
	}
	return line, why
}

// anchor finds an anchor or an alias.
func anchor(n *yaml.Node) *yaml.Node {
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		return n
	}
	for _, k := range n.Content {
		if a := anchor(k); a != nil {
			return a
		}
	}
	return nil
}

// block reads a text as a mapping whose keys are known. It reports whether
// nothing was wrong with it, so that what is missing is worth a mistake of its
// own.
func (r *reader) block(text, what string, known map[string]func(*yaml.Node)) bool {
	before := len(*r.bad)
	n := r.parse(text)
	return r.fields(n, what, known) && len(*r.bad) == before
}

// fields reads a mapping whose keys are known: each value goes to its function.
// It reports whether nothing was wrong.
func (r *reader) fields(n *yaml.Node, what string, known map[string]func(*yaml.Node)) bool {
	before := len(*r.bad)
	if n == nil {
		return true
	}
	if n.Kind != yaml.MappingNode {
		r.add(n, "write it as \"name: value\" lines", "%s is not a list of named values", what)
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		read := known[k.Value]
		switch {
		case read == nil:
			var names []string
			for name := range known {
				names = append(names, name)
			}
			slices.Sort(names)
			r.add(k, orNearest(k.Value, names), "%s has no %q", what, k.Value)
		case seen[k.Value]:
			r.add(k, "leave one out", "%q stands here twice", k.Value)
		default:
			seen[k.Value] = true
			read(v)
		}
	}
	return len(*r.bad) == before
}
