package dissect

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// An Account is a connection as both of its sides had it, with all that could be
// checked of it.
type Account struct{ client, server *witness }

// Verify recomputes what the two sides of a connection prove to each other.
func Verify(client, server View) *Account {
	judged := map[string]judgement{}
	return &Account{watch(client, server, ToServer, judged), watch(server, client, ToClient, judged)}
}

// Findings returns what was found, or nil if there was nothing to check: each
// Finished, each signature, the end of the server's random, and the hash of the
// transcript after each message. A finding holds for who sent and for who got it;
// where something was changed between the two, it has an Err that says so. Its
// kids are its evidence.
func (a *Account) Findings() *wire.Field {
	var kids []*wire.Field
	var sum tally
	for _, p := range couples(a.client.checks, a.server.checks) {
		kids = append(kids, sum.finding(p))
	}
	kids = append(kids, hashRows(a.client, a.server)...)
	if len(kids) == 0 {
		return nil
	}
	return wire.Note("checked", sum.words(), kids...)
}

// A couple is one check as its sender could make it, and as the other side did.
// Either may be missing: what was lost or changed on the way has not reached the
// other side.
type couple struct{ own, other *check }

// couples puts the checks of both sides together: those that the client made in
// its order, then what only the server can make.
func couples(client, server []*check) []couple {
	type key struct {
		title string
		n     int // which of that title
	}
	byKey, used := map[key]*check{}, map[*check]bool{}
	number := func(seen map[string]int, c *check) key {
		seen[c.title()]++
		return key{c.title(), seen[c.title()]}
	}
	seen := map[string]int{}
	for _, c := range server {
		byKey[number(seen, c)] = c
	}
	var all []couple
	seen = map[string]int{}
	for _, c := range client {
		other := byKey[number(seen, c)]
		used[other] = true
		if c.dir == ToServer {
			all = append(all, couple{c, other})
		} else {
			all = append(all, couple{other, c})
		}
	}
	for _, c := range server {
		if !used[c] && c.dir == ToClient {
			all = append(all, couple{own: c})
		}
	}
	return all
}

// title is the name of the finding: what is checked, and of whom.
func (c *check) title() string {
	var of words
	if !strings.HasPrefix(c.name, "Server") {
		of.add(writer(c.dir))
	}
	if c.when != "" {
		of.add(c.when)
	}
	if of.some == nil {
		return c.name
	}
	return c.name + " (" + of.joined(", ") + ")"
}

// writer names who writes in a direction.
func writer(d Dir) string {
	if d == ToServer {
		return "client"
	}
	return "server"
}

// A tally is what the findings come to.
type tally struct {
	finished  [2]int   // that match, by who sent them
	signed    int      // signatures that verify
	binders   int      // that match
	bad, lost []string // what does not hold, and what did not reach the other side
	unchecked []*check // what could not be checked
	sentinel  bool     // the server says that it could do better
}

// finding makes the finding of a couple.
func (t *tally) finding(p couple) *wire.Field {
	c := p.own
	if c == nil {
		c = p.other
	}
	f := wire.Note(c.title(), "", append([]*wire.Field{c.at}, c.evidence...)...)
	switch {
	case p.ok():
		f.Value = c.good()
		t.count(p, c)
		if p.other == nil {
			f.Value += fmt.Sprintf("; it did not reach the %s", writer(1-c.dir))
			t.lost = append(t.lost, fmt.Sprintf("%s did not reach the %s", c.title(), writer(1-c.dir)))
		}
		return f
	// Where one side could check it, that is what counts.
	case c.why != nil && (p.other == nil || p.other.why != nil):
		f.Value = "not checked: " + wire.Clean(c.why.Error(), wire.MaxValue)
		t.unchecked = append(t.unchecked, c)
		return f
	}
	f.Value, f.Err = p.bad()
	t.bad = append(t.bad, fmt.Sprintf("%s %s: %v", c.title(), f.Value, f.Err))
	if p.other != nil && p.other != c && !p.other.ok {
		f.Kids = append(f.Kids, wire.Note("for the "+writer(1-c.dir), p.other.proof, p.other.evidence...))
	}
	return f
}

// ok reports whether the check holds for both sides, as far as they could make it.
func (p couple) ok() bool {
	for _, c := range []*check{p.own, p.other} {
		if c != nil && !c.ok && c.why == nil {
			return false
		}
	}
	return p.own != nil && p.own.ok || p.other != nil && p.other.ok
}

// good says that a check holds.
func (c *check) good() string {
	switch c.name {
	case "Finished.verify_data", pskBinder:
		return "matches: " + c.proof
	case "ServerHello.random":
		return c.proof
	}
	return "verifies with the key of the " + writer(c.dir) + "'s certificate: " + c.proof
}

// bad says that a check does not hold, and for whom, or why.
func (p couple) bad() (string, error) {
	c, verb := p.own, "does not match"
	if c == nil {
		c = p.other
	}
	switch {
	case c.name == "ServerHello.random":
		if p.other != nil {
			c = p.other // it is meant for the client
		}
		return c.proof, errors.New("the client could do that as well, so it has to break off")
	case strings.HasSuffix(c.name, ".signature"):
		verb = "does not verify with the key of the " + writer(c.dir) + "'s certificate"
	}
	// Not even its sender finds it right: it is not what the messages call for.
	if p.own == nil || p.other == nil || !p.own.ok {
		return verb, errors.New("it is not what is recomputed")
	}
	if m := p.own.over.differs(p.other.over); m != "" {
		return verb, fmt.Errorf("the %s %s", writer(1-c.dir), m)
	}
	return verb, fmt.Errorf("the %s has another key for it", writer(1-c.dir))
}

// count counts a couple that holds.
func (t *tally) count(p couple, c *check) {
	switch {
	case c.name == "Finished.verify_data" && p.other != nil:
		t.finished[c.dir]++
	case c.name == "Finished.verify_data": // told of among what was lost
	case strings.HasSuffix(c.name, ".signature"):
		t.signed++
	case c.name == pskBinder:
		t.binders++
	default:
		t.sentinel = t.sentinel || c.name == "ServerHello.random" && c.proof != noSentinel
	}
}

// words are the tally in one line.
func (t *tally) words() string {
	var w words
	if len(t.bad) > 0 {
		w.add(t.bad[0])
	}
	if n := len(t.bad) - 1; n > 0 {
		w.add(fmt.Sprintf("and %d more", n))
	}
	for _, l := range t.lost {
		w.add(l)
	}
	switch n := t.finished[ToServer] + t.finished[ToClient]; {
	case n == 2 && t.finished[ToServer] == 1:
		w.add("both Finished match")
	case n > 1:
		w.add(fmt.Sprintf("%d Finished match", n))
	case n == 1:
		w.add("the Finished of the " + writer(Dir(t.finished[ToClient])) + " matches")
	}
	switch {
	case t.signed == 1:
		w.add("1 signature verifies")
	case t.signed > 1:
		w.add(fmt.Sprintf("%d signatures verify", t.signed))
	}
	switch {
	case t.binders == 1:
		w.add("the client's PSK binder matches")
	case t.binders > 1:
		w.add(fmt.Sprintf("%d PSK binders match", t.binders))
	}
	if t.sentinel {
		w.add("the server's random says that it could do a newer version")
	}
	switch n := len(t.unchecked); {
	case n == 0:
		return or(w.joined(", "), "no Finished and no signature came that could be read, so there is nothing to check")
	case len(w.some) == 0:
		w.add("not checked: " + wire.Clean(t.unchecked[0].why.Error(), wire.MaxValue))
	default:
		w.add(notChecked(t.unchecked))
	}
	return w.joined(", ")
}

// notChecked says which proofs were left out: what stood in the way stands with
// each.
func notChecked(all []*check) string {
	binders := !slices.ContainsFunc(all, func(c *check) bool { return c.name != pskBinder })
	what := wire.Count(len(all), "more proof")
	switch {
	case binders && len(all) == 1:
		what = "the client's PSK binder"
	case binders:
		what = wire.Count(len(all), "PSK binder")
	case len(all) == 1:
		what = all[0].title()
	}
	return what + " could not be checked"
}

// A hashed is a handshake's transcript, hashed after each message.
type hashed struct {
	number int
	how    string // the name of the hash
	titles []string
	sums   [][]byte
}

// maxHashed is how many handshakes of a connection are hashed message by message.
const maxHashed = 8

// finishHashing keeps the hashes of the handshake that ends here.
func (w *witness) finishHashing() {
	if !w.seen || len(w.parts) == 0 || len(w.parts) > maxChecks || len(w.hashed) >= maxHashed {
		return
	}
	h := hashed{number: w.number, how: "SHA-256", sums: w.hashes(w.said.how.hash)}
	for i := range w.names {
		h.titles = append(h.titles, w.title(i))
	}
	if len(h.sums[0]) == 48 {
		h.how = "SHA-384"
	}
	if w.said.version < 0x0303 {
		h.how, h.sums = "MD5 and SHA-1", w.oldHashes()
	}
	w.hashed = append(w.hashed, h)
}

// hashRows returns for each handshake its hash after each message. Where a side
// had other messages than the other, both hashes are there.
func hashRows(client, server *witness) []*wire.Field {
	var rows []*wire.Field
	for i, h := range client.hashed {
		row := wire.Note("Transcript-Hash", fmt.Sprintf("%s, after each of %s", h.how, wire.Count(len(h.sums), "message")))
		if h.number > 1 {
			row.Name = fmt.Sprintf("Transcript-Hash (handshake %d)", h.number)
		}
		for j, sum := range h.sums {
			is := computed("after "+h.titles[j], sum)
			if i < len(server.hashed) && j < len(server.hashed[i].sums) {
				if other := server.hashed[i].sums[j]; hex.EncodeToString(other) != is.Value {
					is = wire.Note(is.Name, "not the same for both", computed("for the client", sum), computed("for the server", other))
				}
			}
			row.Kids = append(row.Kids, is)
		}
		rows = append(rows, row)
	}
	return rows
}
