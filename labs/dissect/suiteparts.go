package dissect

import "strings"

// A Part is a word of a cipher suite's name: what it is there for, what it does for
// a connection, and what one may think it does and it does not.
type Part struct{ Word, Role, Does, Not string }

// The roles of parts.
const (
	exchangeRole = "key exchange"
	authRole     = "authentication"
	bothRole     = "key exchange and authentication"
	limitRole    = "export limit"
	cipherRole   = "encryption"
	modeRole     = "mode"
	lengthRole   = "key length"
	macRole      = "integrity"
	hashRole     = "hash"
	signalRole   = "signal"
)

// SuiteParts takes the name of a registered suite apart. The words, with "_" between
// them, are the name without "TLS" in front and without "WITH"; nil is a name in
// which some word is not known. Up to TLS 1.2 a name says how keys are agreed on and
// who signs, then what protects records (RFC 5246, Appendix C); in TLS 1.3 only the
// latter (RFC 9846, Appendix B.4).
func SuiteParts(name string) []Part {
	rest, ok := strings.CutPrefix(name, "TLS_")
	if !ok {
		rest = strings.TrimPrefix(name, "SSL_")
	}
	if strings.HasSuffix(rest, "_SCSV") {
		return []Part{scsv(rest)}
	}
	before, after, old := strings.Cut(rest, "_WITH_")
	if !old {
		return protectionIn(rest, true)
	}
	first, then := exchangeIn(before), protectionIn(after, false)
	if first == nil || then == nil {
		return nil
	}
	if strings.Contains(after, "MGM") { // TLS 1.3 (RFC 9367): keys are agreed on elsewhere
		first[0] = Part{before, hashRole, "the hash of the key schedule and of Finished, GOST R 34.11-2012", "it says nothing of keys or certificates, as nothing does in TLS 1.3"}
	}
	return append(first, then...)
}

// scsv is for the two that are no suites.
func scsv(word string) Part {
	if strings.HasPrefix(word, "FALLBACK") {
		return Part{word, signalRole, "says that the client offers less than it could, after a failure (RFC 7507)", "it is no suite, and no server may choose it; with TLS 1.3 nobody needs it"}
	}
	return Part{word, signalRole, "says that the client knows secure renegotiation, where it sends no extension (RFC 5746)", "it is no suite, and no server may choose it"}
}

// cutWords cuts a text into words of a list, of which the longest that fits counts.
func cutWords(text string, list []Part) []Part {
	var all []Part
	for text != "" {
		best := -1
		for i, p := range list {
			whole := text == p.Word || strings.HasPrefix(text, p.Word+"_")
			if whole && (best < 0 || len(p.Word) > len(list[best].Word)) {
				best = i
			}
		}
		if best < 0 {
			return nil
		}
		all = append(all, list[best])
		text = strings.TrimPrefix(strings.TrimPrefix(text, list[best].Word), "_")
	}
	return all
}

// exchangeIn takes what stands before WITH apart. One word alone says both how keys
// are agreed on and who is who; of two the second signs.
func exchangeIn(text string) []Part {
	list := cutWords(text, exchangeParts[:])
	kinds := 0
	for _, p := range list {
		if p.Role == exchangeRole || p.Role == authRole || p.Role == bothRole {
			kinds++
		}
	}
	for i := range list {
		switch p := &list[i]; {
		case p.Word == "RSA" && i == 0:
			*p = Part{p.Word, bothRole, "the client encrypts a secret to the RSA key in the certificate; who can decrypt it is the server", "no forward secrecy: whoever gets the key later opens all that was recorded"}
			if kinds > 1 {
				p.Role = exchangeRole
			}
		case p.Word == "PSK" && i == 0 && kinds == 1:
			p.Role = bothRole
		case i == 0 && len(list) > 1 && list[1].Word == "anon" && (p.Word == "DH" || p.Word == "ECDH"):
			p.Does, p.Not = "both sides make a key pair for this connection alone, though the word has no E (RFC 5246, Section 7.4.3)", "no certificate comes with it, so nothing ties it to anybody"
		case p.Role == authRole && p.Word != "anon" && i > 0 && (list[0].Word == "DH" || list[0].Word == "ECDH"):
			p.Does, p.Not = "the CA signed the server's certificate with such a key (RFC 4492, Section 2)", "the server itself signs nothing: to compute the secret is its proof"
		}
	}
	return list
}

// protectionIn takes apart what protects records. The hash at its end has other work
// where the cipher authenticates by itself.
func protectionIn(text string, new bool) []Part {
	list := cutWords(text, protectionParts[:])
	if len(list) == 0 {
		return nil
	}
	aead := false
	for i := range list {
		if p := &list[i]; p.Role == modeRole && p.Word != "CBC" && p.Word != "CTR" || authenticates(p.Word) {
			aead = true
		}
	}
	last := &list[len(list)-1]
	if last.Role != hashRole {
		return list
	}
	switch {
	case new:
		last.Does, last.Not = "the hash of the key schedule (HKDF), of the transcript and of Finished", "it authenticates no record: the cipher before it does"
	case aead:
		last.Does, last.Not = "the hash by which keys are derived (PRF), and that of Finished", "it authenticates no record, and it is not the hash that signs the certificate"
	default:
		last.Role, last.Does, last.Not = macRole, "a MAC (HMAC) over each record, made before it is encrypted", "it is not the hash of the key exchange's signature, nor that of the certificate's"
		// RFC 5246, Section 5, and RFC 5289: with a SHA-2 it is the PRF's as well.
		if last.Word == "SHA256" || last.Word == "SHA384" {
			last.Does += ", and the hash by which keys are derived (PRF)"
		}
	}
	if new && len(list) == 2 && list[0].Role == hashRole { // RFC 9150
		list[0].Role, list[0].Does, list[0].Not = macRole, "a MAC (HMAC) over each record", "no secrecy: nothing is encrypted at all"
		last.Not = "no secrecy either"
	}
	return list
}

// authenticates reports whether a cipher is an AEAD without a mode to say so.
func authenticates(word string) bool {
	for _, p := range [...]string{"CHACHA20_POLY1305", "AEGIS", "ASCONAEAD", "MGM"} {
		if strings.HasPrefix(word, p) {
			return true
		}
	}
	return false
}

// SuiteVersions says for which versions of TLS a suite is. The suites of TLS 1.3
// have nothing before WITH, but for four of GOST (RFC 9367); those with an AEAD or
// a SHA-2 came with TLS 1.2 (RFC 5246, Section 1.2; RFC 5288; RFC 5487).
func SuiteVersions(e Entry) string {
	_, spec, old := strings.Cut(e.Name, "_WITH_")
	switch {
	case strings.HasSuffix(e.Name, "_SCSV"):
		return "no version: it is a signal"
	case !old || e.Code >= 0xc103 && e.Code <= 0xc106:
		return "TLS 1.3"
	case strings.HasPrefix(e.Name, "SSL_"):
		return "SSL 3.0"
	// What was cut down for export is no part of TLS 1.1 (RFC 4346, Appendix A.5), DES
	// and IDEA are none of TLS 1.2 (RFC 5469).
	case strings.Contains(e.Name, "EXPORT"):
		return "TLS 1.0"
	case strings.HasPrefix(spec, "DES_"), strings.HasPrefix(spec, "IDEA"):
		return "TLS 1.0 and TLS 1.1"
	case strings.Contains(spec, "GCM"), strings.Contains(spec, "CCM"), strings.Contains(spec, "POLY1305"), strings.HasPrefix(spec, "KUZNYECHIK"), strings.HasPrefix(spec, "MAGMA"), strings.Contains(spec, "28147"):
		return "TLS 1.2"
	// Those for PSK and ECDHE_PSK may be used before (RFC 5487, Section 3; RFC 5489).
	case (strings.HasSuffix(spec, "SHA256") || strings.HasSuffix(spec, "SHA384")) && !strings.Contains(e.Name, "PSK"):
		return "TLS 1.2"
	}
	return "TLS 1.0 to TLS 1.2"
}

// FindSuite returns the suite that a text names: as IANA or OpenSSL spells it, or
// its number as 0xC02F, C02F, C0,2F or 0xC0,0x2F, in letters of either case.
func FindSuite(text string) (Entry, bool) {
	text = strings.TrimSpace(text)
	for _, e := range suiteTable {
		if strings.EqualFold(e.Name, text) {
			return e, true
		}
	}
	if text != "" {
		for _, e := range suiteTable {
			if strings.EqualFold(OpenSSLSuite(e), text) {
				return e, true
			}
		}
	}
	if n, ok := suiteNumber(text); ok {
		return Suites.Find(uint64(n))
	}
	return Entry{}, false
}

// suiteNumber reads a number as people write those of suites.
func suiteNumber(text string) (uint16, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if len(text) > len("0xc0, 0x2f") {
		return 0, false
	}
	var digits string
	for _, half := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == ':' }) {
		half = strings.TrimPrefix(half, "0x")
		if len(half) != 4 && len(half) != 2 {
			return 0, false
		}
		digits += half
	}
	if len(digits) != 4 {
		return 0, false
	}
	var n uint16
	for _, c := range digits {
		at := strings.IndexRune("0123456789abcdef", c)
		if at < 0 {
			return 0, false
		}
		n = n<<4 | uint16(at)
	}
	return n, true
}

// SuiteStanding says what IANA's mark on a suite means; it is never empty.
func SuiteStanding(e Entry) string {
	if text := e.standing(Suites); text != "" {
		return text
	}
	return "IANA's registry recommends it (Y): the IETF has consensus that it is good for general use."
}
