package der

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestWords: what the objects of each kind say of themselves, at the fields that
// lessons ask for.
func TestWords(t *testing.T) {
	all := samples(t)
	for _, c := range []struct{ name, path, want string }{
		{"request", "", "request for app.lab.test"},
		{"request", "extensionRequest", "subjectAltName, keyUsage"},
		{"request", "subjectAltName", "app.lab.test, *.app.lab.test"},
		{"request with attributes", "challengePassword", "a password"},
		{"crl", "", "3 certificates revoked, by Lab CA, until 2026-11-29"},
		{"crl", "revokedCertificate", "0a:1b revoked 2026-11-20 (keyCompromise)"},
		{"crl", "cRLNumber", "7"},
		{"crl", "issuingDistributionPoint", "http://crl.lab.test/1, only leaves, only keyCompromise, cACompromise, affiliationChanged"},
		{"crl", "invalidityDate", "2026-11-20 03:00:00 UTC"},
		{"crl", "certificateIssuer", "CN=Other CA"},
		{"crl v1", "", "nothing revoked, by Lab CA"},
		{"crl delta", "", "1 certificate revoked, by Lab CA, until 2026-11-23, changes only"},
		{"crl delta", "revokedCertificate", "03 no longer revoked 2026-11-22 (removeFromCRL)"},
		{"crl delta", "deltaCRLIndicator", "since number 7"},
		{"ocsp-request", "", "asks about 12:34:56:78:90:ab:cd:ef"},
		{"ocsp-request signed", "requestorName", "CN=ann"},
		{"ocsp-request signed", "nonce", "73:69:78:74:65:65:6e:20:6f:63:74:65:74:73:2e:2e"},
		{"ocsp-response", "", "successful: good"},
		{"ocsp-response", "byName", "CN=Lab CA"},
		{"ocsp-response", "certs", "1 certificate"},
		{"ocsp-response", "nextUpdate", "2026-11-26 03:00:00 UTC"},
		{"ocsp-response", "archiveCutoff", "2025-11-22 03:00:00 UTC"},
		{"ocsp-response revoked", "certStatus", "revoked 2026-11-20 (keyCompromise)"},
		{"ocsp-response unknown", "certStatus", "unknown"},
		{"ocsp-response late", "", "tryLater"},
		{"ocsp-response three", "responses", "good, revoked 2026-11-20 (superseded), unknown"},
		{"key ec", "", "P-256 private key"},
		{"key rsa", "", "RSA 2048-bit private key"},
		{"key ml-dsa seed", "", "ML-DSA-65 private key"},
		{"key ml-dsa seed", "seed", "withheld, 32 bytes"},
		{"key x448", "", "X448 private key"},
		{"key slh-dsa", "privateKey", "withheld, 64 bytes"},
		{"key dsa", "", "DSA private key"},
		{"key unknown", "friendlyName", "me"},
		{"key scrypt", "", "encrypted private key, PBES2: AES-128-CBC, scrypt: N 16384"},
		{"public rsa", "", "RSA 2048-bit key"},
		{"public pkcs1", "", "RSA 2048-bit key"},
		{"public ec", "", "P-256 key"},
		{"pkcs7", "", "signedData: 2 certificates, 1 CRL, nothing signed"},
		{"pkcs7", "certificates.subjectAltName", "app.lab.test, 127.0.0.1, spiffe://lab.test/ns/prod/app"},
		{"cms signed", "SignerInfo", "by CN=Lab CA, 01"},
		{"pfx old", "contentEncryptionAlgorithm", "pbeWithSHAAnd40BitRC2-CBC: 2048 rounds"},
		{"pfx store", "", "certBag Lab CA, self-issued, called the lab"},
		{"trusted", "CertAux", "trusted for serverAuth, rejected for emailProtection, called my app"},
	} {
		found, err := Objects(c.name, armour(all[c.name].der, all[c.name].label))
		if err != nil {
			t.Fatal(err)
		}
		root := found[0].Tree()
		got := root.Value
		if c.path != "" {
			got = at(root, c.path)
		}
		if got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.name, c.path, got, c.want)
		}
	}
}

// TestHostileObjects: text that does something to a terminal, wherever the other
// kinds can carry text.
func TestHostileObjects(t *testing.T) {
	for _, evil := range []string{"\x1b[2J", "lab\u202etset.bal", "a\x00b", "\xff\xfe", strings.Repeat("\x1b[1m", 300)} {
		name := cn(tagUTF8, evil)
		alg, sig := seq(arcs("1.3.101.112")), tlv(tagBitString, 0, 1)
		attr := tlv(tagSet, seq(arcs("1.2.840.113549.1.9.20"), tlv(tagSet, tlv(tagUTF8, evil))))
		for kind, b := range map[string][]byte{
			"request":      seq(seq(tlv(tagInteger, 0), name, seq(alg, sig), append([]byte{0xa0}, attr[1:]...)), alg, sig),
			"crl":          seq(seq(alg, name, tlv(tagUTCTime, evil)), alg, sig),
			"ocsp-request": seq(seq(tlv(0xa1, tlv(0x86, "spiffe://"+evil)), seq())),
			"private-key":  seq(tlv(tagInteger, 0), alg, tlv(tagOctetString, tlv(tagOctetString, 1)), append([]byte{0xa0}, attr[1:]...)),
		} {
			found, err := Objects(evil, armour(b, "X"))
			if err != nil || found[0].Kind != kind {
				t.Errorf("%s: %v, %+v", kind, err, found)
				continue
			}
			root := found[0].Tree()
			sober(t, root, len(b))
			if wire.Clean(found[0].Src.Name, 300) != found[0].Src.Name {
				t.Errorf("%q is not clean", found[0].Src.Name)
			}
		}
	}
}
