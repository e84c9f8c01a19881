package der

import "tlstutor/labs/wire"

// policyInformation reads under which policy the certificate was issued (RFC
// 5280, Section 4.2.1.4).
func policyInformation(c *wire.Cursor) {
	say(c, called(oid(c, "policyIdentifier", tagOID)))
	if c.More() {
		list(c, "policyQualifiers", "PolicyQualifierInfo", policyQualifier)
	}
}

// policyQualifier reads what an issuer adds to a policy: where its practice
// statement is, or a notice that software could show and never does.
func policyQualifier(c *wire.Cursor) {
	switch id := oid(c, "policyQualifierId", tagOID); id {
	case "1.3.6.1.5.5.7.2.1":
		say(c, value(text(c, "cPSuri", 0)))
	case "1.3.6.1.5.5.7.2.2":
		say(c, value(cons(c, "UserNotice", tagSequence, userNotice)))
	default:
		all(c)
	}
}

// userNotice reads a notice: numbers of notices that an organization keeps, a
// text, or both.
func userNotice(c *wire.Cursor) {
	if tagged(c, tagSequence) {
		cons(c, "noticeRef", tagSequence, func(c *wire.Cursor) {
			say(c, value(text(c, "organization", 0)))
			cons(c, "noticeNumbers", tagSequence, all)
		})
	}
	if c.More() {
		say(c, value(text(c, "explicitText", 0)))
	}
}

// policyMapping reads a pair of policies that are to count as one (RFC 5280,
// Section 4.2.1.5).
func policyMapping(c *wire.Cursor) {
	from := oid(c, "issuerDomainPolicy", tagOID)
	to := oid(c, "subjectDomainPolicy", tagOID)
	c.Say("%s as %s", called(from), called(to))
}

// policyConstraints reads after how many certificates a policy is required, or
// mapping is over (RFC 5280, Section 4.2.1.11).
func policyConstraints(c *wire.Cursor) {
	said := ""
	for _, part := range []struct {
		tag  byte
		name string
	}{{0x80, "requireExplicitPolicy"}, {0x81, "inhibitPolicyMapping"}} {
		if !tagged(c, part.tag) {
			continue
		}
		f := count(c, part.name, part.tag)
		if said != "" {
			said += ", "
		}
		said += part.name + " " + value(f)
	}
	say(c, said)
}
