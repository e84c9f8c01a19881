package labs

import (
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// order tells of a side that shows the same certificates as before in another order,
// as one change: field by field it would be most of each of them.
func (d *diff) order(conn string) {
	for _, who := range []Party{Server, Client} {
		from := side{conn: conn, dir: new(Conn).dir(who)}
		was, a := shownChain(from.of(d.a))
		is, b := shownChain(from.of(d.b))
		sorted := func(list []string) []string { return slices.Sorted(slices.Values(list)) }
		if slices.Equal(was, is) || !slices.Equal(sorted(was), sorted(is)) {
			continue
		}
		d.add(Change{Kind: Chosen, Who: who, Conn: conn, Rec: b.rec, Path: "Certificate", From: strings.Join(was, ", "), To: strings.Join(is, ", "),
			At: b.Field, was: a.Field, Text: fmt.Sprintf("the same certificates in another order: %s", strings.Join(is, ", "))})
	}
}

// shownChain returns what one side's certificates are called, in the order in which
// they were sent, and the message that they are in; nothing where it sent none.
func shownChain(own []message) (names []string, in message) {
	for _, m := range own {
		if m.Name != "Certificate" {
			continue
		}
		for _, cert := range certificates(m.Field) {
			if s := cert.Match("Certificate.subject"); s != nil {
				names = append(names, brief(wire.Bare(s.Value)))
			}
		}
		return names, m
	}
	return nil, message{}
}
