package dissect

import (
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
