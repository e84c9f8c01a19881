package tui

import (
	"regexp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// newSuitePage takes a cipher suite's name apart, under a text of its own, or "".
// The programs of this machine are asked beside the screen; until they have
// answered, the page says so.
func newSuitePage(env *Env, e dissect.Entry, above string) Screen {
	layout := func(a labs.SuiteAnswer, waiting string) func(w int) []string {
		return func(w int) []string {
			var out []string
			if above != "" {
				out = append(strings.Split(env.prose.Render(above, w), "\n"), "")
			}
			for _, line := range append(a.Lines()[1:], waiting) {
				for _, l := range wrap(line, w) {
					out = append(out, env.Theme.Text.Render(l))
				}
			}
			return out
		}
	}
	first := labs.AskSuite(env.Ctx, e, nil)
	first.Speakers = first.Speakers[:1] // Go, which need not be asked
	p := &textPage{env: env, title: dissect.SuiteName(uint64(e.Code)), make: layout(first, "The other programs are being asked.")}
	p.later = func() func(w int) []string { return layout(labs.AskSuite(env.Ctx, e, env.Programs), "") }
	return p
}

// suiteField returns the suite that a field's number is; false if it is none.
func suiteField(f *wire.Field) (dissect.Entry, bool) {
	if !f.IsNum || f.Name != "cipher_suite" {
		return dissect.Entry{}, false
	}
	return dissect.Suites.Find(f.Code)
}

// named finds the suites that a text may be the name of. A suite is looked for only
// where the text is one, or begins as their names do: what else people type stands
// in many of them.
func (s *search) named(text string) []found {
	text = strings.TrimSpace(text)
	suite := func(e dissect.Entry) found {
		about := dissect.SuiteVersions(e)
		if name := dissect.OpenSSLSuite(e); name != "" && name != e.Name {
			about += ", " + name
		}
		return found{kind: "suite", name: e.Name, about: about, open: func() tea.Cmd { return s.env.push(newSuitePage(s.env, e, "")) }}
	}
	exact, ok := dissect.FindSuite(text)
	if ok {
		return []found{suite(exact)}
	}
	begins := regexp.MustCompile(`(?i)^(TLS_|SSL_|(EC)?DHE-|A(EC)?DH-|(RSA-)?PSK-|SRP-)`)
	if !begins.MatchString(text) {
		return nil
	}
	var all []found
	// Of a misspelt name as much counts as some name begins with.
	for text = strings.ToLower(text[:min(len(text), 64)]); all == nil && begins.MatchString(text); text = text[:len(text)-1] {
		for e := range dissect.Suites.All() {
			for _, name := range []string{e.Name, dissect.OpenSSLSuite(e)} {
				if strings.HasPrefix(strings.ToLower(name), text) {
					all = append(all, suite(e))
					break
				}
			}
		}
	}
	return all
}

// openSuite reads a suite's name taken apart.
func (p *plain) openSuite(name string) bool {
	e, ok := dissect.FindSuite(name)
	if !ok {
		return false
	}
	for _, line := range labs.AskSuite(p.env.Ctx, e, p.env.Programs).Lines() {
		if line != "" {
			p.say(line)
		}
	}
	return true
}
