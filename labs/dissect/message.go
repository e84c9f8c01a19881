package dissect

import (
	"bytes"

	"tlstutor/labs/wire"
)

// The handshake message types (RFC 9846, Section 4; RFC 5246, Section 7.4; RFC
// 6347, RFC 6066, RFC 4680, RFC 8879).
const (
	helloRequest       = 0
	clientHelloType    = 1
	serverHelloType    = 2
	helloVerify        = 3
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
	certificateURL     = 21
	certificateStatus  = 22
	supplementalData   = 23
	keyUpdate          = 24
	compressedType     = 25
	nextProtocol       = 67 // never registered
	messageHash        = 254
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
	case helloVerify:
		return "HelloVerifyRequest"
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
	}
	return rareName(head[0])
}

// rareName is messageName for what few connections have.
func rareName(typ byte) string {
	switch typ {
	case certificateURL:
		return "CertificateURL"
	case certificateStatus:
		return "CertificateStatus"
	case supplementalData:
		return "SupplementalData"
	case keyUpdate:
		return "KeyUpdate"
	case compressedType:
		return "CompressedCertificate"
	case nextProtocol:
		return "NextProtocol"
	case messageHash: // it stands in a transcript only, for a first ClientHello (RFC 9846, Section 4.2.4)
		return "MessageHash"
	}
	return "Handshake"
}

// tls13 reports whether messages have the form of TLS 1.3. Nothing that depends
// on the version comes before the ServerHello sets it.
func (s *Session) tls13() bool { return s.said.version >= 0x0304 }

// schemes reports whether a signature says how it was made, and a
// CertificateRequest which ones it wants: from TLS 1.2 on (RFC 5246, Section 1.2).
// Where no ServerHello was seen, that is taken to be so.
func (s *Session) schemes() bool { return s.said.version == 0 || s.said.version >= 0x0303 }

// message reads one handshake message that fills the block. The structures of many
// depend on the version.
func (s *Session) message(c *wire.Cursor) {
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
		sessionTicket(c, s.tls13())
	case encryptedExts:
		c.Say("%s", or(extensions(c, inEncrypted).joined(", "), "no extensions"))
	case certificateType:
		certificate(c, s.tls13())
	case serverKeyExchange:
		s.serverShare(c)
	case certificateRequest:
		s.request(c)
	case certificateVerify:
		setValue(c, s.signature(c))
	case clientKeyExchange:
		s.clientShare(c)
	case finishedType:
		s.finished(c)
	case certificateStatus:
		setValue(c, certificateStatusBody(c))
	case keyUpdate: // RFC 9846, Section 4.7.3
		c.Say("%s", wire.Bare(updateName(c.Uint("request_update", 1, updateName))))
	case compressedType:
		compressedCertificate(c)
	case helloVerify: // RFC 6347, Section 4.2.1; datagrams have it, TLS has not
		c.Uint("server_version", 2, VersionName)
		opaque(c, "cookie", 1)
	case certificateURL, supplementalData, messageHash, nextProtocol:
		c.Fail("a %s is not taken apart here", c.This().Name)
	default:
		c.Fail("handshake type %d is not known here", typ)
	}
}

// finished reads a Finished (RFC 9846, Section 4.5.3): as long as the hash in TLS
// 1.3, 12 bytes before (RFC 5246, Section 7.4.9), and in SSL 3.0 two hashes (RFC
// 6101, Section 5.6.9).
func (s *Session) finished(c *wire.Cursor) {
	n := c.Len()
	c.Say("%s over every message before", wire.Count(n, "byte"))
	if s.said.version == 0x0300 {
		c.Opaque("md5_hash", 16)
		c.Opaque("sha_hash", 20)
		return
	}
	if c.Rest("verify_data"); c.Err() == nil {
		c.Last().Value = "a MAC over every message before"
	}
	switch {
	case s.said.version == 0:
	case !s.tls13() && n != 12:
		c.Fail("verify_data has %d bytes, and 12 are right (RFC 5246, Section 7.4.9)", n)
	case s.tls13() && n != 32 && n != 48:
		c.Fail("verify_data has %d bytes, which is no hash of TLS 1.3 (RFC 9846, Section 4.5.3)", n)
	}
}
