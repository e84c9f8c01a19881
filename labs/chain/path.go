package chain

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
)

// An ending is how a path ends.
type ending int

const (
	trusted    ending = iota // at a trusted root
	misfit                   // at a certificate of the issuer's name whose key did not sign
	looped                   // at a certificate that is in the path already
	selfSigned               // at one that names itself as its issuer and is not trusted
	orphaned                 // nobody has the certificate of the last one's issuer
	garbled                  // at one that is so damaged that it names no issuer
)

// tell adds a path with all its checks.
func (w *walk) tell(nodes []*node, end ending) {
	p := Path{Anchored: end == trusted}
	add := func(ks ...Check) { p.Checks = append(p.Checks, ks...) }
	at := func(i int, ks []Check) {
		for _, k := range ks {
			k.Cert += i
			add(k)
		}
	}
	// From the leaf on: what ties a certificate to the one before it, then the
	// certificate itself, then whether it may issue at this place.
	for i, n := range nodes {
		p.Certs = append(p.Certs, n.cert)
		if i > 0 && !(end == looped && i == len(nodes)-1) {
			at(i-1, w.link(nodes[i-1], n, true).checks)
		}
		if end == looped && i == len(nodes)-1 {
			add(loop(n.cert, i))
			break
		}
		at(i, w.ownChecks(n))
		// Everything but the leaf has issued something.
		if i > 0 && n.cert.X != nil {
			at(i, issuing(n.cert, end == trusted && i == len(nodes)-1, i, selfIssued(nodes[1:i])))
		}
	}
	if end == trusted && len(nodes) > 1 {
		blameRoot(p.Checks, len(nodes)-1)
	}
	p.Checks = append(p.Checks, w.ends(nodes, end)...)
	// On a circle there is no end from which usages and constraints could come.
	if end != looped {
		add(w.usage(nodes)...)
		add(w.constrained(nodes)...)
	}
	if x := w.leaf.cert.X; x != nil && w.q.Name != "" {
		add(w.hostName(x))
	}
	// Policies are asked about last: the answer costs a walk of Verify's own.
	if end == trusted {
		p.OK = holds(p.Checks)
		if k, asked := w.policies(nodes, p.OK); asked {
			add(k)
			p.OK = p.OK && k.OK
		}
	}
	w.checks += len(p.Checks)
	w.paths = append(w.paths, p)
}

// blameRoot says of the checks that a root itself fails that the RFC does not ask for
// them: to it an anchor is a name and a key (RFC 5280, Section 6.1.1(d)).
func blameRoot(ks []Check, root int) {
	for i := range ks {
		if k := &ks[i]; !k.OK && k.Cert == root && k.Beside == "" {
			k.Beside = "To the RFC a root is a name and a key, and it does not look at this; Go and OpenSSL do."
		}
	}
}

// holds reports whether no check fails.
func holds(ks []Check) bool {
	return !slices.ContainsFunc(ks, func(k Check) bool { return !k.OK })
}

// selfIssued counts the certificates that name themselves as their issuer.
func selfIssued(nodes []*node) int {
	n := 0
	for _, m := range nodes {
		if bytes.Equal(m.cert.issuer, m.cert.subject) {
			n++
		}
	}
	return n
}

// loop refuses a certificate that is in the path already (RFC 5280, Section 6.1).
func loop(c *Cert, at int) Check {
	return Check{
		Name: Loop, Rule: "RFC 5280, Section 6.1", Cert: at, Field: "subject",
		Why: fmt.Sprintf("%s, or another certificate for the same name and key, is in the path already: it goes round in a circle.", c.Title),
	}
}

// ends says how a path ends.
func (w *walk) ends(nodes []*node, end ending) []Check {
	last := len(nodes) - 1
	c := nodes[last].cert
	k := Check{Name: Anchor, Rule: "RFC 5280, Section 6.1.1(d)", Light: LightAnchor, Cert: last}
	switch end {
	case trusted:
		k.OK, k.Why = true, fmt.Sprintf("%s is among the trusted roots.", c.Title)
		switch {
		case last == 0:
			k.Why = fmt.Sprintf("%s itself is among the trusted roots, so Go looks for no issuer.", c.Title)
			k.Beside = pinned(c)
		// An intermediate among the roots, as people do to trust one branch only.
		case !bytes.Equal(c.issuer, c.subject):
			k.Beside = "It is not self-issued. To the RFC, Go and Python from 3.13 on that does not matter; OpenSSL wants -partial_chain, which curl sets."
		}
	case selfSigned:
		k.Field, k.Why = "issuer", fmt.Sprintf("%s names itself as its issuer, and it is not %s.", c.Title, amongRoots(len(w.q.Roots)))
	case orphaned:
		k.Name, k.Rule, k.Light, k.Field = Issuer, "RFC 5280, Section 6.1.3(a)(4)", LightPath, "issuer"
		k.Why = fmt.Sprintf("%s was issued by %s, and no certificate of that name was presented or is trusted.", c.Title, issuerName(c))
		k.Beside = "Some browsers fetch what is missing (caIssuers) or remember it from elsewhere; Go, OpenSSL and Python never do."
	default:
		return nil
	}
	return []Check{k}
}

// pinned says what others make of a leaf that is a root itself. RFC 5280, Section 6.1,
// has no such path: its anchors are issuers, and stand above what is validated.
func pinned(c *Cert) string {
	switch {
	case c.X == nil:
		return ""
	case bytes.Equal(c.issuer, c.subject):
		return "OpenSSL, Python, curl and gnutls-cli trust it so too, without a look at its signature; certtool --verify takes it for an issuer, which has to be a CA."
	}
	return "It is not self-issued. To Go, gnutls-cli and Python from 3.13 on that does not matter; OpenSSL and older Pythons look for its issuer, unless -partial_chain is set, as curl does. RFC 5280 knows roots as issuers only."
}

// issuerName names the issuer of a certificate.
func issuerName(c *Cert) string {
	switch {
	case c.X == nil && c.by != "":
		return quote(c.by)
	case c.X == nil:
		return "somebody whose name cannot be read"
	case c.X.Issuer.CommonName != "":
		return quote(c.X.Issuer.CommonName)
	}
	return quote(full(c.X.Issuer))
}

// issuing returns the checks of a certificate that signs others, at this place
// of the path, with so many self-issued certificates between it and the leaf. A
// root is taken on trust, but not as a CA if it says that it is none.
func issuing(c *Cert, root bool, at, selfIssued int) []Check {
	return append(make([]Check, 0, 3), isCA(c, root), signs(c), pathLen(c, at, selfIssued))
}

// isCA checks the cA bit (RFC 5280, Sections 4.2.1.9 and 6.1.4(k)).
func isCA(c *Cert, root bool) Check {
	x := c.X
	k := Check{Name: BasicConstraints, Rule: "RFC 5280, Section 4.2.1.9", Field: "extensions.basicConstraints"}
	switch {
	case x.BasicConstraintsValid && x.IsCA:
		k.OK, k.Why = true, fmt.Sprintf("%s says that it is a CA.", c.Title)
	case x.BasicConstraintsValid:
		k.Why = fmt.Sprintf("%s says that it is not a CA, so it is not allowed to issue certificates.", c.Title)
	// A certificate of version 3 that is a CA must say so, a root too.
	case x.Version == 3:
		k.Why, k.Field = fmt.Sprintf("%s has no basicConstraints, so it is not a CA and is not allowed to issue certificates.", c.Title), bare(x)
	// RFC 5280, Section 6.1.4(k), leaves old versions to means out of band; being a
	// root is one.
	case root:
		k.OK, k.Field = true, "tbsCertificate"
		k.Why = fmt.Sprintf("%s is of version %d, which has no basicConstraints; as a trusted root it may be a CA all the same.", c.Title, x.Version)
	default:
		k.Why, k.Field = fmt.Sprintf("%s is of version %d, which cannot say that it is a CA.", c.Title, x.Version), "tbsCertificate"
		k.Beside = "The RFC lets a verifier know by other means that an old certificate is a CA; Go and OpenSSL know of none."
	}
	return k
}

// signs checks the keyCertSign bit (RFC 5280, Sections 4.2.1.3 and 6.1.4(n)).
func signs(c *Cert) Check {
	k := Check{Name: KeyUsage, Rule: "RFC 5280, Section 4.2.1.3", OK: true, Field: "extensions.keyUsage"}
	switch usage := c.X.KeyUsage; {
	// Go cannot tell an empty keyUsage from none.
	case usage == 0:
		k.Why, k.Field = fmt.Sprintf("%s does not limit what its key is for.", c.Title), bare(c.X)
		if c.X.Version == 3 {
			k.Beside = "The RFC wants a keyUsage in every CA; Python from 3.13 on (VERIFY_X509_STRICT) refuses without."
		}
	case usage&x509.KeyUsageCertSign != 0:
		k.Why = fmt.Sprintf("The key of %s is for signing certificates.", c.Title)
	default:
		k.OK, k.Why = false, fmt.Sprintf("The key of %s is for other things than signing certificates: keyCertSign is missing.", c.Title)
	}
	return k
}

// pathLen checks how many CAs may stand below (RFC 5280, Sections 4.2.1.9 and
// 6.1.4(l) and (m)).
func pathLen(c *Cert, at, selfIssued int) Check {
	k := Check{Name: PathLen, Rule: "RFC 5280, Section 4.2.1.9", OK: true, Field: "extensions.basicConstraints"}
	// The leaf does not count, self-issued certificates do in Go.
	x, below := c.X, at-1
	if !x.BasicConstraintsValid || x.MaxPathLen < 0 {
		k.Why = fmt.Sprintf("%s does not limit how many CAs stand below it.", c.Title)
		if !x.BasicConstraintsValid {
			k.Field = bare(x)
		}
		return k
	}
	k.Field = "extensions.basicConstraints.pathLenConstraint"
	k.OK = below <= x.MaxPathLen
	k.Why = fmt.Sprintf("%s allows %s below it, and there %s.", c.Title, cas(x.MaxPathLen), map[bool]string{true: "is 1", false: fmt.Sprintf("are %d", below)}[below == 1])
	// A CA that renewed its key signs its own new certificate, which is what the RFC
	// spares.
	if selfIssued > 0 && !k.OK && below-selfIssued <= x.MaxPathLen {
		k.Beside = "The RFC does not count self-issued certificates, and OpenSSL neither; Go does."
	}
	return k
}

// amongRoots says of what a root that counts would be one.
func amongRoots(n int) string {
	switch n {
	case 0:
		return "trusted, as no root is"
	case 1:
		return "the one trusted root"
	}
	return fmt.Sprintf("among the %d trusted roots", n)
}

// cas counts authorities.
func cas(n int) string {
	switch n {
	case 0:
		return "no CA"
	case 1:
		return "1 CA"
	}
	return fmt.Sprintf("%d CAs", n)
}
