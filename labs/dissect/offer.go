package dissect

import (
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// serverName reads server_name (RFC 6066, Section 3). Only the client's has data.
func serverName(c *wire.Cursor, in place) string {
	if in != inClientHello {
		return "acknowledged"
	}
	var all words
	c.Vector("server_name_list", 2, func(c *wire.Cursor) {
		for c.More() {
			f := c.Group("ServerName", sized(c, 1, 2), func(c *wire.Cursor) {
				c.Uint("name_type", 1, nameTypeName)
				c.Say("%s", text(c, "host_name", 2))
			})
			all.add(f.Value)
		}
	})
	return all.joined(", ")
}

// protocols reads application_layer_protocol_negotiation (RFC 7301, Section
// 3.1).
func protocols(c *wire.Cursor, _ place) string {
	var all words
	c.Vector("protocol_name_list", 2, func(c *wire.Cursor) {
		for c.More() {
			all.add(text(c, "ProtocolName", 1))
		}
	})
	return all.joined(", ")
}

// versions reads supported_versions (RFC 9846, Section 4.3.1).
func versions(c *wire.Cursor, in place) string {
	if in != inClientHello {
		return wire.Bare(VersionName(c.Uint("selected_version", 2, VersionName)))
	}
	return list(c, "versions", "version", 1, 2, VersionName).joined(", ")
}

// statusRequest reads status_request (RFC 6066, Section 8): a question in the
// ClientHello, the answer in TLS 1.3's Certificate (RFC 9846, Section 4.5.1.1),
// and nothing elsewhere.
func statusRequest(c *wire.Cursor, in place) string {
	switch in {
	case inCertificate:
		statusBody(c)
		return "an OCSP response"
	case inClientHello:
		kind := c.Uint("status_type", 1, statusTypeName)
		c.Vector("responder_id_list", 2, func(c *wire.Cursor) {
			for c.More() {
				opaque(c, "ResponderID", 2)
			}
		})
		opaque(c, "request_extensions", 2)
		return wire.Bare(statusTypeName(kind))
	}
	return noData(c, in)
}

// timestamps reads signed_certificate_timestamp (RFC 6962, Section 3.3). The
// client's, and a CertificateRequest's, is empty.
func timestamps(c *wire.Cursor, in place) string {
	if in == inClientHello || in == inRequest {
		return noData(c, in)
	}
	der.SCTList(c)
	if c.Err() != nil {
		return ""
	}
	return wire.Count(len(c.Last().Kids), "timestamp")
}

// fragmentLimit reads max_fragment_length (RFC 6066, Section 4).
func fragmentLimit(c *wire.Cursor, _ place) string {
	return wire.Bare(fragmentLength(c.Uint("max_fragment_length", 1, fragmentLength)))
}

// sizeLimit reads record_size_limit (RFC 8449, Section 4).
func sizeLimit(c *wire.Cursor, _ place) string {
	return wire.Count(int(c.Uint("record_size_limit", 2, nil)), "byte")
}

// padding reads padding (RFC 7685, Section 3).
func padding(c *wire.Cursor, _ place) string {
	return wire.Count(len(c.Rest("padding")), "byte")
}

// cookie reads cookie (RFC 9846, Section 4.3.2).
func cookie(c *wire.Cursor, _ place) string { return opaque(c, "cookie", 2) }

// issuers reads certificate_authorities (RFC 9846, Section 4.3.4).
func issuers(c *wire.Cursor, _ place) string {
	return wire.Count(authorities(c, "authorities"), "name")
}

// renegotiation reads renegotiation_info (RFC 5746, Section 3.2).
func renegotiation(c *wire.Cursor, _ place) string {
	if n := opaque(c, "renegotiated_connection", 1); n != "empty" {
		return "continues a connection"
	}
	return "first handshake"
}
