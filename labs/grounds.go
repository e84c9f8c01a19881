package labs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tlstutor/labs/wire"
)

// A ground is a reason for which programs refuse a certificate: how each of them
// says so, which check it is, and which field that check is about. A further
// reason, or a further program's words, is a row or a word of the table.
type ground struct {
	check string   // what refused: "name", "time", "anchor", "purpose"...
	codes []int    // OpenSSL's numbers for it, which stay where its words change
	words []string // parts of what programs say, in lower case; a * stands for anything
	field place
}

// A place finds the field that a check is about in the certificates that were
// shown, the leaf first; nil where there is none.
type place func(certs []*wire.Field) *wire.Field

// grounds are tried by number, then by whose words stand first in the text; of two
// that begin at the same place the earlier row counts.
func grounds() []ground {
	return []ground{
		{"name", []int{62, 63, 64}, []string{
			"hostname mismatch", "ip address mismatch", "email address mismatch", "no alternative certificate subject name matches",
			"name in the certificate does not match", "certificate is valid for *, not ", "certificate is not valid for any names",
			"cannot validate certificate for", "certificate relies on legacy common name", "certificate subject name"},
			leafs("subjectAltName", "tbsCertificate.subject")},
		{"time", nil, []string{"certificate has expired or is not yet valid: * is before"}, latest("validity.notBefore")},
		{"time", []int{10}, []string{"certificate has expired", "expired certificate"}, earliest("validity.notAfter")},
		{"time", []int{9}, []string{"certificate is not yet valid", "not yet valid certificate", "not yet activated"}, latest("validity.notBefore")},
		{"anchor", []int{19}, []string{"self-signed certificate in certificate chain", "self signed certificate in certificate chain"}, last("issuer")},
		{"anchor", []int{18}, []string{"self-signed certificate", "self signed certificate"}, leafs("issuer")},
		{"anchor", []int{2, 20, 27}, []string{
			"unable to get local issuer certificate", "unable to get issuer certificate", "certificate issuer is unknown",
			"signed by unknown authority", "certificate not trusted"}, last("issuer")},
		{"path", []int{21}, []string{"unable to verify the first certificate"}, leafs("issuer")},
		{"CA", []int{24, 79}, []string{"invalid ca certificate", "certificate issuer is not a ca", "not authorized to sign other certificates"},
			issuers("basicConstraints", "tbsCertificate.version")},
		{"path length", []int{25}, []string{"path length constraint exceeded", "too many intermediates"}, issuers("basicConstraints.pathLenConstraint", "basicConstraints")},
		{"purpose", []int{26}, []string{
			"unsuitable certificate purpose", "unsupported certificate purpose", "doesn't match the intended purpose", "incompatible key usage"},
			leafs("extKeyUsage", "keyUsage")},
		{"key usage", []int{32}, []string{"key usage does not include certificate signing"}, issuers("keyUsage")},
		{"name constraints", []int{47, 48, 49, 50, 51, 52, 53}, []string{
			"permitted subtree violation", "excluded subtree violation", "violates the signer's constraints", "is not permitted by any constraint", "is excluded by constraint"},
			issuers("nameConstraints")},
		{"critical extensions", []int{34}, []string{"unhandled critical extension", "unknown critical extension"}, strangest},
		{"signature", []int{7}, []string{"certificate signature failure", "signature in the certificate is invalid"}, leafs("signatureValue")},
		{"strength", []int{66}, []string{"ee certificate key too weak", "ee key too small", "-bit keys are insecure"}, leafs("subjectPublicKeyInfo")},
		{"strength", []int{67}, []string{"ca certificate key too weak", "ca key too small"}, issuers("subjectPublicKeyInfo")},
		{"strength", []int{68}, []string{"signature digest algorithm too weak", "ca md too weak", "insecure algorithm"}, weakest},
		{"revocation", []int{23}, []string{"certificate revoked", "certificate is revoked", "certificate chain is revoked"}, leafs("serialNumber")},
		{"revocation", []int{3, 12}, []string{"unable to get certificate crl", "crl has expired"}, leafs("cRLDistributionPoints", "serialNumber")},
		{"revocation", nil, []string{"no revocation list of", "the revocation list does not count"}, leafs("cRLDistributionPoints", "serialNumber")},
		{"revocation", nil, []string{"promises a stapled response", "ocsp response does not count"}, leafs("tlsfeature", "authorityInfoAccess", "serialNumber")},
		{"key identifiers", []int{85}, []string{"missing authority key identifier"}, leafs("authorityKeyIdentifier", "tbsCertificate.extensions")},
		{"key identifiers", []int{86}, []string{"missing subject key identifier"}, issuers("subjectKeyIdentifier", "tbsCertificate.extensions")},
	}
}

// opensslCode is where OpenSSL's programs print the number of what was wrong.
const opensslCode = `num=(\d+):|[Vv]erify return code: (\d+) \(`

// groundIn returns the reason that a program's words give for refusing a
// certificate, or nil if they give none that is known here.
func groundIn(text string) *ground {
	all := grounds()
	if m := regexp.MustCompile(opensslCode).FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1] + m[2]) // one of them is empty
		for i := range all {
			if slices.Contains(all[i].codes, n) {
				return &all[i]
			}
		}
	}
	text = strings.ToLower(text)
	var found *ground
	first := len(text)
	for i := range all {
		for _, w := range all[i].words {
			if at := indexParts(text, w); at >= 0 && at < first {
				found, first = &all[i], at
			}
		}
	}
	return found
}

// indexParts returns where the parts of words, which a * separates, stand in text
// in order: the place of the first, or -1.
func indexParts(text, words string) int {
	at := -1
	from := 0
	for part := range strings.SplitSeq(words, "*") {
		i := strings.Index(text[from:], part)
		if i < 0 {
			return -1
		}
		if at < 0 {
			at = i
		}
		from += i + len(part)
	}
	return at
}

// certificates returns the certificates of a certificate_list, in its order. One
// inside an extension, such as a responder's, is not among them.
func certificates(list *wire.Field) []*wire.Field {
	var all []*wire.Field
	list.Walk(func(p []*wire.Field) {
		if n := len(p); n > 1 && p[n-1].Name == "Certificate" && (p[n-2].Name == "cert_data" || p[n-2].Name == "ASN.1Cert") {
			all = append(all, p[n-1])
		}
	})
	return all
}

// leafs picks the first of these fields that the leaf has.
func leafs(paths ...string) place {
	return func(certs []*wire.Field) *wire.Field { return firstOf(certs[:1], paths) }
}

// last picks the first of these fields that the last certificate has, whose issuer
// is the one that was looked for in vain.
func last(paths ...string) place {
	return func(certs []*wire.Field) *wire.Field { return firstOf(certs[len(certs)-1:], paths) }
}

// issuers picks the first of these fields that a certificate above the leaf has; a
// leaf that came alone has to stand for all.
func issuers(paths ...string) place {
	return func(certs []*wire.Field) *wire.Field { return firstOf(certs[min(1, len(certs)-1):], paths) }
}

// firstOf tries each path in all certificates before the next path.
func firstOf(certs []*wire.Field, paths []string) *wire.Field {
	for _, p := range paths {
		for _, c := range certs {
			if f := c.Match(p); f != nil {
				return f
			}
		}
	}
	return nil
}

// earliest picks the field with the earliest date: where any of them has passed,
// that one has.
func earliest(path string) place {
	return func(certs []*wire.Field) *wire.Field {
		return extreme(certs, path, func(a, b string) bool { return a < b })
	}
}

// latest picks the field with the latest date: where any of them is still to come,
// that one is.
func latest(path string) place {
	return func(certs []*wire.Field) *wire.Field {
		return extreme(certs, path, func(a, b string) bool { return a > b })
	}
}

// extreme picks the field whose value goes before all others; dates are written so
// that they sort as text.
func extreme(certs []*wire.Field, path string, before func(a, b string) bool) (found *wire.Field) {
	for _, c := range certs {
		if f := c.Match(path); f != nil && (found == nil || before(f.Value, found.Value)) {
			found = f
		}
	}
	return found
}

// strangest picks the first critical extension that has no name here, or else the
// first that is critical (RFC 5280, Section 4.2).
func strangest(certs []*wire.Field) *wire.Field {
	for _, c := range certs {
		if f := unknownCritical(c); f != nil {
			return f
		}
	}
	return firstOf(certs[:1], []string{"tbsCertificate.extensions"})
}

// weakest picks the first signature that was made over MD5 or SHA-1; where none
// was, the issuer's of the leaf.
func weakest(certs []*wire.Field) *wire.Field {
	for _, c := range certs {
		f := c.Match("signatureAlgorithm")
		if f == nil {
			continue
		}
		weak := false
		f.Walk(func(p []*wire.Field) {
			v := strings.ToLower(p[len(p)-1].Value)
			weak = weak || strings.Contains(v, "sha1") || strings.Contains(v, "sha-1") || strings.Contains(v, "md5")
		})
		if weak {
			return f
		}
	}
	return firstOf(certs, []string{"signatureAlgorithm"})
}
