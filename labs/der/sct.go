package der

import (
	"fmt"
	"time"

	"tlstutor/labs/wire"
)

// SCTList reads a SignedCertificateTimestampList: the promises of logs to
// publish a certificate (RFC 6962, Section 3.3). In a certificate it is wrapped
// in an OCTET STRING; the TLS extension of that name holds it as it is.
func SCTList(c *wire.Cursor) {
	// Each has a length of its own, so that a client can pass over versions it does not
	// know (RFC 6962, Section 3.3).
	c.Vector("sct_list", 2, func(c *wire.Cursor) {
		for c.More() {
			c.Vector("SerializedSCT", 2, signedTimestamp)
		}
		say(c, wire.Count(len(c.This().Kids), "timestamp")+": "+join(c.This().Kids, ", "))
	})
	say(c, value(c.Last()))
}

// signedTimestamp reads one SignedCertificateTimestamp (RFC 6962, Section 3.2),
// which is written in the language of TLS and not in DER. key_id is the SHA-256
// of the log's public key; what the signature covers is not in here.
func signedTimestamp(c *wire.Cursor) {
	// What follows is laid out by the version, so that another cannot be read on.
	version := c.Uint("sct_version", 1, func(n uint64) string {
		if n != 0 {
			return fmt.Sprintf("unknown (%d)", n)
		}
		return "v1 (0)"
	})
	if version != 0 {
		c.Fail("only version v1 of a timestamp is known (RFC 6962, Section 3.2)")
		return
	}
	id := c.Opaque("key_id", 32)
	if f := c.Last(); f != nil && c.Err() == nil {
		f.Value = hexBytes(id)
	}
	c.Uint("timestamp", 8, func(ms uint64) string {
		const last = 253402300799999 // the year 9999 ends
		return time.UnixMilli(int64(min(ms, last))).UTC().Format("2006-01-02 15:04:05.000 UTC")
	})
	say(c, value(c.Last()))
	// Logs behind static files tell in here where the entry stands; no RFC says how.
	c.Vector("extensions", 2, func(c *wire.Cursor) {
		if c.More() {
			b := c.Rest("value")
			c.Last().Value = hexBytes(b)
		}
	})
	// From here on it is a DigitallySigned of TLS 1.2 (RFC 5246, Section 4.7).
	c.Uint("hash", 1, func(n uint64) string {
		names := [...]string{"none", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"}
		return nameOf(names[:], n)
	})
	c.Uint("algorithm", 1, func(n uint64) string {
		names := [...]string{"anonymous", "rsa", "dsa", "ecdsa"}
		return nameOf(names[:], n)
	})
	c.Vector("signature", 2, nil)
}

// nameOf names a number of TLS 1.2's SignatureAndHashAlgorithm (RFC 5246,
// Section 7.4.1.4.1).
func nameOf(names []string, n uint64) string {
	if n >= uint64(len(names)) {
		return fmt.Sprintf("unknown (%d)", n)
	}
	return fmt.Sprintf("%s (%d)", names[n], n)
}
