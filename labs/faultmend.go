package labs

import "time"

// This file has what a learner can put right. A mend does not know the fault: it sets
// one thing to what it is in the good twin, and that helps, or it does not. So two
// mends may both help, and which ones do is measured, not written down.

// A mend is one setting that can be put right. Which of them helps is for the next
// handshake to say.
type mend struct {
	word, doc string
	apply     func(p, good *plan)
}

// noVerification is the mend that mends nothing; trustRoot is of a root that one has to
// be told.
const (
	noVerification = "no-verification"
	trustRoot      = "trust-root"
)

// mends lists them; the first is the one that people reach for, and loses.
func mends() []mend {
	return []mend{
		{noVerification, "tell the client to check nothing", func(p, _ *plan) { p.trusting = true }},
		{"renew-leaf", "renew the server's certificate", func(p, good *plan) {
			p.leaf.NotBefore, p.leaf.NotAfter = good.leaf.NotBefore, good.leaf.NotAfter
		}},
		{"renew-intermediate", "renew the intermediate", func(p, good *plan) {
			p.inter.NotBefore, p.inter.NotAfter = good.inter.NotBefore, good.inter.NotAfter
		}},
		{trustRoot, "give the client the root of today", func(p, good *plan) { p.root, p.trust = nil, good.trust }},
		{"set-the-clock", "set the client's clock", func(p, _ *plan) { p.clock = time.Duration(0) }},
		{"name-in-san", "put the host's name into subjectAltName", func(p, _ *plan) {
			p.leaf.Names = []string{p.host}
			p.dropForged("names")
		}},
		{"send-the-chain", "have the server send its own certificate, then the intermediate", func(p, good *plan) {
			p.sent = good.sent
			if p.deep != nil {
				p.sent = []string{"leaf", "deep", "inter"}
			}
		}},
		{"have-it-signed", "have the intermediate itself sign the certificate", func(p, good *plan) { p.self, p.deep, p.sent = false, nil, good.sent }},
		{"leaf-purpose", "issue the certificate for servers", func(p, good *plan) {
			p.leaf.Purposes, p.leaf.Usage = good.leaf.Purposes, good.leaf.Usage
		}},
		{"leaf-encoding", "issue the certificate as RFC 5280 has it encoded", func(p, good *plan) {
			p.leaf.Extra, p.leaf.Serial = nil, nil
			p.dropForged("encoding")
		}},
		{"leaf-key", "issue the certificate for a key of today", func(p, good *plan) {
			p.leaf.Kind = good.leaf.Kind
			p.dropForged("key")
		}},
		{"leaf-signature", "have the certificate signed anew, with an algorithm of today", func(p, _ *plan) {
			p.leaf.Hash = 0
			p.dropForged("signature")
		}},
		{"ca-profile", "issue the intermediate as an authority for servers", func(p, good *plan) {
			from, to := p.inter.NotBefore, p.inter.NotAfter
			p.inter, p.forgeInter = good.inter, ""
			p.inter.NotBefore, p.inter.NotAfter = from, to
			// An authority for its place: with another one below it, it has no limit.
			if p.deep != nil {
				p.inter.PathLen = nil
			}
		}},
		{"replace-revoked", "have another certificate issued in place of the revoked one", func(p, _ *plan) { p.revoked = false }},
		{"fresh-list", "fetch the list of the intermediate again", func(p, _ *plan) {
			if p.list != nil {
				p.list = freshList
			}
		}},
		{"fresh-staple", "staple what the responder says now", func(p, _ *plan) { p.staple = freshStaple }},
		{"versions", "let both sides speak TLS 1.2 and 1.3", func(p, good *plan) { p.serves, p.offers = good.serves, good.offers }},
		{"suites", "let the server take its usual cipher suites", func(p, good *plan) { p.suites = nil }},
		{"groups", "let both sides use their usual groups", func(p, _ *plan) { p.groups, p.asks = nil, nil }},
		{"alpn", "agree on an application protocol", func(p, _ *plan) { p.takes = p.speaks }},
		{"server-name", "give the server a certificate for that name", func(p, _ *plan) { p.knows = "" }},
		{"client-cert", "give the client a certificate from the authority that the server trusts", func(p, _ *plan) { p.shows = "good" }},
		{"server-key", "give the server the key of its certificate", func(p, _ *plan) { p.strange = false }},
		{"speak-tls", "have TLS spoken on that port from the first byte", func(p, _ *plan) { p.plain = "" }},
		{"end-properly", "have the server send all, and say that it was all", func(p, _ *plan) { p.cut = false }},
	}
}

// dropForged forgets what was forged of the leaf, if that was its matter.
func (p *plan) dropForged(matter string) {
	if p.forged == matter {
		p.forgeLeaf, p.forged = "", ""
	}
}

// mendWords are the words of knob mend.
func mendWords() []string {
	words := []string{"none"}
	for _, m := range mends() {
		words = append(words, m.word)
	}
	return words
}

// mendSays is what a mend does.
func mendSays(word string) string {
	for _, m := range mends() {
		if m.word == word {
			return m.doc
		}
	}
	return "nothing is put right, and there is no second handshake"
}

// mended is what a fault leaves of a plan when one setting was put right.
func mended(f *Fault, label, word string, now time.Time) *plan {
	p, good := newPlan(label, now), newPlan(label, now)
	if f != nil {
		f.change(p)
	}
	for _, m := range mends() {
		if m.word == word {
			m.apply(p, good)
		}
	}
	return p
}
