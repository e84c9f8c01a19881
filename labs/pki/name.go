package pki

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/bits"
	"net"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// The forms of a GeneralName (RFC 5280, Section 4.2.1.6) as their tags.
const (
	otherTag = tag.Tag(0xa0)
	mailTag  = tag.Tag(0x81)
	dnsTag   = tag.Tag(0x82)
	dirTag   = tag.Tag(0xa4)
	uriTag   = tag.Tag(0x86)
	ipTag    = tag.Tag(0x87)
	ridTag   = tag.Tag(0x88)
)

// form splits what is before a name off, or guesses the form of the name. Only the
// words that are known count, so that "spiffe://" and "::1" stay whole.
func form(name string) (kind, rest string) {
	if kind, rest, ok := strings.Cut(name, ":"); ok {
		switch kind {
		case "dns", "ip", "uri", "email", "dir", "rid", "upn":
			return kind, rest
		}
	}
	switch {
	case net.ParseIP(name) != nil:
		return "ip", name
	case strings.Contains(name, "://"):
		return "uri", name
	case strings.Contains(name, "@"):
		return "email", name
	}
	return "dns", name
}

// generalName encodes one name, see Spec.Names.
func generalName(name string) ([]byte, error) {
	kind, text := form(name)
	// All forms but a directory name are IA5String or OCTET STRING; what crypto/x509
	// would let through, such as a NUL, is for forge.go.
	if kind != "dir" && !printable(text) {
		return nil, fmt.Errorf("%q is not ASCII without spaces, as this form of name must be", text)
	}
	switch kind {
	case "dns":
		return element(dnsTag, []byte(text)), nil
	case "email":
		return element(mailTag, []byte(text)), nil
	case "uri":
		// crypto/x509 would not read the certificate.
		if _, err := url.Parse(text); err != nil {
			return nil, fmt.Errorf("a name that is a URI: %w", err)
		}
		return element(uriTag, []byte(text)), nil
	case "ip":
		return ipName(text)
	case "rid":
		id, err := dotted(text)
		if err != nil {
			return nil, err
		}
		// The tag of the form replaces that of the OID.
		return element(ridTag, oidDER(id)[2:]), nil
	case "dir":
		// A Name is a CHOICE, so it keeps its own tag inside.
		dn, err := nameDER(pkix.Name{CommonName: text})
		return element(dirTag, dn), err
	}
	// A Windows user: otherName with the OID of the user principal name.
	id := oidDER(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 20, 2, 3})
	return element(otherTag, id, element(0xa0, element(tag.UTF8String, []byte(text)))), nil
}

// ipName encodes an address: 4 octets or 16, in network order.
func ipName(text string) ([]byte, error) {
	ip := net.ParseIP(text)
	if ip == nil {
		return nil, fmt.Errorf("%q is not an IP address", text)
	}
	// net.ParseIP keeps IPv4 in 16 octets, which would be another address.
	if v4 := ip.To4(); v4 != nil {
		ip = v4
	}
	return element(ipTag, ip), nil
}

// printable reports whether text is ASCII that can be seen, and not empty. A name of
// another script is written in its ASCII form (RFC 5280, Section 7).
func printable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return text != ""
}

// generalNames encodes several names, one after the other: the content of a SEQUENCE
// whose tag the caller writes, as it differs from place to place.
func generalNames(names []string) ([]byte, error) {
	var all bytes.Buffer
	for _, n := range names {
		der, err := generalName(n)
		if err != nil {
			return nil, err
		}
		all.Write(der)
	}
	return all.Bytes(), nil
}

// uris encodes addresses as GeneralNames of the form for URIs, as distribution points
// and authorityInfoAccess have them (RFC 5280, Sections 4.2.1.13 and 4.2.2.1).
func uris(list []string) ([][]byte, error) {
	all := make([][]byte, len(list))
	for i, u := range list {
		if !printable(u) {
			return nil, fmt.Errorf("%q is not a URI", u)
		}
		all[i] = element(uriTag, []byte(u))
	}
	return all, nil
}

// subtree encodes one entry of name constraints (RFC 5280, Section 4.2.1.10).
func subtree(name string) ([]byte, error) {
	// An address with its mask: 8 octets or 32.
	if _, network, err := net.ParseCIDR(name); err == nil {
		return sequence(element(ipTag, network.IP, network.Mask)), nil
	}
	kind, text, ok := strings.Cut(name, ":")
	if !ok {
		kind, text = "dns", name
	}
	if text != "" && !printable(text) {
		return nil, fmt.Errorf("%q is not a constraint on names", name)
	}
	switch kind {
	case "dns":
		return sequence(element(dnsTag, []byte(text))), nil
	case "email":
		return sequence(element(mailTag, []byte(text))), nil
	case "uri":
		return sequence(element(uriTag, []byte(text))), nil
	}
	return nil, fmt.Errorf("%q is not a constraint on names", name)
}

// oidDER encodes an object identifier (X.690, Section 8.19) that begins with 0, 1
// or 2, as those of ours do.
func oidDER(id asn1.ObjectIdentifier) []byte {
	der := make([]byte, 2, 16)
	for i := 1; i < len(id); i++ {
		n := id[i]
		if i == 1 {
			n += 40 * id[0] // the first two arcs share their octets
		}
		// Seven bits an octet, the high ones first; the top bit says that more follow.
		for shift := 7 * (max(bits.Len(uint(n))-1, 0) / 7); shift > 0; shift -= 7 {
			der = append(der, byte(n>>shift)|0x80)
		}
		der = append(der, byte(n&0x7f))
	}
	der[0], der[1] = byte(tag.OBJECT_IDENTIFIER), byte(len(der)-2)
	return der
}

// dotted reads an object identifier as people write it.
func dotted(text string) (asn1.ObjectIdentifier, error) {
	var id asn1.ObjectIdentifier
	for arc := range strings.SplitSeq(text, ".") {
		n, err := strconv.ParseUint(arc, 10, 31)
		if err != nil {
			return nil, fmt.Errorf("%q is not an object identifier", text)
		}
		id = append(id, int(n))
	}
	// The builder knows which first two arcs there are. oidDER writes one octet of
	// length; no object identifier in use comes near to its 127.
	var b cryptobyte.Builder
	b.AddASN1ObjectIdentifier(id)
	if der, err := b.Bytes(); err != nil || len(der) > 2+127 {
		return nil, fmt.Errorf("%q is not an object identifier", text)
	}
	return id, nil
}
