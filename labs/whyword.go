package labs

import (
	"cmp"
	"slices"
	"strings"
)

// The bounds of what is looked for as words.
const (
	minWord  = 3
	maxWords = 4

	maxByWord = 8 // faults that are told of one word
)

// worded finds the faults that have all these words, or the beginnings of some, in
// their names, in the sentences that say what is wrong, or in what is said of them;
// in this order. A word that very many texts have is looked for in names alone.
func (t *tellings) worded(text string) []Match {
	words := wordsIn(text)
	if exact := t.named[faultName(text)] != nil; !exact && len(words) == 0 || len(words) > maxWords {
		return nil
	}
	type row struct {
		m    Match
		rank int
	}
	var rows []row
	use, usualWord := usual(), t.anyUsual(words)
	for _, f := range Faults() {
		f = t.named[f.Name] // the one that the texts are of
		m := Match{Faults: []*Fault{f}}
		switch {
		case f.Name == faultName(text):
			rows = append(rows, row{m, 1})
		case len(words) == 0: // as of no-ip, whose words are too short
		case haveAll(wordsIn(f.Name), words):
			rows = append(rows, row{m, 2})
		case usualWord:
		case haveAll(wordsIn(f.Doc+" "+f.Check+" "+f.Group), words):
			rows = append(rows, row{m, 3})
		default:
			if t.worder(f, words) != nil {
				rows = append(rows, row{m, 4})
			}
		}
	}
	if i := slices.IndexFunc(rows, func(r row) bool { return r.rank < 4 }); len(words) == 1 && i < 0 && len(rows) > maxByWord {
		return nil // so many have the word in a text that it says nothing
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(use[a.m.Faults[0].Name], use[b.m.Faults[0].Name]))
	})
	var found []Match
	for i, r := range rows {
		if one := cmp.Or(t.worder(r.m.Faults[0], words), t.worder(r.m.Faults[0], nil)); one != nil {
			r.m.Text, r.m.Peers, r.m.By, r.m.told = cmp.Or(one.own[r.m.Faults[0]], one.Text), one.Peers, one.By, one.told // else nobody says anything of it
		}
		r.m.Rank = i + 1
		if i > 0 && r.rank == rows[i-1].rank {
			r.m.Rank = found[i-1].Rank
		}
		if i >= maxMatches && r.m.Rank > 1 {
			break
		}
		found = append(found, r.m)
	}
	return found
}

// faultName is a text as the name of a fault is written.
func faultName(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// anyUsual reports whether one of these words, such as error, stands in so many texts
// that it says nothing there.
func (t *tellings) anyUsual(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		all, has := 0, 0
		for _, one := range t.all {
			if one.By == "" {
				all++
				if haveAll(wordsIn(one.Text), []string{w}) {
					has++
				}
			}
		}
		return has*5 > all
	})
}

// worder is the first text that is said of a fault and has all these words, or nil.
func (t *tellings) worder(f *Fault, words []string) *telling {
	for _, one := range t.all {
		if slices.Contains(one.Faults, f) && haveAll(wordsIn(one.Text), words) {
			return one
		}
	}
	return nil
}

// wordsIn are the words of a text in small letters; none, where one is too short to
// look for.
func wordsIn(text string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(strings.ToLower(text[:min(len(text), maxPiece)]), func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}), func(w string) bool { return len(w) < minWord })
}

// haveAll reports whether each of these words is there, or is what a word there
// begins with.
func haveAll(in, words []string) bool {
	for _, w := range words {
		if !slices.ContainsFunc(in, func(has string) bool { return strings.HasPrefix(has, w) }) {
			return false
		}
	}
	return true
}
