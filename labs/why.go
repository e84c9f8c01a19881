package labs

import (
	"cmp"
	"iter"
	"math"
	"regexp"
	"slices"
	"strings"
)

// A Match is something that a program says, and what makes it say so: faults of the
// bench, or runs of other labs. Different faults may have one text: then nobody can
// tell them apart by it, and Fault.Tell says by what else.
type Match struct {
	Text   string   // as it was said; where the words are the fault's own, one that is said of it
	Peers  []string // who says so: "go", "openssl"
	By     string   // whose it is, of a text that no run of a lab had said; else ""
	Faults []*Fault // the most usual first
	Causes []Cause
	Rank   int    // from 1; those of one rank match equally well
	Line   string // of several lines the one that was understood; "" where there was one, or all were needed
	Ran    bool   // By said so when it was run, and is with its version and the date; else it is only documented

	meant *meant // where nothing here makes anybody say so, what is told of it

	told map[*Fault][]string // who says so of each fault; of a text that is only documented, who refuses
}

// A Cause is a run of a lab, other than the fault bench, that ends with such words.
type Cause struct {
	Lab *Lab
	Set Settings // those that differ from the lab's own
}

// maxMatches is how many are returned, unless more are of the first rank: what is
// further down matches by chance.
const maxMatches = 12

// Why finds the texts that are most like a text, the best first. What changes from
// one machine to the next does not count: names, dates, paths, numbers, line breaks
// and case. A piece of a text will do. Of texts that hold the whole piece the one
// that begins or ends with it comes first, or whose middle it is, since people cut
// at one end or at both; all of them have one rank. A number that stands in both,
// such as that of an alert, is worth a little. What stands around a text does not
// matter: of a page of output the best line counts, and what other lines say whole. A word or two, which no text is
// like, are looked for as words. Of nothing that is like it, there is nothing.
func Why(text string) []Match {
	if text = wrongs(pasted(text)); text == "" {
		return nil
	}
	if otherPaper.MatchString(text) && !strings.Contains(text, "\n") {
		return nil
	}
	all := tellingsOf()
	if all.named[faultName(text)] != nil { // whoever writes just that means the fault
		return all.worded(text)
	}
	var best []hit
	line := ""
	spaced := strings.ReplaceAll(text, "_", " ") // alerts have names with _ in them, and programs say them without
	if alertName.MatchString(text) {
		best = all.like(spaced)
	}
	if len(best) == 0 {
		best, line = all.best(text)
	}
	if len(best) == 0 {
		best = all.like(spaced)
	}
	found := ranked(best)
	if len(found) == 0 {
		return all.worded(text)
	}
	for i := range found {
		found[i].Line = line
	}
	if line != "" {
		found = all.beside(found, text)
	}
	return found
}

// alertName is how the registry of alerts has their names.
var alertName = regexp.MustCompile(`^\s*[a-z]+(_[a-z]+)+\s*$`)

// mostBeside is how many more lines of a text are told of.
const mostBeside = 3

// beside adds, behind those of the first rank and in it, the best match of each other
// line that has a whole text in it and is about something else: programs often say
// more than one thing of a certificate.
func (t *tellings) beside(found []Match, text string) []Match {
	told := map[string]bool{}
	first := 0
	for _, m := range found {
		told[m.first()] = true
		if m.Rank == 1 {
			first++
		}
	}
	var more []Match
	for l := range lastLines(text) {
		hits := t.like(l)
		if len(hits) == 0 || hits[0].score < holdsAll || told[hits[0].first()] || len(more) == mostBeside {
			continue
		}
		m := hits[0].Match
		m.Rank, m.Line = 1, strings.TrimSpace(l)
		told[m.first()] = true
		more = append(more, m)
	}
	return slices.Insert(found, first, more...)
}

// lastLines are the lines of a text, of very many the last: errors come last.
func lastLines(text string) iter.Seq[string] {
	lines := slices.Collect(strings.Lines(text))
	return slices.Values(lines[max(0, len(lines)-maxLines):])
}

// Nearest are the texts that have most in common with one that Why does not find,
// at most so many, if they have a good part in common.
func Nearest(text string, most int) []Match {
	all := tellingsOf()
	plain := unnamed(pasted(text))
	if !strings.Contains(plain, " ") || otherPaper.MatchString(text) || !hasTLSWord(text) {
		return nil // letters of one word, or about something else, are in some text by chance
	}
	own := grams(plain)
	var hits []hit
	for _, one := range all.all {
		if s := all.share(own, one.grams); s >= remote && one.meant == nil {
			hits = append(hits, hit{telling: one, score: s})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	var found []Match
	told := map[string]bool{} // each fault, or lab, once
	for _, h := range hits {
		if k := h.first(); !told[k] && len(found) < most {
			told[k] = true
			found = append(found, h.Match)
		}
	}
	return found
}

// The bounds of what is compared, in bytes: less is in every text, and nobody
// needs more.
const (
	minPiece  = 10
	fewWords  = 30
	maxPiece  = 600
	maxOutput = 64 << 10
	maxLines  = 120
)

// best is what a text is like, as a whole or by one of its lines, and that line.
func (t *tellings) best(text string) (best []hit, line string) {
	for _, l := range deepest(text) {
		if found := t.like(l); len(found) > 0 && found[0].score >= holdsCore {
			return found, strings.TrimSuffix(strings.TrimSpace(l), strings.TrimSpace(text)) // "" of one line
		}
	}
	whole := t.like(text)
	for l := range lastLines(text) {
		found := t.like(l)
		if len(found) > 0 && (len(best) == 0 || found[0].score > best[0].score) {
			best, line = found, strings.TrimSpace(l)
		}
	}
	if len(best) == 0 || len(whole) > 0 && whole[0].score >= 1 || line == strings.TrimSpace(text) {
		return whole, "" // a text may have been broken in its middle
	}
	return best, line
}

// A hit is a text that a piece is like.
type hit struct {
	*telling
	score float64 // from enough to 1, and a little more where the numbers are the same
	aside int     // how far the piece is from where one would have cut it
}

// What a hit is worth that is not for being like the piece: all of a text stands in
// the piece, or what is its own stands there, of which more is better.
const (
	vague     = 0.81  // it says so little that nearly all that is like the piece says more
	uncut     = 1.005 // all that is behind what others have put before it
	holdsAll  = 0.99
	holdsCore = 0.90
)

// like finds the texts by how much of a piece is in them. Letters that stand in few
// texts count most. A text that stands in the piece as a whole will do too, and so
// will that part of it which makes it this text and no other.
func (t *tellings) like(piece string) []hit {
	plain := unnamed(piece)
	bare := strings.Trim(plain, "~0 .,:'\"()[]")
	if bare == "" {
		return nil
	}
	own, tail := grams(plain), grams(tailOf(plain))
	var hits []hit
	for _, one := range t.all {
		h := hit{one, 0, len(one.plain)}
		switch {
		case one.plain == plain:
			h.score, h.aside = uncut, 0
		case len(one.plain) < minPiece: // it is nothing by itself: it has to be the end
			if strings.HasSuffix(plain, ": "+one.plain) {
				h.score = holdsCore
			}
		case len(bare) < minPiece:
		default:
			h.score, h.aside = t.measure(one, own, plain, piece)
			if h.score < holdsCore && t.share(tail, one.grams) < tailEnough {
				h.score = 0 // only what programs say before every reason
			}
		}
		if one.meant != nil && one.meant.vague && h.score >= holdsCore && h.score < uncut {
			h.score = vague
		}
		if h.score >= least(bare) {
			h.score = math.Round(h.score*200)/200 + numbered(piece, one.Text)
			hits = append(hits, h)
		}
	}
	hits = tellingOnes(onlyName(hits))
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.aside, b.aside),
			a.stated()-b.stated(), cmp.Compare(a.rare, b.rare))
	})
	if !strings.Contains(bare, " ") && 5*len(hits) > 2*len(t.all) {
		return nil // a word that nearly all have
	}
	// A few words that very many have are not cut from one text: the most usual first.
	if n := maxMatches; len(bare) < fewWords && len(hits) > n && hits[n].score == hits[0].score {
		slices.SortStableFunc(hits, func(a, b hit) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.rare, b.rare))
		})
	}
	return hits
}

// stated is 1 for what is only documented or was said in another lab, which come behind
// what a fault had said, and 0 for that.
func (one *telling) stated() int {
	if one.By == "" && len(one.Faults) > 0 {
		return 0
	}
	return 1
}

// onlyName leaves out texts of one word, such as SEC_ERROR_REVOKED_CERTIFICATE, that
// are not all there, where one that is all there was found: such names are made of a
// few words, and to have some of them in common means nothing.
func onlyName(hits []hit) []hit {
	name := func(h hit) bool { return !strings.Contains(h.plain, " ") }
	if !slices.ContainsFunc(hits, func(h hit) bool { return name(h) && h.score >= holdsAll }) {
		return hits
	}
	return slices.DeleteFunc(hits, func(h hit) bool { return name(h) && h.score < holdsAll })
}

// tellingOnes leaves out what is vague, where a text that says more was found; a
// piece that is a vague text, and no more, is that one.
func tellingOnes(hits []hit) []hit {
	isVague := func(h hit) bool { return h.meant != nil && h.meant.vague }
	only := slices.ContainsFunc(hits, func(h hit) bool { return isVague(h) && h.score >= uncut })
	if !only && slices.ContainsFunc(hits, func(h hit) bool { return !isVague(h) && h.score >= vague }) {
		return slices.DeleteFunc(hits, isVague)
	}
	if slices.ContainsFunc(hits, isVague) {
		return slices.DeleteFunc(hits, func(h hit) bool { return !isVague(h) })
	}
	return hits
}

// measure is how like a piece is to a text.
func (t *tellings) measure(one *telling, own map[string]bool, plain, piece string) (score float64, apart int) {
	if strings.Contains(one.plain, plain) {
		if before, ends := strings.CutSuffix(one.plain, plain); ends && strings.HasSuffix(strings.TrimSpace(before), ":") {
			return uncut, 1
		}
		return 1, 2 + aside(squashed(one.Text), squashed(piece), one.plain, plain)
	}
	if stands(plain, one.plain) {
		return holdsAll, 0
	}
	score = t.share(own, one.grams)
	if score < enough && len(one.plain) > 2*minPiece {
		if back := t.share(one.grams, own); back > nearly {
			score = back * nearly
		}
	}
	if one.core != "" && stands(plain, one.core) {
		score = max(score, holdsCore+(holdsAll-holdsCore)*min(1, float64(len(one.core))/80))
	}
	return score, len(one.plain)
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
