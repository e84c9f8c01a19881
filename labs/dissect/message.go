package dissect

import (
	"bytes"

	"tlstutor/labs/wire"
)

// The handshake message types (RFC 9846, Section 4; RFC 5246, Section 7.4).
const (
	helloRequest       = 0
	clientHelloType    = 1
	serverHelloType    = 2
	newSessionTicket   = 4
	endOfEarlyData     = 5
	encryptedExts      = 8
	certificateType    = 11
	serverKeyExchange  = 12
	certificateRequest = 13
	serverHelloDone    = 14
	certificateVerify  = 15
	clientKeyExchange  = 16
	finishedType       = 20
	certificateStatus  = 22
	keyUpdate          = 24
)

// messageName returns the name of the message that begins with these bytes, as
// the RFCs spell its structure. A HelloRetryRequest is a ServerHello whose
// random gives it away.
func messageName(head []byte) string {
	if len(head) == 0 {
		return "a message"
	}
	switch head[0] {
	case helloRequest:
		return "HelloRequest"
	case clientHelloType:
		return "ClientHello"
	case serverHelloType:
		if len(head) >= 38 && bytes.Equal(head[6:38], retryRandom()) {
			return "HelloRetryRequest"
		}
		return "ServerHello"
	case newSessionTicket:
		return "NewSessionTicket"
	case endOfEarlyData:
		return "EndOfEarlyData"
	case encryptedExts: // RFC 9846, Section 4.4.1
		return "EncryptedExtensions"
	case certificateType:
		return "Certificate"
	case serverKeyExchange:
		return "ServerKeyExchange"
	case certificateRequest:
		return "CertificateRequest"
	case serverHelloDone:
		return "ServerHelloDone"
	case certificateVerify:
		return "CertificateVerify"
	case clientKeyExchange:
		return "ClientKeyExchange"
	case finishedType:
		return "Finished"
	case certificateStatus:
		return "CertificateStatus"
	case keyUpdate:
		return "KeyUpdate"
	}
	return "Handshake"
}

// message reads one handshake message that fills the block. The structures of
// Certificate, CertificateRequest and NewSessionTicket depend on the version.
func (s *Session) message(c *wire.Cursor) {
	// Nothing that depends on the version comes before the ServerHello sets it.
	tls13 := s.said.version >= 0x0304
	typ := c.Uint("msg_type", 1, HandshakeName)
	c.Uint("length", 3, nil)
	c.Number(typ)
	switch typ {
	case helloRequest, endOfEarlyData, serverHelloDone: // have no body
	case clientHelloType:
		clientHello(c)
	case serverHelloType:
		serverHello(c)
	case newSessionTicket:
		sessionTicket(c, tls13)
	case encryptedExts:
		c.Say("%s", or(extensions(c, inEncrypted).joined(", "), "no extensions"))
	case certificateType:
		certificate(c, tls13)
	case serverKeyExchange:
		serverShare(c, s.said.suite)
	case certificateRequest:
		request(c, tls13)
	case certificateVerify:
		c.Say("signed with %s", signature(c))
	case clientKeyExchange:
		clientShare(c, s.said.suite)
	case finishedType: // RFC 9846, Section 4.5.3
		// As long as the hash in TLS 1.3, 12 bytes in TLS 1.2 (RFC 5246, Section
		// 7.4.9).
		n := len(c.Rest("verify_data"))
		c.Last().Value = "a MAC over every message before"
		c.Say("%s over every message before", wire.Count(n, "byte"))
	case certificateStatus:
		statusBody(c)
		c.Say("an OCSP response")
	case keyUpdate: // RFC 9846, Section 4.7.3
		c.Say("%s", wire.Bare(updateName(c.Uint("request_update", 1, updateName))))
	default:
		c.Fail("handshake type %d is not known here", typ)
	}
}
