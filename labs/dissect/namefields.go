package dissect

// The names below are those of fields with few values, most of which are enums
// in an RFC.

// levelName names the level of an alert (RFC 9846, Section 6).
func levelName(n uint64) string { return shifted(n, 1, "warning", "fatal") }

// compressionName names a compression method of TLS 1.2 (RFC 3749, Section 2; RFC 3943).
func compressionName(n uint64) string {
	if n == 64 {
		return "LZS (64)"
	}
	return nth(n, "null", "DEFLATE")
}

// compressorName names how a certificate message is compressed (RFC 8879, Section 3).
func compressorName(n uint64) string { return shifted(n, 1, "zlib", "brotli", "zstd") }

func nameTypeName(n uint64) string { return nth(n, "host_name") }

// statusTypeName names a kind of certificate status (RFC 6066, Section 8; RFC 6961,
// Section 2.2; the second has no use in TLS 1.3).
func statusTypeName(n uint64) string { return shifted(n, 1, "ocsp", "ocsp_multi") }

// curveTypeName names how a curve is given (RFC 8422, Section 5.4).
func curveTypeName(n uint64) string {
	return shifted(n, 1, "explicit_prime", "explicit_char2", "named_curve")
}

// pointFormatName names how points on curves are written (RFC 8422, Section 5.1.2).
func pointFormatName(n uint64) string {
	return nth(n, "uncompressed", "ansiX962_compressed_prime", "ansiX962_compressed_char2")
}

// modeName names a mode of using PSKs (RFC 9846, Section 4.3.9). Its GREASE
// numbers have a form of their own, being of 8 bits (RFC 8701, Section 2).
func modeName(n uint64) string {
	if n%31 == 11 && n <= 0xe4 {
		return named(n, true, grease)
	}
	return named(n, true, Modes.name(n))
}

func updateName(n uint64) string { return nth(n, "update_not_requested", "update_requested") }

// heartbeatName names a heartbeat message (RFC 6520, Section 3).
func heartbeatName(n uint64) string {
	return shifted(n, 1, "heartbeat_request", "heartbeat_response")
}

// fragmentLength names a code of max_fragment_length (RFC 6066, Section 4).
func fragmentLength(n uint64) string {
	return shifted(n, 1, "512 bytes", "1024 bytes", "2048 bytes", "4096 bytes")
}

// certificateTypeName names what a server asks clients for (RFC 5246, Section 7.4.4).
func certificateTypeName(n uint64) string {
	return named(n, true, ClientCertificateTypes.name(n))
}

// protocolStanding says what a name in ALPN stands for (RFC 7301, Section 6, and
// the IANA registry of ALPN Protocol IDs), for those that are met most.
func protocolStanding(id string) string {
	what := ""
	switch id {
	case "http/1.0":
		what = "HTTP/1.0 (RFC 1945)"
	case "http/1.1":
		what = "HTTP/1.1 (RFC 9112)"
	case "h2":
		what = "HTTP/2 over TLS (RFC 9113)"
	case "h2c":
		what = "HTTP/2 without TLS; it has no place in a hello (RFC 9113)"
	case "h3":
		what = "HTTP/3, over QUIC (RFC 9114)"
	case "spdy/1", "spdy/2", "spdy/3", "spdy/3.1":
		what = "SPDY, from which HTTP/2 came"
	case "acme-tls/1":
		what = "the proof to a CA that one holds a name (RFC 8737)"
	case "dot":
		what = "DNS over TLS (RFC 7858)"
	case "doq":
		what = "DNS over QUIC (RFC 9250)"
	case "imap", "pop3", "ftp", "managesieve", "mqtt", "irc", "smb", "coap", "nntp", "postgresql":
		what = "the protocol of that name"
	case "xmpp-client", "xmpp-server":
		what = "XMPP (RFC 7590)"
	case "webrtc", "c-webrtc":
		what = "media and data of WebRTC (RFC 8833)"
	case "stun.turn", "stun.nat-discovery":
		what = "STUN, which finds ways through NAT (RFC 7443)"
	case "ntske/1":
		what = "the key exchange of network time (RFC 8915)"
	default:
		if greaseProtocol([]byte(id)) {
			return greaseStanding
		}
		return ""
	}
	return "It stands for " + what + "."
}
