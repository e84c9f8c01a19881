package labs

import (
	"fmt"
	"slices"

	"tlstutor/labs/chain"
)

// This file judges a learner's word for the check that fails. Where two words are
// right, both are taken; where one is near, the answer says what tells them apart.

// called reports whether a word names the check that fails, or "none" that none does.
func (acc *account) called(word string) bool {
	if acc.check == "" {
		return word == "none"
	}
	return word == checkWord(acc.check) || acc.also != "" && word == checkWord(acc.also)
}

// distinguish looks behind an issuer that was not found. If the root itself is all
// that is missing, then it is no less right to say that the chain ends at no anchor:
// Go just stops a step before that question (RFC 5280, Section 6.1).
func (c *Case) distinguish(acc *account) {
	root := c.anchors["root"]
	if acc.check != chain.Issuer || root == nil {
		return
	}
	if slices.ContainsFunc(c.Roots, root.Equal) {
		acc.anchored, acc.rule = true, ruleSent
		return
	}
	trusting := *c
	trusting.Roots = append(slices.Clone(c.Roots), root)
	if trusting.explain(c.Client.Time()).OK {
		acc.also = chain.Anchor
		acc.alsoWhy = fmt.Sprintf("the client's store does not have %s, so the chain ends at no anchor. Go stops one step earlier and says it of the issuer, whose certificate it did not find", root.Subject.CommonName)
	}
}

// other says how another check stands, so that whoever named it learns what tells
// the two apart; "" where there is nothing to say.
func (acc *account) other(word string) string {
	switch {
	case word == checkWord(chain.Anchor) && acc.anchored:
		return "the root is in the client's store; what is missing is a certificate on the way to it"
	case word == checkWord(chain.Issuer) && acc.check == chain.Anchor:
		return "every issuer is there; but the client does not trust the one at the end"
	case word == checkWord(chain.Validity) && acc.check == checkClock:
		return "at the time that everybody else has, all dates are good"
	case word == checkWord(checkClock) && acc.check == chain.Validity:
		return "the client's clock has the time that everybody else has"
	case word == checkWord(checkRevoked) && (acc.check == checkStaple || acc.check == checkCRL):
		return "nobody took the certificate back; what would say so is missing, or not good"
	case acc.path == nil:
		return ""
	}
	for _, k := range acc.path.Checks {
		switch {
		case checkWord(k.Name) != word:
		case k.OK:
			return k.Why
		default:
			return "it fails too, but something that comes before it is the cause"
		}
	}
	return ""
}
