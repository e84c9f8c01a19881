package labs

import "slices"

// A tell is what tells one fault from others that have the same words said.
type tell struct {
	fault string
	by    string // one sentence: what to look at
}

// tells are all faults, those first that one meets most often outside of a lab: it
// is in this order that the faults of one text are named. How often that is nobody
// has counted here; the order is a judgement, and is used for nothing else.
func tells() []tell {
	return []tell{
		{"intermediate-omitted", "The server sends one certificate, and its issuer is another name than its subject: openssl s_client -showcerts lists it alone."},
		{"expired", "The first certificate that is sent has a notAfter in the past."},
		{"self-signed", "Of the one certificate that is sent, issuer and subject are the same name."},
		{"unknown-ca", "All of the chain is sent; the issuer of the last certificate is not in the client's store, as with a company's own CA or a proxy that opens TLS."},
		{"wrong-name", "None of the names in subjectAltName is that host, nor like it."},
		{"plain-http", "curl http://HOST:PORT, without the s, gets an answer there."},
		{"starttls-wanted", "The port greets in the clear, as 25, 143 and 587 do; openssl s_client needs -starttls."},
		{"no-common-version", "The alert is protocol_version, 70; a client that speaks other versions gets on."},
		{"no-common-suite", "It goes away when the server has a certificate with another kind of key, or the client another list of suites; TLS 1.2 has this text more often."},
		{"no-common-group", "The suites agree; supported_groups of the ClientHello and the server's list have none in common."},
		{"no-client-cert-1.2", "Before its Certificate the client was sent a CertificateRequest, and it answered with an empty list."},
		{"no-client-cert", "The handshake ends well for the client, and the alert comes after it; the server had sent a CertificateRequest."},
		{"strange-client", "The client sent a certificate, and the server does not know who issued that one."},
		{"clock-behind", "date says another day than other machines do, long ago; every certificate of every site seems to begin too late."},
		{"clock-ahead", "date says another day than other machines do; many sites seem to have expired at once."},
		{"not-yet-valid", "The clock is right, and notBefore of the first certificate is still to come."},
		{"intermediate-expired", "The leaf's dates are fine; it is the second certificate whose notAfter is past."},
		{"root-expired", "All that is sent has good dates; it is the root in the client's store whose notAfter is past."},
		{"cross-signed", "A newer root of the same name and key exists; the client's store is old, and has only the one that expired."},
		{"wrong-order", "The first certificate that is sent is a CA's: its basicConstraints says so, and it names no host."},
		{"wrong-key", "The chain was taken, and the signature in CertificateVerify was not: the certificate and the key file do not belong together."},
		{"cn-only", "There is no subjectAltName at all; the host stands in the subject."},
		{"wildcard-deep", "A name there begins with *., and the host has one label more than that."},
		{"no-ip", "The URL has an address, and subjectAltName has no entry of the kind iPAddress."},
		{"ip-as-name", "The address is in subjectAltName, as a dNSName in place of an iPAddress."},
		{"unknown-name", "The alert is unrecognized_name, 112: another name, or none, gets a certificate from the same address."},
		{"alpn-mismatch", "The alert is no_application_protocol, 120: without ALPN, or with another protocol, the handshake completes."},
		{"truncated", "The handshake had completed and data had come; then TCP ended without close_notify."},
		{"client-only", "extKeyUsage of the first certificate has clientAuth, and no serverAuth."},
		{"intermediate-purpose", "The leaf has serverAuth; the intermediate's own extKeyUsage has not."},
		{"only-intermediate", "The store has an intermediate in it, and no root."},
		{"revoked-list", "The issuer's list has the certificate's serial number."},
		{"revoked-staple", "The answer is in the server's own handshake: a stapled response that says revoked."},
		{"must-staple", "The certificate has the extension for it (1.3.6.1.5.5.7.1.24), and nothing is stapled."},
		{"staple-expired", "The stapled response has a nextUpdate in the past."},
		{"list-missing", "The client was told to look at lists, and has none of this issuer."},
		{"list-stale", "The list is this issuer's, and its nextUpdate is past."},
		{"staple-stranger", "A response is stapled, and its signer is neither the issuer nor has a certificate of it for that."},
		{"staple-garbage", "What is stapled cannot be read as an OCSPResponse at all."},
		{"sha1", "signatureAlgorithm of one of the certificates names SHA-1."},
		{"md5", "signatureAlgorithm of one of the certificates names MD5."},
		{"rsa-1024", "The key in the first certificate is RSA, of 1024 bits."},
		{"path-length", "A CA's certificate has a pathLenConstraint, and more CAs stand below it."},
		{"leaf-as-ca", "The certificate that signed the leaf names a host, and is no CA."},
		{"ca-false", "The intermediate has basicConstraints, with cA FALSE."},
		{"no-basic-constraints", "The intermediate has no basicConstraints."},
		{"no-cert-sign", "The intermediate is a CA, and its keyUsage has no keyCertSign."},
		{"v1-intermediate", "The intermediate is of version 1, and has no extensions."},
		{"not-permitted", "The CA's nameConstraints has permittedSubtrees, and the host is in none of them."},
		{"excluded", "The CA's nameConstraints has excludedSubtrees, and the host is in one."},
		{"unknown-critical", "An extension is marked critical, and its OID is one that no program knows."},
		{"ct-poison", "The critical extension is 1.3.6.1.4.1.11129.2.4.3: it is a precertificate."},
		{"spiffe-only", "subjectAltName has a URI that begins with spiffe://, and no dNSName."},
		{"v1-leaf", "The first certificate is of version 1, and has no extensions."},
		{"tampered", "Everything reads well; the issuer's key does not confirm the signature."},
		{"algorithms-differ", "signatureAlgorithm and tbsCertificate.signature are not the same."},
		{"wildcard-partial", "A name there has the star in the middle of a label."},
		{"wildcard-tld", "A name there is a star and a top-level domain."},
		{"ml-dsa", "The key's algorithm is ML-DSA, which this client's library does not have yet."},
		{"duplicate-extension", "One OID stands twice among the extensions."},
		{"negative-serial", "The first byte of serialNumber is 80 or more."},
		{"padded-serial", "serialNumber begins with a byte 00 that it does not need."},
		{"utf8-name", "A dNSName has bytes above 7f, where an A-label such as xn--... belongs."},
		{"nul-name", "A name has a byte 00 in its middle."},
		{"ip-five-bytes", "An iPAddress is neither 4 nor 16 bytes long."},
		{"backwards", "notAfter is before notBefore."},
		{"rsa-512", "The key in the server's certificate is RSA, of 512 bits; hardly anybody has one."},
	}
}

// oddest is the first in that order of the faults that no issuer makes by mistake: such
// a certificate was made by hand.
const oddest = "duplicate-extension"

// Odd reports whether one hardly meets the fault outside of a lab.
func (f *Fault) Odd() bool {
	use := usual()
	return use[f.Name] >= use[oddest]
}

// Tell is how to tell the fault from others of which a client says the same, in one
// sentence.
func (f *Fault) Tell() string {
	for _, t := range tells() {
		if t.fault == f.Name {
			return t.by
		}
	}
	return ""
}

// usual is the place of each fault in the order of how usual it is.
func usual() map[string]int {
	at := map[string]int{}
	for i, t := range tells() {
		at[t.fault] = i
	}
	return at
}

// byUse puts faults into that order.
func byUse(all []*Fault, at map[string]int) {
	slices.SortStableFunc(all, func(a, b *Fault) int { return at[a.Name] - at[b.Name] })
}
