package labs

import (
	"fmt"
	"strings"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// lanes lists the records as lanes between the two sides, in the order of
// writing; each opens. What was made off the wire stands between them.
func (sh *sheet) lanes() {
	if len(sh.recs) == 0 {
		return
	}
	sh.put("<section class=wire aria-labelledby=h-wire>\n<h2 id=h-wire>On the wire</h2>\n<p class=hint>Each line is a record. It opens to its fields, its bytes, and what they mean.</p>\n")
	var last *Conn
	open, number := false, 0
	for i := range sh.recs[:min(len(sh.recs), pageLanes)] {
		r := &sh.recs[i]
		// Where another connection speaks, its own two sides stand above its lanes. What
		// has no connection stays among those of the last one.
		if c := r.Event.Conn; !open || c != nil && c != last {
			if open {
				sh.put("</ol>\n")
			}
			open = true
			if c != nil {
				last = c
				sh.sides(c)
			}
			sh.put("<ol class=lanes>\n")
		}
		if r.OnWire() {
			number++
		}
		sh.lane(r, i, number)
	}
	sh.put("</ol>\n")
	if more := len(sh.recs) - pageLanes; more > 0 {
		sh.put("<p class=cut>%s more were left out: a page holds %d.</p>\n", wire.Count(more, "record"), pageLanes)
	}
	sh.put("</section>\n")
}

// sides stands over the lanes of a connection: its name, and who is left and who
// is right.
func (sh *sheet) sides(c *Conn) {
	sh.put("<div class=sides>")
	if c.Name != "" {
		sh.put("<h3>%s</h3>", c.Name)
	}
	for d, class := range [...]string{"client", "server"} {
		who, addr := c.Party([...]dissect.Dir{dissect.ToServer, dissect.ToClient}[d]), c.Client
		if d == 1 {
			addr = c.Server
		}
		sh.put("<p class=%s><b>%s</b>", class, who.String())
		if addr != nil {
			sh.put(" <small>%s</small>", addr.String())
		}
		sh.put("</p>")
	}
	sh.put("</div>\n")
}

// lane writes one record: the line that it is on the wire, and folded under it
// all that is in it.
func (sh *sheet) lane(r *Rec, i, number int) {
	e := &r.Event
	sh.put("<li class=\"%s\" id=r%d><details>\n<summary><span class=row>", strings.Join(laneClass(r), " "), i+1)
	if r.OnWire() {
		sh.put("<span class=num><span class=vh>record </span>%d</span><span class=at>%s</span>", number, pageTime(e.At))
		// The arrow is for the eye; who writes to whom is for the ear.
		sh.put("<span class=lane><span class=vh>%s to %s: </span><span class=label>%s</span><i class=head aria-hidden=true></i></span>",
			e.Who.String(), e.To.String(), e.Text)
	} else {
		sh.put("<span class=num></span><span class=at>%s</span><span class=lane><span class=label>%s</span></span>", pageTime(e.At), strings.TrimSpace(e.Who.String()+" "+e.Text))
	}
	// A finding has no bytes.
	if e.Tree.Src != nil {
		sh.put("<span class=size>%d<span class=unit> %s</span></span>", e.Tree.N, plural(e.Tree.N, "byte"))
	} else {
		sh.put("<span class=size></span>")
	}
	sh.put("<span class=keys>%s</span></span></summary>\n", laneWords(r))
	if e.Err != nil {
		sh.put("<p class=why>%s</p>\n", e.Err.Error())
	}
	// An attacker may have changed it on the way: then there are two.
	if r.As == nil {
		sh.panel(e.Tree, "Fields of "+e.Text)
	} else {
		sh.put("<h4>As it was written</h4>\n")
		sh.panel(e.Tree, "Fields as written")
		sh.put("<h4>As it was delivered</h4>\n")
		sh.panel(r.As, "Fields as delivered")
	}
	sh.put("</details></li>\n")
}

// plural is a noun without its number.
func plural(n int, noun string) string {
	_, words, _ := strings.Cut(wire.Count(n, noun), " ")
	return words
}

// laneClass says what the style and the script have to know of a record.
func laneClass(r *Rec) []string {
	e := &r.Event
	if !r.OnWire() {
		class := []string{"rec", "off"}
		if e.Who == Attacker {
			class = append(class, "attack")
		}
		return class
	}
	class := []string{"rec", "out", e.Epoch.String()}
	if e.Dir() == dissect.ToClient {
		class[1] = "in"
	}
	if e.Err != nil {
		class = append(class, "shut")
	}
	if r.Delivered < 0 {
		class = append(class, "lost")
	}
	if r.As != nil {
		class = append(class, "changed")
	}
	msgs := dissect.Messages(e.Tree)
	switch {
	case len(msgs) == 0:
	// It carries nothing; TLS 1.3 drops it (RFC 9846, Section 5).
	case msgs[0].Name == "ChangeCipherSpec":
		class = append(class, "ccs")
	// close_notify is no error: every connection ends so (RFC 9846, Section 6.1).
	case msgs[0].Name == "Alert" && !strings.Contains(msgs[0].Value, "close_notify"):
		class = append(class, "alert")
	}
	return class
}

// laneWords says in words what colour and line say: who can read the record,
// and whether it arrived as it left.
func laneWords(r *Rec) string {
	words := "off the wire"
	if r.OnWire() {
		words = Under(&r.Event)
		if r.Event.Err != nil {
			words = "not opened"
		}
	}
	switch {
	case r.As != nil:
		words += ", changed on the way"
	case r.Delivered < 0:
		words += ", not delivered"
	}
	return words
}

// panel writes a tree beside the bytes that it names.
func (sh *sheet) panel(root *wire.Field, name string) {
	if sh.full() {
		n := 0
		root.Walk(func([]*wire.Field) { n++ })
		sh.cut += n
		sh.put("<p class=cut>Its %s left out: the page is full.</p>\n", wasOrWere(n))
		return
	}
	d := newDumps(root)
	sh.put("<div class=panel>\n<ul class=tree aria-label=\"%s\">", name)
	sh.field(d, root, root.Name)
	sh.put("</ul>\n<div class=side>\n")
	for i := range d.all {
		sh.dump(d, i)
	}
	sh.put("</div>\n</div>\n")
}

// wasOrWere counts fields as a subject.
func wasOrWere(n int) string {
	if n == 1 {
		return "1 field was"
	}
	return fmt.Sprintf("%d fields were", n)
}
