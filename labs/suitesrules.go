package labs

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
)

// This file works out what becomes of a board, by the rules that Go's two sides go
// by. A run never takes its word: suitestell.go puts it beside what crossed.

// The rows of a negotiation, in the order in which a server goes through them.
const (
	versionsRow = "versions"
	suitesRow   = "suites"
	groupsRow   = "groups"
	schemesRow  = "signature_schemes"
	alpnRow     = "alpn"
)

// A deal is what was agreed on. Of what was not, the number is 0.
type deal struct {
	version, suite uint16
	group          tls.CurveID
	retry          bool // the server had to ask for another key share
	scheme         tls.SignatureScheme
	alpn           string
}

// An outcome is what comes of a board: a deal, or a refusal with as much of the
// deal as had been settled by then.
type outcome struct {
	deal
	who   Party  // who refuses; Nobody when all goes well
	alert string // "" when nothing was sent at all
	last  string // the last handshake message of the server by then, or ""

	row   string            // what it fails of
	stage string            // of the suites: what leaves none of them
	why   string            // in a few words
	rules map[string]string // by row: who chose, and by which rule
}

// String says it in one sentence.
func (o outcome) String() string {
	switch {
	case o.who == Nobody:
		return "it completes: " + o.deal.String()
	case o.alert == "":
		return fmt.Sprintf("the %s gives up before it sends anything: %s", o.who, o.why)
	case o.last == "Certificate":
		return fmt.Sprintf("the %s refuses where its ServerKeyExchange would stand, with %s: %s", o.who, o.alert, o.why)
	}
	return fmt.Sprintf("the %s refuses the ClientHello with %s: %s", o.who, o.alert, o.why)
}

// String lists what was agreed on.
func (d deal) String() string {
	parts := []string{versionName(d.version), suiteName(d.suite)}
	if d.group != 0 {
		parts = append(parts, groupName(d.group))
	}
	if d.retry {
		parts[len(parts)-1] += " after a HelloRetryRequest"
	}
	if d.scheme != 0 {
		parts = append(parts, schemeName(d.scheme))
	}
	if d.alpn != "" {
		parts = append(parts, d.alpn)
	}
	return strings.Join(parts, ", ")
}

// equal reports whether two outcomes are one, as far as the wire shows it: what was
// settled before a refusal it does not.
func (o outcome) equal(p outcome) bool {
	if o.who != Nobody || p.who != Nobody {
		return o.who == p.who && o.alert == p.alert && o.last == p.last
	}
	return o.deal == p.deal
}

// refuse ends an outcome.
func (o outcome) refuse(who Party, alert, row, format string, args ...any) outcome {
	o.who, o.alert, o.row, o.why = who, alert, row, fmt.Sprintf(format, args...)
	return o
}

// predict goes through a board as the two sides do.
func (on *board) predict(aes bool) outcome {
	o := outcome{rules: map[string]string{}}
	c, s := on.client, on.server
	if c.min > c.max {
		return o.refuse(Client, "", versionsRow, "its lowest version is above its highest")
	}
	if s.min > s.max {
		return o.refuse(Server, "protocol_version", versionsRow, "the server's lowest version is above its highest, so it takes none")
	}
	if o.version = min(c.max, s.max); o.version < max(c.min, s.min) {
		return o.refuse(Server, "protocol_version", versionsRow, "no version is on both sides: the client offers %s, the server takes %s", versionSpan(c.min, c.max), versionSpan(s.min, s.max))
	}
	o.rules[versionsRow] = "the server takes the highest version that both have"
	if o.version == tls.VersionTLS13 {
		return on.predictNew(o, aes)
	}
	return on.predictOld(o, aes)
}

// versionSpan names the versions from one to another.
func versionSpan(lowest, highest uint16) string {
	if lowest == highest {
		return versionName(lowest)
	}
	return versionName(lowest) + " to " + versionName(highest)
}

// hello is the client's list of suites, in its order: Go's, whatever the order of
// the list it was given.
func (on *board) hello(aes bool) []uint16 {
	var list []uint16
	for _, s := range ordered(aes) {
		old := s.auth != "" && slices.Contains(on.client.suites, s.id) && on.client.min < tls.VersionTLS13
		if old && (!s.only12 || on.client.max >= tls.VersionTLS12) {
			list = append(list, s.id)
		}
	}
	if on.client.max == tls.VersionTLS13 {
		for _, s := range ordered(aes) {
			if s.auth == "" {
				list = append(list, s.id)
			}
		}
	}
	return list
}

// ordered are the suites of the board in Go's order: AES before ChaCha20 where there
// is AES in hardware, and else the other way round.
func ordered(aes bool) []boardSuite {
	if aes {
		return boardSuites
	}
	chacha := func(s boardSuite) bool { return strings.HasSuffix(s.word, "CHACHA20") }
	var first, rest []boardSuite
	for _, s := range boardSuites {
		if chacha(s) {
			first = append(first, s)
		} else {
			rest = append(rest, s)
		}
	}
	return append(first, rest...)
}

// prefers reports whether the server goes by the order with AES first: it has AES in
// hardware, and the client's list begins with AES-GCM, as if it had it too.
func prefers(aes bool, hello []uint16) bool {
	return aes && len(hello) > 0 && suiteOnBoard(hello[0]).gcm
}

// orderWords says why that order is in force.
func orderWords(aes, first bool) string {
	switch {
	case first:
		return "AES first, as this machine has it in hardware and the client's list begins with it"
	case aes:
		return "ChaCha20 first, as the client's list does not begin with AES-GCM, as if it had no AES in hardware"
	}
	return "ChaCha20 first, as this machine has no AES in hardware"
}

// predictNew is what becomes of a board in TLS 1.3 (RFC 9846, Section 4.2).
func (on *board) predictNew(o outcome, aes bool) outcome {
	hello := on.hello(aes)
	first := prefers(aes, hello)
	for _, s := range ordered(first) {
		if s.auth == "" {
			o.suite = s.id
			break
		}
	}
	o.rules[suitesRow] = "TLS 1.3 has three suites, which Go does not let one choose: neither list counts. The server goes by Go's order, " + orderWords(aes, first)
	both := on.commonGroups(o.version)
	if len(both) == 0 {
		return o.refuse(Server, "handshake_failure", groupsRow, "no group is on both lists")
	}
	shares := on.shares()
	o.group = bestGroup(both, shares)
	o.retry = !slices.Contains(shares, o.group)
	o.rules[groupsRow] = groupWords(o.group, o.retry)
	if o.retry {
		o.last = "HelloRetryRequest"
	}
	if o = on.protocol(o); o.who != Nobody {
		return o
	}
	return on.sign(o)
}

// commonGroups are the groups that both sides have, in Go's order; those with ML-KEM
// are of TLS 1.3 alone.
func (on *board) commonGroups(version uint16) []tls.CurveID {
	var both []tls.CurveID
	for _, g := range groupOrder() {
		if slices.Contains(on.client.groups, g) && slices.Contains(on.server.groups, g) && (version == tls.VersionTLS13 || !hybrid(g)) {
			both = append(both, g)
		}
	}
	return both
}

// hybrid reports whether a group has ML-KEM beside a curve.
func hybrid(g tls.CurveID) bool { return slices.Index(groupOrder(), g) < 3 }

// shares are the groups for which the client sends a key at once: the first of its
// list and, if that has ML-KEM, its curve by itself (RFC 9846, Section 4.3.8).
func (on *board) shares() []tls.CurveID {
	half := map[tls.CurveID]tls.CurveID{
		tls.X25519MLKEM768: tls.X25519, tls.SecP256r1MLKEM768: tls.CurveP256, tls.SecP384r1MLKEM1024: tls.CurveP384,
	}
	var first tls.CurveID
	for _, g := range groupOrder() {
		if slices.Contains(on.client.groups, g) {
			first = g
			break
		}
	}
	all := []tls.CurveID{first}
	if h, ok := half[first]; ok && slices.Contains(on.client.groups, h) {
		all = append(all, h)
	}
	return all
}

// bestGroup is what Go's server takes: one with ML-KEM before one without, then one
// for which a key is there, then the first of its order.
func bestGroup(both, shares []tls.CurveID) tls.CurveID {
	return slices.MinFunc(both, func(a, b tls.CurveID) int {
		rank := func(g tls.CurveID) int {
			n := 0
			if !hybrid(g) {
				n = 2
			}
			if !slices.Contains(shares, g) {
				n++
			}
			return n
		}
		return rank(a) - rank(b)
	})
}

// groupWords is the rule by which a group of TLS 1.3 was chosen.
func groupWords(g tls.CurveID, retry bool) string {
	text := "the server picks: first a group with ML-KEM, then one that the client sent a key for, then the first of Go's order"
	switch {
	case retry && hybrid(g):
		return text + ". The client sent no key for it, and that costs a HelloRetryRequest: ML-KEM counts more than a round trip"
	case retry:
		return text + ". The client sent no key for any that both have, so the server asks for one: a HelloRetryRequest"
	}
	return text
}

// protocol is the choice by ALPN (RFC 7301, Section 3.2).
func (on *board) protocol(o outcome) outcome {
	c, s := on.client.alpn, on.server.alpn
	if len(c) == 0 || len(s) == 0 {
		o.rules[alpnRow] = "one side names no protocol, so none is agreed on"
		return o
	}
	for _, p := range s {
		if slices.Contains(c, p) {
			o.alpn = p
			o.rules[alpnRow] = "the first of the server's list that the client offers"
			return o
		}
	}
	if slices.Contains(s, "h2") && slices.Contains(c, "http/1.1") {
		o.rules[alpnRow] = "Go's server goes on without one where it has only h2 and the client http/1.1, as if nobody had asked"
		return o
	}
	return o.refuse(Server, "no_application_protocol", alpnRow, "no application protocol is on both lists")
}
