package chain

import (
	"bytes"
	"crypto"
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"slices"

	"tlstutor/labs/wire"
)

// A link is what can be said of a certificate and one that may have issued it,
// wherever in a path the two stand. It is worked out once: a signature is the
// dearest check of all.
type link struct {
	fits   bool    // the signature is the issuer's, or nobody can tell
	ok     bool    // Go goes on
	checks []Check // with Cert counted from the child: 0 the child, 1 the issuer
}

// link returns what child and parent are to each other.
func (w *walk) link(child, parent *node, live bool) *link {
	key := [2]int{child.id, parent.id}
	if l := w.links[key]; l != nil {
		return l
	}
	// Go's own walk is bounded by its candidates; only what lies beyond counts.
	if !live {
		w.signed++
	}
	l := &link{fits: true}
	w.links[key] = l
	c, p := child.cert, parent.cert
	l.checks = append(l.checks, Check{
		Name: Issuer, Rule: "RFC 5280, Section 6.1.3(a)(4)", OK: true, Field: "issuer",
		Why: fmt.Sprintf("The issuer that %s names is the subject of %s, byte for byte.", c.Title, p.Title),
	})
	if c.X == nil || p.X == nil {
		return l // neither key nor signature can be had
	}
	l.checks = append(l.checks, keyIDs(c, p))
	// The signature is checked even when its algorithm is too weak to count.
	alg, weak := algorithm(c)
	sig := w.signature(c, p)
	// Where the signature fails, why an algorithm is fine adds nothing.
	if sig.OK {
		l.checks = append(l.checks, alg, sig)
	} else {
		l.checks = append(l.checks, sig)
		// That it is weak may be why it fails.
		if weak {
			l.checks = append(l.checks, alg)
		}
	}
	l.fits, l.ok = sig.OK, sig.OK && alg.OK
	return l
}

// keyIDs compares the key identifiers. They are hints that never decide in Go
// (RFC 5280, Section 4.2.1.1).
func keyIDs(child, parent *Cert) Check {
	c, p, issuer := child.X, parent.X, parent.Title
	k := Check{Name: KeyIDs, Rule: "RFC 5280, Section 4.2.1.1", OK: true, Field: "extensions.authorityKeyIdentifier"}
	aki, ski := c.AuthorityKeyId, p.SubjectKeyId
	switch {
	// A root may leave it out (RFC 5280, Section 4.2.1.1).
	case len(aki) == 0 && bytes.Equal(c.RawIssuer, c.RawSubject):
		k.Why, k.Field = "It names no issuing key, and need not, as it names itself as its issuer.", "issuer"
	case len(aki) == 0:
		k.Why, k.Field = "It does not say which key of its issuer signed it.", bare(c)
		k.Beside = "The RFC wants an authorityKeyIdentifier here; Python from 3.13 on (VERIFY_X509_STRICT) refuses without."
	case len(ski) == 0:
		k.Why = fmt.Sprintf("It names the issuing key %s, and %s has no identifier to compare.", keyID(aki), issuer)
		k.Beside = "The RFC wants a subjectKeyIdentifier in every CA certificate; OpenSSL asks for it only when strict."
	case bytes.Equal(aki, ski):
		k.Why = fmt.Sprintf("It names the issuing key %s, and that is what %s calls its key.", keyID(aki), issuer)
	default:
		k.Why = fmt.Sprintf("They differ, and Go lets that pass: it names the issuing key %s, and %s calls its key %s.", keyID(aki), issuer, keyID(ski))
		k.Beside = fmt.Sprintf("To Go they are a hint, and such an issuer is tried last; OpenSSL, Python, curl and GnuTLS do not take %s for the issuer of %s, and go on looking.", issuer, child.Title)
	}
	return k
}

// keyID shows the first octets of a key identifier.
func keyID(id []byte) string {
	if len(id) > 4 {
		return hex.EncodeToString(id[:4]) + "…"
	}
	return hex.EncodeToString(id)
}

// algorithm judges what a certificate was signed with, and reports whether it is
// too weak for Go.
func algorithm(c *Cert) (k Check, weak bool) {
	k = Check{Name: Algorithm, Rule: "RFC 5280, Section 4.1.1.2", OK: true, Field: "signatureAlgorithm"}
	switch alg := c.X.SignatureAlgorithm; alg {
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		k.OK, k.Rule = false, "RFC 6194, Section 2.2"
		k.Why = fmt.Sprintf("%s is signed with %s, and collisions of SHA-1 have been made since 2017.", c.Title, alg)
		k.Beside = "Go refuses SHA-1 since 1.18, and since 1.24 no setting makes it accept; openssl verify takes it, and Python's ssl (security level 2) refuses it."
	case x509.MD5WithRSA, x509.MD2WithRSA:
		k.OK, k.Rule = false, "RFC 6151, Section 2"
		k.Why = fmt.Sprintf("%s is signed with %s, and certificates have been forged with MD5 since 2008.", c.Title, alg)
		k.Beside = "openssl verify takes it, and Python's ssl (security level 2) refuses it."
	case x509.UnknownSignatureAlgorithm:
		k.OK, k.Why = false, fmt.Sprintf("%s is signed with an algorithm that Go does not know.", c.Title)
	default:
		k.Why = fmt.Sprintf("%s is signed with %s, which is strong enough.", c.Title, alg)
	}
	return k, !k.OK
}

// signature checks that parent's key made child's signature, whatever else
// speaks against either (RFC 5280, Section 6.1.3(a)(1)).
func (w *walk) signature(c, p *Cert) Check {
	k := Check{Name: Signature, Rule: "RFC 5280, Section 6.1.3(a)(1)", Field: "signatureValue"}
	if key, ok := p.X.PublicKey.(*rsa.PublicKey); ok {
		switch n := key.N.BitLen(); {
		case n > maxKeyBits:
			k.Why = fmt.Sprintf("The key of %s has %d bits; beyond %d nothing is computed.", p.Title, n, maxKeyBits)
			w.limited(k.Why)
			return k
		// That the signature is wrong, nobody has said.
		case n < minKeyBits:
			k.Why = fmt.Sprintf("The key of %s has %d bits, and Go checks no signature with an RSA key of less than %d.", p.Title, n, minKeyBits)
			k.Beside = "openssl verify checks it all the same; TLS with OpenSSL refuses such a key from security level 1 on."
			return k
		}
	}
	// Whatever Go cannot compute does not fit: nobody could tell that it does.
	switch err := verifies(c.X, p.X); {
	case err == nil:
		k.OK, k.Why = true, fmt.Sprintf("The key of %s verifies the signature on %s.", p.Title, c.Title)
	case p.X.PublicKey == nil:
		k.Why = fmt.Sprintf("The key of %s is of a kind that Go cannot verify with (%s).", p.Title, keyKind(p.X))
	case c.X.SignatureAlgorithm == x509.UnknownSignatureAlgorithm:
		k.Why = fmt.Sprintf("Nobody here can verify the signature on %s: Go does not know its algorithm.", c.Title)
	default:
		k.Why = fmt.Sprintf("The key of %s does not verify the signature on %s: either the name alone is the same, or bytes were changed (%s).", p.Title, c.Title, clean(err.Error()))
	}
	return k
}

// verifies is CheckSignature, which lets SHA-1 pass, and MD5 as well: that a hash
// is weak is another check's business.
func verifies(c, p *x509.Certificate) error {
	key, isRSA := p.PublicKey.(*rsa.PublicKey)
	if c.SignatureAlgorithm == x509.MD5WithRSA && isRSA {
		// crypto/x509 refuses MD5 before it looks; here the two are told apart.
		sum := md5.Sum(c.RawTBSCertificate)
		return rsa.VerifyPKCS1v15(key, crypto.MD5, sum[:], c.Signature)
	}
	return p.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature)
}

// keyKind names the algorithm of a public key that Go does not know, by its OID.
func keyKind(x *x509.Certificate) string {
	var spki struct {
		Algorithm struct {
			ID   asn1.ObjectIdentifier
			Rest asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	if _, err := asn1.Unmarshal(x.RawSubjectPublicKeyInfo, &spki); err != nil {
		return "its algorithm cannot be read"
	}
	return "algorithm " + wire.Clean(spki.Algorithm.ID.String(), 60)
}

// mayIssue reports whether Go lets a candidate stand at this place: the checks
// that depend on nothing else, and those of an issuer.
func (w *walk) mayIssue(c candidate, at int) bool {
	if c.n.cert.X == nil {
		return false
	}
	w.ownChecks(c.n)
	// Self-issued certificates only matter to what is said beside.
	return c.n.ownOK && !slices.ContainsFunc(issuing(c.n.cert, c.root, at, 0), func(k Check) bool { return !k.OK })
}
