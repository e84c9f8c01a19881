package labs

// The programs that met the gallery's servers, as one has them at home; the clients
// of the bench are not among them, whose words its table has.
const (
	chromiumRan = "Chromium 156.0.8078.79, 2026-11-22"
	nodeRan     = "Node.js 20.20.2, 2026-11-22"
	javaRan     = "OpenJDK 17.0.15, 2026-11-22"
	opensslRan  = "OpenSSL 3.0.22, 2026-11-22"
	goRan       = "Go 1.26.8, 2026-11-22"
)

// ranTexts are what those programs said when they met the servers of tlstutor serve, or
// a server with the files that it writes: Chromium without a window, the https of
// Node.js, an SSLSocket of Java that verifies the name as HTTPS does. The faults are
// those that it was said of.
func ranTexts() []stated {
	return []stated{
		{"ERR_CERT_AUTHORITY_INVALID", chromiumRan, "unknown-ca self-signed intermediate-omitted tampered"},
		{"ERR_CERT_COMMON_NAME_INVALID", chromiumRan, "wrong-name cn-only wildcard-deep no-ip ip-as-name v1-leaf spiffe-only wildcard-partial wildcard-tld nul-name"},
		{"ERR_CERT_DATE_INVALID", chromiumRan, "expired not-yet-valid intermediate-expired backwards"},
		{"ERR_CERT_REVOKED", chromiumRan, "revoked-staple"},
		{"ERR_CERT_INVALID", chromiumRan, "client-only intermediate-purpose leaf-as-ca ca-false no-basic-constraints no-cert-sign path-length not-permitted excluded sha1 md5 unknown-critical ct-poison v1-intermediate utf8-name ip-five-bytes duplicate-extension algorithms-differ"},
		{"ERR_SSL_VERSION_OR_CIPHER_MISMATCH", chromiumRan, "no-common-version no-common-suite no-common-group rsa-512"},
		{"ERR_SSL_PROTOCOL_ERROR", chromiumRan, "plain-http starttls-wanted alpn-mismatch wrong-key ml-dsa"},
		{"ERR_SSL_UNRECOGNIZED_NAME_ALERT", chromiumRan, "unknown-name"},
		{"ERR_SSL_KEY_USAGE_INCOMPATIBLE", chromiumRan, "certificate usage=keyEncipherment"},
		{"ERR_BAD_SSL_CLIENT_AUTH_CERT", chromiumRan, "no-client-cert no-client-cert-1.2"},

		{"UNABLE_TO_VERIFY_LEAF_SIGNATURE", nodeRan, "intermediate-omitted duplicate-extension"},
		{"UNABLE_TO_GET_ISSUER_CERT_LOCALLY", nodeRan, "unknown-ca"},
		{"UNABLE_TO_GET_ISSUER_CERT", nodeRan, "only-intermediate"},
		{"DEPTH_ZERO_SELF_SIGNED_CERT", nodeRan, "self-signed"},
		{"SELF_SIGNED_CERT_IN_CHAIN", nodeRan, "chain client=openssl send=leaf-root-intermediate trust=old-root"},
		{"CERT_HAS_EXPIRED", nodeRan, "expired intermediate-expired root-expired cross-signed backwards"},
		{"CERT_NOT_YET_VALID", nodeRan, "not-yet-valid"},
		{"CERT_REVOKED", nodeRan, "revoked-list"},
		{"CRL_HAS_EXPIRED", nodeRan, "list-stale"},
		{"UNABLE_TO_GET_CRL", nodeRan, "list-missing"},
		{"ERR_TLS_CERT_ALTNAME_INVALID", nodeRan, "wrong-name wildcard-deep no-ip ip-as-name wildcard-tld nul-name"},
		{"Hostname/IP does not match certificate's altnames: Host: www.example.com. is not in the cert's altnames", nodeRan, "wrong-name wildcard-deep wildcard-tld nul-name"},
		{"Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list", nodeRan, "no-ip ip-as-name"},
		{"INVALID_PURPOSE", nodeRan, "client-only intermediate-purpose ca-false v1-intermediate"},
		{"PATH_LENGTH_EXCEEDED", nodeRan, "path-length"},
		{"CERT_SIGNATURE_FAILURE", nodeRan, "tampered algorithms-differ"},
		{"ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", nodeRan, "no-client-cert"},
		{"ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", nodeRan, "strange-client"},

		{"PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target", javaRan, "unknown-ca intermediate-omitted self-signed"},
		{"PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed", javaRan, "expired not-yet-valid intermediate-expired backwards"},
		{"java.security.cert.CertificateExpiredException: NotAfter", javaRan, "expired intermediate-expired"},
		{"java.security.cert.CertificateNotYetValidException: NotBefore", javaRan, "not-yet-valid backwards"},
		{"java.security.cert.CertificateException: No subject alternative DNS name matching www.example.com found.", javaRan, "wrong-name wildcard-deep nul-name"},
		{"java.security.cert.CertificateException: No subject alternative names matching IP address 127.0.0.1 found", javaRan, "no-ip ip-as-name"},
		{"java.security.cert.CertificateException: No subject alternative names present", javaRan, "cn-only"},
		{"java.security.cert.CertificateException: No name matching www.example.com found", javaRan, "cn-only"},
		{"Extended key usage does not permit use for TLS server authentication", javaRan, "client-only"},
		{"java.security.cert.CertPathValidatorException: CA key usage check failed: keyCertSign bit is not set", javaRan, "no-cert-sign leaf-as-ca"},
		{"java.security.cert.CertPathValidatorException: basic constraints check failed: this is not a CA certificate", javaRan, "no-basic-constraints ca-false v1-intermediate"},
		{"java.security.cert.CertPathValidatorException: basic constraints check failed: pathLenConstraint violated - this cert must be the last cert in the certification path", javaRan, "path-length"},
		{"java.security.cert.CertPathValidatorException: name constraints check failed", javaRan, "not-permitted excluded"},
		{"java.security.cert.CertPathValidatorException: unrecognized critical extension(s)", javaRan, "unknown-critical ct-poison"},
		{"java.security.cert.CertPathValidatorException: signature check failed", javaRan, "tampered"},
		{"java.security.cert.CertPathValidatorException: Algorithm constraints check failed on signature algorithm: MD5withRSA", javaRan, "md5"},
		{"java.security.cert.CertificateParsingException: java.io.IOException: Duplicate extensions not allowed", javaRan, "duplicate-extension"},
		{"java.security.cert.CertificateException: Signature algorithm mismatch", javaRan, "algorithms-differ"},
		{"sun.security.validator.ValidatorException: KeyUsage does not allow digital signatures", javaRan, "wrong-order"},
		{"javax.net.ssl.SSLHandshakeException: Invalid CertificateVerify signature", javaRan, "wrong-key"},
		{"javax.net.ssl.SSLException: Unsupported or unrecognized SSL message", javaRan, "plain-http starttls-wanted"},
		{"javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)", javaRan, "suites max=1.1"},
		{"javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure", javaRan, "no-common-suite no-common-group no-client-cert-1.2 rsa-512"},
		{"javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version", javaRan, "no-common-version"},
		{"javax.net.ssl.SSLHandshakeException: Received fatal alert: no_application_protocol", javaRan, "alpn-mismatch"},
		{"javax.net.ssl.SSLHandshakeException: Received fatal alert: unrecognized_name", javaRan, "unknown-name"},
		{"javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_required", javaRan, "no-client-cert"},
		{"the trustAnchors parameter must be non-empty", javaRan, "unknown-ca"},

		{"unable to verify the first certificate", opensslRan, "intermediate-omitted"},
		{"no shared cipher", opensslRan, "no-common-suite"},
		{"peer did not return a certificate", opensslRan, "no-client-cert no-client-cert-1.2"},
		{"key values mismatch", opensslRan, "wrong-key"},
		{"private key does not match public key", goRan, "wrong-key"},
		{"http: server gave HTTP response to HTTPS client", goRan, "plain-http"},
	}
}
