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
	b := c.Peek(h.head + h.n)[h.head:]
	if !bytes.HasPrefix(b, []byte(scheme)) || h.n > wire.MaxValue {
		text(c, name, h.tag)
		return
	}
	whole, bad := characters(tagIA5, b)
	f := cons(c, name, h.tag, func(c *wire.Cursor) {
		part(c, "scheme", len(scheme), nil)
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
	complain(f, bad)
}

// part reads n bytes of text as a field, and complains about what is not valid.
func part(c *wire.Cursor, name string, n int, valid func(string) error) {
	b := c.Opaque(name, n)
	f := c.Last()
	if f == nil || c.Err() != nil {
		return
	}
	setValue(f, string(b))
	if valid != nil {
		complain(f, valid(string(b)))
	}
}

// validDomain checks a trust domain.
func validDomain(s string) error {
	if s == "" || len(s) > 255 || strings.ContainsFunc(s, func(r rune) bool { return !plainRune(r) || r >= 'A' && r <= 'Z' }) {
		return errTrustDomain
	}
	return nil
}

// validPath checks a path, which begins with a slash.
func validPath(s string) error {
	for _, segment := range strings.Split(s[1:], "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, func(r rune) bool { return !plainRune(r) }) {
			return errPath
		}
	}
	return nil
}

// plainRune reports whether a rune may stand in an identity.
func plainRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_'
}
