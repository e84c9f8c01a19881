package dissect

// The names below are those of fields in extensions that few hellos have.

// heartbeatModeName names whether a side wants heartbeat messages (RFC 6520,
// Section 2).
func heartbeatModeName(n uint64) string {
	return shifted(n, 1, "peer_allowed_to_send", "peer_not_allowed_to_send")
}

// certTypeName names what stands in place of an X.509 certificate, or that
// itself (RFC 7250, Section 3).
func certTypeName(n uint64) string { return named(n, true, CertificateTypes.name(n)) }

// echTypeName names the two hellos of ECH (RFC 9849, Section 5).
func echTypeName(n uint64) string { return nth(n, "outer", "inner") }

// kemName names a way to encapsulate a key (RFC 9180, Section 7.1). Its name
// has no brackets, which are the number's.
func kemName(n uint64) string {
	name := ""
	switch n {
	case 0x0010:
		name = "DHKEM P-256, HKDF-SHA256"
	case 0x0011:
		name = "DHKEM P-384, HKDF-SHA384"
	case 0x0012:
		name = "DHKEM P-521, HKDF-SHA512"
	case 0x0016:
		name = "DHKEM secp256k1, HKDF-SHA256"
	case 0x0020:
		name = "DHKEM X25519, HKDF-SHA256"
	case 0x0021:
		name = "DHKEM X448, HKDF-SHA512"
	case 0x0030:
		name = "X25519Kyber768Draft00"
	}
	return coded(n, name)
}

// kdfName names a key derivation function of HPKE (RFC 9180, Section 7.2, and
// the IANA registry of HPKE KDF identifiers).
func kdfName(n uint64) string {
	name := ""
	switch n {
	case 0x0001, 0x0002, 0x0003:
		name = [...]string{"HKDF-SHA256", "HKDF-SHA384", "HKDF-SHA512"}[n-1]
	case 0x0010, 0x0011, 0x0012, 0x0013:
		name = [...]string{"SHAKE128", "SHAKE256", "TurboSHAKE128", "TurboSHAKE256"}[n-0x10]
	}
	return coded(n, name)
}

// aeadName names a cipher of HPKE (RFC 9180, Section 7.3).
func aeadName(n uint64) string {
	name := ""
	switch n {
	case 0x0001, 0x0002, 0x0003:
		name = [...]string{"AES-128-GCM", "AES-256-GCM", "ChaCha20Poly1305"}[n-1]
	case 0xffff:
		name = "Export-only"
	}
	return coded(n, name)
}

// srtpName names a protection profile for media (RFC 5764, Section 4.1.2; RFC 7714).
func srtpName(n uint64) string {
	name := ""
	switch n {
	case 0x0001:
		name = "SRTP_AES128_CM_HMAC_SHA1_80"
	case 0x0002:
		name = "SRTP_AES128_CM_HMAC_SHA1_32"
	case 0x0005:
		name = "SRTP_NULL_HMAC_SHA1_80"
	case 0x0006:
		name = "SRTP_NULL_HMAC_SHA1_32"
	case 0x0007:
		name = "SRTP_AEAD_AES_128_GCM"
	case 0x0008:
		name = "SRTP_AEAD_AES_256_GCM"
	}
	return coded(n, name)
}

// quicName is the name alone of a transport parameter of QUIC, or "" (RFC 9000,
// Section 18.2; RFC 9368, RFC 9221, RFC 9287). Every 31st number from 27 on is set
// aside as GREASE is (RFC 9000, Section 18.1).
func quicName(n uint64) string {
	names := [...]string{
		"original_destination_connection_id", "max_idle_timeout", "stateless_reset_token", "max_udp_payload_size",
		"initial_max_data", "initial_max_stream_data_bidi_local", "initial_max_stream_data_bidi_remote",
		"initial_max_stream_data_uni", "initial_max_streams_bidi", "initial_max_streams_uni", "ack_delay_exponent",
		"max_ack_delay", "disable_active_migration", "preferred_address", "active_connection_id_limit",
		"initial_source_connection_id", "retry_source_connection_id", "version_information",
	}
	switch {
	case n < uint64(len(names)):
		return names[n]
	case n == 0x20:
		return "max_datagram_frame_size"
	case n == 0x2ab2:
		return "grease_quic_bit"
	case n%31 == 27:
		return grease
	}
	return ""
}
