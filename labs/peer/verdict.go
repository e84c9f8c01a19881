package peer

import (
	"errors"
	"strings"
)

// A Verdict is what became of one run, as the program has it.
type Verdict struct {
	// OK: it completed a handshake, and says of nothing that it was bad. A program
	// that was told to ignore what a certificate is worth may be OK with a bad one.
	OK bool

	Lines   []string // its own words on the matter: "curl: (60) SSL certificate problem: ..."
	Settled Settled  // what it says was negotiated
	Ending  Ending   // how it ended
	Exit    int      // its exit status; -1 when it was ended by a signal
	Signal  string   // the signal that ended it, or ""
	Session []byte   // its session, if the offer was to keep it, and it got one
	Output  []string // all that it wrote, line by line
	Cut     bool     // it wrote more than is kept
}

// Settled is what a program says was negotiated in its last handshake. What it
// does not say is empty.
type Settled struct {
	Version string // "TLS 1.3"
	Suite   string // as IANA names it, where that can be told: "TLS_AES_128_GCM_SHA256"
	Group   string // as IANA names it: "x25519"
	ALPN    string
	Resumed bool
	Early   string // what became of early data: "accepted", "rejected"
	Checked string // its verdict on the certificate: "20 (unable to get local issuer certificate)"
}

// An Ending is how a program came to its end.
type Ending int

// The endings.
const (
	Exited  Ending = iota // by itself
	Killed                // by a signal that is not ours
	Over                  // by us, because the caller said that all was over
	Late                  // by us, because its time was up
	Stopped               // by us, because its context was done
)

// String says it in a few words.
func (e Ending) String() string {
	return [...]string{"it ended by itself", "it was ended by a signal", "it was ended when all was over",
		"it was ended because its time was up", "it was stopped"}[e]
}

// ErrLate is the cause of the end of a program whose time is up. A caller with a
// clock of its own may cancel a run's context with it.
var ErrLate = errors.New("its time is up")

// A said is what a program wrote, line by line, clean.
type said []string

// after returns what follows a prefix in the first line that has it. Spaces at
// both ends of a line do not count.
func (s said) after(prefix string) (rest string, ok bool) {
	for _, line := range s {
		if rest, ok = strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// last is after for the last line that has the prefix.
func (s said) last(prefix string) (rest string, ok bool) {
	for _, line := range s {
		if r, has := strings.CutPrefix(strings.TrimSpace(line), prefix); has {
			rest, ok = strings.TrimSpace(r), true
		}
	}
	return rest, ok
}

// has reports whether a line holds a text.
func (s said) has(text string) bool {
	for _, line := range s {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// maxWords bounds what a learner is shown first: it is how many lines of a program count as its words on the matter.
const maxWords = 8

// words returns the lines that hold one of the marks, each once.
func (s said) words(marks ...string) []string {
	var words []string
	seen := map[string]bool{}
	for _, line := range s {
		line = strings.TrimSpace(line)
		for _, m := range marks {
			if strings.Contains(line, m) && !seen[line] && len(words) < maxWords {
				seen[line] = true
				words = append(words, line)
			}
		}
	}
	return words
}

// versionName is how a version is called: "TLS 1.3" for TLSv1.3, TLS1.3 and 1.3.
func versionName(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "TLS"), "v")
	if s == "1" {
		s = "1.0"
	}
	if strings.HasPrefix(s, "1.") {
		return "TLS " + s
	}
	return ""
}
