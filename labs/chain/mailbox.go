package chain

import "strings"

// A mailbox is a mail address, with its domain in lower case.
type mailbox struct {
	local, domain string
}

// String returns the address.
func (m mailbox) String() string { return m.local + "@" + m.domain }

// parseMailbox takes an address apart (RFC 5280, Section 4.2.1.6, which points
// at the Mailbox of RFC 2821, Section 4.1.2). Like Go it takes a space within
// quotes and an escaped character outside of them, which RFC 3696 has examples
// of.
func parseMailbox(s string) (mailbox, bool) {
	var local, rest string
	var ok bool
	// The part before the @ is compared as it is, quotes and escapes apart.
	if strings.HasPrefix(s, `"`) {
		local, rest, ok = quoted(s[1:])
	} else {
		local, rest, ok = dotAtom(s)
	}
	if !ok || !strings.HasPrefix(rest, "@") || !plainDomain(rest[1:]) {
		return mailbox{}, false
	}
	return mailbox{local, strings.ToLower(rest[1:])}, true
}

// quoted reads a Quoted-string behind its opening quote.
func quoted(s string) (local, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			return b.String(), s[i+1:], true
		// A quoted-pair: any character but those that end lines.
		case c == '\\':
			i++
			if i == len(s) || s[i] == 0 || s[i] == '\n' || s[i] == '\r' || s[i] > 127 {
				return "", "", false
			}
			b.WriteByte(s[i])
		case c == 0 || c == '\t' || c == '\n' || c == '\r' || c > 127:
			return "", "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

// dotAtom reads atoms with single dots between them.
func dotAtom(s string) (local, rest string, ok bool) {
	var b strings.Builder
	i := 0
	for i < len(s) {
		c := s[i]
		// The backslash itself is not part of the name.
		if c == '\\' {
			if i+1 == len(s) {
				return "", "", false
			}
			i++
		} else if !atext(c) && c != '.' {
			break
		}
		b.WriteByte(s[i])
		i++
	}
	// A dot may neither begin nor end, nor follow another (RFC 3696, Section 3).
	local = b.String()
	if local == "" || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return "", "", false
	}
	return local, s[i:], true
}

// atext is what an atom is made of (RFC 2822, Section 3.2.4).
func atext(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// plainDomain reports whether a domain is made of labels of printable ASCII. The
// empty one is, to Go.
func plainDomain(s string) bool {
	if s == "" {
		return true
	}
	for _, label := range strings.Split(s, ".") {
		if label == "" {
			return false
		}
		for i := 0; i < len(label); i++ {
			if label[i] < 33 || label[i] > 126 {
				return false
			}
		}
	}
	return true
}
