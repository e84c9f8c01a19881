package dissect

import (
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// certificate reads a Certificate: in TLS 1.3 (RFC 9846, Section 4.5.1) each
// certificate may carry extensions; in TLS 1.2 (RFC 5246, Section 7.4.2) there is
// nothing but the list.
func certificate(c *wire.Cursor, tls13 bool) {
	if tls13 {
		opaque(c, "certificate_request_context", 1)
	}
	n := 0
	c.Vector("certificate_list", 3, func(c *wire.Cursor) {
		for ; c.More(); n++ {
			if tls13 {
				certificateEntry(c)
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
	if c.Say("%s", wire.Count(n, "certificate")); n == 0 {
		c.Say("no certificate")
	}
}

// certificateEntry reads a CertificateEntry (RFC 9846, Section 4.5.1).
func certificateEntry(c *wire.Cursor) {
	// Its two parts have a length each; the whole has none.
	size := sized(c, 0, 3)
	size = sized(c, size, 2)
	entry := c.Group("CertificateEntry", size, func(c *wire.Cursor) {
		data := c.Vector("cert_data", 3, der.Certificate)
		titled(data, data)
		extensions(c, inCertificate)
	})
	if entry != nil {
		titled(entry, entry.Kid("cert_data"))
	}
}

// titled gives a field the value of the certificate that another one holds.
func titled(f, holder *wire.Field) {
	if holder != nil {
		if cert := holder.Kid("Certificate"); cert != nil {
			f.Value = cert.Value
		}
	}
}

// request reads a CertificateRequest of TLS 1.3 (RFC 9846, Section 4.4.2) or
// TLS 1.2 (RFC 5246, Section 7.4.4).
func request(c *wire.Cursor, tls13 bool) {
	c.Say("asks the client for a certificate")
	if tls13 {
		opaque(c, "certificate_request_context", 1)
		extensions(c, inRequest)
		return
	}
	// TLS 1.2 has fixed fields for what TLS 1.3 says in extensions.
	list(c, "certificate_types", "certificate_type", 1, 1, certificateTypeName)
	list(c, "supported_signature_algorithms", "signature_scheme", 2, 2, SchemeName)
	authorities(c, "certificate_authorities")
}

// signature reads a signature and its algorithm (RFC 9846, Section 4.5.2), and
// returns the algorithm's name.
func signature(c *wire.Cursor) string {
	n := c.Uint("algorithm", 2, SchemeName)
	opaque(c, "signature", 2)
	return wire.Bare(SchemeName(n))
}

// authorities reads a list of distinguished names in DER. Each is a Name (RFC
// 5280, Section 4.1.2.4). It returns how many there are.
func authorities(c *wire.Cursor, name string) int {
	n := 0
	c.Vector(name, 2, func(c *wire.Cursor) {
		for ; c.More(); n++ {
			opaque(c, "DistinguishedName", 2)
		}
		c.Say("%s", wire.Count(n, "name"))
	})
	return n
}

// statusBody reads a CertificateStatus (RFC 6066, Section 8).
func statusBody(c *wire.Cursor) {
	c.Uint("status_type", 1, statusTypeName)
	opaque(c, "response", 3)
}
