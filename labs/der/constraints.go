package der

import (
	"errors"

	"tlstutor/labs/wire"
)

// errUnconstrained is put down on name constraints that hold no subtree.
var errUnconstrained = errors.New("name constraints hold at least one subtree (RFC 5280, Section 4.2.1.10)")

// basicConstraints reads whether the subject is an authority (RFC 5280, Section
// 4.2.1.9). An empty SEQUENCE says that it is not; pathLenConstraint counts the
// intermediates that may follow it.
func basicConstraints(c *wire.Cursor) {
	// Only a CA may have a path length; where another has one, it is shown all the same.
	said := "not a CA"
	if option(c, "cA") {
		said = "CA"
	}
	if tagged(c, tagInteger) {
		if f := count(c, "pathLenConstraint", tagInteger); f != nil {
			said += ", pathLenConstraint " + f.Value
		}
	}
	say(c, said)
}

// nameConstraints reads the names that certificates below may and may not hold
// (RFC 5280, Section 4.2.1.10). A form of name that no subtree mentions is free;
// an excluded subtree wins over a permitted one.
func nameConstraints(c *wire.Cursor) {
	said := ""
	for _, part := range []struct {
		tag        byte
		name, verb string
	}{{0xa0, "permittedSubtrees", "only "}, {0xa1, "excludedSubtrees", "not "}} {
		if !tagged(c, part.tag) {
			continue
		}
		f := cons(c, part.name, part.tag, func(c *wire.Cursor) {
			for c.More() {
				cons(c, "GeneralSubtree", tagSequence, generalSubtree)
			}
			say(c, join(c.This().Kids, ", "))
		})
		// "only" and "not" say in one word which list a name is in.
		if said != "" {
			said += "; "
		}
		said += part.verb + value(f)
	}
	if len(c.This().Kids) == 0 {
		complain(c.This(), errUnconstrained)
	}
	say(c, said)
}

// generalSubtree reads one subtree: a GeneralName as its base. RFC 5280 wants
// minimum at its default of 0 and maximum absent, so neither is in the value.
func generalSubtree(c *wire.Cursor) {
	generalName(c, true)
	say(c, value(c.Last()))
	if tagged(c, 0x80) {
		count(c, "minimum", 0x80)
	}
	if tagged(c, 0x81) {
		count(c, "maximum", 0x81)
	}
}
