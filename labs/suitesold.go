package labs

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
)

// This file is the part of the rules that is of TLS 1.2 and before, and the choice
// of a signature scheme, which differs from version to version.

// predictOld is what becomes of a board up to TLS 1.2 (RFC 5246, Section 7.4.1).
func (on *board) predictOld(o outcome, aes bool) outcome {
	if o = on.protocol(o); o.who != Nobody {
		return o
	}
	hello := on.hello(aes)
	first := prefers(aes, hello)
	fits, stage := on.fitting(o.version)
	if len(fits) == 0 {
		o.stage = stage
		return o.refuse(Server, "handshake_failure", suitesRow, "%s", on.noSuite(stage, o.version))
	}
	i := slices.IndexFunc(ordered(first), func(s boardSuite) bool { return slices.Contains(fits, s.id) })
	suite := ordered(first)[i]
	o.suite = suite.id
	o.rules[suitesRow] = "the server picks, by Go's order and neither list's: the first that both have and that fits the certificate's key; " + orderWords(aes, first)
	if suite.auth == "kRSA" {
		o.rules[groupsRow] = "static RSA has no group: the client encrypts to the key in the certificate"
		o.rules[schemesRow] = "static RSA signs nothing: who can decrypt has shown that the key is theirs"
		return o
	}
	o.group = on.commonGroups(o.version)[0]
	o.rules[groupsRow] = "the server takes the first group of the client's list that it has"
	o.last = "Certificate" // on its way when the key is to sign
	return on.sign(o)
}

// fitting are the suites that both sides have and that can be used: with the
// version, a group and the certificate's key. If there are none, stage is what
// takes the last of them away.
func (on *board) fitting(version uint16) (fits []uint16, stage string) {
	for _, id := range on.client.suites {
		if slices.Contains(on.server.suites, id) && suiteOnBoard(id).auth != "" {
			fits = append(fits, id)
		}
	}
	keep := func(name string, ok func(*boardSuite) bool) {
		if stage != "" {
			return
		}
		fits = slices.DeleteFunc(fits, func(id uint16) bool { return !ok(suiteOnBoard(id)) })
		if len(fits) == 0 {
			stage = name
		}
	}
	keep("list", func(*boardSuite) bool { return true })
	keep("version", func(s *boardSuite) bool { return version == tls.VersionTLS12 || !s.only12 })
	keep("group", func(s *boardSuite) bool { return s.auth == "kRSA" || len(on.commonGroups(version)) > 0 })
	keep("key", func(s *boardSuite) bool { return strings.TrimPrefix(s.auth, "k") == on.auth() })
	return fits, stage
}

// auth is what suites call the certificate's kind of key: Ed25519 goes by the name
// of ECDSA (RFC 8422, Section 2.2).
func (on *board) auth() string {
	if on.key == "rsa2048" {
		return "RSA"
	}
	return "ECDSA"
}

// keyName is the kind of key as one says it.
func (on *board) keyName() string {
	return map[string]string{"p256": "ECDSA (P-256)", "p384": "ECDSA (P-384)", "rsa2048": "RSA", "ed25519": "Ed25519"}[on.key]
}

// noSuite says why there is no suite.
func (on *board) noSuite(stage string, version uint16) string {
	switch stage {
	case "list":
		return "no suite for TLS 1.2 or before is on both lists"
	case "version":
		return fmt.Sprintf("the suites on both lists are of TLS 1.2, and the version is %s", versionName(version))
	case "group":
		return fmt.Sprintf("the suites on both lists need a group, and for %s none is on both sides", versionName(version))
	}
	other := map[string]string{"RSA": "ECDSA", "ECDSA": "RSA"}[on.auth()]
	return fmt.Sprintf("the suites on both lists are for a certificate with an %s key, and the server's key is %s", other, on.keyName())
}

// sign is the choice of the scheme with which the server proves that the key is
// its own: the first of the client's list that fits (RFC 9846, Section 4.3.3).
func (on *board) sign(o outcome) outcome {
	if o.version < tls.VersionTLS12 {
		if on.key == "ed25519" {
			return o.refuse(Server, "handshake_failure", schemesRow, "Ed25519 does not sign below TLS 1.2")
		}
		o.last = ""
		o.rules[schemesRow] = "nothing is chosen below TLS 1.2: the version fixes it, with SHA-1, and MD5 beside it for RSA"
		return o
	}
	fits := on.keySchemes(o.version)
	for _, c := range boardSchemes {
		if slices.Contains(fits, c.is) && slices.Contains(on.schemes, c.is) && on.offers(c.is) {
			o.scheme, o.last = c.is, ""
			o.rules[schemesRow] = "the server takes the first scheme of the client's list that its key and its own list allow"
			return o
		}
	}
	return o.refuse(Server, "handshake_failure", schemesRow, "the server's key is %s, and the server may sign with none of its schemes for %s", on.keyName(), versionName(o.version))
}

// keySchemes are the schemes that the key can be used with. TLS 1.3 ties a curve to
// a hash, and has no PKCS #1 v1.5 (RFC 9846, Section 4.3.3).
func (on *board) keySchemes(version uint16) []tls.SignatureScheme {
	switch {
	case on.key == "ed25519":
		return []tls.SignatureScheme{tls.Ed25519}
	case on.key == "rsa2048" && version == tls.VersionTLS13:
		return []tls.SignatureScheme{tls.PSSWithSHA256, tls.PSSWithSHA384, tls.PSSWithSHA512}
	case on.key == "rsa2048":
		return []tls.SignatureScheme{tls.PSSWithSHA256, tls.PSSWithSHA384, tls.PSSWithSHA512, tls.PKCS1WithSHA256, tls.PKCS1WithSHA384, tls.PKCS1WithSHA512}
	case version < tls.VersionTLS13:
		return []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256, tls.ECDSAWithP384AndSHA384, tls.ECDSAWithP521AndSHA512}
	case on.key == "p384":
		return []tls.SignatureScheme{tls.ECDSAWithP384AndSHA384}
	}
	return []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}
}

// offers reports whether the client lists a scheme: one that only speaks TLS 1.3
// leaves PKCS #1 v1.5 out.
func (on *board) offers(s tls.SignatureScheme) bool {
	return on.client.min < tls.VersionTLS13 || !strings.HasPrefix(schemeName(s), "rsa_pkcs1")
}
