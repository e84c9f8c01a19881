package labs

import (
	"fmt"
	"time"

	"tlstutor/labs/wire"
)

// leastShift is by how much the end of a certificate must have moved to be told of:
// what a lab makes counts from the moment of its run.
const leastShift = 23 * time.Hour

// dates tells of the server's certificates that end on another day, where nothing else
// was told of: then the dates are all that the two runs differ in.
func (d *diff) dates(conn string) {
	if len(d.changes) > 0 {
		return
	}
	from := side{conn: conn, dir: new(Conn).dir(Server)}
	a, _ := lastDays(from.of(d.a))
	b, rec := lastDays(from.of(d.b))
	for i := range min(len(a), len(b)) {
		if moved := b[i].end.Sub(a[i].end); len(a) != len(b) || moved.Abs() < leastShift {
			continue
		}
		whose := "the server's certificate"
		if i > 0 {
			whose = "that of " + b[i].of
		}
		c := Change{Kind: Chosen, Who: Server, Conn: conn, Rec: rec, Path: "Certificate.notAfter", At: b[i].at, was: a[i].at}
		c.From, c.To = a[i].end.Format(time.DateOnly), b[i].end.Format(time.DateOnly)
		c.Text = fmt.Sprintf("%s ends on %s, not on %s", whose, c.To, c.From)
		d.add(c)
	}
}

// found tells of the ways up that were found, where they are others and nothing else was
// told of: what a client has in its store crosses no wire.
func (d *diff) found(a, b []Rec) {
	paths := func(recs []Rec) (int, string) {
		for i, r := range recs {
			if e := &r.Event; e.judges() && e.Tree.Name == pathsNote {
				return i, e.Tree.Value
			}
		}
		return -1, ""
	}
	_, was := paths(a)
	i, is := paths(b)
	if len(d.changes) > 0 || was == "" || is == "" || was == is {
		return
	}
	d.add(Change{Kind: Chosen, Who: Observer, Rec: i, Path: pathsNote, From: was, To: is, At: b[i].Event.Tree, Text: is + ", not " + was})
}

// A lasting is when a certificate ends, and whose it is.
type lasting struct {
	at  *wire.Field
	end time.Time
	of  string
}

// lastDays reads the ends of the certificates that one side showed, in their order, and
// which record they are in.
func lastDays(own []message) (all []lasting, rec int) {
	for _, m := range own {
		if m.Name != "Certificate" {
			continue
		}
		for _, cert := range certificates(m.Field) {
			at := cert.Match("Certificate.validity.notAfter")
			if at == nil {
				return nil, -1
			}
			t, err := time.Parse("2006-01-02 15:04:05 MST", at.Value)
			if err != nil {
				return nil, -1
			}
			e := lasting{at: at, end: t}
			if s := cert.Match("Certificate.subject"); s != nil {
				e.of = brief(wire.Bare(s.Value))
			}
			all = append(all, e)
		}
		return all, m.rec
	}
	return nil, -1
}
