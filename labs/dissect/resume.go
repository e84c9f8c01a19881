package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// sessionTicket reads a NewSessionTicket of TLS 1.3 (RFC 9846, Section 4.7.1) or
// TLS 1.2 (RFC 5077, Section 3.3).
func sessionTicket(c *wire.Cursor, tls13 bool) {
	if !tls13 {
		lifetime := c.Uint("ticket_lifetime_hint", 4, seconds)
		opaque(c, "ticket", 2)
		// 0 leaves it open (RFC 5077, Section 3.3).
		if c.Say("good for %s", wire.Bare(seconds(lifetime))); lifetime == 0 {
			c.Say("good for as long as the server likes")
		}
		return
	}
	lifetime := c.Uint("ticket_lifetime", 4, seconds)
	c.Uint("ticket_age_add", 4, nil)
	opaque(c, "ticket_nonce", 1)
	opaque(c, "ticket", 2)
	extensions(c, inTicket)
	c.Say("good for %s", wire.Bare(seconds(lifetime)))
}

// ticket reads session_ticket (RFC 5077, Section 3.2): a ticket to resume with,
// or, empty, the wish for one.
func ticket(c *wire.Cursor, in place) string {
	n := c.Len()
	if n == 0 && in == inClientHello {
		return "asks for a ticket"
	} else if n == 0 {
		return "a new ticket will come"
	}
	c.Rest("ticket")
	c.Last().Value = wire.Count(n, "byte")
	return "a ticket of " + c.Last().Value
}

// preShared reads pre_shared_key (RFC 9846, Section 4.3.11).
func preShared(c *wire.Cursor, in place) string {
	if in != inClientHello {
		n := c.Uint("selected_identity", 2, nil)
		return fmt.Sprintf("identity %d", n)
	}
	// Each identity has a binder at the same place of the other list, a MAC that
	// shows that the client knows the secret behind it.
	tickets, others := 0, 0
	c.Vector("identities", 2, func(c *wire.Cursor) {
		for c.More() {
			if identity(c) {
				tickets++
			} else {
				others++
			}
		}
		c.Say("%s", identities(tickets, others))
	})
	c.Vector("binders", 2, func(c *wire.Cursor) {
		for c.More() {
			opaque(c, "binder", 1)
		}
		c.Say("%s", wire.Count(len(c.This().Kids), "binder"))
	})
	if tickets == 0 {
		return "offers " + identities(tickets, others)
	}
	return "resumes with " + identities(tickets, others)
}

// identities says what is offered.
func identities(tickets, others int) string {
	switch {
	case others == 0:
		return wire.Count(tickets, "ticket")
	case tickets == 0:
		return wire.Count(others, "key") + " known before"
	}
	return wire.Count(tickets, "ticket") + ", " + wire.Count(others, "key") + " known before"
}

// identity reads a PskIdentity, and reports whether it is a ticket. The name of a
// key that both sides had before has no age (RFC 9846, Section 4.3.11).
func identity(c *wire.Cursor) bool {
	var age uint64
	// The age behind the identity takes 4 bytes.
	size := min(sized(c, 0, 2)+4, c.Len())
	c.Group("PskIdentity", size, func(c *wire.Cursor) {
		said := opaque(c, "identity", 2)
		name := c.Last()
		if age = c.Uint("obfuscated_ticket_age", 4, nil); age == 0 && c.Err() == nil {
			said = wire.Clean(string(content(name)), wire.MaxValue)
			name.Value = said
		}
		setValue(c, said)
	})
	return age != 0
}

// ticketRequest reads ticket_requests (RFC 9149, Section 3): how many tickets the
// client would like, or how many will come.
func ticketRequest(c *wire.Cursor, in place) string {
	if in != inClientHello {
		return wire.Count(int(c.Uint("expected_count", 1, nil)), "ticket")
	}
	n := c.Uint("new_session_count", 1, nil)
	again := c.Uint("resumption_count", 1, nil)
	return fmt.Sprintf("%s, or %d when resuming", wire.Count(int(n), "ticket"), again)
}

// earlyData reads early_data (RFC 9846, Section 4.3.10): in a ticket, how much
// of it the server would take.
func earlyData(c *wire.Cursor, in place) string {
	if in != inTicket {
		return noData(c, in)
	}
	n := c.Uint("max_early_data_size", 4, nil)
	return "up to " + wire.Count(int(n), "byte")
}
