package lessons

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tlstutor/labs/wire"
)

// A value is read by a function that gets its node and puts what it holds where
// it belongs; those below make such functions. What is wrong with it is said,
// and what it belongs to stays as it was.

// text reads one value as clean text of one line.
func (r *reader) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		r.add(n, "write it on one line, in quotes if it holds \": \" or begins with {{", "a text is expected here")
		return ""
	}
	if len(n.Value) > maxText {
		r.add(n, "say it shorter", "the text is longer than %d bytes", maxText)
		return ""
	}
	return strings.ReplaceAll(cleanLines(strings.TrimSpace(n.Value)), "\n", " ")
}

// cleanLines makes each line of a text clean, and keeps the lines.
func cleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\t", "    "), "\n")
	for i, l := range lines {
		lines[i] = wire.Clean(strings.TrimRight(l, " \r"), maxFile)
	}
	return strings.Join(lines, "\n")
}

// into returns a function that reads a text into s.
func (r *reader) into(s *string) func(*yaml.Node) {
	return func(n *yaml.Node) { *s = r.text(n) }
}

// prose returns a function that reads a Text.
func (r *reader) prose(t *Text) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*t = r.bad.text(r.file, strings.Join(strings.Fields(r.text(n)), " "), r.line(n))
	}
}

// list returns a function that hands each entry of a list to read.
func (r *reader) list(what string, read func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.SequenceNode {
			r.add(n, "write [a, b], or a line \"- a\" for each", "%s is not a list", what)
			return
		}
		if len(n.Content) > maxList {
			r.add(n, "leave some out", "%s has %d entries, more than %d", what, len(n.Content), maxList)
			return
		}
		for _, k := range n.Content {
			read(k)
		}
	}
}

// texts returns a function that reads a list of texts.
func (r *reader) texts(what string, to *[]string) func(*yaml.Node) {
	return r.list(what, func(n *yaml.Node) {
		if s := r.text(n); s != "" {
			*to = append(*to, s)
		}
	})
}

// pairs returns a function that reads a mapping of any names to texts.
func (r *reader) pairs(what string, to *map[string]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.MappingNode {
			r.add(n, "write {name: value, name: value}", "%s is not a list of named values", what)
			return
		}
		if len(n.Content) > 2*maxList {
			r.add(n, "leave some out", "%s has %d entries, more than %d", what, len(n.Content)/2, maxList)
			return
		}
		m := map[string]string{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := r.text(n.Content[i])
			if _, twice := m[k]; twice {
				r.add(n.Content[i], "leave one out", "%q stands here twice", k)
			}
			m[k] = r.text(n.Content[i+1])
		}
		*to = m
	}
}

// number returns a function that reads a whole number from low to high.
func (r *reader) number(what string, low, high int, to *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		v, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
			r.add(n, "write a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high), "%s is not a number that can be", what)
			return
		}
		*to = v
	}
}

// yes returns a function that reads true or false.
func (r *reader) yes(to *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Value != "true" && n.Value != "false" {
			r.add(n, "write true or false", "%q is neither true nor false", r.text(n))
		}
		*to = n.Value == "true"
	}
}
