package dissect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// retryRandom returns the random that makes a ServerHello a HelloRetryRequest:
// SHA-256 of "HelloRetryRequest" (RFC 9846, Section 4.2.3).
func retryRandom() []byte {
	return []byte("\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91" +
		"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c")
}

// clientHello reads a ClientHello (RFC 9846, Section 4.2.2).
func clientHello(c *wire.Cursor) {
	old := c.Uint("legacy_version", 2, VersionName)
	random(c)
	opaque(c, "legacy_session_id", 1)
	list(c, "cipher_suites", "cipher_suite", 2, 2, SuiteName)
	list(c, "legacy_compression_methods", "compression_method", 1, 1, compressionName)
	// An old client may end without extensions (RFC 5246, Section 7.4.1.2).
	if c.More() {
		extensions(c, inClientHello)
	}
	// A client that knows no TLS 1.3 says its highest version only in the old place.
	versions := wire.Bare(VersionName(old))
	who := "without a server name"
	for _, k := range extensionsOf(c.This()) {
		switch {
		case k.Value == "":
		case k.Name == "supported_versions":
			versions = anyOf(k.Value)
		case k.Name == "server_name":
			who = "for " + k.Value
		}
	}
	c.Say("%s, %s", who, versions)
}

// anyOf turns "TLS 1.3, TLS 1.2" into "TLS 1.3 or 1.2". Versions that mean nothing
// are left out.
func anyOf(list string) string {
	all := slices.DeleteFunc(strings.Split(list, ", "), func(v string) bool { return v == grease })
	if len(all) == 0 {
		return "no version"
	}
	for i := range all {
		if i > 0 {
			all[i] = strings.TrimPrefix(all[i], "TLS ")
		}
	}
	last := len(all) - 1
	if last == 0 {
		return all[0]
	}
	return strings.Join(all[:last], ", ") + " or " + all[last]
}

// serverHello reads a ServerHello (RFC 9846, Section 4.2.3) or a
// HelloRetryRequest (Section 4.2.4), which looks the same but for its random.
func serverHello(c *wire.Cursor) {
	version := c.Uint("legacy_version", 2, VersionName)
	retry := random(c)
	opaque(c, "legacy_session_id_echo", 1)
	suite := c.Uint("cipher_suite", 2, SuiteName)
	c.Uint("legacy_compression_method", 1, compressionName)
	where := inServerHello
	if retry {
		where = inRetry
	}
	if c.More() {
		extensions(c, where)
	}
	// In short: what the server chose.
	said := []string{wire.Bare(VersionName(version)), wire.Bare(SuiteName(suite))}
	if retry {
		said[1] = "the client has to try again"
	}
	for _, k := range extensionsOf(c.This()) {
		switch {
		case k.Value == "":
		case k.Name == "supported_versions":
			said[0] = k.Value
		case k.Name == "key_share" && retry:
			said[1] = "the client has to try again with a share for " + k.Value
		case k.Name == "key_share":
			said = append(said, k.Value)
		}
	}
	c.Say("%s", strings.Join(said, ", "))
}

// extensionsOf returns the extensions of a message, or nil.
func extensionsOf(m *wire.Field) []*wire.Field {
	if list := m.Kid("extensions"); list != nil {
		return list.Kids
	}
	return nil
}

// random reads the random of a hello, and reports whether it is the one that
// marks a HelloRetryRequest. A server that speaks TLS 1.3 but was asked for less
// marks its random too (RFC 9846, Section 4.2.3).
func random(c *wire.Cursor) bool {
	b := c.Opaque("random", 32)
	if b == nil {
		return false
	}
	f := c.Last()
	f.Value = "32 random bytes"
	switch {
	case bytes.Equal(b, retryRandom()):
		f.Value = "the fixed value that marks a HelloRetryRequest"
		return true
	case bytes.HasPrefix(b[24:], []byte("DOWNGRD")) && b[31] <= 1:
		version := "TLS 1.2"
		if b[31] == 0 {
			version = "TLS 1.1 or older"
		}
		f.Value = fmt.Sprintf("24 random bytes, then DOWNGRD %02x: this server speaks TLS 1.3 but was asked for %s", b[31], version)
	}
	return false
}
