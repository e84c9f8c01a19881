package lessons

import "strings"

// bullet is what an entry of a list begins with, in Markdown.
const bullet = "- "

// Items returns the entries of a text that is a list, without their bullets and
// each in one line; nil for a text that is none.
func (t Text) Items() []Text {
	if len(t) == 0 || t[0].Kind != Plain || !strings.HasPrefix(t[0].Text, bullet) {
		return nil
	}
	var items []Text
	var item Text
	for _, p := range t {
		if p.Kind != Plain {
			item = append(item, p)
			continue
		}
		line := p.Line
		for i, s := range strings.Split("\n"+p.Text, "\n") {
			// What was put before the part's own first line is no line of it.
			if i > 1 {
				line++
			}
			s, begins := strings.CutPrefix(s, bullet)
			if i > 0 && begins && (i > 1 || len(items) == 0 && len(item) == 0) {
				if len(item) > 0 {
					items = append(items, item)
				}
				item = nil
			} else if i > 1 {
				s = " " + strings.TrimLeft(s, " ")
			}
			if s != "" {
				item = append(item, Part{Text: s, Line: line})
			}
		}
	}
	return append(items, item)
}
