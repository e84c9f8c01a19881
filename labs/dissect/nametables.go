package dissect

// groupTable is the registry of groups for key exchange (RFC 9846, Section
// 4.3.7; RFC 8422, RFC 7919, RFC 7027, RFC 8734, RFC 9189, RFC 8998). The hybrids of
// a curve and ML-KEM are RFC 10024, the marks D those of RFC 9847, Section 6.
var groupTable = [...]Entry{
	{0x0001, 'D', "sect163k1"}, {0x0002, 'D', "sect163r1"}, {0x0003, 'D', "sect163r2"}, {0x0004, 'D', "sect193r1"},
	{0x0005, 'D', "sect193r2"}, {0x0006, 'D', "sect233k1"}, {0x0007, 'D', "sect233r1"}, {0x0008, 'D', "sect239k1"},
	{0x0009, 'N', "sect283k1"}, {0x000a, 'N', "sect283r1"}, {0x000b, 'N', "sect409k1"}, {0x000c, 'N', "sect409r1"},
	{0x000d, 'N', "sect571k1"}, {0x000e, 'N', "sect571r1"}, {0x000f, 'D', "secp160k1"}, {0x0010, 'D', "secp160r1"},
	{0x0011, 'D', "secp160r2"}, {0x0012, 'D', "secp192k1"}, {0x0013, 'D', "secp192r1"}, {0x0014, 'D', "secp224k1"},
	{0x0015, 'D', "secp224r1"}, {0x0016, 'N', "secp256k1"}, {0x0017, 'Y', "secp256r1"}, {0x0018, 'Y', "secp384r1"},
	{0x0019, 'N', "secp521r1"}, {0x001a, 'N', "brainpoolP256r1"}, {0x001b, 'N', "brainpoolP384r1"},
	{0x001c, 'N', "brainpoolP512r1"}, {0x001d, 'Y', "x25519"}, {0x001e, 'Y', "x448"}, {0x001f, 'N', "brainpoolP256r1tls13"},
	{0x0020, 'N', "brainpoolP384r1tls13"}, {0x0021, 'N', "brainpoolP512r1tls13"}, {0x0022, 'N', "GC256A"},
	{0x0023, 'N', "GC256B"}, {0x0024, 'N', "GC256C"}, {0x0025, 'N', "GC256D"}, {0x0026, 'N', "GC512A"}, {0x0027, 'N', "GC512B"},
	{0x0028, 'N', "GC512C"}, {0x0029, 'N', "curveSM2"}, {0x0100, 'N', "ffdhe2048"}, {0x0101, 'N', "ffdhe3072"},
	{0x0102, 'N', "ffdhe4096"}, {0x0103, 'N', "ffdhe6144"}, {0x0104, 'N', "ffdhe8192"}, {0x0200, 'N', "MLKEM512"},
	{0x0201, 'N', "MLKEM768"}, {0x0202, 'N', "MLKEM1024"}, {0x11e9, 'N', "SecP256r1MLKEM512"}, {0x11ea, 'N', "MLKEM512X25519"},
	{0x11eb, 'N', "SecP256r1MLKEM768"}, {0x11ec, 'Y', "X25519MLKEM768"}, {0x11ed, 'N', "SecP384r1MLKEM1024"},
	{0x11ee, 'N', "curveSM2MLKEM768"}, {0x6399, 'D', "X25519Kyber768Draft00"}, {0x639a, 'D', "SecP256r1Kyber768Draft00"},
	{0xff01, 'N', "arbitrary_explicit_prime_curves"}, {0xff02, 'N', "arbitrary_explicit_char2_curves"},
}

// schemeTable is the registry of signature algorithms (RFC 9846, Section 4.3.3;
// RFC 8734, RFC 8998, RFC 9367, RFC 9963). In TLS 1.2 the two bytes are a hash and
// a kind of key; the pairs without a name of their own are oldScheme's.
var schemeTable = [...]Entry{
	{0x0201, 'N', "rsa_pkcs1_sha1"}, {0x0203, 'N', "ecdsa_sha1"}, {0x0401, 'Y', "rsa_pkcs1_sha256"},
	{0x0403, 'Y', "ecdsa_secp256r1_sha256"}, {0x0420, 'N', "rsa_pkcs1_sha256_legacy"}, {0x0501, 'Y', "rsa_pkcs1_sha384"},
	{0x0503, 'Y', "ecdsa_secp384r1_sha384"}, {0x0520, 'N', "rsa_pkcs1_sha384_legacy"}, {0x0601, 'Y', "rsa_pkcs1_sha512"},
	{0x0603, 'Y', "ecdsa_secp521r1_sha512"}, {0x0620, 'N', "rsa_pkcs1_sha512_legacy"}, {0x0704, 'N', "eccsi_sha256"},
	{0x0705, 'N', "iso_ibs1"}, {0x0706, 'N', "iso_ibs2"}, {0x0707, 'N', "iso_chinese_ibs"}, {0x0708, 'N', "sm2sig_sm3"},
	{0x0709, 'N', "gostr34102012_256a"}, {0x070a, 'N', "gostr34102012_256b"}, {0x070b, 'N', "gostr34102012_256c"},
	{0x070c, 'N', "gostr34102012_256d"}, {0x070d, 'N', "gostr34102012_512a"}, {0x070e, 'N', "gostr34102012_512b"},
	{0x070f, 'N', "gostr34102012_512c"}, {0x0804, 'Y', "rsa_pss_rsae_sha256"}, {0x0805, 'Y', "rsa_pss_rsae_sha384"},
	{0x0806, 'Y', "rsa_pss_rsae_sha512"}, {0x0807, 'Y', "ed25519"}, {0x0808, 'Y', "ed448"}, {0x0809, 'Y', "rsa_pss_pss_sha256"},
	{0x080a, 'Y', "rsa_pss_pss_sha384"}, {0x080b, 'Y', "rsa_pss_pss_sha512"}, {0x081a, 'N', "ecdsa_brainpoolP256r1tls13_sha256"},
	{0x081b, 'N', "ecdsa_brainpoolP384r1tls13_sha384"}, {0x081c, 'N', "ecdsa_brainpoolP512r1tls13_sha512"},
	{0x0904, 'N', "mldsa44"}, {0x0905, 'N', "mldsa65"}, {0x0906, 'N', "mldsa87"}, {0x0911, 'N', "slhdsa_sha2_128s"},
	{0x0912, 'N', "slhdsa_sha2_128f"}, {0x0913, 'N', "slhdsa_sha2_192s"}, {0x0914, 'N', "slhdsa_sha2_192f"},
	{0x0915, 'N', "slhdsa_sha2_256s"}, {0x0916, 'N', "slhdsa_sha2_256f"}, {0x0917, 'N', "slhdsa_shake_128s"},
	{0x0918, 'N', "slhdsa_shake_128f"}, {0x0919, 'N', "slhdsa_shake_192s"}, {0x091a, 'N', "slhdsa_shake_192f"},
	{0x091b, 'N', "slhdsa_shake_256s"}, {0x091c, 'N', "slhdsa_shake_256f"},
}

// extendedMaster is the number of extended_master_secret. RFC 9846 renamed it
// to extended_main_secret; the name of RFC 7627 is the one that programs print.
const extendedMaster = 23

// extensionTable is the registry of extensions (RFC 9846, Section 4.3). A "-"
// is what browsers or drafts send without a registration.
var extensionTable = [...]Entry{
	{0, 'Y', "server_name"}, {1, 'N', "max_fragment_length"}, {2, 'Y', "client_certificate_url"}, {3, 'Y', "trusted_ca_keys"},
	{4, 'D', "truncated_hmac"}, {5, 'Y', "status_request"}, {6, 'Y', "user_mapping"}, {7, 'N', "client_authz"},
	{8, 'N', "server_authz"}, {9, 'N', "cert_type"}, {10, 'Y', "supported_groups"}, {11, 'Y', "ec_point_formats"},
	{12, 'N', "srp"}, {13, 'Y', "signature_algorithms"}, {14, 'Y', "use_srtp"}, {15, 'Y', "heartbeat"},
	{16, 'Y', "application_layer_protocol_negotiation"}, {17, 'Y', "status_request_v2"},
	{18, 'N', "signed_certificate_timestamp"}, {19, 'Y', "client_certificate_type"}, {20, 'Y', "server_certificate_type"},
	{21, 'Y', "padding"}, {22, 'Y', "encrypt_then_mac"}, {23, 'Y', "extended_master_secret"}, {24, 'Y', "token_binding"},
	{25, 'Y', "cached_info"}, {26, 'N', "tls_lts"}, {27, 'Y', "compress_certificate"}, {28, 'Y', "record_size_limit"},
	{29, 'N', "pwd_protect"}, {30, 'N', "pwd_clear"}, {31, 'N', "password_salt"}, {32, 'N', "ticket_pinning"},
	{33, 'N', "tls_cert_with_extern_psk"}, {34, 'Y', "delegated_credential"}, {35, 'Y', "session_ticket"}, {36, 'N', "TLMSP"},
	{37, 'N', "TLMSP_proxying"}, {38, 'N', "TLMSP_delegate"}, {39, 'Y', "supported_ekt_ciphers"}, {41, 'Y', "pre_shared_key"},
	{42, 'Y', "early_data"}, {43, 'Y', "supported_versions"}, {44, 'Y', "cookie"}, {45, 'Y', "psk_key_exchange_modes"},
	{47, 'Y', "certificate_authorities"}, {48, 'Y', "oid_filters"}, {49, 'Y', "post_handshake_auth"},
	{50, 'Y', "signature_algorithms_cert"}, {51, 'Y', "key_share"}, {52, 'Y', "transparency_info"},
	{53, 'D', "connection_id_deprecated"}, {54, 'N', "connection_id"}, {55, 'Y', "external_id_hash"},
	{56, 'Y', "external_session_id"}, {57, 'Y', "quic_transport_parameters"}, {58, 'Y', "ticket_request"},
	{59, 'N', "dnssec_chain"}, {60, 'N', "sequence_number_encryption_algorithms"}, {61, 'N', "rrc"}, {62, 'Y', "tls_flags"},
	{4832, '-', "server_padding"}, {13172, '-', "next_protocol_negotiation"}, {17513, '-', "application_settings"},
	{17613, '-', "application_settings"}, {30031, '-', "channel_id_old"}, {30032, '-', "channel_id"}, {35387, '-', "pake"},
	{51764, '-', "trust_anchors"}, {64768, 'Y', "ech_outer_extensions"}, {65037, 'Y', "encrypted_client_hello"},
	{65281, 'Y', "renegotiation_info"}, {65445, '-', "quic_transport_parameters_draft"}, {65486, '-', "encrypted_server_name"},
}

// alertTable is the registry of alerts (RFC 9846, Section 6; RFC 5246, Section
// 7.2; RFC 6066, RFC 9147, RFC 9849). Those that IANA calls _RESERVED, as TLS 1.3
// has no use for them, have their old names.
var alertTable = [...]Entry{
	{0, 0, "close_notify"}, {10, 0, "unexpected_message"}, {20, 0, "bad_record_mac"}, {21, 0, "decryption_failed"},
	{22, 0, "record_overflow"}, {30, 0, "decompression_failure"}, {40, 0, "handshake_failure"},
	{41, 0, "no_certificate"}, {42, 0, "bad_certificate"}, {43, 0, "unsupported_certificate"},
	{44, 0, "certificate_revoked"}, {45, 0, "certificate_expired"}, {46, 0, "certificate_unknown"},
	{47, 0, "illegal_parameter"}, {48, 0, "unknown_ca"}, {49, 0, "access_denied"}, {50, 0, "decode_error"},
	{51, 0, "decrypt_error"}, {52, 0, "too_many_cids_requested"}, {60, 0, "export_restriction"},
	{70, 0, "protocol_version"}, {71, 0, "insufficient_security"}, {80, 0, "internal_error"},
	{86, 0, "inappropriate_fallback"}, {90, 0, "user_canceled"}, {100, 0, "no_renegotiation"},
	{109, 0, "missing_extension"}, {110, 0, "unsupported_extension"}, {111, 0, "certificate_unobtainable"},
	{112, 0, "unrecognized_name"}, {113, 0, "bad_certificate_status_response"}, {114, 0, "bad_certificate_hash_value"},
	{115, 0, "unknown_psk_identity"}, {116, 0, "certificate_required"}, {117, 0, "general_error"},
	{120, 0, "no_application_protocol"}, {121, 0, "ech_required"},
}

// handshakeTable is the registry of handshake types (RFC 9846, Section 4;
// RFC 5246, Section 7.4; RFC 9147, RFC 9261, RFC 8870), with names as in alertTable.
var handshakeTable = [...]Entry{
	{0, 0, "hello_request"}, {1, 0, "client_hello"}, {2, 0, "server_hello"}, {3, 0, "hello_verify_request"},
	{4, 0, "new_session_ticket"}, {5, 0, "end_of_early_data"}, {6, 0, "hello_retry_request"},
	{8, 0, "encrypted_extensions"}, {9, 0, "request_connection_id"}, {10, 0, "new_connection_id"},
	{11, 0, "certificate"}, {12, 0, "server_key_exchange"}, {13, 0, "certificate_request"},
	{14, 0, "server_hello_done"}, {15, 0, "certificate_verify"}, {16, 0, "client_key_exchange"},
	{17, 0, "client_certificate_request"}, {20, 0, "finished"}, {21, 0, "certificate_url"},
	{22, 0, "certificate_status"}, {23, 0, "supplemental_data"}, {24, 0, "key_update"},
	{25, 0, "compressed_certificate"}, {26, 0, "ekt_key"}, {254, 0, "message_hash"},
}

// modeTable is the registry of key exchange modes for PSKs (RFC 9846, Section
// 4.3.9).
var modeTable = [...]Entry{{0, 'Y', "psk_ke"}, {1, 'Y', "psk_dhe_ke"}}

// clientTypeTable is the registry of what a server before TLS 1.3 asks clients
// for (RFC 5246, Section 7.4.4; RFC 8422, Section 5.5; RFC 9189). The marks D are of
// RFC 9847, Section 11, and RFC 10015.
var clientTypeTable = [...]Entry{
	{1, 'Y', "rsa_sign"}, {2, 'N', "dss_sign"}, {3, 'D', "rsa_fixed_dh"}, {4, 'D', "dss_fixed_dh"}, {5, 'D', "rsa_ephemeral_dh"},
	{6, 'D', "dss_ephemeral_dh"}, {20, 'D', "fortezza_dms"}, {64, 'Y', "ecdsa_sign"}, {65, 'D', "rsa_fixed_ecdh"},
	{66, 'D', "ecdsa_fixed_ecdh"}, {67, 'N', "gost_sign256"}, {68, 'N', "gost_sign512"},
}

// certTypeTable is the registry of certificate types (RFC 7250, RFC 6091, RFC 8902;
// RFC 9846, Section 11).
var certTypeTable = [...]Entry{{0, 'Y', "X509"}, {1, 'N', "OpenPGP"}, {2, 'Y', "RawPublicKey"}, {3, 'N', "1609Dot2"}}
