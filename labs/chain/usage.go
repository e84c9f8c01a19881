package chain

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

// usage checks what the certificates may be used for, from the root down: one
// of the usages asked for must be left at the end (RFC 5280, Section 4.2.1.12).
// A certificate at which the last is lost fails, and the search goes on as if it
// had not been there.
func (w *walk) usage(nodes []*node) []Check {
	var all []Check
	// Who asks for anything cannot be refused for this.
	if slices.Contains(w.q.Uses, x509.ExtKeyUsageAny) {
		return nil
	}
	left := slices.Clone(w.q.Uses)
	for i := len(nodes) - 1; i >= 0; i-- {
		c := nodes[i].cert
		if c.X == nil {
			continue
		}
		k := Check{Name: ExtKeyUsage, Rule: "RFC 5280, Section 4.2.1.12", Light: LightPurpose, Cert: i, OK: true, Field: "extensions.extKeyUsage"}
		switch {
		case len(c.X.ExtKeyUsage) == 0 && len(c.X.UnknownExtKeyUsage) == 0:
			// What limits nothing is told of the leaf only.
			if i > 0 {
				continue
			}
			k.Field, k.Why = bare(c.X), fmt.Sprintf("%s does not limit what it may be used for.", c.Title)
		// anyExtendedKeyUsage takes nothing away.
		case slices.Contains(c.X.ExtKeyUsage, x509.ExtKeyUsageAny):
			k.Why = fmt.Sprintf("%s may be used for anything.", c.Title)
		default:
			var still []x509.ExtKeyUsage
			for _, u := range left {
				if slices.Contains(c.X.ExtKeyUsage, u) {
					still = append(still, u)
				}
			}
			// Only a certificate that leaves something narrows what is left.
			if k.OK = len(still) > 0; k.OK {
				left = still
				k.Why = fmt.Sprintf("%s may be used for %s.", c.Title, uses(still, " or "))
				break
			}
			k.Why = fmt.Sprintf("%s may be used for %s, but not for %s.", c.Title, usesOf(c.X), uses(left, " or "))
		}
		if i > 0 {
			k.Beside = "The RFC says nothing of extKeyUsage above the leaf; Go, OpenSSL and browsers let a CA limit what is below it."
		} else if beside := leafKey(c.X); beside != "" {
			k.Beside = beside
		}
		all = append(all, k)
	}
	slices.Reverse(all)
	return all
}

// leafKey says what other peers make of the leaf's keyUsage, which Go ignores.
func leafKey(x *x509.Certificate) string {
	const any = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement
	switch {
	case x.KeyUsage != 0 && x.KeyUsage&any == 0:
		return "Go ignores the keyUsage of a leaf; OpenSSL refuses one whose key may neither sign nor agree on keys."
	case x.KeyUsage != 0 && x.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return "In TLS 1.3 the key has to sign, and its keyUsage does not allow that (RFC 9846, Section 4.5.1.2); Chrome refuses it, and Go, OpenSSL and Python do not look."
	}
	return ""
}

// uses names usages in a sentence.
func uses(us []x509.ExtKeyUsage, and string) string {
	names := make([]string, len(us))
	for i, u := range us {
		names[i] = use(u)
	}
	return strings.Join(names, and)
}

// usesOf names all usages of a certificate, up to a handful.
func usesOf(x *x509.Certificate) string {
	known, unknown := x.ExtKeyUsage, len(x.UnknownExtKeyUsage)
	if len(known) > 6 {
		known, unknown = known[:6], unknown+len(known)-6
	}
	s := uses(known, ", ")
	switch {
	case unknown == 0:
		return s
	case s == "":
		return short(x.UnknownExtKeyUsage[0].String())
	}
	return fmt.Sprintf("%s and %d more", s, unknown)
}

// use names a usage as RFC 5280 does.
func use(u x509.ExtKeyUsage) string {
	switch u {
	case x509.ExtKeyUsageAny:
		return "anything"
	case x509.ExtKeyUsageServerAuth:
		return "serverAuth"
	case x509.ExtKeyUsageClientAuth:
		return "clientAuth"
	case x509.ExtKeyUsageCodeSigning:
		return "codeSigning"
	case x509.ExtKeyUsageEmailProtection:
		return "emailProtection"
	case x509.ExtKeyUsageTimeStamping:
		return "timeStamping"
	case x509.ExtKeyUsageOCSPSigning:
		return "OCSPSigning"
	}
	return short(u.String())
}

// policies asks x509.Verify about the policies of one path, and reports whether
// it had to be asked: where nothing requires a policy, none can be missing (RFC
// 5280, Section 6.1.5(g), as RFC 9618 has it). fine says that the path passed
// all other checks, without which the answer would be about something else.
func (w *walk) policies(nodes []*node, fine bool) (Check, bool) {
	last := len(nodes) - 1
	k := Check{Name: Policies, Rule: "RFC 5280, Section 6.1.5, and RFC 9618", Light: LightPath, Field: "extensions.policyConstraints"}
	// Neither the root's own demands nor policies without demands count.
	// Of several that demand something the one nearest to the root is named.
	demands := -1
	for i, n := range nodes[:last] {
		if x := n.cert.X; x != nil && (x.RequireExplicitPolicy > 0 || x.RequireExplicitPolicyZero || len(x.PolicyMappings) > 0) {
			demands = i
		}
	}
	if demands < 0 || !fine {
		return k, false
	}
	k.Cert = demands
	// id-ce 36 is policyConstraints.
	if extension(nodes[demands].cert.X, 36) == nil {
		k.Field = "extensions.policyMappings"
	}
	// With no more than this path to build from, and no other reason to refuse.
	chains, err := w.leaf.cert.X.Verify(x509.VerifyOptions{
		Roots: pool(nodes[last:]), Intermediates: pool(nodes[1:last]),
		CurrentTime: w.q.At, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	k.OK = slices.ContainsFunc(chains, func(c []*x509.Certificate) bool { return same(c, nodes) })
	if k.OK {
		k.Why = fmt.Sprintf("What %s asks of the policies on this path is met.", nodes[demands].cert.Title)
		return k, true
	}
	k.Why = fmt.Sprintf("%s asks for policies that this path does not have from end to end.", nodes[demands].cert.Title)
	if err != nil {
		k.Why = fmt.Sprintf("%s asks for policies that this path does not have from end to end (%s).", nodes[demands].cert.Title, clean(err.Error()))
	}
	k.Beside = "OpenSSL asks about policies only with -policy_check."
	return k, true
}

// pool makes the certificates of nodes a pool of Go's.
func pool(nodes []*node) *x509.CertPool {
	p := x509.NewCertPool()
	for _, n := range nodes {
		if n.cert.X != nil {
			p.AddCert(n.cert.X)
		}
	}
	return p
}

// same reports whether a chain of Go's is this path.
func same(chain []*x509.Certificate, nodes []*node) bool {
	return slices.EqualFunc(chain, nodes, func(x *x509.Certificate, n *node) bool { return n.cert.X != nil && x.Equal(n.cert.X) })
}
