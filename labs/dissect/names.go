package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// named returns "NAME (n)", or what is said of a number without a name.
func named(n uint64, ok bool, name string) string {
	if !ok || name == "" {
		name = "unknown"
	}
	return fmt.Sprintf("%s (%d)", name, n)
}

// coded is named for numbers of 16 bits that are written in hexadecimal.
func coded(n uint64, name string) string {
	switch {
	case name != "":
	case isGrease(n):
		name = "GREASE"
	default:
		name = "unknown"
	}
	return fmt.Sprintf("%s (0x%04x)", name, n)
}

// isGrease reports whether a number of 16 bits is one of those that clients
// send to keep servers used to numbers they do not know (RFC 8701).
func isGrease(n uint64) bool { return n&0x0f0f == 0x0a0a && n>>8 == n&0xff }

// nth returns the name of n in a list that begins at 0.
func nth(n uint64, names ...string) string {
	if n < uint64(len(names)) {
		return named(n, true, names[n])
	}
	return named(n, false, "")
}

// VersionName names a protocol version (RFC 9846, Section 4.3.1).
func VersionName(n uint64) string {
	name := ""
	switch n {
	case 0x0002:
		name = "SSL 2.0"
	case 0x0300:
		name = "SSL 3.0"
	case 0x0301, 0x0302, 0x0303, 0x0304:
		name = fmt.Sprintf("TLS 1.%d", n-0x0301)
	}
	return coded(n, name)
}

// ContentName names the content type of a record (RFC 9846, Section 5.1).
func ContentName(n uint64) string {
	if n < typeChangeCipherSpec {
		return named(n, n == 0, "invalid")
	}
	return shifted(n, typeChangeCipherSpec, "change_cipher_spec", "alert", "handshake", "application_data", "heartbeat")
}

// shifted returns the name of n in a list that begins at first.
func shifted(n, first uint64, names ...string) string {
	if n >= first && n-first < uint64(len(names)) {
		return named(n, true, names[n-first])
	}
	return named(n, false, "")
}

// HandshakeName names a handshake type (RFC 9846, Section 4; RFC 5246, Section 7.4).
func HandshakeName(n uint64) string {
	switch n {
	case 24:
		return "key_update (24)"
	case 25:
		return "compressed_certificate (25)"
	case 254:
		return "message_hash (254)"
	}
	return nth(n, "hello_request", "client_hello", "server_hello", "", "new_session_ticket", "end_of_early_data",
		"", "", "encrypted_extensions", "", "", "certificate", "server_key_exchange", "certificate_request",
		"server_hello_done", "certificate_verify", "client_key_exchange", "", "", "", "finished",
		"certificate_url", "certificate_status", "supplemental_data")
}

// AlertName names the description of an alert (RFC 9846, Section 6; RFC 5246, Section 7.2).
func AlertName(n uint64) string { return named(n, true, alerts(n)) }

func alerts(n uint64) string {
	switch n {
	case 0:
		return "close_notify"
	case 10:
		return "unexpected_message"
	case 20:
		return "bad_record_mac"
	case 21:
		return "decryption_failed"
	case 22:
		return "record_overflow"
	case 30:
		return "decompression_failure"
	case 40:
		return "handshake_failure"
	case 41:
		return "no_certificate"
	case 42:
		return "bad_certificate"
	case 43:
		return "unsupported_certificate"
	case 44:
		return "certificate_revoked"
	case 45:
		return "certificate_expired"
	case 46:
		return "certificate_unknown"
	case 47:
		return "illegal_parameter"
	case 48:
		return "unknown_ca"
	case 49:
		return "access_denied"
	case 50:
		return "decode_error"
	case 51:
		return "decrypt_error"
	case 60:
		return "export_restriction"
	case 70:
		return "protocol_version"
	case 71:
		return "insufficient_security"
	case 80:
		return "internal_error"
	case 86:
		return "inappropriate_fallback"
	case 90:
		return "user_canceled"
	case 100:
		return "no_renegotiation"
	case 109:
		return "missing_extension"
	case 110:
		return "unsupported_extension"
	case 111:
		return "certificate_unobtainable"
	case 112:
		return "unrecognized_name"
	case 113:
		return "bad_certificate_status_response"
	case 114:
		return "bad_certificate_hash_value"
	case 115:
		return "unknown_psk_identity"
	case 116:
		return "certificate_required"
	case 117:
		return "general_error"
	case 120:
		return "no_application_protocol"
	case 121:
		return "ech_required"
	}
	return ""
}

// ExtensionName names an extension type (RFC 9846, Section 4.3, and the IANA
// registry of TLS ExtensionType values).
func ExtensionName(n uint64) string {
	name := shortExtension(n)
	switch {
	case name != "":
	case n == 13172:
		name = "next_protocol_negotiation"
	case n == 17513 || n == 17613:
		name = "application_settings"
	case n == 0xfd00:
		name = "ech_outer_extensions"
	case n == 0xfe0d:
		name = "encrypted_client_hello"
	case n == 0xff01:
		name = "renegotiation_info"
	case isGrease(n):
		name = "GREASE"
	default:
		name = "unknown_extension"
	}
	return named(n, true, name)
}

// shortExtension names the extensions with small numbers.
func shortExtension(n uint64) string {
	names := [...]string{
		"server_name", "max_fragment_length", "client_certificate_url", "trusted_ca_keys", "truncated_hmac",
		"status_request", "user_mapping", "client_authz", "server_authz", "cert_type",
		"supported_groups", "ec_point_formats", "srp", "signature_algorithms", "use_srtp",
		"heartbeat", "application_layer_protocol_negotiation", "status_request_v2", "signed_certificate_timestamp",
		"client_certificate_type", "server_certificate_type", "padding", "encrypt_then_mac", "extended_master_secret",
		"token_binding", "cached_info", "tls_lts", "compress_certificate", "record_size_limit",
		"pwd_protect", "pwd_clear", "password_salt", "ticket_pinning", "tls_cert_with_extern_psk",
		"delegated_credential", "session_ticket", "TLMSP", "TLMSP_proxying", "TLMSP_delegate", "supported_ekt_ciphers", "",
		"pre_shared_key", "early_data", "supported_versions", "cookie", "psk_key_exchange_modes", "",
		"certificate_authorities", "oid_filters", "post_handshake_auth", "signature_algorithms_cert",
		"key_share", "transparency_info", "", "connection_id", "external_id_hash", "external_session_id",
		"quic_transport_parameters", "ticket_request", "dnssec_chain",
	}
	if n < uint64(len(names)) {
		return names[n]
	}
	return ""
}

// The names below are those of fields with few values.

func levelName(n uint64) string { return shifted(n, 1, "warning", "fatal") }

func compressionName(n uint64) string { return nth(n, "null", "DEFLATE") }

func compressorName(n uint64) string { return shifted(n, 1, "zlib", "brotli", "zstd") }

func nameTypeName(n uint64) string { return nth(n, "host_name") }

func statusTypeName(n uint64) string { return shifted(n, 1, "ocsp", "ocsp_multi") }

func curveTypeName(n uint64) string {
	return shifted(n, 1, "explicit_prime", "explicit_char2", "named_curve")
}

func pointFormatName(n uint64) string {
	return nth(n, "uncompressed", "ansiX962_compressed_prime", "ansiX962_compressed_char2")
}

func modeName(n uint64) string {
	if n%31 == 11 && n <= 0xe4 { // RFC 8701, Section 2
		return named(n, true, "GREASE")
	}
	return nth(n, "psk_ke", "psk_dhe_ke")
}

func updateName(n uint64) string { return nth(n, "update_not_requested", "update_requested") }

func heartbeatName(n uint64) string {
	return shifted(n, 1, "heartbeat_request", "heartbeat_response")
}

func fragmentLength(n uint64) string {
	return shifted(n, 1, "512 bytes", "1024 bytes", "2048 bytes", "4096 bytes")
}

func certificateTypeName(n uint64) string {
	if n >= 64 {
		return shifted(n, 64, "ecdsa_sign", "rsa_fixed_ecdh", "ecdsa_fixed_ecdh", "gost_sign256", "gost_sign512")
	}
	return shifted(n, 1, "rsa_sign", "dss_sign", "rsa_fixed_dh", "dss_fixed_dh", "rsa_ephemeral_dh",
		"dss_ephemeral_dh", "", "", "", "", "", "", "", "", "", "", "", "", "", "fortezza_dms")
}

// seconds says how long a number of seconds is.
func seconds(n uint64) string {
	for _, u := range []struct {
		size uint64
		noun string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		if n > 0 && n%u.size == 0 {
			return named(n, true, wire.Count(int(n/u.size), u.noun))
		}
	}
	return named(n, true, wire.Count(int(n), "second"))
}
