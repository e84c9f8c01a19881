package dissect

import "tlstutor/labs/wire"

// encryptedHello reads encrypted_client_hello (RFC 9849, Section 5): in a hello
// that is seen the inner one, sealed; in the inner one a mark; from the server
// configurations to try again with, or a sign that it took the inner one.
func encryptedHello(c *wire.Cursor, in place) string {
	switch in {
	case inClientHello:
		return clientECH(c)
	case inRetry: // RFC 9849, Section 7.2.1
		c.Opaque("confirmation", 8)
		return "8 bytes that show whether the inner hello was taken"
	case inEncrypted: // RFC 9849, Section 7.1
		return "configurations to try again with: " + configList(c, "retry_configs")
	}
	c.Fail("nothing of this kind stands in such a message (RFC 9849, Section 5)")
	return ""
}

// clientECH reads an ECHClientHello (RFC 9849, Section 5).
func clientECH(c *wire.Cursor) string {
	kind := c.Uint("type", 1, echTypeName)
	if kind == 1 {
		return "the inner hello"
	} else if kind != 0 {
		c.Fail("a hello is outer or inner (RFC 9849, Section 5)")
		return ""
	}
	said := cipherPair(c)
	c.Uint("config_id", 1, nil)
	// Empty in the hello behind a HelloRetryRequest: the keys are those of the first.
	opaque(c, "enc", 2)
	return "a hello sealed with " + said + ", " + opaque(c, "payload", 2)
}

// cipherPair reads a HpkeSymmetricCipherSuite (RFC 9849, Section 4).
func cipherPair(c *wire.Cursor) string {
	said := ""
	c.Group("HpkeSymmetricCipherSuite", min(4, c.Len()), func(c *wire.Cursor) {
		kdf := c.Uint("kdf_id", 2, kdfName)
		aead := c.Uint("aead_id", 2, aeadName)
		said = wire.Bare(kdfName(kdf)) + ", " + wire.Bare(aeadName(aead))
		c.Say("%s", said)
	})
	return said
}

// configList reads an ECHConfigList (RFC 9849, Section 4), and returns the public
// names in it.
func configList(c *wire.Cursor, name string) string {
	var all words
	c.Vector(name, 2, func(c *wire.Cursor) {
		for c.More() {
			all.add(config(c))
		}
		setValue(c, all.joined(", "))
	})
	return all.joined(", ")
}

// config reads an ECHConfig (RFC 9849, Section 4): a public key, how to use it, and
// the name that a hello may show in place of its own.
func config(c *wire.Cursor) string {
	f := c.Group("ECHConfig", sized(c, 2, 2), func(c *wire.Cursor) {
		version := c.Uint("version", 2, ExtensionName)
		if version != 0xfe0d {
			c.Say("a version that is not known here: %s", opaque(c, "contents", 2))
			return
		}
		name := ""
		c.Vector("contents", 2, func(c *wire.Cursor) { name = configContents(c) })
		c.Say("%s", name)
	})
	return f.Value
}

// configContents reads an ECHConfigContents (RFC 9849, Section 4), and returns the
// public name.
func configContents(c *wire.Cursor) string {
	// HpkeKeyConfig: the lists in it have lengths, the whole has none.
	size := sized(c, 3, 2)
	c.Group("key_config", sized(c, size, 2), func(c *wire.Cursor) {
		c.Uint("config_id", 1, nil)
		kem := c.Uint("kem_id", 2, kemName)
		opaque(c, "public_key", 2)
		c.Vector("cipher_suites", 2, func(c *wire.Cursor) {
			for c.More() {
				cipherPair(c)
			}
		})
		c.Say("%s", wire.Bare(kemName(kem)))
	})
	c.Uint("maximum_name_length", 1, nil)
	name := text(c, "public_name", 1)
	c.Vector("extensions", 2, func(c *wire.Cursor) {
		for c.More() {
			c.Group("ECHConfigExtension", sized(c, 2, 2), func(c *wire.Cursor) {
				c.Uint("type", 2, configExtensionName)
				opaque(c, "data", 2)
			})
		}
		c.Say("%s", wire.Count(len(c.This().Kids), "extension"))
	})
	return name
}

// configExtensionName names an extension of an ECHConfig. None is in use but those
// without meaning (RFC 9849, Section 11.3).
func configExtensionName(n uint64) string {
	if n == 0 || isGrease(n) && n != 0x0a0a {
		return coded(n, grease)
	}
	return coded(n, "")
}
