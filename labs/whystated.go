package labs

import "strings"

// A stated text is one that no run here had said: its authors say what it is for.
type stated struct {
	text   string
	by     string // whose documentation has it
	faults string // those of the bench that it is said of, the likeliest first; or a run of another lab, as one types it
}

// statedTexts are texts of programs that the lab does not run. They are marked as
// such wherever they are shown: the faults beside them are made here, and met by
// other clients.
func statedTexts() []stated {
	const (
		chromium = "Chromium"
		firefox  = "Firefox"
		java     = "Java"
		node     = "Node.js"
		windows  = "Windows"
		apple    = "Apple"
		openssl  = "OpenSSL"
		golang   = "Go"
		dotnet   = ".NET"
		nginx    = "nginx"
		rustls   = "rustls"
		curlTLS  = "curl with GnuTLS"
		heardGo  = "Go, of an alert that came to it; in a server's log the client sent it"
		heard    = "OpenSSL, of an alert that came to it; in a server's log the client sent it"
	)
	return []stated{
		{"ERR_CERT_AUTHORITY_INVALID", chromium, "unknown-ca self-signed intermediate-omitted"},
		{"ERR_CERT_COMMON_NAME_INVALID", chromium, "wrong-name cn-only wildcard-deep"},
		{"ERR_CERT_DATE_INVALID", chromium, "expired not-yet-valid clock-behind clock-ahead intermediate-expired"},
		{"ERR_CERT_REVOKED", chromium, "revoked-list revoked-staple"},
		{"ERR_CERT_WEAK_SIGNATURE_ALGORITHM", chromium, "sha1 md5"},
		{"ERR_CERT_WEAK_KEY", chromium, "rsa-1024"},
		{"ERR_CERT_NAME_CONSTRAINT_VIOLATION", chromium, "not-permitted excluded"},
		{"ERR_SSL_VERSION_OR_CIPHER_MISMATCH", chromium, "no-common-version no-common-suite"},
		{"ERR_SSL_PROTOCOL_ERROR", chromium, "plain-http starttls-wanted"},
		{"ERR_SSL_KEY_USAGE_INCOMPATIBLE", chromium, "certificate usage=keyEncipherment"},
		{"ERR_BAD_SSL_CLIENT_AUTH_CERT", chromium, "no-client-cert no-client-cert-1.2 strange-client"},
		{"SEC_ERROR_UNKNOWN_ISSUER", firefox, "unknown-ca intermediate-omitted"},
		{"SEC_ERROR_EXPIRED_CERTIFICATE", firefox, "expired clock-ahead"},
		{"SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE", firefox, "intermediate-expired root-expired"},
		{"SEC_ERROR_REVOKED_CERTIFICATE", firefox, "revoked-list revoked-staple"},
		{"SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED", firefox, "sha1 md5"},
		{"SEC_ERROR_CA_CERT_INVALID", firefox, "leaf-as-ca ca-false no-basic-constraints"},
		{"SEC_ERROR_INADEQUATE_CERT_TYPE", firefox, "client-only"},
		{"MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE", firefox, "not-yet-valid clock-behind"},
		{"MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", firefox, "self-signed"},
		{"MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING", firefox, "must-staple"},
		{"SSL_ERROR_BAD_CERT_DOMAIN", firefox, "wrong-name wildcard-deep cn-only"},
		{"SSL_ERROR_NO_CYPHER_OVERLAP", firefox, "no-common-suite no-common-group"},
		{"SSL_ERROR_UNSUPPORTED_VERSION", firefox, "no-common-version"},
		{"SSL_ERROR_RX_RECORD_TOO_LONG", firefox, "plain-http"},
		{"PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target", java, "unknown-ca intermediate-omitted self-signed"},
		{"PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed", java, "expired not-yet-valid intermediate-expired"},
		{"java.security.cert.CertificateException: No subject alternative DNS name matching www.example.com found", java, "wrong-name wildcard-deep"},
		{"java.security.cert.CertificateException: No subject alternative names present", java, "cn-only no-ip"},
		{"javax.net.ssl.SSLException: Unsupported or unrecognized SSL message", java, "plain-http starttls-wanted"},
		{"javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)", java, "no-common-version no-common-suite"},
		{"UNABLE_TO_VERIFY_LEAF_SIGNATURE", node, "intermediate-omitted"},
		{"UNABLE_TO_GET_ISSUER_CERT_LOCALLY", node, "unknown-ca intermediate-omitted"},
		{"DEPTH_ZERO_SELF_SIGNED_CERT", node, "self-signed"},
		{"SELF_SIGNED_CERT_IN_CHAIN", node, "unknown-ca"},
		{"CERT_HAS_EXPIRED", node, "expired intermediate-expired root-expired clock-ahead"},
		{"CERT_NOT_YET_VALID", node, "not-yet-valid clock-behind"},
		{"CERT_REVOKED", node, "revoked-list"},
		{"ERR_TLS_CERT_ALTNAME_INVALID", node, "wrong-name cn-only wildcard-deep"},
		{"SEC_E_UNTRUSTED_ROOT", windows, "unknown-ca self-signed"},
		{"SEC_E_CERT_EXPIRED", windows, "expired clock-ahead not-yet-valid"},
		{"SEC_E_WRONG_PRINCIPAL", windows, "wrong-name cn-only"},
		{"SEC_E_ALGORITHM_MISMATCH", windows, "no-common-suite no-common-version"},
		{"CERT_E_UNTRUSTEDROOT", windows, "unknown-ca self-signed"},
		{"CERT_E_CN_NO_MATCH", windows, "wrong-name cn-only"},
		{"CRYPT_E_NO_REVOCATION_CHECK", windows, "list-missing"},
		{"CRYPT_E_REVOCATION_OFFLINE", windows, "list-missing"},
		{"The certificate chain was issued by an authority that is not trusted", windows, "unknown-ca self-signed intermediate-omitted"},
		{"The remote certificate is invalid because of errors in the certificate chain: PartialChain", dotnet, "intermediate-omitted unknown-ca"},
		{"The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot", dotnet, "unknown-ca self-signed"},
		{"The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", dotnet, "expired not-yet-valid"},
		{"RemoteCertificateNameMismatch", dotnet, "wrong-name cn-only"},
		{"errSSLXCertChainInvalid", apple, "unknown-ca intermediate-omitted self-signed"},
		{"errSSLHostNameMismatch", apple, "wrong-name cn-only"},
		{"ech_required", "RFC 9849", "sni ech=stale"},
		{"tlsv1 alert unknown ca", heard, "unknown-ca intermediate-omitted self-signed strange-client"},
		{"remote error: tls: unknown certificate authority", heardGo, "unknown-ca intermediate-omitted self-signed"},
		{"remote error: tls: unknown certificate", heardGo, "unknown-ca wrong-name expired strange-client"},
		{"alert decrypt error", heard, "wrong-key"},
		{"key values mismatch", openssl, "wrong-key"},
		{"private key does not match public key", golang, "wrong-key"},
		{"certificate signed by unknown authority (possibly because of \"crypto/rsa: verification error\" while trying to verify candidate authority certificate \"Example CA\")", golang, "unknown-ca tampered"},
		{"the trustAnchors parameter must be non-empty", java, "unknown-ca"},
		{"The revocation function was unable to check revocation because the revocation server was offline", windows, "list-missing"},
		{"alert certificate unknown", heard, "unknown-ca wrong-name expired strange-client"},
		{"alert bad certificate", heard, "intermediate-omitted expired wrong-name unknown-ca"},
		{"alert certificate expired", heard, "expired clock-ahead intermediate-expired"},
		{"no shared cipher", openssl, "no-common-suite"},
		{"unable to verify the first certificate", openssl, "intermediate-omitted"},
		{"unexpected eof while reading", openssl, "truncated"},
		{"400 The plain HTTP request was sent to HTTPS port", nginx, "plain-http"},
		{"400 No required SSL certificate was sent", nginx, "no-client-cert no-client-cert-1.2"},
		{"400 The SSL certificate error", nginx, "strange-client"},
		{"peer did not return a certificate", openssl, "no-client-cert no-client-cert-1.2"},
		{"ee key too small", openssl, "rsa-1024"},
		{"upstream SSL certificate does not match \"backend\" while SSL handshaking to upstream", nginx, "wrong-name cn-only"},
		{"invalid peer certificate: UnknownIssuer", rustls, "unknown-ca intermediate-omitted self-signed"},
		{"invalid peer certificate: NotValidForName", rustls, "wrong-name cn-only wildcard-deep"},
		{"invalid peer certificate: Expired", rustls, "expired clock-ahead intermediate-expired"},
		{"server certificate verification failed. CAfile: none CRLfile: none", curlTLS, "unknown-ca intermediate-omitted self-signed"},
		{"java.security.cert.CertificateExpiredException: NotAfter", java, "expired clock-ahead intermediate-expired"},
		{"java.security.cert.CertificateNotYetValidException: NotBefore", java, "not-yet-valid clock-behind"},
		{"CERT_TRUST_IS_PARTIAL_CHAIN", windows, "intermediate-omitted unknown-ca"},
		{"http: server gave HTTP response to HTTPS client", golang, "plain-http"},
		{"connection reset by peer", "POSIX (ECONNRESET)", "truncated starttls-wanted"},
		{"EOF", golang, "truncated starttls-wanted"},
	}
}

// A sense is what a text means that no fault of the bench has, in one sentence.
type sense struct {
	part string // of the text
	doc  string
}

// senses are of texts that only other labs than the fault bench have said.
func senses() []sense {
	return []sense{
		{"self-signed certificate in certificate chain", "The server sends its root along, and the client does not know that root. (OpenSSL's error 18 is another: there the server's own certificate has signed itself.)"},
		{"server rejected ech", "The client hid the name with a key that the server has no more; the server answered with the one to use."},
		{"encrypted client hello required", "The server heard from a client that it was made to speak to the public name, which is not whom it means: the key for hiding the name is old."},
		{"ech_required", "The alert of a client whose hidden name the server could not open: the key for hiding the name is old."},
		{"no supported versions satisfy", "The client's own bounds leave it no version of TLS, so it says nothing at all; nobody else is at fault."},
		{"client offered only unsupported versions", "What the server notes when no version of the client's is one of its own; the numbers are those of the versions, 303 for TLS 1.2 and 304 for TLS 1.3."},
		{"no certificates configured", "What Go's server notes when it has no certificate for the name, and none to fall back on."},
		{"peer doesn't support the certificate custom signature algorithms", "The server's key may only sign in ways that the client does not offer."},
		{"no key exchanges supported by both client and server", "What Go's server notes when there is no group that both know."},
		{"no cipher suite supported by both client and server", "What Go's server notes when there is no suite that both know and that fits its key; the numbers are those that the client offered."},
		{"client requested unsupported application protocols", "What Go's server notes when it takes none of the protocols that the client offers by ALPN."},
		{"unable to get issuer certificate", "The client trusts an intermediate, and looks for the root above that one in vain."},
		{"the certificate is revoked", "A client that looks was told by the issuer that the certificate is not to be trusted any more."},
		{"the certificate promises a stapled response", "The certificate has the extension for it, and the server stapled nothing."},
		{"the ocsp response does not count", "There was a response, and it is too old, or nobody signed it who may."},
		{"err_ssl_key_usage_incompatible", "The certificate's keyUsage does not let its key sign, and TLS 1.3 has it sign. Browsers look at that; Go's client, which connects here, does not, and completes."},
		{"there was no answer", "The client insists on asking, and the responder does not answer."},
	}
}

// Sense is what the text means, where no fault says it; else "".
func (m *Match) Sense() string {
	plain := strings.ToLower(m.Text)
	for _, s := range senses() {
		if len(m.Faults) == 0 && strings.Contains(plain, s.part) {
			return s.doc
		}
	}
	return ""
}

// Check is the check that refused, where the text says it and no fault does; else "".
func (m *Match) Check() string {
	if g := groundIn(m.Text); g != nil && len(m.Faults) == 0 {
		return g.check
	}
	return ""
}
