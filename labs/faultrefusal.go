package labs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"

	"tlstutor/labs/chain"
	"tlstutor/labs/wire"
)

// refusal accounts for a server that ended it.
func (c *Case) refusal(m *meeting) account {
	alert, at := m.alert(Server)
	hello := m.message(Client, "ClientHello")
	if alert == "" || hello == nil {
		return account{}
	}
	switch {
	case m.message(Server, "CertificateRequest") != nil:
		return c.unknownClient(m, alert, at)
	case m.message(Server, "Certificate") != nil:
		return account{}
	case alert == "protocol_version":
		return account{check: checkVersion, rule: "RFC 9846, Section 4.3.1", at: anyOf(hello, "supported_versions", "legacy_version"),
			why: fmt.Sprintf("The client speaks %s, and the server %s: there is no version that both speak.", c.plan.offers, c.plan.serves)}
	case alert == "no_application_protocol":
		return account{check: checkALPN, rule: "RFC 7301, Section 3.2", at: hello.Match("application_layer_protocol_negotiation"),
			why: fmt.Sprintf("The client speaks %v, and the server %v: there is no protocol that both speak.", c.Client.NextProtos, c.Server.NextProtos)}
	case alert == "unrecognized_name":
		return account{check: checkSNI, rule: "RFC 6066, Section 3", at: hello.Match("server_name"),
			why: fmt.Sprintf("The client asks for %s, for which the server has no certificate, and no other one to show.", c.Host)}
	case !meets(hello, "NamedGroup", c.Server.CurvePreferences):
		return account{check: checkGroup, rule: "RFC 9846, Section 4.3.7", at: hello.Match("supported_groups"),
			why: "None of the groups that the client knows is one that the server takes."}
	case c.plan.serves.max != "1.3" && !suits(c):
		return account{check: checkSuite, rule: "RFC 5246, Section 7.4.1.3", at: hello.Match("cipher_suites"),
			why: "Of the cipher suites that the server takes, none goes with the kind of key that its certificate is for."}
	}
	if pub, ok := c.made.PublicKey.(interface{ Size() int }); ok && pub.Size() < 66 { // RFC 8017, Section 9.1.1: a hash, a salt and two bytes
		return account{check: chain.KeySize, rule: "RFC 8017, Section 9.1.1",
			why: fmt.Sprintf("The server's RSA key has %d bits: too few to hold the signature that TLS 1.3 asks for, so the server has nothing to show.", pub.Size()*8)}
	}
	return account{}
}

// String says which versions these are.
func (s span) String() string {
	if s.min == s.max {
		return "TLS " + s.min
	}
	return "TLS " + s.min + " to " + s.max
}

// anyOf returns the first field that there is.
func anyOf(in *wire.Field, paths ...string) *wire.Field {
	for _, p := range paths {
		if f := in.Match(p); f != nil {
			return f
		}
	}
	return nil
}

// meets reports whether a hello names one of the server's groups; with no
// preferences it is taken to.
func meets(hello *wire.Field, name string, of []tls.CurveID) bool {
	found := of == nil
	hello.Walk(func(p []*wire.Field) {
		f := p[len(p)-1]
		found = found || f.Name == name && f.IsNum && slices.Contains(of, tls.CurveID(f.Code))
	})
	return found
}

// suits reports whether one of the server's suites goes with its key (RFC 5246,
// Section 7.4.2).
func suits(c *Case) bool {
	if c.Server.CipherSuites == nil {
		return true
	}
	isRSA := c.made.PublicKeyAlgorithm == x509.RSA
	for _, id := range c.Server.CipherSuites {
		ecdsa := bytes.Contains([]byte(tls.CipherSuiteName(id)), []byte("_ECDSA_"))
		if ecdsa != isRSA {
			return true
		}
	}
	return false
}

// unknownClient accounts for a server that did not get the certificate it asked for.
func (c *Case) unknownClient(m *meeting, alert string, at *wire.Field) account {
	acc := account{check: checkClientCert, rule: "RFC 9846, Section 4.5.1", at: at,
		why: "The server asked for a certificate, and the client sent an empty list."}
	if h := m.message(Server, "ServerHello"); h != nil && h.Match("supported_versions") == nil { // TLS 1.2
		acc.rule = "RFC 5246, Section 7.4.6"
	}
	own := m.message(Client, "Certificate")
	if own != nil && own.Match("certificate_list") != nil {
		acc.at = own.Match("certificate_list") // which is empty, as it seems
	}
	if own != nil && own.Match("tbsCertificate") != nil {
		acc.why = fmt.Sprintf("The client's certificate is by %s, which the server does not trust.", c.shown.Leaf.Issuer.CommonName)
		acc.at = own.Match("tbsCertificate.issuer")
	}
	if m.message(Client, "Finished") != nil && c.plan.offers.max == "1.3" && c.plan.serves.max == "1.3" {
		acc.beside = fmt.Sprintf("In TLS 1.3 the client is done before the server has seen its certificate: the alert %s finds it at work.", alert)
	}
	return acc
}
