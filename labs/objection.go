package labs

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// complain finds the field that the one who ended the run objects to: from the
// type of their own error, else from the alert.
func (end *Ending) complain(recs []Rec, on *Conn) {
	// In a drill the field is what is to be found.
	if end.Who == Nobody || on != nil && on.hushed != [2]bool{} || end.meddled(recs, on) {
		return
	}
	// An error of crypto/x509 knows more than the alert that it became, and so do
	// another program's words.
	if end.stapled(recs, on) {
		return
	}
	named := end.suspect(recs, on, end.Err) || end.reads(recs, on)
	if end.lit(recs, on, named) || named || end.garbled(recs, on) {
		return
	}
	for _, o := range objections {
		if o.alert == end.Alert && on.dir(end.Who) == new(Conn).dir(o.by) && (o.says == "" || end.Err != nil && strings.Contains(end.Err.Error(), o.says)) {
			rec, at := findFrom(recs, on, on.other(end.Who), o.path)
			if end.at(recs, rec, at) {
				return
			}
		}
	}
}

// meddled finds the field that an attacker changed on the wire of this
// connection: whatever goes wrong then is about that.
func (end *Ending) meddled(recs []Rec, on *Conn) bool {
	for _, r := range recs {
		if r.Event.Tree.Name == "flipped" && end.flipped(recs, on, wire.Bare(r.Event.Tree.Value)) {
			return true
		}
		if r.Event.Conn != on || r.Event.Tree.Name != "tampered" {
			continue
		}
		f := r.Event.Tree.Kid("written").Kids[0]
		for i := range recs {
			if recs[i].OnWire() && path(recs[i].Event.Tree, f) != "" {
				end.at(recs, i, f)
				end.Field = wire.Bare(r.Event.Tree.Value) // also of sealed bytes, which are in no message
				return true
			}
		}
	}
	return false
}

// flipped finds the field of a certificate that was changed before it was served.
// What its signature does not cover any more matters only to who gets that far.
func (end *Ending) flipped(recs []Rec, on *Conn, field string) bool {
	if _, ok := errors.AsType[x509.UnhandledCriticalExtension](end.Err); ok {
		return false
	}
	rec, at := findFrom(recs, on, on.other(end.Who), "Certificate.certificate_list."+field)
	return end.at(recs, rec, at)
}

// reads finds the field by the words in which the one who ended the run refuses the
// other side's certificate.
func (end *Ending) reads(recs []Rec, on *Conn) bool {
	rec, list := findFrom(recs, on, on.other(end.Who), "Certificate.certificate_list")
	if end.Err == nil || list == nil {
		return false
	}
	g, certs := groundIn(end.Err.Error()), certificates(list)
	return g != nil && len(certs) > 0 && end.at(recs, rec, g.field(certs))
}

// lit finds the field by the lights, where the words of a refusal are of a certificate and
// yet lead to none that a failing light is about: they often say no more than that no
// authority was found, and why none was is what the lights know.
func (end *Ending) lit(recs []Rec, on *Conn, named bool) bool {
	if !named && !slices.Contains(certificateAlerts, end.Alert) {
		return false
	}
	for _, v := range Verifications(recs) {
		if v.Conn != on || v.OK || v.Whose == end.Who.String() {
			continue
		}
		var first *wire.Field
		for _, l := range v.Lights {
			if l.State != Fails || l.At == nil {
				continue
			}
			if named && (path(l.At, end.At) != "" || path(end.At, l.At) != "" || l.At == end.At) {
				return true // the words lead to it
			}
			if first == nil {
				first = l.At
			}
		}
		// A signature that fits no root of that name, and the name: it is the same to say.
		if first == nil || named && first.Name == "signatureValue" && slices.ContainsFunc(certificates(recs[end.FieldRec].Event.Tree), func(c *wire.Field) bool {
			return path(c, first) != "" && path(c, end.At) != ""
		}) {
			return false
		}
		for i := range recs {
			if recs[i].OnWire() && recs[i].Event.Conn == on && path(recs[i].Event.Tree, first) != "" {
				return end.at(recs, i, first)
			}
		}
		// What a client has in its store crosses no wire.
		end.FieldRec, end.At, end.Field = v.Rec, first, "root."+first.Name
		return true
	}
	return false
}

// garbled finds the field by what is wrong with the bytes of a certificate, for a
// client that could not read it.
func (end *Ending) garbled(recs []Rec, on *Conn) bool {
	if end.Alert != "decode_error" && !slices.Contains(certificateAlerts, end.Alert) {
		return false
	}
	rec, list := findFrom(recs, on, on.other(end.Who), "Certificate.certificate_list")
	if list == nil {
		return false
	}
	for _, cert := range certificates(list) {
		var first *wire.Field
		cert.Walk(func(p []*wire.Field) {
			if f := p[len(p)-1]; first == nil && f.Err != nil {
				first = f
			}
		})
		if end.at(recs, rec, first) {
			return true
		}
	}
	return false
}

// certificateAlerts are what is said of a certificate (RFC 9846, Section 6.2).
var certificateAlerts = []string{"bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired", "certificate_unknown", "unknown_ca"}

// objections are the fields that an alert complains about when the error has no
// type of its own (RFC 9846, Section 6.2). One alert stands for much: where the error's
// words say which list had nothing in common, they decide.
var objections = []struct {
	alert string
	by    Party
	path  string
	says  string
}{
	{"protocol_version", Server, "ClientHello.supported_versions", ""},
	{"protocol_version", Server, "ClientHello.legacy_version", ""},
	{"protocol_version", Client, "ServerHello", ""},
	{"handshake_failure", Server, "Certificate.certificate_list", ""}, // TLS 1.2 says so of a missing one
	{"handshake_failure", Server, "ClientHello.supported_groups", "no key exchanges"},
	{"handshake_failure", Server, "ClientHello.signature_algorithms", "signature algorithms"},
	{"handshake_failure", Server, "ClientHello.cipher_suites", ""},
	{"handshake_failure", Client, "ServerHello.cipher_suite", ""},
	{"insufficient_security", Server, "ClientHello.cipher_suites", ""},
	{"illegal_parameter", Client, "ServerHello", ""},
	{"no_application_protocol", Server, "ClientHello.application_layer_protocol_negotiation", ""},
	{"unrecognized_name", Server, "ClientHello.server_name", ""},
	{"missing_extension", Server, "ClientHello.extensions", ""},
	{"certificate_required", Server, "Certificate.certificate_list", ""},
	{"bad_certificate", Server, "Certificate.certificate_list", ""},
	{"bad_certificate", Client, "Certificate.certificate_list", ""},
	{"unsupported_certificate", Server, "Certificate.certificate_list", ""},
	{"unsupported_certificate", Client, "Certificate.certificate_list", ""},
	{"certificate_expired", Server, "Certificate.validity.notAfter", ""},
	{"certificate_expired", Client, "Certificate.validity.notAfter", ""},
	{"unknown_ca", Server, "Certificate.certificate_list", ""},
	{"unknown_ca", Client, "Certificate.certificate_list", ""},
}

// suspect finds the field by the type of an error of crypto/x509.
func (end *Ending) suspect(recs []Rec, on *Conn, err error) bool {
	rec, chain := findFrom(recs, on, on.other(end.Who), "Certificate.certificate_list")
	if err == nil || chain == nil {
		return false
	}
	// Names are looked for in subjectAltName only (RFC 9525, Section 2).
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return end.at(recs, rec, chain.Match("Certificate.subjectAltName"))
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		cert := certificateIn(chain, e.Cert)
		if cert == nil {
			return false
		}
		return end.at(recs, rec, cert.Match(invalidity(e)))
	}
	// Which one it is, the error does not say (RFC 5280, Section 4.2).
	if _, ok := errors.AsType[x509.UnhandledCriticalExtension](err); ok {
		return end.at(recs, rec, unknownCritical(chain))
	}
	// The last certificate sent names the issuer that is not trusted.
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		var last *wire.Field
		chain.Walk(func(p []*wire.Field) {
			if f := p[len(p)-1]; f.Name == "issuer" {
				last = f
			}
		})
		return end.at(recs, rec, last)
	}
	return false
}

// unknownCritical returns the first critical extension that has no name here.
func unknownCritical(chain *wire.Field) (found *wire.Field) {
	chain.Walk(func(p []*wire.Field) {
		f := p[len(p)-1]
		id := f.Kid("extnID")
		if found == nil && id != nil && f.Kid("critical") != nil && f.Name == id.Value {
			found = f
		}
	})
	return found
}

// invalidity returns the path, inside a certificate, of what makes it invalid
// (RFC 5280, Section 6.1.3).
func invalidity(e x509.CertificateInvalidError) string {
	switch e.Reason {
	case x509.Expired:
		// The detail quotes the date that was passed, and the time it was. Its
		// wording is Go's own affair; the dates are what counts.
		for _, word := range strings.Fields(e.Detail) {
			if t, err := time.Parse(time.RFC3339, word); err == nil && t.Equal(e.Cert.NotBefore) {
				return "validity.notBefore"
			}
		}
		return "validity.notAfter"
	case x509.NotAuthorizedToSign:
		return "extensions.basicConstraints"
	case x509.TooManyIntermediates:
		return "extensions.basicConstraints.pathLenConstraint"
	case x509.IncompatibleUsage:
		return "extensions.extKeyUsage"
	case x509.CANotAuthorizedForThisName, x509.CANotAuthorizedForExtKeyUsage:
		return "extensions.nameConstraints"
	case x509.NameMismatch:
		return "issuer"
	}
	return "tbsCertificate"
}

// certificateIn returns the field that holds exactly this certificate.
func certificateIn(chain *wire.Field, cert *x509.Certificate) (found *wire.Field) {
	chain.Walk(func(p []*wire.Field) {
		f := p[len(p)-1]
		if found == nil && cert != nil && f.Name == "Certificate" && bytes.Equal(f.Bytes(), cert.Raw) {
			found = f
		}
	})
	return found
}

// findFrom is find among the records that one party wrote, on the connection or,
// when that is nil, anywhere.
func findFrom(recs []Rec, on *Conn, who Party, path string) (int, *wire.Field) {
	for i := range recs {
		if e := &recs[i].Event; recs[i].OnWire() && e.Who == who && (on == nil || e.Conn == on) {
			if f := recs[i].Event.Tree.Match(path); f != nil {
				return i, f
			}
		}
	}
	return -1, nil
}

// at notes the field that is complained about, if there is one.
func (end *Ending) at(recs []Rec, rec int, f *wire.Field) bool {
	if f == nil {
		return false
	}
	end.FieldRec, end.At = rec, f
	for _, m := range messages(recs[rec : rec+1]) {
		if p := path(m.Field, f); p != "" {
			end.Field = p
		}
	}
	return true
}
