package labs

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"tlstutor/labs/recorded"
	"tlstutor/labs/wire"
)

// A Match is something that a program says, and the faults that have it say so.
// Different faults may have one text: then nobody can tell them apart by it.
type Match struct {
	Text   string   // as it was said
	Peers  []string // who says so: "go", "openssl"
	Faults []*Fault
	Rank   int // from 1; those of one rank match equally well
}

// maxMatches is how many are returned, unless more are of the first rank: what is
// further down matches by chance.
const maxMatches = 12

// Why finds the texts that are most like a text, the best first. What changes from
// one machine to the next does not count: names, dates, paths, numbers, line breaks
// and case. A piece of a text will do. Of texts that hold the whole piece the one
// that begins or ends with it comes first, or whose middle it is, since people cut
// at one end or at both; all of them have one rank. A number that stands in both,
// such as that of an alert, is worth a little. Of nothing that is like it, there is nothing.
func Why(text string) []Match {
	text = text[:min(len(text), maxOutput)]
	if len(strings.TrimSpace(text)) < minPiece {
		return nil
	}
	all := tellingsOf()
	best := all.like(text)
	// It may be a whole page of output, of which one line counts.
	lines := slices.Collect(strings.Lines(text))
	for _, line := range lines[max(0, len(lines)-maxLines):] { // errors come last
		if found := all.like(line); len(line) < len(text) && len(found) > 0 && (len(best) == 0 || best[0].score < 1 && found[0].score > best[0].score) {
			best = found
		}
	}
	return ranked(best)
}

// The bounds of what is compared, in bytes: less is in every text, and nobody
// needs more.
const (
	minPiece  = 10
	maxPiece  = 600
	maxOutput = 64 << 10
	maxLines  = 60
)

// A telling is a text with all who say so.
type telling struct {
	Match
	plain string
	grams map[string]bool
}

// tellings are all texts that were recorded, and in how many of them each three
// letters stand.
type tellings struct {
	all   []*telling
	known map[string]int
}

// tellingsOf reads the table of verdicts.
func tellingsOf() *tellings {
	t := &tellings{known: map[string]int{}}
	rows, _ := recorded.Verdicts() // a test reads the table, which is part of the program
	by, named := map[string]*telling{}, map[string]*Fault{}
	for _, f := range Faults() {
		named[f.Name] = f
	}
	known := map[string]string{} // what is left of each text; many are there often
	for _, row := range rows {
		f := named[row.Fault]
		if f == nil || row.Line == "" {
			continue
		}
		plain, ok := known[row.Line]
		if !ok {
			plain = unnamed(row.Line)
			known[row.Line] = plain
		}
		one := by[plain]
		if one == nil {
			one = &telling{Match: Match{Text: row.Line}, plain: plain, grams: grams(plain)}
			by[plain] = one
			t.all = append(t.all, one)
			for g := range one.grams {
				t.known[g]++
			}
		}
		if !slices.Contains(one.Peers, row.Peer) {
			one.Peers = append(one.Peers, row.Peer)
		}
		if !slices.Contains(one.Faults, f) {
			one.Faults = append(one.Faults, f)
		}
	}
	return t
}

// A hit is a text that a piece is like.
type hit struct {
	*telling
	score float64 // from enough to 1, and a little more where the numbers are the same
	aside int     // how far the piece is from where one would have cut it
}

// like finds the texts by how much of a piece is in them. Letters that stand in few
// texts count most. A text that stands in the piece as a whole will do too.
func (t *tellings) like(piece string) []hit {
	plain := unnamed(piece)
	if len(strings.Trim(plain, "~0 .,:'\"()[]")) < minPiece {
		return nil
	}
	own := grams(plain)
	var hits []hit
	for _, one := range t.all {
		h := hit{one, t.share(own, one.grams), len(one.plain)}
		if i := strings.Index(one.plain, plain); i >= 0 {
			h.score, h.aside = 1, 1+aside(squashed(one.Text), squashed(piece), one.plain, plain)
			if one.plain == plain {
				h.aside = 0
			}
		}
		if h.score < enough && len(one.plain) > 2*minPiece {
			if back := t.share(one.grams, own); back > nearly {
				h.score = back * nearly
			}
		}
		if h.score >= enough {
			h.score = math.Round(h.score*100)/100 + numbered(piece, one.Text)
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.aside, b.aside))
	})
	return hits
}

// aside is how far a piece is from both ends of a text, and from its middle: in the
// text as it was said, where it is there, else without what changes.
func aside(text, piece, plainText, plainPiece string) int {
	i := strings.Index(text, piece)
	if i < 0 {
		text, piece, i = plainText, plainPiece, strings.Index(plainText, plainPiece)
	}
	left, right := i, len(text)-i-len(piece)
	return min(left, right, max(left-right, right-left))
}

// squashed is a text in small letters, on one line. A space at its end is kept: it
// tells where the piece was cut.
func squashed(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, s))
}

// ranked are the matches of hits: all of the first rank, and some behind them.
func ranked(hits []hit) []Match {
	var found []Match
	for i, h := range hits {
		m := h.Match
		m.Rank = i + 1
		if i > 0 && h.score == hits[i-1].score {
			m.Rank = found[i-1].Rank
		}
		if i >= maxMatches && m.Rank > 1 {
			break
		}
		found = append(found, m)
	}
	return found
}

// numbered is how much a text is worth for having all the numbers of a piece.
func numbered(piece, text string) float64 {
	all := numberIn.FindAllString(piece, -1)
	has := numberIn.FindAllString(text, -1)
	for _, n := range all {
		if !slices.Contains(has, n) {
			return 0
		}
	}
	if len(all) == 0 {
		return 0
	}
	return 0.01
}

// numberIn is a number that stands for itself: of an alert, of an error.
var numberIn = regexp.MustCompile(`\b\d{1,3}\b`)

// How much of a piece has to be in a text, and how much of a text in a piece.
const (
	enough = 0.6
	nearly = 0.95
)

// share is how much of a is in b, by weight.
func (t *tellings) share(a, b map[string]bool) float64 {
	var in, all float64
	for g := range a {
		w := math.Log(1 + float64(len(t.all))/float64(1+t.known[g]))
		all += w
		if b[g] {
			in += w
		}
	}
	return in / max(all, 1)
}

// grams are each three letters of a text.
func grams(s string) map[string]bool {
	set := map[string]bool{}
	for i := 0; i+3 <= len(s); i++ {
		set[s[i:i+3]] = true
	}
	return set
}

// What is different on each machine, in the order in which it is looked for, and a
// piece of text without which none of it is there: looking for that is quick.
var changing = []struct {
	mark string
	what *regexp.Regexp
	by   string
}{
	{"-", regexp.MustCompile(`\d{4}-\d\d-\d\d([t ]\d\d:\d\d:\d\d(\.\d+)?)?(z|[+-]\d\d:\d\d)?`), "0"},
	{":", regexp.MustCompile(`\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) +\d+ \d\d:\d\d:\d\d( \d{4})?( gmt)?`), "0"},
	{":\\", regexp.MustCompile(`\b[a-z]:\\[^ '",:]+`), "~"},
	{"/", regexp.MustCompile(`(\.{0,2}/[\w.@+-]+){2,}/?`), "~"},
	{"0", regexp.MustCompile(`\b[0-9a-f]{12,}\b`), "0"},
	{"::", regexp.MustCompile(`[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}\b`), "0"},
	{".", regexp.MustCompile(`(\*\.)?\b[\w-]+(\.[\w-]+)*\.[a-z][a-z-]+\b`), "~"},
	{`"`, regexp.MustCompile(`"[^" :][^":]{0,40}"`), `"~"`},
}

// digits are numbers, with dots in them or without.
var digits = regexp.MustCompile(`\d+(\.\d+)*`)

// unnamed is a text without what is different on each machine.
func unnamed(s string) string {
	s = strings.ToLower(wire.Clean(strings.Join(strings.Fields(s[:min(len(s), maxPiece)]), " "), 2*maxPiece))
	for _, c := range changing {
		if strings.Contains(s, c.mark) {
			s = c.what.ReplaceAllString(s, c.by)
		}
	}
	if strings.ContainsAny(s, "0123456789") {
		s = digits.ReplaceAllString(s, "0")
	}
	return strings.TrimSpace(s)
}
