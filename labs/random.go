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
	"sct_list":                    "signatures and times of logs (RFC 6962, Section 3.3)",
}

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
