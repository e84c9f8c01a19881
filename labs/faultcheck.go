package labs

// checkSays is what has to be so for a check to hold, as the words of knob check are
// short for it.
func checkSays(word string) string {
	for _, c := range checkMeanings() {
		if c.word == word {
			return c.holds
		}
	}
	return ""
}

// checkMeanings are the checks that a fault can fail, with what has to be so. A test
// holds them to the faults.
func checkMeanings() []struct{ word, holds string } {
	return []struct{ word, holds string }{
		{"none", "no check is named yet"},
		{tellMe, "you give up, and are told"},
		{"ALPN", "both have an application protocol in common"},
		{"TLS-version", "both have a version of TLS in common"},
		{"anchor", "the way up ends at a root in the client's store"},
		{"basicConstraints", "each signer says that it is a CA"},
		{"certificate-key", "the server's private key fits its certificate"},
		{"cipher-suite", "both have a suite in common that fits the key"},
		{"client-certificate", "the client shows one that the server takes"},
		{"clock", "the client's own clock is right"},
		{"close_notify", "the end was announced, and not cut off"},
		{"critical-extensions", "what is marked critical is known"},
		{"extKeyUsage", "the certificate is for this purpose: servers"},
		{"group", "both have a group for the key exchange in common"},
		{"host-name", "the certificate is for the name that is meant"},
		{"issuer", "for each certificate its signer's is there"},
		{"key-size", "the key is long enough"},
		{"keyUsage", "the key may do what is asked of it, or sign"},
		{"nameConstraints", "the CAs above allow this name"},
		{"order", "the server's own certificate is sent first"},
		{"pathLenConstraint", "no CA has more CAs below it than it allows"},
		{"public-key", "the key is of a kind that the client knows"},
		{"readable", "the certificate's bytes are well formed"},
		{"revocation", "the CA has not taken the certificate back"},
		{"revocation-list", "a list of what is revoked is there, of today"},
		{"server-name", "the server has a site of the name in SNI"},
		{"signature", "the signature fits what was signed"},
		{"signature-algorithm", "it is signed by a method that still counts"},
		{"speaks-TLS", "what answers at that port is TLS"},
		{"stapled-response", "the OCSP answer to be stapled is there, and good"},
		{"validity", "it is between the two dates of each certificate"},
		{"version", "each certificate may have extensions"},
	}
}
