package labs

import (
	"math"
	"regexp"
	"strings"

	"tlstutor/labs/wire"
)

// How much of a piece has to be in a text, and how much of a text in a piece.
const (
	enough      = 0.6
	shortEnough = 0.8 // of a piece of few letters
	tailEnough  = 0.5 // of the last part of a piece
	nearly      = 0.95
	remote      = 0.36 // so much is worth showing to somebody who has found nothing
	wholeName   = 0.8  // of a name, such as SEC_ERROR_BAD_SIGNATURE, that is misspelt
)

// least is how much of a piece has to be in a text: of few letters many are in some
// text by chance.
func least(piece string) float64 {
	if !strings.Contains(piece, " ") && strings.Contains(piece, "_") {
		return wholeName
	}
	if len(piece) < 2*minPiece {
		return shortEnough
	}
	return enough
}

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
	{"valid for ", regexp.MustCompile(`\bvalid for [\w*.-]+(, [\w*.-]+)*( or [\w*.-]+)?, not [\w.-]+`), "valid for ~, not ~"},
	{"-", regexp.MustCompile(`\d{4}-\d\d-\d\d([t ]\d\d:\d\d:\d\d(\.\d+)?)?(z|[+-]\d\d:\d\d)?`), "0"},
	{":", regexp.MustCompile(`\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) +\d+ \d\d:\d\d:\d\d( \d{4})?( gmt)?`), "0"},
	{":\\", regexp.MustCompile(`\b[a-z]:\\[^ '",:]+`), "~"},
	{"/", regexp.MustCompile(`(\.{0,2}/[\w.@+-]+){2,}/?`), "~"},
	{"0", regexp.MustCompile(`\b[0-9a-f]{12,}\b`), "0"},
	{"::", regexp.MustCompile(`[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}\b`), "0"},
	{".", regexp.MustCompile(`(\*\.)?\b[\w-]+(\.[\w-]+)*\.[a-z][a-z-]+\b`), "~"},
	{"localhost", regexp.MustCompile(`\blocalhost\b`), "~"},
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
	return strings.TrimSpace(spelt.Replace(several.ReplaceAllString(s, "${1}")))
}

// several is a list of names or addresses: how many there are is different everywhere.
var several = regexp.MustCompile(`([~0])(?:, [~0])+\b`)

// spelt are other spellings of what programs say: OpenSSL had no hyphen before version 3.
var spelt = strings.NewReplacer("self signed", "self-signed", "‘", "'", "’", "'")

// stands reports whether words stand in a text, not as a part of others.
func stands(text, words string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		i += from
		if !lettered(text, i-1) && !lettered(text, i+len(words)) {
			return true
		}
		from = i + 1
	}
}

// lettered reports whether a letter, or what joins words to one, is at a place.
func lettered(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] == '_')
}
