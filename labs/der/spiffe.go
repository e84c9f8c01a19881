package der

import (
	"bytes"
	"errors"
	"strings"

	"tlstutor/labs/wire"
)

// What the SPIFFE specification asks of an identity.
var (
	errTrustDomain = errors.New("a trust domain is of 1 to 255 lower-case letters, digits, dots, dashes and underscores (SPIFFE-ID, Section 2.1)")
	errPath        = errors.New("a path has segments of letters, digits, dots, dashes and underscores, none empty, . or .. (SPIFFE-ID, Section 2.2)")
)

// uri reads a uniformResourceIdentifier, as CRLs have as their address and
// workloads as their name. The parts of a SPIFFE identity are fields of their own:
// the trust domain says which root may speak of it, the path who it is.
func uri(c *wire.Cursor, h header) {
	const name, scheme = "uniformResourceIdentifier", "spiffe://"
	// Looked at before it is read: the scheme decides whether it has parts.
	b := c.Peek(h.head + h.n)[h.head:]
	if !bytes.HasPrefix(b, []byte(scheme)) || h.n > wire.MaxValue {
		text(c, name, h.tag)
		return
	}
	whole, at, bad := characters(tagIA5, b)
	f := cons(c, name, h.tag, func(c *wire.Cursor) {
		part(c, "scheme", len(scheme), nil)
		// All up to the first slash; a SPIFFE ID has neither port nor user (Section 2.1).
		domain := c.Peek(c.Len())
		if i := bytes.IndexByte(domain, '/'); i >= 0 {
			domain = domain[:i]
		}
		part(c, "trust_domain", len(domain), validDomain)
		if c.More() {
			part(c, "path", c.Len(), validPath)
		}
		c.Say("%s", whole)
	})
	blame(f, at, bad)
}

// part reads n bytes of text as a field, and complains about what is not valid.
func part(c *wire.Cursor, name string, n int, valid func(string) (int, error)) {
	b := c.Opaque(name, n)
	f := c.Last()
	if f == nil || c.Err() != nil {
		return
	}
	setValue(f, string(b))
	if valid != nil {
		at, err := valid(string(b))
		blame(f, at, err)
	}
}

// validDomain checks a trust domain, and returns the letter that may not be in it.
func validDomain(s string) (int, error) {
	at := strings.IndexFunc(s, func(r rune) bool { return !plainRune(r) || r >= 'A' && r <= 'Z' })
	if s == "" || len(s) > 255 || at >= 0 {
		return at, errTrustDomain
	}
	return -1, nil
}

// validPath checks a path, which begins with a slash, and returns where it goes
// wrong: at a letter, or where a segment begins.
func validPath(s string) (int, error) {
	begin := 1
	for _, segment := range strings.Split(s[1:], "/") {
		at := strings.IndexFunc(segment, func(r rune) bool { return !plainRune(r) })
		if segment == "" || segment == "." || segment == ".." || at >= 0 {
			// Of an empty one the slash behind it, if there is one, is too many.
			return min(begin+max(at, 0), len(s)-1), errPath
		}
		begin += len(segment) + 1
	}
	return -1, nil
}

// plainRune reports whether a rune may stand in an identity. Percent signs may not, so
// that two spellings of one identity cannot exist.
func plainRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
}
