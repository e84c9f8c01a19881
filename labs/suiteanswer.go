package labs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"tlstutor/labs/dissect"
	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// A SuiteAnswer is what there is to say of one cipher suite: its names, its parts,
// how it stands with IANA, and who on this machine speaks it.
type SuiteAnswer struct {
	Suite    dissect.Entry
	OpenSSL  string // how OpenSSL spells it, or ""
	Versions string
	Standing string // what IANA's mark means
	Parts    []dissect.Part
	Speakers []Speaker
}

// A Speaker is a program of this machine, and whether it speaks a suite.
type Speaker struct {
	Name, Version string
	Speaks        Speaks
	Why           string // of one that could not be asked
}

// Speaks says whether a program speaks a suite.
type Speaks uint8

const (
	SpeaksNot   Speaks = iota // not even when it is told to
	SpeaksTold                // when it is told to
	SpeaksUsual               // by itself
	Unasked                   // it is not here, or does not say
)

// String is the answer as JSON has it.
func (s Speaks) String() string { return [...]string{"no", "told", "usual", "unknown"}[s] }

// words is the answer as one reads it.
func (s Speaks) words() string {
	return [...]string{"does not speak it", "speaks it only when told to", "speaks it by itself", "was not asked"}[s]
}

// AskSuite takes a registered suite apart, and asks the programs of this machine
// whether they speak it. Go is not asked: its tables say so. It takes as long as
// the programs do, which is bounded. Without a finder none is asked.
func AskSuite(ctx context.Context, e dissect.Entry, find *peer.Finder) SuiteAnswer {
	a := SuiteAnswer{Suite: e, OpenSSL: dissect.OpenSSLSuite(e), Versions: dissect.SuiteVersions(e), Standing: dissect.SuiteStanding(e), Parts: dissect.SuiteParts(e.Name)}
	a.Speakers = append(a.Speakers, goSpeaks(e.Code))
	for _, name := range []string{"openssl", "python3", "gnutls-cli"} {
		a.Speakers = append(a.Speakers, programSpeaks(ctx, e.Code, name, find))
	}
	return a
}

// goSpeaks is whether Go speaks a suite: those without a known weakness are on by
// themselves.
func goSpeaks(code uint16) Speaker {
	is := func(s *tls.CipherSuite) bool { return s.ID == code }
	s := Speaker{Name: "go", Version: "Go " + strings.TrimPrefix(runtime.Version(), "go")}
	switch {
	case slices.ContainsFunc(tls.CipherSuites(), is):
		s.Speaks = SpeaksUsual
	case slices.ContainsFunc(tls.InsecureCipherSuites(), is):
		s.Speaks = SpeaksTold
	}
	return s
}

// programSpeaks asks another program.
func programSpeaks(ctx context.Context, code uint16, name string, find *peer.Finder) Speaker {
	s := Speaker{Name: name, Speaks: Unasked}
	if find == nil {
		s.Why = "nothing is run here"
		return s
	}
	p, err := find.Find(ctx, name)
	if err != nil {
		s.Why = wire.Clean(err.Error(), 200)
		return s
	}
	s.Version = p.Version
	c, err := p.Ciphers(ctx)
	switch {
	case err != nil:
		s.Why = wire.Clean(err.Error(), 200)
	case slices.Contains(c.Usual, code):
		s.Speaks = SpeaksUsual
	case slices.Contains(c.Told, code):
		s.Speaks = SpeaksTold
	default:
		s.Speaks = SpeaksNot
	}
	return s
}

// Lines is the answer as text, a line for each thing to say.
func (a SuiteAnswer) Lines() []string {
	spelt := "OpenSSL 3 has no name for it."
	switch a.OpenSSL {
	case "":
	case a.Suite.Name:
		spelt = "OpenSSL spells it so too."
	default:
		spelt = "OpenSSL spells it " + a.OpenSSL + "."
	}
	of := "It is of " + a.Versions + "."
	if a.Versions == "TLS 1.3" {
		of = "It is of TLS 1.3: how keys are agreed on, and who signs, is settled apart from it (supported_groups, signature_algorithms; RFC 9846 4.3.7, 4.3.3)."
	}
	lines := []string{fmt.Sprintf("%s (0x%04x)", a.Suite.Name, a.Suite.Code), spelt, of, a.Standing, ""}
	for _, p := range a.Parts {
		lines = append(lines, fmt.Sprintf("%s, %s: %s; but %s.", p.Word, p.Role, p.Does, p.Not))
	}
	lines = append(lines, "", "On this machine:")
	for _, s := range a.Speakers {
		who := s.Name
		if s.Version != "" {
			who += " (" + s.Version + ")"
		}
		line := who + " " + s.Speaks.words()
		if s.Why != "" {
			line += ": " + s.Why
		}
		lines = append(lines, line+".")
	}
	return lines
}

// Print writes the answer as text.
func (a SuiteAnswer) Print(w io.Writer) error {
	_, err := io.WriteString(w, strings.Join(a.Lines(), "\n")+"\n")
	return err
}

// errNoSuite is that of a text that names no suite.
var errNoSuite = errors.New("no cipher suite that is known here has that name or number")

// FindSuite is dissect.FindSuite with an error that says what was asked.
func FindSuite(text string) (dissect.Entry, error) {
	if e, ok := dissect.FindSuite(text); ok {
		return e, nil
	}
	return dissect.Entry{}, fmt.Errorf("%s: %w", quoted(text), errNoSuite)
}

// SuiteNames are the names of all registered suites, in both spellings.
func SuiteNames() []string {
	var names []string
	for e := range dissect.Suites.All() {
		names = append(names, e.Name)
		if name := dissect.OpenSSLSuite(e); name != "" && name != e.Name {
			names = append(names, name)
		}
	}
	return names
}
