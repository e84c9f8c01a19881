package labs

import (
	"fmt"
	"strconv"
	"strings"

	"tlstutor/labs/wire"
)

// Lookup answers a question about a run. The question is a path of field names,
// outermost first, which may skip levels; the first match in the run counts:
//
//	ServerHello.cipher_suite      the field's value, without its closing " (0x1301)"
//	tls13:ServerHello.key_share   the same, on the connection named tls13
//	len(ClientHello.server_name)  how many bytes the field has
//	record(application_data)      how many bytes the record has that the field is in, header included
//	count(ClientHello)            how many messages, or else fields, have that name
//	last(server)                  the last handshake message or alert that the server wrote
//	alert(server)                 the alert it sent; none when it sent none but close_notify
//	error(client)                 what the client itself says it failed of, or none
//	goal(NAME)                    met, or what is missing
//
// At is the field the answer stands in, where there is one. Ok is false when
// the run has no such thing.
func Lookup(events []Event, path string) (value string, at *wire.Field, ok bool) {
	if name, arg, is := call(path); is && name == "goal" {
		return lookupGoal(events, arg)
	}
	conn, path := cutConn(path)
	if conn != "" {
		events = onConn(events, conn)
	}
	recs := Records(events)
	name, arg, is := call(path)
	if !is {
		_, at := find(recs, path)
		if at == nil {
			return "", nil, false
		}
		return wire.Bare(at.Value), at, true
	}
	switch name {
	case "len":
		if _, at := find(recs, arg); at != nil {
			return strconv.Itoa(at.N), at, true
		}
	case "record":
		if i, at := find(recs, arg); at != nil {
			tree := recs[i].Event.Tree
			return strconv.Itoa(tree.N), tree, true
		}
	case "count":
		return lookupCount(recs, arg)
	case "last":
		if who, ok := party(arg); ok {
			return lookupLast(recs, who)
		}
	case "alert":
		if who, ok := party(arg); ok {
			return lookupAlert(recs, who)
		}
	case "error":
		if who, ok := party(arg); ok {
			if err := complaint(events, who, nil); err != nil {
				return wire.Clean(err.Error(), wire.MaxValue), nil, true
			}
			return "none", nil, true
		}
	}
	return "", nil, false
}

// call takes a question such as "last(server)" apart.
func call(path string) (name, arg string, ok bool) {
	name, rest, ok := strings.Cut(path, "(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return "", "", false
	}
	// A connection's name may stand before the question.
	if _, after, ok := strings.Cut(name, ":"); ok {
		name = after
	}
	return name, strings.TrimSuffix(rest, ")"), true
}

// cutConn takes the name of a connection off the front of a path.
func cutConn(path string) (conn, rest string) {
	i := strings.IndexAny(path, ":.(")
	if i < 0 || path[i] != ':' {
		return "", path
	}
	return path[:i], path[i+1:]
}

// onConn keeps the events of the connection of that name.
func onConn(events []Event, name string) []Event {
	var on []Event
	for _, e := range events {
		if e.Conn != nil && e.Conn.Name == name {
			on = append(on, e)
		}
	}
	return on
}

// party returns the party that goes by this name.
func party(name string) (Party, bool) {
	for p := Client; p <= Observer; p++ {
		if p.String() == name {
			return p, true
		}
	}
	return Nobody, false
}

// find returns the first field at the path, and the index of its record, or -1
// and nil.
func find(recs []Rec, path string) (int, *wire.Field) {
	for i := range recs {
		if f := recs[i].Event.Tree.Match(path); f != nil {
			return i, f
		}
	}
	return -1, nil
}

// lookupCount counts the messages of a name or, where there is none, the fields:
// Certificate is the message, CertificateEntry is what stands in it.
func lookupCount(recs []Rec, name string) (string, *wire.Field, bool) {
	var first *wire.Field
	n := 0
	count := func(f *wire.Field) {
		if f.Name == name {
			if n++; first == nil {
				first = f
			}
		}
	}
	for _, m := range messages(recs) {
		count(m.Field)
	}
	if n == 0 {
		for i := range recs {
			if !recs[i].Event.checks() { // its evidence stands in records
				recs[i].Event.Tree.Walk(func(path []*wire.Field) { count(path[len(path)-1]) })
			}
		}
	}
	return strconv.Itoa(n), first, true
}

// lookupLast finds what a party wrote last. A goodbye, a ChangeCipherSpec and
// application data only count for one that wrote nothing else.
func lookupLast(recs []Rec, who Party) (string, *wire.Field, bool) {
	var last, lesser *wire.Field
	for _, m := range messages(recs) {
		switch {
		case m.who != who:
		case m.handshake() || m.alert() != "":
			last = m.Field
		default:
			lesser = m.Field
		}
	}
	if last == nil {
		last = lesser
	}
	if last == nil {
		return "none", nil, true
	}
	return last.Name, last, true
}

// lookupAlert finds the last alert of a party that is more than a goodbye.
func lookupAlert(recs []Rec, who Party) (string, *wire.Field, bool) {
	value, at := "none", (*wire.Field)(nil)
	for _, m := range messages(recs) {
		if a := m.alert(); m.who == who && a != "" {
			value, at = a, m.Field
		}
	}
	return value, at, true
}

// complaint returns the error that a party says it met first, on the connection
// or, when that is nil, anywhere; or nil.
func complaint(events []Event, who Party, on *Conn) error {
	for _, e := range events {
		if e.Kind == Said && e.Who == who && e.Err != nil && (on == nil || e.Conn == on) {
			return e.Err
		}
	}
	return nil
}

// verdicts returns the findings that tell of the run's goals.
func verdicts(events []Event) []Event {
	var all []Event
	for _, e := range events {
		if e.Kind == Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == "goal" {
			all = append(all, e)
		}
	}
	return all
}

// lookupGoal finds what the run itself found of a goal of the lab when it ended.
func lookupGoal(events []Event, name string) (string, *wire.Field, bool) {
	for _, e := range verdicts(events) {
		if e.Tree.Value != name {
			continue
		}
		if e.Err != nil {
			return wire.Clean(e.Err.Error(), wire.MaxValue), e.Tree, true
		}
		return "met", e.Tree, true
	}
	return "", nil, false
}

// path returns the names that lead from f down to at, joined by dots, or "".
func path(f, at *wire.Field) string {
	var names string
	f.Walk(func(p []*wire.Field) {
		if p[len(p)-1] != at || names != "" {
			return
		}
		names = p[0].Name
		for _, x := range p[1:] {
			names = fmt.Sprint(names, ".", x.Name)
		}
	})
	return names
}
