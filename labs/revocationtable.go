package labs

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/peer"
	"tlstutor/labs/recorded"
	"tlstutor/labs/wire"
)

// This file is what the clients of lab revocation come to: each of one run, side by
// side, and all combinations as they were recorded.

// meetAll has the client connect that a word of knob client names, or all of them,
// one after the other.
func (r *revoking) meetAll(word string, server *tls.Config) ([]ruling, error) {
	if word != everyone {
		one, err := r.meet(word, "site", server)
		return []ruling{one}, err
	}
	var all []ruling
	for _, name := range r.b.run.lab.clients() {
		one, err := r.meet(name, name, server)
		if _, cannot := errors.AsType[*Refusal](err); cannot {
			one.cannot, one.line, err = true, wire.Clean(err.Error(), wire.MaxValue), nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// meet has one client connect, on a connection of that name.
func (r *revoking) meet(word, name string, server *tls.Config) (ruling, error) {
	one := ruling{peer: word, exit: -1, alert: "none"}
	r.s["client"], r.looks, r.came = word, "", r.visited(Client)
	before, _ := r.b.run.Since(0)
	r.from = len(before)
	if program := revocationClient(word); program != "" {
		_, err := r.b.find(program)
		missing, is := errors.AsType[*peer.MissingError](err)
		switch {
		case is && name == word: // all are asked, and this one is not here
			return r.remembered(one, missing), nil
		case is:
			one.peer = "go"
		}
	}
	client, f, err := r.client()
	if err != nil {
		return one, err
	}
	on, said, err := r.b.Connect(Route{Name: name}, r.b.TLS(server.Clone(), answer), client)
	if err != nil {
		return one, err
	}
	m := &meeting{conn: on, said: said}
	events, _ := r.b.run.Since(0)
	for _, msg := range messages(Records(events)) {
		if msg.conn == on {
			m.msgs = append(m.msgs, msg)
		}
	}
	if f != nil {
		one.by = f.program.Version
	}
	one.read(m, f)
	one.looks, one.asked = r.looks, askedTimes(r.visited(Client)-r.came)
	return one, nil
}

// remembered is the ruling of a client that is not here, as the table of all
// combinations has it: each was told there to look as hard as it can.
func (r *revoking) remembered(one ruling, missing error) ruling {
	one.cannot, one.line = true, missing.Error()
	table, err := recorded.Revocations()
	if err != nil || r.s["policy"] != "hard" { // a test reads the table, which is part of the program
		return one
	}
	v, ok := table.Find(r.s["method"], r.s["status"], r.s["responder"], one.peer)
	if !ok {
		return one
	}
	return ruling{peer: one.peer, accepted: v.Accepted, exit: v.Exit, recorded: table.By + ", " + table.Made}
}

// tookNote is the name of the finding that says that a certificate was accepted
// which nobody should accept.
const tookNote = "took"

// judge tells what each client made of the server, whether one took what it should
// not, and, where all were asked, what they make of all else.
func (r *revoking) judge(all []ruling, everybody bool) {
	r.b.tell(all)
	although := map[string]string{"revoked": "though revoked", "unknown": "though unknown to its CA"}[r.s["status"]]
	var took []string
	for _, one := range all {
		if one.accepted && !one.cannot {
			took = append(took, one.peer)
		}
	}
	if although != "" && len(took) > 0 {
		text := "accepted, " + although
		if everybody {
			text = fmt.Sprintf("%d accept it, %s", len(took), although)
		}
		r.b.Emit(Event{Kind: Found, Who: Observer, Text: text + ": by " + strings.Join(took, ", "), Tree: wire.Note(tookNote, text, wire.Note("by", strings.Join(took, ", ")))})
	}
	if everybody {
		r.table()
	}
}

// whoRefuses says in few words who refuses and who does not: it names the fewer.
func whoRefuses(refuse, accept []string) string {
	switch {
	case len(refuse) == 0:
		return "accepted by all"
	case len(accept) == 0:
		return "refused by all"
	case len(refuse) <= len(accept):
		return "refused by " + strings.Join(refuse, ", ")
	}
	return "refused by all but " + strings.Join(accept, ", ")
}

// tableNote is the name of the finding that has all combinations.
const tableNote = "all combinations"

// table tells of all combinations, as they were recorded.
func (r *revoking) table() {
	table, err := recorded.Revocations()
	if err != nil {
		return // a test reads it
	}
	var rows []*wire.Field
	for _, row := range table.Rows {
		said := map[bool][]string{}
		var kids []*wire.Field
		for i, c := range row.Cells {
			said[c.Accepted] = append(said[c.Accepted], table.Clients[i])
			kids = append(kids, wire.Note("peer", table.Clients[i]+" "+c.String()))
		}
		set := fmt.Sprintf("%s %s %s", row.Method, row.Status, row.Responder)
		rows = append(rows, wire.Note(set, whoRefuses(said[false], said[true]), kids...))
	}
	text := fmt.Sprintf("%d of method, status and responder, each client told to look as hard as it can; soft is checking with policy=soft. REC, made %s by %s", len(rows), table.Made, table.By)
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: wire.Clean(tableNote+": "+text, textLimit), Tree: wire.Note(tableNote, wire.Clean(text, wire.MaxValue), rows...)})
}
