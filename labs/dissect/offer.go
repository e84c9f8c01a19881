package dissect

import (
	"fmt"

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

// protocols reads application_layer_protocol_negotiation (RFC 7301, Section 3.1).
// Some of its two-byte names mean nothing (RFC 8701, Section 2).
func protocols(c *wire.Cursor, _ place) string {
	var all words
	c.Vector("protocol_name_list", 2, func(c *wire.Cursor) {
		for c.More() {
			said := text(c, "ProtocolName", 1)
			if f := c.Last(); c.Err() == nil && greaseProtocol(content(f)) {
				b := content(f)
				f.Value = fmt.Sprintf("GREASE (0x%x)", b)
				said = "GREASE"
			}
			all.add(said)
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

// heartbeatMode reads heartbeat (RFC 6520, Section 2).
func heartbeatMode(c *wire.Cursor, _ place) string {
	return wire.Bare(heartbeatModeName(c.Uint("mode", 1, heartbeatModeName)))
}

// certTypes reads client_certificate_type and server_certificate_type (RFC 7250,
// Section 3), and cert_type, which they come from (RFC 6091, Section 3.1): a list
// from the client, one number from the server.
func certTypes(c *wire.Cursor, in place) string {
	if in != inClientHello {
		return wire.Bare(certTypeName(c.Uint("certificate_type", 1, certTypeName)))
	}
	return list(c, "certificate_types", "certificate_type", 1, 1, certTypeName).joined(", ")
}

// userName reads srp (RFC 5054, Section 2.8.1): who wants to log in, by password.
func userName(c *wire.Cursor, _ place) string { return text(c, "srp_I", 1) }

// mediaProfiles reads use_srtp (RFC 5764, Section 4.1.1): how media would be
// protected, and a name for the keys.
func mediaProfiles(c *wire.Cursor, _ place) string {
	all := list(c, "SRTPProtectionProfiles", "SRTPProtectionProfile", 2, 2, srtpName)
	opaque(c, "srtp_mki", 1)
	return all.joined(", ")
}

// issuers reads certificate_authorities (RFC 9846, Section 4.3.4).
func issuers(c *wire.Cursor, _ place) string {
	return wire.Count(authorities(c, "authorities"), "name")
}

// oidFilters reads oid_filters (RFC 9846, Section 4.3.5): extensions of X.509 that
// a client's certificate should have, and the values they should have, in DER.
func oidFilters(c *wire.Cursor, _ place) string {
	var all words
	c.Vector("filters", 2, func(c *wire.Cursor) {
		for c.More() {
			size := sized(c, 0, 1)
			c.Group("OIDFilter", sized(c, size, 2), func(c *wire.Cursor) {
				said := ""
				c.Vector("certificate_extension_oid", 1, func(c *wire.Cursor) { said = der.Identifier(c, "OBJECT IDENTIFIER") })
				opaque(c, "certificate_extension_values", 2)
				setValue(c, said)
				all.add(said)
			})
		}
	})
	return all.joined(", ")
}

// renegotiation reads renegotiation_info (RFC 5746, Section 3.2): empty in a first
// handshake, else the Finished values of the one before, which are equally long.
func renegotiation(c *wire.Cursor, in place) string {
	f := c.Vector("renegotiated_connection", 1, func(c *wire.Cursor) {
		switch n := c.Len(); {
		case n == 0:
			c.Say("empty")
			return
		case in == inClientHello:
			c.Rest("client_verify_data")
		default:
			c.Opaque("client_verify_data", n/2)
			c.Rest("server_verify_data")
		}
		c.Say("%s", wire.Count(c.This().N-1, "byte"))
	})
	if f != nil && f.N > f.Head {
		return "continues a connection"
	}
	return "first handshake"
}
