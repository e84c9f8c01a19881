package dissect

import (
	"encoding/hex"
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// A drawing is the ladder of a key schedule, as RFC 9846, Section 7.1 has it, in
// plain ASCII: from top to bottom one secret after the other, and below each what
// is derived from it. What goes in stands at the left, what comes out at the right,
// its value cut to the first 8 digits; the rows beside the drawing have it whole.
type drawing struct {
	*climb
	above []byte        // the secret that the next one comes from
	put   []*wire.Field // what goes into the next one, beside that
	gaps  bool          // some of it is not known
	rungs []*wire.Field
}

// draw returns the ladder of the rows so far.
func (l *climb) draw() *wire.Field {
	d := &drawing{climb: l}
	for _, r := range l.rows {
		how := ""
		if k := r.Kid("from"); k != nil {
			how = k.Value
		}
		function, in, _ := strings.Cut(strings.TrimSuffix(how, ")"), "(")
		_, in, _ = strings.Cut(in, ", ") // the first is the secret above
		switch {
		case function == "HKDF-Extract":
			d.extracted(r, strings.Contains(how, `"derived"`))
		case function == "Derive-Secret" || function == "PRF":
			label, over, _ := strings.Cut(in, ", ")
			d.expanded(r, function, label, over)
		case r.Name == "master_secret": // of the session that is resumed
			d.rung(r.Name, digits(r)+" "+r.Name+", from "+how)
		default: // it is no secret of the ladder, but goes into one
			d.put = append(d.put, r)
		}
	}
	said := "what goes in stands at the left, what comes out at the right, with the first 8 digits of its value"
	if d.gaps {
		said += "; ? where it is not known"
	}
	return wire.Note("ladder", said, d.rungs...)
}

// rung adds a line.
func (d *drawing) rung(line, value string) {
	d.gaps = d.gaps || strings.Contains(value, unknownDigits)
	d.rungs = append(d.rungs, wire.Note(line, value))
}

// extracted draws the next secret on the way down. All but the first take up the one
// above, by way of a secret called derived (RFC 9846, Section 7.1).
func (d *drawing) extracted(r *wire.Field, later bool) {
	above := "0"
	if later {
		above = "derived"
		f := wire.Note(above, "")
		// Of no messages: the hash is that of nothing.
		if b := d.derive(d.above, above, d.said.how.hash().Sum(nil)); b != nil {
			f = computed(above, b)
		}
		d.rung(`  v   "derived"`, digits(f)+" derived, over no messages")
	}
	name, from := "0", "0"
	if len(d.put) > 0 {
		name, from = d.put[0].Name, d.put[0].Name+" "+digits(d.put[0])
	}
	d.rung(name+" -> HKDF-Extract", fmt.Sprintf("%s %s, from %s and %s", digits(r), r.Name, above, from))
	d.put, d.above = nil, nil
	if b, err := hex.DecodeString(r.Value); err == nil && len(b) > 0 {
		d.above = b
	}
}

// expanded draws what is derived from the secret above, or, before TLS 1.3, from the
// one that goes in.
func (d *drawing) expanded(r *wire.Field, function, label, over string) {
	if len(d.put) > 0 {
		in := d.put[0]
		d.rung(in.Name+" -> "+function, fmt.Sprintf("%s %s, from %s, %s, %s", digits(r), r.Name, digits(in), label, over))
		d.put = nil
		return
	}
	d.rung("  +-> "+label, fmt.Sprintf("%s %s, over %s", digits(r), r.Name, over))
}

// digits is the beginning of a secret's value, or as many question marks.
func digits(f *wire.Field) string {
	if _, err := hex.DecodeString(f.Value); err == nil && len(f.Value) >= 8 {
		return f.Value[:8]
	}
	return unknownDigits
}

// unknownDigits stand where a value is not known.
const unknownDigits = "????????"
