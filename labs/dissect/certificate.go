package dissect

import (
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// certificate reads a Certificate: in TLS 1.3 (RFC 9846, Section 4.5.1) each
// certificate may carry extensions; in TLS 1.2 (RFC 5246, Section 7.4.2) there is
// nothing but the list, or a single key (RFC 7250, Section 3).
func certificate(c *wire.Cursor, tls13 bool) {
	if tls13 {
		opaque(c, "certificate_request_context", 1)
	} else if b := c.Peek(c.Len()); len(b) > 3 && der.IsPublicKey(b[3:]) {
		// In a list, a length would stand here.
		c.Vector("ASN1_subjectPublicKeyInfo", 3, der.PublicKey)
		c.Say("a raw public key")
		return
	}
	n, raw := 0, false
	c.Vector("certificate_list", 3, func(c *wire.Cursor) {
		for ; c.More(); n++ {
			if tls13 {
				raw = certificateEntry(c)
			} else {
				f := c.Vector("ASN.1Cert", 3, der.Certificate)
				titled(f, f)
			}
		}
		if n == 0 {
			c.Say("empty")
		}
	})
	// An empty list is how a client says that it has none.
	switch {
	case n == 0:
		c.Say("no certificate")
	case raw && n == 1:
		c.Say("a raw public key")
	default:
		c.Say("%s", wire.Count(n, "certificate"))
	}
}

// certificateEntry reads a CertificateEntry (RFC 9846, Section 4.5.1). It holds a
// certificate or a raw public key (RFC 7250); which one both sides have agreed on,
// and the bytes show. It reports whether it was a key.
func certificateEntry(c *wire.Cursor) (raw bool) {
	// Its two parts have a length each; the whole has none.
	size := sized(c, 0, 3)
	size = sized(c, size, 2)
	entry := c.Group("CertificateEntry", size, func(c *wire.Cursor) {
		data := c.Vector("cert_data", 3, func(c *wire.Cursor) {
			if raw = der.IsPublicKey(c.Peek(c.Len())); raw {
				der.PublicKey(c)
			} else {
				der.Certificate(c)
			}
		})
		titled(data, data)
		extensions(c, inCertificate)
	})
	if entry != nil {
		titled(entry, entry.Kid("cert_data"))
	}
	return raw
}

// titled gives a field the value of the certificate or the key that another one
// holds.
func titled(f, holder *wire.Field) {
	if holder == nil {
		return
	}
	for _, name := range []string{"Certificate", "subjectPublicKeyInfo"} {
		if inner := holder.Kid(name); inner != nil {
			f.Value = inner.Value
		}
	}
}

// request reads a CertificateRequest: of TLS 1.3 (RFC 9846, Section 4.4.2), of TLS
// 1.2 (RFC 5246, Section 7.4.4), which has fixed fields for what TLS 1.3 says in
// extensions, or older, without schemes (RFC 4346, Section 7.4.4).
func (s *Session) request(c *wire.Cursor) {
	c.Say("asks the client for a certificate")
	if s.tls13() {
		opaque(c, "certificate_request_context", 1)
		extensions(c, inRequest)
		return
	}
	list(c, "certificate_types", "certificate_type", 1, 1, certificateTypeName)
	if s.schemes() {
		list(c, "supported_signature_algorithms", "signature_scheme", 2, 2, SchemeName)
	}
	authorities(c, "certificate_authorities")
}

// signature reads a signature, with its algorithm in front (RFC 9846, Section
// 4.5.2), which before TLS 1.2 was left to the key: with an RSA key both MD5 and
// SHA-1, else SHA-1 (RFC 4346, Section 7.4.8). It returns it in short.
func (s *Session) signature(c *wire.Cursor) string {
	if !s.schemes() {
		opaque(c, "signature", 2)
		return "signed with the key of the certificate"
	}
	n := c.Uint("algorithm", 2, SchemeName)
	opaque(c, "signature", 2)
	return "signed with " + wire.Bare(SchemeName(n))
}

// authorities reads a list of distinguished names in DER. Each is a Name (RFC
// 5280, Section 4.1.2.4). It returns how many there are.
func authorities(c *wire.Cursor, name string) int {
	n := 0
	c.Vector(name, 2, func(c *wire.Cursor) {
		for ; c.More(); n++ {
			c.Vector("DistinguishedName", 2, der.Name)
		}
		c.Say("%s", wire.Count(n, "name"))
	})
	return n
}
