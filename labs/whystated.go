package labs

import "slices"

// A stated text is one that no run in the labs had said: its authors say what it is
// for, or it was said by a program that was run by hand against the gallery.
type stated struct {
	text   string
	by     string // whose documentation has it; of one that was said, which version and when
	faults string // those of the bench that it is said of, the likeliest first; or a run of another lab, as one types it
}

// Whose texts they are.
const (
	chromium = "Chromium"
	weakSign = "Chromium (version 156, with a root of one's own, says ERR_CERT_INVALID)"
	firefox  = "Firefox"
	java     = "Java"
	okhttp   = "OkHttp"
	android  = "Android"
	windows  = "Windows"
	apple    = "Apple"
	openSSL  = "OpenSSL"
	golang   = "Go"
	python   = "Python"
	php      = "PHP"
	dotnet   = ".NET"
	erlang   = "Erlang"
	nginx    = "nginx"
	rustls   = "rustls"
	postgres = "PostgreSQL"
	postfix  = "Postfix"
	wget     = "Wget"
	curlTLS  = "curl with GnuTLS"
	curlNSS  = "NSS"
	heardGo  = "Go, of an alert that came to it; in a server's log the client sent it"
	heardSSL = "OpenSSL, of an alert that came to it; in a server's log the client sent it"
)

// statedTexts are texts of programs that the lab does not run. They are marked as
// such wherever they are shown: the faults beside them are made here, and met by
// other clients.
func statedTexts() []stated {
	return slices.Concat(browserTexts(), platformTexts(), programTexts())
}

// browserTexts are those of browsers.
func browserTexts() []stated {
	return []stated{
		{"ERR_CERT_WEAK_SIGNATURE_ALGORITHM", weakSign, "sha1 md5"},
		{"ERR_CERT_NAME_CONSTRAINT_VIOLATION", weakSign, "not-permitted excluded"},
		{"ERR_CERT_WEAK_KEY", "Chromium (version 156, with a root of one's own, takes 1024 bits)", "rsa-512 rsa-1024"},
		{"ERR_SSL_OBSOLETE_VERSION", chromium, "no-common-version"},
		{"ERR_SSL_CLIENT_AUTH_CERT_NEEDED", chromium, "no-client-cert no-client-cert-1.2"},
		{"ERR_SSL_SERVER_CERT_BAD_FORMAT", chromium, "duplicate-extension padded-serial"},
		{"ERR_CONNECTION_CLOSED", chromium, "truncated starttls-wanted"},
		{"ERR_CONNECTION_RESET", chromium, "truncated starttls-wanted"},
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
		{"PR_END_OF_FILE_ERROR", firefox, "truncated starttls-wanted"},
		{"PR_CONNECT_RESET_ERROR", firefox, "truncated starttls-wanted"},
		{"SSL_ERROR_HANDSHAKE_FAILURE_ALERT", firefox, "no-common-suite no-common-group no-client-cert-1.2"},
		{"SSL_ERROR_RX_UNEXPECTED_RECORD_TYPE", firefox, "plain-http starttls-wanted"},
		{"MOZILLA_PKIX_ERROR_MITM_DETECTED", firefox, "unknown-ca"},
		{"MOZILLA_PKIX_ERROR_CA_CERT_USED_AS_END_ENTITY", firefox, "wrong-order"},
		{"MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE", firefox, "rsa-1024"},
		{"MOZILLA_PKIX_ERROR_V1_CERT_USED_AS_CA", firefox, "v1-intermediate"},
		{"SEC_ERROR_BAD_SIGNATURE", firefox, "tampered"},
		{"SEC_ERROR_UNKNOWN_CRITICAL_EXTENSION", firefox, "unknown-critical ct-poison"},
		{"SEC_ERROR_OCSP_INVALID_SIGNING_CERT", firefox, "staple-stranger"},
		{"SEC_ERROR_OCSP_OLD_RESPONSE", firefox, "staple-expired"},
		{"SEC_ERROR_UNTRUSTED_ISSUER", firefox, "unknown-ca"},
	}
}

// platformTexts are those of Java, .NET and operating systems.
func platformTexts() []stated {
	return []stated{
		{"SEC_E_UNTRUSTED_ROOT", windows, "unknown-ca self-signed"},
		{"SEC_E_CERT_EXPIRED", windows, "expired clock-ahead not-yet-valid"},
		{"SEC_E_WRONG_PRINCIPAL", windows, "wrong-name cn-only"},
		{"SEC_E_ALGORITHM_MISMATCH", windows, "no-common-suite no-common-version"},
		{"CERT_E_UNTRUSTEDROOT", windows, "unknown-ca self-signed"},
		{"CERT_E_CN_NO_MATCH", windows, "wrong-name cn-only"},
		{"CRYPT_E_REVOCATION_OFFLINE", windows, "list-missing"},
		{"The certificate chain was issued by an authority that is not trusted", windows, "unknown-ca self-signed intermediate-omitted"},
		{"The remote certificate is invalid because of errors in the certificate chain: PartialChain", dotnet, "intermediate-omitted unknown-ca"},
		{"The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot", dotnet, "unknown-ca self-signed"},
		{"The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", dotnet, "expired not-yet-valid"},
		{"java.security.cert.CertificateRevokedException: Certificate has been revoked, reason: KEY_COMPROMISE", "Java", "revoked-staple revoked-list"},
		{"certificate has been revoked", "Java, Windows and others", "revoked-staple revoked-list"},
		{"certificate was revoked", "Windows and others", "revoked-staple revoked-list"},
		{"hostname 'www.example.com' doesn't match 'other.example.com'", "Python before 3.7, and requests", "wrong-name"},
		{"RemoteCertificateNameMismatch", dotnet, "wrong-name cn-only"},
		{"errSSLXCertChainInvalid", apple, "unknown-ca intermediate-omitted self-signed"},
		{"errSSLHostNameMismatch", apple, "wrong-name cn-only"},
		{"The revocation function was unable to check revocation because the revocation server was offline", windows, "list-missing"},
		{"CERT_TRUST_IS_PARTIAL_CHAIN", windows, "intermediate-omitted unknown-ca"},
		{"java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.", android, "unknown-ca intermediate-omitted self-signed"},
		{"javax.net.ssl.SSLPeerUnverifiedException: Hostname www.example.com not verified", okhttp, "wrong-name cn-only wildcard-deep"},
		{"javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake", java, "truncated starttls-wanted"},
		{"javax.net.ssl.SSLHandshakeException: Remote host closed connection during handshake", java, "truncated starttls-wanted"},
		{"javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_unknown", "Java, of an alert that came to it; in a server's log the client sent it", "unknown-ca wrong-name expired"},
		{"javax.net.ssl.SSLHandshakeException: Received fatal alert: bad_certificate", "Java, of an alert that came to it; in a server's log the client sent it", "intermediate-omitted expired wrong-name strange-client"},
		{"The revocation function was unable to check revocation for the certificate", windows, "list-missing"},
		{"Could not establish trust relationship for the SSL/TLS secure channel", dotnet, "unknown-ca self-signed wrong-name expired intermediate-omitted"},
		{"Authentication failed because the remote party sent a TLS alert: 'HandshakeFailure'", dotnet, "no-common-suite no-common-group no-client-cert-1.2"},
		{"Authentication failed because the remote party sent a TLS alert: 'ProtocolVersion'", dotnet, "no-common-version"},
		{"The certificate for this server is invalid. You might be connecting to a server that is pretending to be", apple, "unknown-ca self-signed wrong-name expired intermediate-omitted"},
		{"NSURLErrorServerCertificateUntrusted", apple, "unknown-ca self-signed intermediate-omitted"},
		{"kSecTrustResultRecoverableTrustFailure", apple, "unknown-ca self-signed intermediate-omitted"},
	}
}

// programTexts are those of libraries, servers and programs for the command line.
func programTexts() []stated {
	return []stated{
		{"ech_required", "RFC 9849", "sni ech=stale"},
		{"tlsv1 alert unknown ca", heardSSL, "unknown-ca intermediate-omitted self-signed strange-client"},
		{"remote error: tls: unknown certificate authority", heardGo, "unknown-ca intermediate-omitted self-signed"},
		{"remote error: tls: unknown certificate", heardGo, "unknown-ca wrong-name expired strange-client"},
		{"alert decrypt error", heardSSL, "wrong-key"},
		{"certificate signed by unknown authority (possibly because of \"crypto/rsa: verification error\" while trying to verify candidate authority certificate \"Example CA\")", golang, "unknown-ca tampered"},
		{"alert certificate unknown", heardSSL, "unknown-ca wrong-name expired strange-client"},
		{"alert bad certificate", heardSSL, "intermediate-omitted expired wrong-name unknown-ca"},
		{"alert certificate expired", heardSSL, "expired clock-ahead intermediate-expired"},
		{"unexpected eof while reading", openSSL, "truncated"},
		{"400 The plain HTTP request was sent to HTTPS port", nginx, "plain-http"},
		{"400 No required SSL certificate was sent", nginx, "no-client-cert no-client-cert-1.2"},
		{"400 The SSL certificate error", nginx, "strange-client"},
		{"ee key too small", openSSL, "rsa-1024"},
		{"upstream SSL certificate does not match \"backend\" while SSL handshaking to upstream", nginx, "wrong-name cn-only"},
		{"invalid peer certificate: UnknownIssuer", rustls, "unknown-ca intermediate-omitted self-signed"},
		{"invalid peer certificate: NotValidForName", rustls, "wrong-name cn-only wildcard-deep"},
		{"invalid peer certificate: Expired", rustls, "expired clock-ahead intermediate-expired"},
		{"server certificate verification failed. CAfile: none CRLfile: none", curlTLS, "unknown-ca intermediate-omitted self-signed"},
		{"connection reset by peer", "POSIX (ECONNRESET)", "truncated starttls-wanted"},
		{"EOF", golang, "truncated starttls-wanted"},
		{"invalid peer certificate: BadSignature", rustls, "tampered"},
		{"invalid peer certificate: certificate not valid for name", rustls, "wrong-name cn-only wildcard-deep"},
		{"received fatal alert: HandshakeFailure", rustls, "no-common-suite no-common-group no-client-cert-1.2"},
		{"received corrupt message of type InvalidContentType", rustls, "plain-http starttls-wanted"},
		{"certificate relies on legacy Common Name field", golang, "cn-only v1-leaf"},
		{"x509: certificate is valid for 10.96.0.1, not 192.0.2.7", golang, "wrong-name no-ip"},
		{"tls: oversized record received with length 20527", golang, "plain-http starttls-wanted"},
		{"tls: server selected unsupported protocol version 301", golang, "no-common-version"},
		{"Hostname mismatch, certificate is not valid for", python, "wrong-name wildcard-deep"},
		{"ssl.CertificateError: hostname 'www.example.com' doesn't match 'mail.example.com'", python, "wrong-name wildcard-deep"},
		{"EOF occurred in violation of protocol", python, "truncated starttls-wanted"},
		{"SSL routines::unsupported protocol", openSSL, "no-common-version"},
		{"unsupported protocol:ssl/statem", openSSL, "no-common-version"},
		{"GET_SERVER_HELLO:unknown protocol", openSSL, "plain-http starttls-wanted no-common-version"},
		{"ca md too weak", openSSL, "sha1 md5"},
		{"unsupported certificate purpose", openSSL, "client-only intermediate-purpose"},
		{"SSL routines::http request", openSSL, "plain-http"},
		{"get_record:http request", openSSL, "plain-http"},
		{"OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to", "curl", "truncated starttls-wanted"},
		{"Peer certificate CN=`www.example.com' did not match expected CN=`www.example.org'", php, "wrong-name cn-only"},
		{"Peer's Certificate issuer is not recognized", curlNSS, "unknown-ca intermediate-omitted"},
		{"Peer's certificate has an invalid signature", curlNSS, "tampered"},
		{"Unable to locally verify the issuer's authority", wget, "unknown-ca intermediate-omitted"},
		{"The certificate of 'www.example.com' has expired", wget, "expired clock-ahead intermediate-expired"},
		{"The certificate of 'www.example.com' doesn't have a known issuer", wget, "unknown-ca intermediate-omitted self-signed"},
		{"server certificate for \"www.example.com\" does not match host name \"www.example.org\"", postgres, "wrong-name cn-only"},
		{"certificate verification failed for mx.example.com: untrusted issuer", postfix, "unknown-ca intermediate-omitted self-signed"},
		{"generated CLIENT ALERT: Fatal - Unknown CA", erlang, "unknown-ca intermediate-omitted self-signed"},
		{"generated CLIENT ALERT: Fatal - Certificate Expired", erlang, "expired clock-ahead intermediate-expired"},
		{"{bad_cert,hostname_check_failed}", erlang, "wrong-name cn-only"},
		{"526 Invalid SSL certificate", "Cloudflare", "unknown-ca self-signed expired wrong-name intermediate-omitted"},
	}
}
