package dissect

import (
	"iter"
	"strings"

	"tlstutor/labs/wire"
)

// A Registry is one of IANA's lists of TLS numbers. Its tables hold what IANA
// has registered, and a few numbers that are met on the wire without that.
//
// The tables (namesuites.go, nametables.go) are as of September 2026. The names
// were compared with copies of IANA's lists from 2023 to 2026 and with the
// tables of Wireshark, OpenSSL and GnuTLS; the marks with those copies and with
// what was changed since: RFC 9846 (Section 11), RFC 9847, RFC 9849, RFC 10015
// and RFC 10024.
type Registry uint8

const (
	Suites                 Registry = iota // TLS Cipher Suites
	Groups                                 // TLS Supported Groups
	Schemes                                // TLS SignatureScheme
	Extensions                             // TLS ExtensionType Values
	Alerts                                 // TLS Alerts
	Handshakes                             // TLS HandshakeType
	Modes                                  // TLS PskKeyExchangeMode
	ClientCertificateTypes                 // TLS ClientCertificateType Identifiers
	CertificateTypes                       // TLS Certificate Types
)

// A Mark is what the column "Recommended" of a registry says (RFC 9847, Section 3).
type Mark byte

const (
	Unmarked     Mark = 0   // the registry has no such column, or the number no name
	Recommended  Mark = 'Y' // the IETF recommends it for its purpose
	Neutral      Mark = 'N' // not evaluated, no consensus, or of limited use
	Discouraged  Mark = 'D' // it should not or must not be used
	Unregistered Mark = '-' // it has a name, but not from IANA
)

// String returns the mark as the registry has it.
func (m Mark) String() string {
	if m == Unmarked {
		return ""
	}
	return string(rune(m))
}

// An Entry is a number of a registry, with its name.
type Entry struct {
	Code uint16
	Mark Mark
	Name string
}

// table returns the entries of a registry, in the order of their numbers.
func (r Registry) table() []Entry {
	switch r {
	case Suites:
		return suiteTable[:]
	case Groups:
		return groupTable[:]
	case Schemes:
		return schemeTable[:]
	case Extensions:
		return extensionTable[:]
	case Alerts:
		return alertTable[:]
	case Handshakes:
		return handshakeTable[:]
	case Modes:
		return modeTable[:]
	case ClientCertificateTypes:
		return clientTypeTable[:]
	case CertificateTypes:
		return certTypeTable[:]
	}
	return nil
}

// All returns the entries of a registry, in the order of their numbers.
func (r Registry) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, e := range r.table() {
			if !yield(e) {
				return
			}
		}
	}
}

// Find returns the entry of a number. A number that has none may still be one
// that is set aside (GREASE, private use).
func (r Registry) Find(n uint64) (Entry, bool) {
	t := r.table()
	low, high := 0, len(t)
	for low < high {
		if mid := (low + high) / 2; uint64(t[mid].Code) < n {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(t) && uint64(t[low].Code) == n {
		return t[low], true
	}
	return Entry{}, false
}

// name is the name of a number alone, or "".
func (r Registry) name(n uint64) string {
	e, _ := r.Find(n)
	return e.Name
}

const greaseStanding = "A value without a meaning, set aside so that the other side stays used to values it does not know (RFC 8701)."

// Standing says in a sentence what IANA's registries say of the number or the
// name in a field, for its note; "" when there is nothing to add: the number is
// recommended, or none of a registry.
func Standing(f *wire.Field) string {
	if f == nil {
		return ""
	}
	bare := wire.Bare(f.Value)
	switch {
	case f.IsNum && (bare == grease || f.Name == grease):
		return greaseStanding
	case f.IsNum:
		return numberStanding(f.Code, bare, f.Name)
	case f.Name == "ProtocolName":
		return protocolStanding(string(content(f)))
	}
	return ""
}

// numberStanding finds the registry of a number by what it is called: no two
// with marks give the same number the same name. A field for a whole extension
// has that name itself, as its value is what the extension says.
func numberStanding(n uint64, bare, field string) string {
	for _, r := range [...]Registry{Suites, Groups, Schemes, Modes, ClientCertificateTypes, CertificateTypes} {
		if e, ok := r.Find(n); ok && e.Name == bare {
			return e.standing(r)
		}
	}
	if e, ok := Extensions.Find(n); ok && (e.Name == bare || e.Name == field) {
		return e.standing(Extensions)
	}
	if bare != "" && bare == oldScheme(n) {
		return oldStanding(n)
	}
	return ""
}

// standing says what a registry's mark means for an entry.
func (e Entry) standing(r Registry) string {
	also := ""
	if r == Extensions && e.Code == extendedMaster {
		also = "Since RFC 9846, IANA's name for it is extended_main_secret."
	}
	switch e.Mark {
	case Discouraged:
		return "IANA's registry marks it discouraged (D): it should not or must not be used (" + e.because(r) + ")."
	case Neutral:
		return "IANA's registry does not recommend it (N): the IETF has not evaluated it, has no consensus, or sees a limited use."
	case Unregistered:
		return "Not in IANA's registry, but met on the wire."
	}
	return also
}

// because names the RFC that set the mark D. RFC 10015 did it for whole kinds of
// key exchange: static RSA, and Diffie-Hellman that is finite-field or static.
func (e Entry) because(r Registry) string {
	switch r {
	case Suites:
		for _, kind := range [...]string{"RSA_", "DH_", "DHE_", "ECDH_", "PSK_DHE_"} {
			if strings.HasPrefix(e.Name[len("TLS_"):], kind) {
				return "RFC 10015"
			}
		}
	case Groups:
		if strings.Contains(e.Name, "Kyber") {
			return "RFC 10024"
		}
	case ClientCertificateTypes:
		if strings.Contains(e.Name, "fixed") {
			return "RFC 10015"
		}
	}
	return "RFC 9847"
}

// oldStanding is for the pairs of TLS 1.2, whose halves have marks of their own:
// MD5, SHA-1 and SHA-224 are discouraged, and DSA is not recommended (RFC 9847,
// Sections 9 and 10).
func oldStanding(n uint64) string {
	if hash := n >> 8; hash <= 3 {
		return Entry{Mark: Discouraged}.standing(Schemes)
	}
	if n&0xff == 1 || n&0xff == 3 {
		return ""
	}
	return Entry{Mark: Neutral}.standing(Schemes)
}
