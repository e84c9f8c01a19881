package labs

import "strings"

// A sense is what a text means that no fault of the bench has, in one sentence.
type sense struct {
	part string // of the text
	doc  string
}

// senses are of texts that only other labs than the fault bench have said.
func senses() []sense {
	return []sense{
		{"self-signed certificate in certificate chain", "The server sends its root along, and the client does not know that root. (OpenSSL's error 18 is another: there the server's own certificate has signed itself.)"},
		{"server rejected ech", "The client hid the name with a key that the server has no more; the server answered with the one to use."},
		{"encrypted client hello required", "The server heard from a client that it was made to speak to the public name, which is not whom it means: the key for hiding the name is old."},
		{"ech_required", "The alert of a client whose hidden name the server could not open: the key for hiding the name is old."},
		{"no supported versions satisfy", "The client's own bounds leave it no version of TLS, so it says nothing at all; nobody else is at fault."},
		{"client offered only unsupported versions", "What the server notes when no version of the client's is one of its own; the numbers are those of the versions, 303 for TLS 1.2 and 304 for TLS 1.3."},
		{"no certificates configured", "What Go's server notes when it has no certificate for the name, and none to fall back on."},
		{"peer doesn't support the certificate custom signature algorithms", "The server's key may only sign in ways that the client does not offer."},
		{"no key exchanges supported by both client and server", "What Go's server notes when there is no group that both know."},
		{"no cipher suite supported by both client and server", "What Go's server notes when there is no suite that both know and that fits its key; the numbers are those that the client offered."},
		{"client requested unsupported application protocols", "What Go's server notes when it takes none of the protocols that the client offers by ALPN."},
		{"unable to get issuer certificate", "The client trusts an intermediate, and looks for the root above that one in vain."},
		{"the certificate is revoked", "A client that looks was told by the issuer that the certificate is not to be trusted any more."},
		{"the certificate promises a stapled response", "The certificate has the extension for it, and the server stapled nothing."},
		{"the ocsp response does not count", "There was a response, and it is too old, or nobody signed it who may."},
		{"err_ssl_key_usage_incompatible", "The certificate's keyUsage does not let its key sign, and TLS 1.3 has it sign. Browsers look at that; Go's client, which connects here, does not, and completes."},
		{"self_signed_cert_in_chain", "The server sends its root along, and the client does not know that root: often it is that of a company's proxy, which opens TLS."},
		{"no appropriate protocol", "The client's own bounds leave it no version of TLS, or no suite, so it says nothing at all; nobody else is at fault."},
		{"there was no answer", "The client insists on asking, and the responder does not answer."},
	}
}

// Sense is what the text means, where no fault says it; else "".
func (m *Match) Sense() string {
	if m.meant != nil {
		return m.meant.doc
	}
	plain := strings.ToLower(m.Text)
	for _, s := range senses() {
		if len(m.Faults) == 0 && strings.Contains(plain, s.part) {
			return s.doc
		}
	}
	return ""
}

// Check is the check that refused, where the text says it and no fault does; else "".
func (m *Match) Check() string {
	if m.meant != nil {
		return m.meant.check
	}
	if g := groundIn(m.Text); g != nil && len(m.Faults) == 0 {
		return g.check
	}
	return ""
}

// Lesson is the lesson on what a text means that no run here makes anybody say; else "".
func (m *Match) Lesson() string {
	if m.meant != nil {
		return m.meant.lesson
	}
	return ""
}
