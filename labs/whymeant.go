package labs

// A meant text is one that no run here makes anybody say: what it means is all that is
// told of it.
type meant struct {
	text, by string // whose documentation has it
	doc      string // what it means, and what to do
	check    string // which check refused, where one did
	lesson   string // the lesson that is nearest to it; "" where it has nothing to do with TLS
	vague    bool   // it only says that something is wrong: whatever else is like it counts more
}

// What several texts have in common.
const (
	dhDoc     = "The server's group for Diffie-Hellman over numbers is too small for this client: OpenSSL wants 1024 bits at its security level 1 and 2048 at level 2. The server needs a larger one, or better ECDHE; a lower level on the client is a stopgap."
	dhCheck   = "size of the key exchange (RFC 7919)"
	ctDoc     = "The certificate brings too few SCTs, the receipts of public logs: its CA did not log it, or left them out. Browsers ask for them of public roots only, not of those that were added by hand."
	ctCheck   = "signed certificate timestamps (RFC 6962, and the browser's policy)"
	pemDoc    = "What was read is no PEM of the kind that was asked for: it is DER, empty, a key in place of a certificate, or has lost its BEGIN line. tlstutor inspect FILE says what it is."
	fileDoc   = "The file was not found, or could not be read: look at its path, at who may read it, and into the container, where there is one. No connection was made."
	silentDoc = "It says only that the handshake failed: the reason is in another line, in the inner exception, or in the other side's log. tlstutor connect HOST:PORT, or openssl s_client, shows it."
	verifyDoc = "The certificate was not taken, and this line does not say why: the reason stands behind it, in another line or in the inner exception. tlstutor connect HOST:PORT says why."
	strictDoc = "Since Python 3.13 a context looks at this by default (VERIFY_X509_STRICT), and older ones did not: the CA's certificates should be made anew as RFC 5280 has them."
)

// meantTexts are the texts, of those that people look for most, of which no lab has the cause.
func meantTexts() []meant {
	return []meant{
		{"dh key too small", "OpenSSL", dhDoc, dhCheck, "H3", false},
		{"ERR_SSL_WEAK_SERVER_EPHEMERAL_DH_KEY", "older Chromium", dhDoc, dhCheck, "H3", false},
		{"SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY", "Firefox", dhDoc, dhCheck, "H3", false},
		{"unsafe legacy renegotiation disabled", "OpenSSL 3", "The server does not know secure renegotiation (RFC 5746, of 2010), and OpenSSL 3 does not speak with such any more. The server, or a box before it, is old: TLS 1.3, which has no renegotiation, ends it. UnsafeLegacyServerConnect lets the client go on, at a risk.", "secure renegotiation (RFC 5746)", "H1", false},
		{"ERR_CERTIFICATE_TRANSPARENCY_REQUIRED", "Chromium", ctDoc, ctCheck, "P1", false},
		{"MOZILLA_PKIX_ERROR_INSUFFICIENT_CERTIFICATE_TRANSPARENCY", "Firefox", ctDoc, ctCheck, "P1", false},
		{"ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN", "Chromium", "The chain may be sound, and has none of the keys that the browser has pinned to this site: often a proxy opens TLS.", "pinned keys (RFC 7469)", "P2", false},
		{"ERR_CERT_VALIDITY_TOO_LONG", "Chromium", "The certificate is for more days than browsers take of a public root: 398 since 2020.", "length of the validity", "O2", false},
		{"ERR_CERT_SYMANTEC_LEGACY", "Chromium", "The root is one of Symantec's, which browsers took out in 2018: the certificate has to come from another CA.", "trust anchor", "P2", false},
		{"SEC_ERROR_REUSED_ISSUER_AND_SERIAL", "Firefox", "Two certificates of one issuer's name have the same serial number: a CA was made anew under its old name, as boxes with self-signed certificates do.", "serial number (RFC 5280, Section 4.1.2.2)", "P1", false},
		{"SEC_ERROR_OCSP_FUTURE_RESPONSE", "Firefox", "The OCSP response begins in the future: the clock of the client, or of the responder, is wrong.", "revocation", "O2", false},
		{"CRYPT_E_NO_REVOCATION_CHECK", "Windows", "Windows insists on asking whether the certificate was revoked, and cannot: the certificate names no list and no responder, or none that it can use, as those of a CA of one's own often do. The CA should publish a list and name it in what it signs; curl has --ssl-revoke-best-effort.", "revocation", "O2", false},
		{"\"ssl_stapling\" ignored, issuer certificate not found for certificate", "nginx", "nginx cannot ask for a staple, as it does not find the issuer: the file of the certificate has to hold the intermediate too, or ssl_trusted_certificate has to name it.", "", "O2", false},
		{"OCSP_basic_verify() failed", "nginx", "nginx fetched a response to staple, and cannot tell that the right one signed it: ssl_trusted_certificate has to hold the issuer's chain, or the response is another's.", "stapled response", "O2", false},
		{"ERR_ECH_FALLBACK_CERTIFICATE_INVALID", "Chromium", "The server could not open the hidden hello, and then has to prove its public name (RFC 9849, Section 6.1.7): its certificate is not good for that.", "the public name of ECH", "H5", false},
		{"error setting certificate file", "curl", fileDoc, "", "P2", false},
		{"Secure Connection Failed", "Firefox", silentDoc + " Below it Firefox has a code such as SSL_ERROR_NO_CYPHER_OVERLAP.", "", "H1", true},
		{"no suitable signature algorithm", "OpenSSL", "The key of this side's certificate cannot sign in any way that the other side offers: other kind of key, or too strict a list.", "signature algorithms (RFC 9846, Section 4.3.3)", "H3", false},
		{"legacy sigalg disallowed or unsupported", "OpenSSL 3", "The other side signs the handshake as OpenSSL 3 does not take it by default: with SHA-1, as TLS 1.0 and 1.1 do.", "signature algorithms", "H3", false},
		{"wrong signature type", "OpenSSL", "The other side signed in a way that was not offered: mostly a server with an old key or old library, and SHA-1.", "signature algorithms", "H3", false},
		{"bad record mac", "OpenSSL, Go and others", "A record was changed on its way, or the two sides do not have the same keys: a broken box between them, memory or a driver that is broken, or a bug.", "the record's authentication tag (RFC 9846, Section 5.2)", "H1", false},
		{"remote error: tls: internal error", "Go", "The other side failed by itself (alert 80), and only its log says why. Often a server has no certificate for this name, or none at all.", "", "H5", false},
		{"tlsv1 alert internal error", "OpenSSL", "The other side failed by itself (alert 80), and only its log says why. Often a server has no certificate for this name, or none at all.", "", "H5", false},
		{"SSL_ERROR_INTERNAL_ERROR_ALERT", "Firefox", "The other side failed by itself (alert 80), and only its log says why. Often a server has no certificate for this name, or none at all.", "", "H5", false},
		{"net/http: TLS handshake timeout", "Go", "TCP connected, and the handshake did not end in time: a busy server, a proxy or firewall that swallows it, or packets that are too large for the path, since a ClientHello with post-quantum shares has more than 1,400 bytes.", "", "H1", false},
		{"schannel: failed to receive handshake, SSL/TLS connection failed", "curl on Windows", "The other side ended the connection in the handshake, without an alert: mostly it has no version or suite in common, or is no TLS server.", "", "H1", false},
		{"no peer certificate available", "OpenSSL s_client", "The handshake ended before the server's certificate came: what went wrong stands above it.", "", "H1", true},
		{"missing selected ALPN property", "gRPC for Go", "The server took none of the protocols that the client offered by ALPN, and gRPC insists on h2: a proxy that ends TLS has to offer h2 too.", "application protocol (RFC 7301)", "H5", false},
		{"421 Misdirected Request", "HTTP (RFC 9110)", "The request came over a connection for another name: HTTP/2 used one again, because its certificate is for both, and the server did not agree.", "", "H5", false},
		{"Missing Authority Key Identifier", "Python", "A certificate does not say which key signed it. " + strictDoc, "authority key identifier (RFC 5280, Section 4.2.1.1)", "P1", false},
		{"Missing Subject Key Identifier", "Python", "A CA's certificate does not name its own key. " + strictDoc, "subject key identifier (RFC 5280, Section 4.2.1.2)", "P1", false},
		{"Basic Constraints of CA cert not marked critical", "Python", "The CA's basicConstraints should be critical, and are not. " + strictDoc, "basic constraints (RFC 5280, Section 4.2.1.9)", "P1", false},
		{"CA cert does not include key usage extension", "Python", "The CA's certificate has no keyUsage. " + strictDoc, "key usage (RFC 5280, Section 4.2.1.3)", "P2", false},
		{"the ssl module in Python is not available", "pip", "This Python was built without OpenSSL, so it speaks no TLS at all: install one that has it, or its headers before building.", "", "", false},
		{"digital envelope routines::unsupported", "OpenSSL 3", "It is not about a connection: a program wants a hash or cipher that OpenSSL 3 has put aside, such as MD4 by old webpack, or RC2 in an old PKCS #12 file.", "", "", false},
		{"ERR_OSSL_EVP_UNSUPPORTED", "Node.js", "It is not about a connection: a program wants a hash or cipher that OpenSSL 3 has put aside, such as MD4 by old webpack, or RC2 in an old PKCS #12 file.", "", "", false},
		{"inner_evp_generic_fetch:unsupported", "OpenSSL 3", "It is not about a connection: a program wants a hash or cipher that OpenSSL 3 has put aside, such as MD4 by old webpack, or RC2 in an old PKCS #12 file.", "", "", false},
		{"no start line", "OpenSSL", pemDoc, "", "P1", false},
		{"DECODER routines::unsupported", "OpenSSL 3", pemDoc, "", "P1", false},
		{"unable to load certificate", "OpenSSL", pemDoc, "", "P1", false},
		{"failed to find any PEM data in certificate input", "Go", pemDoc, "", "P1", false},
		{"could not load PEM client certificate", "curl", pemDoc, "", "P1", false},
		{"bad decrypt", "OpenSSL", "The password for the private key, or for the PKCS #12 file, is wrong.", "", "P1", false},
		{"Keystore was tampered with, or password was incorrect", "Java", "The password for the keystore is wrong; hardly ever was the file changed.", "", "P1", false},
		{"error setting certificate verify locations", "curl", fileDoc, "", "P2", false},
		{"BIO_new_file() failed", "OpenSSL", fileDoc, "", "P1", false},
		{"root certificate file \"root.crt\" does not exist", "PostgreSQL", "The client is to verify the server, and has no root to do so by: give it sslrootcert, or system for those of the machine.", "trust anchor", "P2", false},
		{"server does not support SSL, but SSL was required", "PostgreSQL", "The client asked in the clear whether the server speaks TLS, and it said no: ssl is off there, or this is another port.", "", "F1", false},
		{"no pg_hba.conf entry for host \"192.0.2.7\", user \"alice\", database \"shop\", SSL off", "PostgreSQL", "The server takes this client only over TLS: with sslmode=require or more it may come in. It is a rule of the server's pg_hba.conf, not of TLS.", "", "F1", false},
		{"no pg_hba.conf entry for host \"192.0.2.7\", user \"alice\", database \"shop\", no encryption", "PostgreSQL", "The server takes this client only over TLS: with sslmode=require or more it may come in. It is a rule of the server's pg_hba.conf, not of TLS.", "", "F1", false},
		{"has group or world access; permissions should be u=rw (0600) or less", "PostgreSQL", "Others may read the private key, so it is not used: chmod 600 mends it.", "", "P1", false},
		{"TLS is required, but was not offered by host", "Postfix", "The other server did not offer STARTTLS, or something between took the offer away; this one insists on it.", "", "F1", false},
		{"App Transport Security has blocked a cleartext HTTP", "Apple", "The app asked for http://, and the system lets apps use only https://; nothing was sent.", "", "F1", false},
		{"525 SSL handshake failed", "Cloudflare", "Between the CDN and the site's own server the handshake failed: look at that server, by tlstutor connect ADDRESS --name NAME.", "", "H1", false},
		{"SSL handshake failure", "HAProxy", silentDoc, "", "H1", false},
		{"A TLS fatal alert has been received", "GnuTLS", silentDoc, "", "H1", true},
		{"The SSL connection could not be established, see inner exception", ".NET", silentDoc, "", "H1", true},
		{"Could not create SSL/TLS secure channel", ".NET", "The handshake failed: mostly an old .NET offers only TLS 1.0, or a client's certificate has no key that it may read; no more is said.", "", "H1", true},
		{"An SSL error has occurred and a secure connection to the server cannot be made", "Apple", silentDoc, "", "H1", true},
		{"SSL operation failed with code 1", "PHP", silentDoc, "", "H1", true},
		{"The remote certificate is invalid according to the validation procedure", ".NET", verifyDoc, "", "P2", true},
		{"The remote certificate was rejected by the provided RemoteCertificateValidationCallback", ".NET", verifyDoc, "", "P2", true},
		{"RemoteCertificateChainErrors", ".NET", verifyDoc, "", "P2", true},
		{"javax.net.ssl.SSLPeerUnverifiedException: peer not authenticated", "Java", verifyDoc, "", "P2", true},
		{"Server certificate not verified", "Postfix", verifyDoc, "", "P2", true},
		{"certificate verify failed", "OpenSSL", verifyDoc, "", "P2", true},
		{"CERTIFICATE_VERIFY_FAILED", "BoringSSL", verifyDoc, "", "P2", true},
	}
}
