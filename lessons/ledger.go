package lessons

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// Bounds on a file of progress. What a learner can do in a life stays far below.
const (
	maxKept  = 16 << 20 // bytes read of a file
	maxEntry = 64 << 10 // bytes in a line
	maxKey   = 300      // bytes in a key
	maxValue = 2000     // bytes in a value
)

// lineVersion is the version of the lines that this program writes. It reads no
// later ones, but keeps them.
const lineVersion = 1

// The kinds of keys. A key is a kind, a space, and what it is about.
const (
	kindAnswer = "answer" // an item: "2 right 0", see filed
	kindPage   = "page"   // a lesson: the last page visited
	kindFinish = "finish" // a lesson: "read" or "tested"
	kindScore  = "score"  // a test and a mark of its own: "9 of 12"
	kindPref   = "pref"   // a name: what was chosen
)

// everything is the key of the line that takes back all lines before it.
const everything = "everything"

// A statement is one line of the file: the last one for a key counts.
type statement struct {
	V     int       `json:"v"`
	At    time.Time `json:"at"`
	Key   string    `json:"key"`
	Value string    `json:"value,omitempty"`
	Since time.Time `json:"since,omitzero"` // of an answer: what its next day is counted from
	Gone  bool      `json:"gone,omitempty"` // the key has no value any more
}

// line is the statement as it stands in the file, without the newline.
func (s statement) line() (string, error) {
	// Not Marshal, which writes < and > so that nobody can read them.
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// parseSaid reads a line. Known is false for what is not ours to understand: a
// later version, a key or a value that this program would not write.
func parseSaid(line string) (s statement, known bool) {
	if err := json.Unmarshal([]byte(line), &s); err != nil {
		return statement{}, false
	}
	clean := wire.Clean(s.Key, maxKey) == s.Key && wire.Clean(s.Value, maxValue) == s.Value
	return s, s.V == lineVersion && s.Key != "" && clean && (s.Gone || s.sound())
}

// sound reports whether the value is one that its kind can have. Kinds of other
// programs can have any.
func (s statement) sound() bool {
	ok := true
	switch kind, _, _ := strings.Cut(s.Key, " "); kind {
	case kindAnswer:
		_, ok = parseFiled(s)
	case kindPage:
		n, err := strconv.Atoi(s.Value)
		ok = err == nil && n > 0
	case kindFinish:
		ok = s.Value == "read" || s.Value == "tested"
	case kindScore:
		_, ok = parseScore(s)
	case everything:
		ok = false
	}
	return ok
}

// An entry is what the file says last about a key.
type entry struct {
	statement
	raw string // the line
	seq int    // grows with the place of the line in the file
}

// A ledger is all lines of a file, folded: what counts of each key. Lines that
// this program does not understand are in it under keys that no line of ours
// can have, so that a rewrite keeps them.
type ledger struct {
	seq int
	all map[string]entry
}

func newLedger() *ledger { return &ledger{all: make(map[string]entry)} }

// take folds the next line in. What is not a JSON object says nothing.
func (l *ledger) take(line string) {
	l.seq++
	if len(line) > maxEntry {
		return
	}
	s, known := parseSaid(line)
	// A reset stands in the file like anything else, so that its place among the
	// other lines counts.
	switch {
	case !known && (!strings.HasPrefix(strings.TrimSpace(line), "{") || !json.Valid([]byte(line))):
	case !known:
		key := alien + line
		l.all[key] = entry{statement: statement{Key: key}, raw: line, seq: l.seq}
	case s.Gone && s.Key == everything:
		clear(l.all)
	case s.Gone:
		delete(l.all, s.Key)
	default:
		l.all[s.Key] = entry{statement: s, raw: line, seq: l.seq}
	}
}

// alien begins the keys of lines that are not understood. Clean keys cannot have
// it.
const alien = "\x00"

// sorted returns the entries of a kind, or all for "", in the order of the file.
func (l *ledger) sorted(kind string) []entry {
	var some []entry
	for key, e := range l.all {
		if kind == "" || strings.HasPrefix(key, kind+" ") {
			some = append(some, e)
		}
	}
	slices.SortFunc(some, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) })
	return some
}

// lines returns the file as short as it can be.
func (l *ledger) lines() []string {
	var lines []string
	for _, e := range l.sorted("") {
		lines = append(lines, e.raw)
	}
	return lines
}

// beyond returns the entries of l that other lacks, or has an older one of, in
// order.
func (l *ledger) beyond(other *ledger) []entry {
	mine := &ledger{all: maps.Clone(l.all)}
	maps.DeleteFunc(mine.all, func(key string, e entry) bool {
		theirs, has := other.all[key]
		return has && (theirs.raw == e.raw || theirs.At.After(e.At))
	})
	return mine.sorted("")
}

// value returns the value of a key, or "".
func (l *ledger) value(kind, about string) string { return l.all[keyOf(kind, about)].Value }

// keyOf makes a key. Names come from a course, which may be hostile.
func keyOf(kind, about string) string { return wire.Clean(kind+" "+about, maxKey) }

// about returns what a key is about.
func (e entry) about() string {
	_, about, _ := strings.Cut(e.Key, " ")
	return about
}
