package labs

// randoms names the fields that differ between any two runs, and why. Diff
// compares neither them nor what is in them. A name with a dot is the field's
// only in that message.
var randoms = map[string]string{
	"legacy_session_id":           "a fresh value that only has to come back (RFC 9846, Section 4.2.2)",
	"legacy_session_id_echo":      "what came in legacy_session_id",
	"key_exchange":                "an ephemeral public key, or a secret sealed to one, of this connection alone",
	"public":                      "the ephemeral point of a ServerKeyExchange (RFC 8422, Section 5.4)",
	"ecdh_Yc":                     "the ephemeral point of a ClientKeyExchange (RFC 8422, Section 5.7)",
	"dh_Ys":                       "the server's ephemeral number (RFC 5246, Section 7.4.3)",
	"dh_Yc":                       "the client's ephemeral number (RFC 5246, Section 7.4.7.2)",
	"EncryptedPreMasterSecret":    "a fresh secret under the server's key (RFC 5246, Section 7.4.7.1)",
	"CertificateVerify.signature": "covers a transcript that has randoms in it",
	"ServerKeyExchange.signature": "covers the randoms of both hellos",
	"signatureValue":              "covers a certificate that is new each time, under a key that is new each time",
	"subjectPublicKey":            "a lab's keys are new each time",
	"subjectKeyIdentifier":        "a hash of the public key (RFC 5280, Section 4.2.1.2)",
	"authorityKeyIdentifier":      "a hash of the issuer's public key (RFC 5280, Section 4.2.1.1)",
	"serialNumber":                "drawn at random (RFC 5280, Section 4.1.2.2)",
	"validity":                    "counts from the moment of the run",
	"verify_data":                 "a MAC over the transcript (RFC 9846, Section 4.5.3)",
	"ticket":                      "sealed by the server with a fresh nonce",
	"ticket_nonce":                "the server's own, one for each ticket",
	"ticket_age_add":              "drawn at random to hide the ticket's age (RFC 9846, Section 4.7.1)",
	"obfuscated_ticket_age":       "a time, plus ticket_age_add",
	"identity":                    "a ticket that came back",
	"binder":                      "a MAC over the hello (RFC 9846, Section 4.3.11)",
	"cookie":                      "the server's own, and may be random",
	"certificate_request_context": "drawn at random where the request comes after the handshake (RFC 9846, Section 4.4.2)",
	"renegotiated_connection":     "the verify_data of the handshake before (RFC 5746, Section 3.2)",
	"sct_list":                    "signatures and times of logs (RFC 6962, Section 3.3)",
	"producedAt":                  "the moment at which the responder signed (RFC 6960, Section 4.2.2.2.1)",
	"thisUpdate":                  "counts from the moment of the run",
	"nextUpdate":                  "counts from the moment of the run",
	"revocationTime":              "counts from the moment of the run",
	"byKey":                       "a hash of the responder's public key (RFC 6960, Section 4.2.1)",
	"issuerKeyHash":               "a hash of the issuer's public key (RFC 6960, Section 4.1.1)",
	"nonce":                       "drawn by whoever asks (RFC 9654, Section 2.1)",
	"session_id":                  "drawn by the server for each session",
	"challenge":                   "the client's random, as SSL 2 calls it",
	"enc":                         "an ephemeral public key for the encrypted hello (RFC 9849, Section 5)",
	"payload":                     "sealed with a key of this hello alone",
	"encrypted_record":            "sealed with keys of this connection alone",
	"nonce_explicit":              "one for each record (RFC 5288, Section 3)",
	"IV":                          "drawn at random for each record (RFC 5246, Section 6.2.3.2)",
	"MAC":                         "over the record, with a key of this connection alone",
	"flipped.was":                 "a byte of what is new each time",
	"flipped.is":                  "a byte of what is new each time",
}

// These are why a random, a value of GREASE and a digest are no difference though
// they have no place in the table: it depends on what they say.
const (
	drawn   = "drawn at random by each side (RFC 9846, Section 4.2.2)"
	grease  = "GREASE"
	greased = "which of the values that mean nothing is drawn at random (RFC 8701, Section 3.1)"

	computed = "computed from keys and bytes that are new each time"
)

// sizes names the fields that only say how long others are.
var sizes = map[string]string{
	"length":      "follows from what is inside",
	"unused_bits": "follows from the key or signature behind it",
	"padding":     "fills up, and means nothing",
}

// A pick is something that the two sides agree on, or show each other, and that
// people know by name. Diff tells of it as one choice, wherever the two versions
// of the protocol keep it.
type pick struct {
	who   Party    // whose messages state it
	needs string   // the message that both runs must have, else there was no choice
	paths []string // where it stands; the first that is there counts
	with  string   // the names of fields that only go along with it
	now   string   // the words for a change, with %[1]s for what was and %[2]s for what is
	new   string   // for what was not there before
	gone  string   // for what is not there any more
}

// picks are the choices in the order in which they are told.
var picks = []pick{
	{Server, "ServerHello", []string{"ServerHello.selected_version", "ServerHello.legacy_version"}, "",
		"%[2]s instead of %[1]s", "", ""},
	{Server, "ServerHello", []string{"ServerHello.group", "ServerKeyExchange.namedcurve"}, "key_share",
		"%[2]s instead of %[1]s", "%[2]s", ""},
	{Server, "ServerHello", []string{"EncryptedExtensions.ProtocolName", "ServerHello.ProtocolName"}, "application_layer_protocol_negotiation",
		"%[2]s instead of %[1]s", "both agree on %[2]s (ALPN)", "no protocol is agreed on (ALPN)"},
	{Client, "ClientHello", []string{"ClientHello.server_name"}, "server_name",
		"the client asks for %[2]s instead of %[1]s", "the client asks for %[2]s", "the client asks for no name"},
	{Server, "Certificate", []string{"Certificate.subjectAltName"}, "",
		"the certificate is for %[2]s instead of %[1]s", "the certificate is for %[2]s", "the certificate is for no name"},
	{Server, "Certificate", []string{"Certificate.subjectPublicKeyInfo"}, "",
		"%[2]s instead of %[1]s in the certificate", "", ""},
	{Client, "ClientHello", []string{"Certificate.subjectAltName"}, "CertificateEntry ASN.1Cert",
		"the client's certificate is for %[2]s instead of %[1]s", "the client shows a certificate for %[2]s", ""},
	{Server, "ServerHello", []string{"CertificateVerify.algorithm", "ServerKeyExchange.algorithm"}, "",
		"signed with %[2]s instead of %[1]s", "signed with %[2]s", ""},
	{Server, "ServerHello", []string{"ServerHello.cipher_suite"}, "",
		"%[2]s instead of %[1]s", "", ""},
}
