package dissect

import (
	"bytes"

	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// statusRequest reads status_request (RFC 6066, Section 8): a question in the
// ClientHello, the answer in TLS 1.3's Certificate (RFC 9846, Section 4.5.1.1),
// and nothing elsewhere.
func statusRequest(c *wire.Cursor, in place) string {
	switch in {
	case inCertificate:
		return certificateStatusBody(c)
	case inClientHello:
		kind := c.Uint("status_type", 1, statusTypeName)
		statusQuestion(c)
		return wire.Bare(statusTypeName(kind))
	}
	return noData(c, in)
}

// statusRequests reads status_request_v2 (RFC 6961, Section 2.2): several
// questions, each with a length, in the ClientHello; nothing elsewhere.
func statusRequests(c *wire.Cursor, in place) string {
	if in != inClientHello {
		return noData(c, in)
	}
	var all words
	c.Vector("certificate_status_req_list", 2, func(c *wire.Cursor) {
		for c.More() {
			c.Group("CertificateStatusRequestItemV2", sized(c, 1, 2), func(c *wire.Cursor) {
				kind := c.Uint("status_type", 1, statusTypeName)
				c.Vector("request", 2, statusQuestion)
				all.add(wire.Bare(statusTypeName(kind)))
				c.Say("%s", wire.Bare(statusTypeName(kind)))
			})
		}
	})
	return all.joined(", ")
}

// statusQuestion reads an OCSPStatusRequest (RFC 6066, Section 8): whose answer is
// wanted, and what else to ask. Both are nearly always empty.
func statusQuestion(c *wire.Cursor) {
	c.Vector("responder_id_list", 2, func(c *wire.Cursor) {
		for c.More() {
			opaque(c, "ResponderID", 2)
		}
		if c.Say("%s", wire.Count(len(c.This().Kids), "responder")); len(c.This().Kids) == 0 {
			c.Say("any")
		}
	})
	opaque(c, "request_extensions", 2)
}

// certificateStatusBody reads a CertificateStatus (RFC 6066, Section 8), or, with
// an answer for each certificate of the chain, one of RFC 6961 (Section 2.2). It
// returns it in short.
func certificateStatusBody(c *wire.Cursor) string {
	switch c.Uint("status_type", 1, statusTypeName) {
	case 1:
		return staple(c)
	case 2:
		n := 0
		c.Vector("ocsp_response_list", 3, func(c *wire.Cursor) {
			for ; c.More(); n++ {
				if c.Peek(3) != nil && bytes.Equal(c.Peek(3), []byte{0, 0, 0}) {
					opaque(c, "response", 3) // none for this certificate
					continue
				}
				staple(c)
			}
			c.Say("%s", wire.Count(n, "OCSP response"))
		})
		return wire.Count(n, "OCSP response")
	}
	if c.Err() == nil {
		c.Fail("there is no such status_type (RFC 6066, Section 8)")
	}
	return ""
}

// staple reads an OCSP response behind its length, and returns it in short
// (RFC 6066, Section 8; RFC 6960, Section 4.2.1).
func staple(c *wire.Cursor) string {
	f := c.Vector("response", 3, der.OCSPResponse)
	if f == nil {
		return "an OCSP response"
	}
	if in := f.Kid("OCSPResponse"); in != nil && in.Err == nil && in.Value != "" {
		f.Value = in.Value
		return "an OCSP response: " + in.Value
	}
	f.Value = wire.Count(f.N-f.Head, "byte")
	return "an OCSP response"
}

// timestamps reads signed_certificate_timestamp (RFC 6962, Section 3.3). The
// client's, and a CertificateRequest's, is empty.
func timestamps(c *wire.Cursor, in place) string {
	if in == inClientHello || in == inRequest {
		return noData(c, in)
	}
	der.SCTList(c)
	if c.Err() != nil {
		return ""
	}
	return wire.Count(len(c.Last().Kids), "timestamp")
}
