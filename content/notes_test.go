package content_test

import (
	"regexp"
	"strings"
	"testing"

	"tlstutor/content"
	"tlstutor/lessons"
)

func notes(t testing.TB) *lessons.Notes {
	t.Helper()
	n, err := lessons.LoadNotes(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// reference is a section of a standard, in brackets at the end of a note.
var reference = regexp.MustCompile(`\((RFC \d{4,5} [A-Z0-9]+(\.\d+)*|X\.6[89]0 \d+(\.\d+)*)\)\.$`)

// TestNotesRead: 12 to 60 words, a section of a standard at the end, short
// sentences, and nothing that is said twice.
func TestNotesRead(t *testing.T) {
	said := map[string]string{}
	for _, n := range notes(t).All() {
		if words := len(strings.Fields(n.Text)); words < 12 || words > 60 {
			t.Errorf("%s:%d: %s: %d words", n.File, n.Line, n.Path, words)
		}
		where := reference.FindStringIndex(n.Text)
		if where == nil {
			t.Errorf("%s:%d: %s: no section of a standard at the end", n.File, n.Line, n.Path)
			continue
		}
		for _, sentence := range strings.Split(n.Text[:where[0]], ". ") {
			sentence = strings.TrimSpace(sentence)
			if words := len(strings.Fields(sentence)); words > 32 {
				t.Errorf("%s:%d: %s: a sentence of %d words: %s", n.File, n.Line, n.Path, words, sentence)
			}
			if before, ok := said[sentence]; ok && len(strings.Fields(sentence)) > 3 {
				t.Errorf("%s:%d: %s says what %s says: %s", n.File, n.Line, n.Path, before, sentence)
			}
			said[sentence] = n.Path
		}
	}
}

// TestNotesCite: the sections of RFC 9846 that notes cite are sections it has.
func TestNotesCite(t *testing.T) {
	sections := map[string]bool{}
	for _, s := range strings.Fields(`1 4 4.2.2 4.2.3 4.2.4 4.3 4.3.1 4.3.2 4.3.3 4.3.4 4.3.5 4.3.6 4.3.7 4.3.8 4.3.8.1
		4.3.8.2 4.3.9 4.3.10 4.3.11 4.3.11.1 4.3.11.2 4.4.1 4.4.2 4.5.1 4.5.1.1 4.5.1.2 4.5.1.3 4.5.2 4.5.3 4.6 4.7.1
		4.7.2 4.7.3 5 5.1 5.2 5.3 5.4 5.5 6 6.1 6.2 7.1 7.2 7.3 7.5 B.4 E.4`) {
		sections[s] = true
	}
	cite := regexp.MustCompile(`RFC 9846 ([A-Z0-9.]*[A-Z0-9])`)
	for _, n := range notes(t).All() {
		for _, m := range cite.FindAllStringSubmatch(n.Text, -1) {
			if !sections[m[1]] {
				t.Errorf("%s:%d: %s cites RFC 9846 %s, which is none of its sections", n.File, n.Line, n.Path, m[1])
			}
		}
		if strings.Contains(n.Text, "8446") {
			t.Errorf("%s:%d: %s cites RFC 8446; it is RFC 9846 now", n.File, n.Line, n.Path)
		}
	}
}
