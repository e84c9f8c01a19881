package dissect

import (
	"strings"

	"tlstutor/labs/wire"
)

// keyShare reads key_share (RFC 9846, Section 4.3.8): the client's shares, the
// server's one, or the group that a HelloRetryRequest wants a share for.
func keyShare(c *wire.Cursor, in place) string {
	switch in {
	case inRetry:
		return wire.Bare(GroupName(c.Uint("selected_group", 2, GroupName)))
	case inServerHello:
		return share(c, "server_share", in)
	}
	var all words
	c.Vector("client_shares", 2, func(c *wire.Cursor) {
		for c.More() {
			all.add(share(c, "KeyShareEntry", in))
		}
	})
	return all.joined(", ")
}

// share reads one share, and returns the name of its group.
func share(c *wire.Cursor, name string, in place) string {
	f := c.Group(name, sized(c, 2, 2), func(c *wire.Cursor) {
		group := c.Uint("group", 2, GroupName)
		c.Number(group)
		if opaque(c, "key_exchange", 2); c.Err() == nil {
			key := c.Last()
			key.Value = shareParts(group, key.N-key.Head, in == inServerHello)
		}
		c.Say("%s", wire.Bare(GroupName(group)))
	})
	return f.Value
}

// keyExchange returns the way in which a TLS 1.2 cipher suite agrees on keys, as
// its name says.
func keyExchange(suite uint64) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(SuiteName(suite), "TLS_"), "_")
	return kind
}

// serverShare reads a ServerKeyExchange (RFC 8422, Section 5.4).
func serverShare(c *wire.Cursor, suite uint64) {
	// The structure depends on the suite, which the message does not repeat.
	if kind := keyExchange(suite); kind != "ECDHE" {
		c.Fail("the key exchange of %s is not read here", SuiteName(suite))
		return
	}
	var group uint64
	// Curves have names only: RFC 8422 has dropped the other types.
	c.Group("ECParameters", 3, func(c *wire.Cursor) {
		c.Uint("curve_type", 1, curveTypeName)
		group = c.Uint("namedcurve", 2, GroupName)
		c.Say("%s", wire.Bare(GroupName(group)))
	})
	opaque(c, "public", 1)
	c.Say("a share for %s, signed with %s", wire.Bare(GroupName(group)), signature(c))
}

// clientShare reads a ClientKeyExchange: the client's point (RFC 8422, Section
// 5.7), or, in the RSA key exchange, the secret itself, encrypted to the key in
// the server's certificate (RFC 5246, Section 7.4.7.1).
func clientShare(c *wire.Cursor, suite uint64) {
	switch keyExchange(suite) {
	case "ECDHE":
		c.Say("a share of %s", opaque(c, "ecdh_Yc", 1))
	case "RSA":
		c.Say("a secret in %s, encrypted to the server's key", opaque(c, "EncryptedPreMasterSecret", 2))
	default:
		c.Fail("the key exchange of %s is not read here", SuiteName(suite))
	}
}
