package labs

import (
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// order tells of a side that shows the certificates of before in another order, or
// with more or fewer beside them, as one change: field by field it would be most of
// each of them.
func (d *diff) order(conn string) {
	for _, who := range []Party{Server, Client} {
		from := side{conn: conn, dir: new(Conn).dir(who)}
		was, a := shownChain(from.of(d.a))
		is, b := shownChain(from.of(d.b))
		fresh, gone := beyond(is, was), beyond(was, is)
		c := Change{Kind: Chosen, Who: who, Conn: conn, Rec: b.rec, Path: "Certificate", From: strings.Join(was, ", "), To: strings.Join(is, ", ")}
		switch {
		case len(was) == 0 || len(is) == 0 || slices.Equal(was, is) || len(fresh) > 0 && len(gone) > 0:
			continue
		case len(fresh) > 0:
			c.Text = "the " + who.String() + " also sends " + strings.Join(fresh, ", ")
		case len(gone) > 0:
			c.Text = "the " + who.String() + " no longer sends " + strings.Join(gone, ", ")
		default:
			c.Text = "the same certificates in another order: " + c.To
		}
		if n := min(len(was), len(is)); slices.Equal(was[:n], is[:n]) { // those of before stand beside each other, and are told of
			c.with = "CertificateEntry ASN.1Cert"
		} else {
			c.At, c.was = b.Field, a.Field
		}
		d.add(c)
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

// beyond returns those of a list that another has not, each as often as it has it more.
func beyond(list, other []string) (left []string) {
	other = slices.Clone(other)
	for _, x := range list {
		if i := slices.Index(other, x); i >= 0 {
			other = slices.Delete(other, i, i+1)
		} else {
			left = append(left, x)
		}
	}
	return left
}
