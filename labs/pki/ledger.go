package pki

import "crypto"

// What authorities sign never crosses a wire as a whole: keys stay, roots are not
// sent, a list may be fetched by nobody. Who wants to hand it all out afterwards has
// the ring tell of it, since every authority below a root has the root's ring.

// A Made is one thing that was signed with the keys of a ring.
type Made struct {
	Kind string // PEMCertificate, PEMList or pemResponse
	DER  []byte
	Key  crypto.Signer // of a certificate, where it was made with it
	By   *Authority    // who has signed it; nil: its own key
}

// pemResponse is what an OCSP response is called among the types of PEM; there is
// no such type, and files of it are DER.
const pemResponse = "OCSP RESPONSE"

// Noted returns a ring that shares the RSA keys of k, and that tells f, and nobody
// else, of all that is signed by authorities made with it: certificates, also bad
// ones, lists, and OCSP responses that answer something. f may be called by several
// goroutines at once, and must not change what it gets.
func (k *Keyring) Noted(f func(Made)) *Keyring {
	return &Keyring{rsa: k.rsa, note: f}
}

// made tells of what was signed by a, or, where it has no certificate, by the key
// of what was made.
func (a *Authority) made(kind string, der []byte, key crypto.Signer) {
	if a.keys.note == nil {
		return
	}
	m := Made{Kind: kind, DER: der, Key: key}
	// An authority without a certificate is one in the making, or Self.
	if a.Raw != nil {
		m.By = a
	}
	a.keys.note(m)
}
