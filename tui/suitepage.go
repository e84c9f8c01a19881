package tui

import (
	"regexp"
	"slices"
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
	text = strings.ToLower(text[:min(len(text), 64)])
	words := suiteWords(text)
	// Of a misspelt name as much counts as some name begins with, if its words are of
	// that name but for one.
	for ; all == nil && begins.MatchString(text); text = text[:len(text)-1] {
		for e := range dissect.Suites.All() {
			for _, name := range []string{e.Name, dissect.OpenSSLSuite(e)} {
				name = strings.ToLower(name)
				if strings.HasPrefix(name, text) && ofName(words, name) {
					all = append(all, suite(e))
					break
				}
			}
		}
	}
	return all
}

// suiteWords are the words of a suite's name: what stands between its lines and spaces.
func suiteWords(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == ' ' })
}

// ofName reports whether words are those of a suite's name: the last one may be begun,
// and one of three or more misspelt. What programs say begins so, too, as in SSL_ERROR.
func ofName(words []string, name string) bool {
	has, missed := suiteWords(name), 0
	for i, w := range words {
		last := i == len(words)-1
		if !slices.ContainsFunc(has, func(h string) bool { return h == w || last && strings.HasPrefix(h, w) }) {
			missed++
		}
	}
	return missed == 0 || missed == 1 && len(words) > 2
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
