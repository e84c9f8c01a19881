package peer

import (
	"bytes"
	"fmt"
	"net"
	"slices"
	"strings"
)

// A want is something that an offer may ask of a program, and who can do it.
type want struct {
	asked bool
	what  string   // for "NAME cannot WHAT"
	can   []string // the programs that can do it in the role at hand
}

// wants lists what an offer asks beyond what every program can do.
func (o Offer) wants(r Role) []want {
	client, server := r == Client, r == Server
	in := func(asClient, asServer string) []string {
		if client {
			return strings.Fields(asClient)
		}
		return strings.Fields(asServer)
	}
	return []want{
		{len(o.Groups) > 0, "choose its groups", in("openssl python3 curl gnutls-cli", "openssl python3 gnutls-serv")},
		{!o.At.IsZero(), "check certificates at another time than now", in("openssl", "openssl")},
		{o.Tickets != Own, "be told about session tickets", in("openssl python3 gnutls-cli", "openssl python3 gnutls-serv")},
		{o.Session != nil, "take up a session of a run before", in("openssl", "")},
		{o.KeepSession, "hand over its session", in("openssl", "")},
		{o.EarlyData, "do early data", in("openssl", "openssl")},
		{client && o.EarlyData && o.Session == nil, "send early data without a session of a run before", nil},
		{o.Status, "ask for a stapled OCSP response", in("openssl curl gnutls-cli", "")},
		// gnutls-cli reads a list only when it trusts its issuer beforehand.
		{o.Lists != nil, "look at the revocation list of an authority that the server names", in("openssl python3 curl", "")},
		{o.Staple != nil, "staple an OCSP response", in("", "openssl gnutls-serv")},
		{o.PSK != nil, "use a key that both sides had before", in("openssl gnutls-cli", "openssl gnutls-serv")},
		{o.RawKey, "use raw public keys", in("gnutls-cli", "gnutls-serv")},
		{o.LaterAuth, "authenticate clients after the handshake", in("openssl python3 gnutls-cli", "openssl python3")},
		{o.Update != NoUpdate, "start a KeyUpdate", in("openssl gnutls-cli", "openssl")},
		{o.Renegotiate, "start a renegotiation", in("openssl gnutls-cli", "openssl")},
		{o.Renegotiate && !o.before13(), "renegotiate in TLS 1.3, which the offer allows", nil},
		{o.Renegotiable, "be told to let clients renegotiate", in("", "openssl")},
		{o.NoCommonName, "be told to leave the common name alone", in("python3", "")},
		{o.Fallback, "say that it falls back to an older version", in("openssl", "")},
		{o.EtM != Own, "be told about encrypt-then-MAC", in("openssl gnutls-cli", "openssl gnutls-serv")},
		{o.MaxFragment != 0, "ask for shorter records", in("openssl", "")},
		{o.Padding != 0, "pad its records", in("openssl", "openssl")},
		{o.Connections > 1, "serve connections", in("", "openssl python3 gnutls-serv")},
		{server && o.Check == Ignore, "ask for a certificate only to ignore it", nil},
		{client && (o.Check == Request || o.Check == Require), "do as a client what only a server does about certificates", nil},
		{server && o.Chain == nil && o.PSK == nil, "serve without a certificate", nil},
		{(o.Chain == nil) != (o.Key == nil), "use a certificate without its key, or a key without its certificate", nil},
		{client && o.Name != "" && !isName(o.Name), "ask for a server by a name that is not one", nil},
	}
}

// before13 reports whether the offer rules out TLS 1.3.
func (o Offer) before13() bool { return o.Max == "1.0" || o.Max == "1.1" || o.Max == "1.2" }

// old reports whether the offer allows versions that today's libraries refuse
// unless they are told to lower their standards (RFC 8996).
func (o Offer) old() bool {
	return o.Min == "1.0" || o.Min == "1.1" || o.Max == "1.0" || o.Max == "1.1"
}

// Can returns nil if the program can play the role with all that the offer asks,
// and else, as a *CannotError, what it cannot do.
func (p *Program) Can(r Role, o Offer) error {
	cannot := func(format string, args ...any) error { return &CannotError{p.Name, fmt.Sprintf(format, args...)} }
	if !slices.Contains(Names(r), p.Name) {
		return cannot("be a %s", r)
	}
	for _, w := range o.wants(r) {
		if w.asked && !slices.Contains(w.can, p.Name) {
			return cannot("%s", w.what)
		}
	}
	for _, v := range []string{o.Min, o.Max} {
		if v != "" && !slices.Contains(versions, v) {
			return cannot("speak %q: it is no version of TLS", v)
		}
	}
	if o.Min != "" && o.Max != "" && o.Min > o.Max {
		return cannot("speak a TLS of at least %s and at most %s", o.Min, o.Max)
	}
	for _, s := range o.ALPN {
		if s == "" || strings.ContainsAny(s, ",\x00") || len(s) > 255 {
			return cannot("be told the application protocol %q", s)
		}
	}
	if what := p.cannotMore(r, o); what != "" {
		return cannot("%s", what)
	}
	return nil
}

// versions are those that an Offer may name, the oldest first.
var versions = []string{"1.0", "1.1", "1.2", "1.3"}

// cannotMore is what a program cannot do for a reason of its own; "" is nothing.
func (p *Program) cannotMore(r Role, o Offer) string {
	switch p.Name {
	case "openssl":
		return p.opensslCannot(o)
	case "python3":
		return p.pythonCannot(r, o)
	case "curl":
		return p.curlCannot(o)
	}
	return p.gnutlsCannot(r, o)
}

// split parts the suites of an offer into those of TLS 1.3 and the others.
func (o Offer) split() (new, old []string) {
	for _, s := range o.Suites {
		if strings.Contains(s, "_WITH_") {
			old = append(old, s)
		} else {
			new = append(new, s)
		}
	}
	return new, old
}

// unknownSuite keeps what is no name out of lists in which punctuation has a
// meaning: "ALL:@SECLEVEL=0" is no suite. It returns the first suite of the offer whose name nobody here knows.
func (o Offer) unknownSuite() string {
	for _, s := range o.Suites {
		if _, ok := suiteOf(s); !ok {
			return s
		}
	}
	return ""
}

// unknownGroup returns the first group of the offer whose name nobody here knows.
func (o Offer) unknownGroup() string {
	for _, g := range o.Groups {
		if _, ok := groupOf(g); !ok {
			return g
		}
	}
	return ""
}

// isIP reports whether the server is meant by its address.
func (o Offer) isIP() bool { return net.ParseIP(o.Name) != nil }

// leafAndRest parts a chain in PEM after the first certificate.
func (o Offer) leafAndRest() (leaf, rest []byte) {
	const end = "-----END CERTIFICATE-----"
	i := bytes.Index(o.Chain, []byte(end))
	if i < 0 {
		return o.Chain, nil
	}
	rest = bytes.TrimSpace(o.Chain[i+len(end):])
	return append(o.Chain[:i+len(end):i+len(end)], '\n'), rest
}
