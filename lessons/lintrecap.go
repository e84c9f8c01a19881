package lessons

import "strings"

// recapItems are what the last page says, and nothing else.
var recapItems = [...]string{"**You saw**", "**The rule**", "**Where it bites**", "**Outside**"}

// recap checks the last page: four lines that one takes home, the last of them
// with a command that does not need us. An item may go on in an indented line.
func (t *linter) recap(p *Page) {
	if !strings.HasPrefix(p.Title, "Recap") {
		t.bad.add(p.File, p.Line, "call it \"## Recap\", or add one behind it", "the last page is not a recap")
		return
	}
	items, line := []string{}, p.Line
	for _, b := range p.Blocks {
		prose, ok := b.(*Prose)
		if _, say := b.(*Say); say { // a sentence of the learner's own belongs there
			continue
		}
		if !ok {
			t.bad.add(p.File, b.line(), "move it to a page before", "a recap has text only")
			continue
		}
		for s := range strings.Lines(prose.Text.String()) {
			if item, ok := strings.CutPrefix(s, "- "); ok {
				if len(items) == 0 {
					line = b.line()
				}
				items = append(items, item)
			} else if len(items) > 0 && strings.HasPrefix(s, " ") {
				items[len(items)-1] += s
			}
		}
	}
	right := len(items) == len(recapItems)
	for i, begin := range recapItems {
		right = right && strings.HasPrefix(items[i], begin)
	}
	switch {
	case !right:
		t.bad.add(p.File, line, "write a list whose items begin with "+strings.Join(recapItems[:], ", "), "the recap is not its four items")
	case !outside(items[len(items)-1]):
		t.bad.add(p.File, line, "write `openssl ...`, `python3 ...`, `curl ...` or `go ...`", "the recap's last item has no command that redoes it outside")
	}
}

// outside reports whether a text has a command of another program.
func outside(s string) bool {
	for i, span := range strings.Split(s, "`") {
		if i%2 == 1 && program(span) != "" && program(span) != "tlstutor" {
			return true
		}
	}
	return false
}
