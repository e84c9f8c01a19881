package labs

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// This file tells what a negotiation came to: what crossed, beside the rules.

// The names of the findings of the lab suites.
const (
	negotiationNote = "negotiation"
	mendsNote       = "mended_by"
)

// negotiates reports whether an event is one of this lab's findings.
func (e *Event) negotiates() bool {
	return e.Kind == Found && e.Who == Observer && e.Tree != nil && (e.Tree.Name == negotiationNote || e.Tree.Name == mendsNote)
}

// evidence are the fields on the wire that say what was chosen, by row.
type evidence map[string]*wire.Field

// observe reads from the wire what came of a board.
func observe(events []Event, on *Conn) (outcome, evidence) {
	recs := Records(events)
	at := evidence{}
	say := func(row string, paths ...string) uint64 {
		for _, p := range paths {
			if _, f := findFrom(recs, on, Server, p); f != nil {
				at[row] = f
				return f.Code
			}
		}
		return 0
	}
	var o outcome
	o.version = uint16(say(versionsRow, "ServerHello.selected_version", "ServerHello.legacy_version"))
	o.suite = uint16(say(suitesRow, "ServerHello.cipher_suite"))
	o.group = tls.CurveID(say(groupsRow, "ServerHello.server_share.group", "ServerKeyExchange.namedcurve"))
	o.scheme = tls.SignatureScheme(say(schemesRow, "CertificateVerify.algorithm", "ServerKeyExchange.algorithm"))
	say(alpnRow, "EncryptedExtensions.ProtocolName", "ServerHello.ProtocolName")
	if f := at[alpnRow]; f != nil {
		o.alpn = f.Value
	}
	_, retry := findFrom(recs, on, Server, "HelloRetryRequest")
	o.retry = retry != nil
	if end := End(events); !end.OK {
		o.who, o.alert = end.Who, end.Alert
		for _, m := range messages(recs) {
			if m.who == Server && m.handshake() {
				o.last = m.Name
			}
		}
	}
	return o, at
}

// tellBoard emits the finding that explains the negotiation row by row.
func (b *Bench) tellBoard(on *board, foreseen outcome, events []Event, conn *Conn) {
	seen, at := observe(events, conn)
	tree := wire.Note(negotiationNote, "")
	for _, row := range on.rows(foreseen) {
		tree.Kids = append(tree.Kids, row.tree(foreseen, seen, at, Records(events), conn))
	}
	tree.Kids = append(tree.Kids, wire.Note("certificate_key", on.keyName()))
	text := seen.deal.String()
	if seen.who != Nobody {
		why := foreseen.why
		if !seen.equal(foreseen) {
			why = "not for a reason that the rules here know"
		}
		text = fmt.Sprintf("refused by the %s: %s", seen.who, why)
		tree.Kids = append(tree.Kids, refusal(seen, why))
	}
	tree.Value = wire.Clean(text, wire.MaxValue)
	b.Emit(Event{Kind: Found, Who: Observer, Text: text, Tree: tree})
}

// refusal is the row about how it ended.
func refusal(seen outcome, why string) *wire.Field {
	alert, after := "none: nothing was sent", "nothing"
	if seen.alert != "" {
		alert, after = seen.alert, "ClientHello"
	}
	if seen.last != "" {
		after = seen.last
	}
	return wire.Note("refused", why, wire.Note("by", seen.who.String()), wire.Note("alert", alert), wire.Note("after", after))
}

// A boardRow is a row of the negotiation: what each side has, by name.
type boardRow struct {
	name           string
	client, server []string
	path           string // of the client's list on the wire
}

// rows are the rows of the board.
func (on *board) rows(o outcome) []boardRow {
	var hello, takes, schemes, may []string
	for _, id := range on.hello(aesHardware()) {
		hello = append(hello, suiteName(id))
	}
	for _, s := range boardSuites {
		if s.auth == "" && on.server.max == tls.VersionTLS13 || s.auth != "" && slices.Contains(on.server.suites, s.id) {
			takes = append(takes, suiteName(s.id))
		}
	}
	for _, c := range boardSchemes {
		if on.offers(c.is) && on.client.max >= tls.VersionTLS12 {
			schemes = append(schemes, c.name)
		}
		if slices.Contains(on.schemes, c.is) && (o.version == 0 || slices.Contains(on.keySchemes(o.version), c.is)) {
			may = append(may, c.name)
		}
	}
	return []boardRow{
		{versionsRow, versionNames(on.client), versionNames(on.server), "ClientHello.supported_versions"},
		{suitesRow, hello, takes, "ClientHello.cipher_suites"},
		{groupsRow, on.client.groupNames(), on.server.groupNames(), "ClientHello.supported_groups"},
		{schemesRow, schemes, may, "ClientHello.signature_algorithms"},
		{alpnRow, on.client.alpn, on.server.alpn, "ClientHello.application_layer_protocol_negotiation"},
	}
}

// versionNames are the versions of a side, the highest first.
func versionNames(s stance) []string {
	var names []string
	for v := s.max; v >= s.min; v-- {
		names = append(names, versionName(v))
	}
	return names
}

// groupNames are the groups of a side that its versions have.
func (s stance) groupNames() []string {
	var names []string
	for _, g := range s.groups {
		if s.max == tls.VersionTLS13 || !hybrid(g) {
			names = append(names, groupName(g))
		}
	}
	return names
}

// word is what was agreed on in a row, or "".
func (d deal) word(row string) string {
	switch {
	case row == versionsRow && d.version != 0:
		return versionName(d.version)
	case row == suitesRow && d.suite != 0:
		return suiteName(d.suite)
	case row == groupsRow && d.group != 0:
		return groupName(d.group)
	case row == schemesRow && d.scheme != 0:
		return schemeName(d.scheme)
	case row == alpnRow:
		return d.alpn
	}
	return ""
}

// tree is the row as a finding: its evidence are the fields that crossed.
func (r boardRow) tree(foreseen, seen outcome, at evidence, recs []Rec, conn *Conn) *wire.Field {
	list := func(names []string) string {
		if len(names) == 0 {
			return "none"
		}
		return strings.Join(names, ", ")
	}
	both := slices.DeleteFunc(slices.Clone(r.client), func(name string) bool { return !slices.Contains(r.server, name) })
	client := wire.Note("client_has", list(r.client))
	if _, f := findFrom(recs, conn, Client, r.path); f != nil {
		client = wire.Note("client_has", wire.Bare(f.Value), f)
	}
	value := "none"
	if f := at[r.name]; f != nil {
		value = wire.Bare(f.Value)
	} else if by := foreseen.word(r.name); seen.who != Nobody && by != "" {
		value = "not sent; by the rules " + by
	}
	took := wire.Note("taken", value)
	if f := at[r.name]; f != nil {
		took.Kids = []*wire.Field{f}
	}
	rule := foreseen.rules[r.name]
	switch {
	case foreseen.row == r.name:
		rule = foreseen.why
	case !seen.equal(foreseen):
		rule = "the run went another way than the rules that are known here"
	case rule == "":
		rule = "it did not get so far"
	}
	return wire.Note(r.name, value, client, wire.Note("server_has", list(r.server)), wire.Note("common", list(both)), took, wire.Note("decided_by", rule))
}
