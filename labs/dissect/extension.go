package dissect

import (
	"tlstutor/labs/wire"
)

// A place is the message an extension stands in: its structure may depend on it.
type place uint8

const (
	inClientHello place = iota
	inServerHello
	inRetry       // HelloRetryRequest
	inEncrypted   // EncryptedExtensions
	inRequest     // CertificateRequest
	inCertificate // a CertificateEntry
	inTicket      // NewSessionTicket
)

// extensions reads a list of extensions (RFC 9846, Section 4.3), and returns
// their names.
func extensions(c *wire.Cursor, in place) words {
	var all words
	c.Vector("extensions", 2, func(c *wire.Cursor) {
		n := 0
		for ; c.More(); n++ {
			if f := extension(c, in); f != nil {
				all.add(f.Name)
			}
		}
		c.Say("%s", wire.Count(n, "extension"))
	})
	return all
}

// extension reads one extension. The data of those not known stays as it is.
func extension(c *wire.Cursor, in place) *wire.Field {
	var typ uint64
	for _, b := range c.Peek(2) {
		typ = typ<<8 | uint64(b)
	}
	// Its name is needed before it is read.
	return c.Group(wire.Bare(ExtensionName(typ)), sized(c, 2, 2), func(c *wire.Cursor) {
		c.Uint("extension_type", 2, ExtensionName)
		c.Number(typ)
		body := extensionBody(typ)
		if body == nil {
			c.Say("%s", opaque(c, "extension_data", 2))
			return
		}
		said := ""
		// What could not be read to its end has nothing to say in short.
		f := c.Vector("extension_data", 2, func(c *wire.Cursor) { said = body(c, in) })
		if f != nil && f.Err == nil {
			setValue(c, said)
		}
	})
}

// A reader reads an extension's data, and returns it in short.
type reader func(c *wire.Cursor, in place) string

// extensionBody returns what reads an extension's data, or nil if there is
// nothing that does.
func extensionBody(typ uint64) reader {
	switch typ {
	case 0:
		return serverName
	case 1:
		return fragmentLimit
	case 2, 4, 22, 23, 33, 49: // client_certificate_url, truncated_hmac, encrypt_then_mac,
		return noData // extended_master_secret, tls_cert_with_extern_psk, post_handshake_auth
	case 5:
		return statusRequest
	case 9, 19, 20: // cert_type, client_certificate_type, server_certificate_type
		return certTypes
	case 10: // supported_groups (RFC 9846, Section 4.3.7)
		return numbers("named_group_list", "named_group", 2, 2, GroupName)
	case 11: // ec_point_formats (RFC 8422, Section 5.1.2)
		return numbers("ec_point_format_list", "ec_point_format", 1, 1, pointFormatName)
	case 12:
		return userName
	case 13, 50: // signature_algorithms and signature_algorithms_cert (RFC 9846, Section 4.3.3)
		return numbers("supported_signature_algorithms", "signature_scheme", 2, 2, SchemeName)
	case 14:
		return mediaProfiles
	case 15:
		return heartbeatMode
	case 16:
		return protocols
	case 17:
		return statusRequests
	case 18:
		return timestamps
	case 21:
		return padding
	case 27: // compress_certificate (RFC 8879, Section 3)
		return numbers("algorithms", "algorithm", 1, 2, compressorName)
	case 28:
		return sizeLimit
	case 35:
		return ticket
	}
	return laterBody(typ)
}

// laterBody is extensionBody for those that came with TLS 1.3 or after it.
func laterBody(typ uint64) reader {
	switch typ {
	case 41:
		return preShared
	case 42:
		return earlyData
	case 43:
		return versions
	case 44:
		return cookie
	case 45: // psk_key_exchange_modes (RFC 9846, Section 4.3.9)
		return numbers("ke_modes", "ke_mode", 1, 1, modeName)
	case 47:
		return issuers
	case 48:
		return oidFilters
	case 51:
		return keyShare
	case 57:
		return quicParameters
	case 58:
		return ticketRequest
	case 0xfd00: // ech_outer_extensions (RFC 9849, Section 5.1)
		return numbers("OuterExtensions", "extension_type", 1, 2, ExtensionName)
	case 0xfe0d:
		return encryptedHello
	case 0xff01:
		return renegotiation
	}
	return nil
}

// numbers returns what reads an extension that is one list of numbers.
func numbers(name, item string, lenWidth, width int, say func(uint64) string) reader {
	return func(c *wire.Cursor, _ place) string {
		return list(c, name, item, lenWidth, width, say).joined(", ")
	}
}

// noData is what an extension without data says.
func noData(_ *wire.Cursor, in place) string {
	switch in {
	case inClientHello:
		return "offered"
	case inRequest:
		return "wanted"
	}
	return "agreed"
}
