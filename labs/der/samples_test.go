package der

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/url"
	"slices"
	"testing"

	"golang.org/x/crypto/ocsp"
	"software.sslmate.com/src/go-pkcs12"
)

// A sample is one object of each kind, as software of others makes it.
type sample struct {
	kind, label string
	der         []byte
}

// lab is a certificate authority and its keys, made for one test.
type lab struct {
	t       testing.TB
	key     *ecdsa.PrivateKey
	rsa     *rsa.PrivateKey
	ed      ed25519.PrivateKey
	ca      *x509.Certificate
	leaf    *x509.Certificate
	samples map[string]sample
}

// samples makes one of each.
func samples(t testing.TB) map[string]sample {
	t.Helper()
	l := &lab{t: t, samples: map[string]sample{}}
	var err error
	l.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	l.check(err)
	l.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	l.check(err)
	_, l.ed, err = ed25519.GenerateKey(rand.Reader)
	l.check(err)
	l.certificates()
	l.requests()
	l.lists()
	l.answers()
	l.keys()
	l.bags()
	return l.samples
}

func (l *lab) check(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) add(name, kind, label string, der []byte) { l.samples[name] = sample{kind, label, der} }

func (l *lab) certificates() {
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Lab CA"}, NotBefore: today, NotAfter: today.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte("the key of the CA")}
	made, err := x509.CreateCertificate(rand.Reader, c, c, l.key.Public(), l.key)
	l.check(err)
	l.ca, err = x509.ParseCertificate(made)
	l.check(err)
	u, err := url.Parse("spiffe://lab.test/ns/prod/app")
	l.check(err)
	c = &x509.Certificate{SerialNumber: big.NewInt(0x1234567890abcdef), Subject: pkix.Name{CommonName: "app.lab.test"}, NotBefore: today, NotAfter: today.AddDate(0, 0, 47),
		DNSNames: []string{"app.lab.test"}, URIs: []*url.URL{u}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	made, err = x509.CreateCertificate(rand.Reader, c, l.ca, l.key.Public(), l.key)
	l.check(err)
	l.leaf, err = x509.ParseCertificate(made)
	l.check(err)
	l.add("certificate", "certificate", "CERTIFICATE", made)
	aux := seq(seq(arcs("1.3.6.1.5.5.7.3.1")), tlv(0xa0, arcs("1.3.6.1.5.5.7.3.4")), tlv(tagUTF8, "my app"), tlv(tagOctetString, "key"))
	l.add("trusted", "certificate", "TRUSTED CERTIFICATE", append(slices.Clone(made), aux...))
}

func (l *lab) requests() {
	c := &x509.CertificateRequest{Subject: pkix.Name{CommonName: "app.lab.test", Organization: []string{"Lab"}}, DNSNames: []string{"app.lab.test", "*.app.lab.test"},
		ExtraExtensions: []pkix.Extension{ext("2.5.29.15", true, tlv(tagBitString, 7, 0x80))}}
	made, err := x509.CreateCertificateRequest(rand.Reader, c, l.key)
	l.check(err)
	l.add("request", "request", "CERTIFICATE REQUEST", made)
	info := seq(tlv(tagInteger, 0), cn(tagUTF8, "old"), spki(l.t, l.ed.Public()),
		tlv(0xa0, seq(arcs("1.2.840.113549.1.9.7"), tlv(tagSet, tlv(tagUTF8, "a password"))), seq(arcs("1.2.840.113549.1.9.2"), tlv(tagSet, tlv(tagIA5, "ann")))))
	l.add("request with attributes", "request", "NEW CERTIFICATE REQUEST", seq(info, seq(arcs("1.3.101.112")), tlv(tagBitString, 0, ed25519.Sign(l.ed, info))))
}

// spki encodes a public key.
func spki(t testing.TB, public crypto.PublicKey) []byte {
	t.Helper()
	b, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (l *lab) lists() {
	idp := ext("2.5.29.28", true, seq(tlv(0xa0, tlv(0xa0, tlv(0x86, "http://crl.lab.test/1"))), tlv(0x81, 0xff), tlv(0x83, 4, 0x70)))
	made, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(7), ThisUpdate: today, NextUpdate: today.AddDate(0, 0, 7), ExtraExtensions: []pkix.Extension{idp},
		RevokedCertificateEntries: []x509.RevocationListEntry{
			{SerialNumber: big.NewInt(0x0a1b), RevocationTime: today.AddDate(0, 0, -2), ReasonCode: 1},
			{SerialNumber: big.NewInt(0x1234567890abcdef), RevocationTime: today.AddDate(0, 0, -1)},
			{SerialNumber: big.NewInt(3), RevocationTime: today, ReasonCode: 6, ExtraExtensions: []pkix.Extension{
				ext("2.5.29.23", false, arcs("1.2.840.10040.2.2")), ext("2.5.29.24", false, tlv(tagGeneralized, "20261120030000Z")),
				ext("2.5.29.29", true, seq(tlv(0xa4, cn(tagUTF8, "Other CA"))))}},
		}}, l.ca, l.key)
	l.check(err)
	l.add("crl", "crl", "X509 CRL", made)
	// The oldest form: no version, nothing revoked, no extensions.
	alg := seq(arcs("1.2.840.10045.4.3.2"))
	sig := tlv(tagBitString, 0, seq(tlv(tagInteger, 1), tlv(tagInteger, 2)))
	l.add("crl v1", "crl", "X509 CRL", seq(seq(alg, cn(tagPrintable, "Lab CA"), tlv(tagUTCTime, "261122030000Z")), alg, sig))
	delta := tlv(0xa0, seq(extension1("2.5.29.20", tlv(tagInteger, 8)), seq(arcs("2.5.29.27"), tlv(tagBoolean, 0xff), tlv(tagOctetString, tlv(tagInteger, 7)))))
	entry := seq(tlv(tagInteger, 3), tlv(tagUTCTime, "261122030000Z"), seq(extension1("2.5.29.21", tlv(tagEnumerated, 8))))
	l.add("crl delta", "crl", "X509 CRL", seq(seq(tlv(tagInteger, 1), alg, cn(tagPrintable, "Lab CA"), tlv(tagUTCTime, "261122030000Z"), tlv(tagGeneralized, "20261123030000Z"), seq(entry), delta), alg, sig))
}

func (l *lab) answers() {
	asked, err := ocsp.CreateRequest(l.leaf, l.ca, nil)
	l.check(err)
	l.add("ocsp-request", "ocsp-request", "OCSP REQUEST", asked)
	id := seq(seq(arcs("1.3.14.3.2.26"), tlv(tagNull)), tlv(tagOctetString, make([]byte, 20)), tlv(tagOctetString, make([]byte, 20)), tlv(tagInteger, 9))
	exts := tlv(0xa2, seq(extension1("1.3.6.1.5.5.7.48.1.2", tlv(tagOctetString, "sixteen octets..")), extension1("1.3.6.1.5.5.7.48.1.4", seq(arcs("1.3.6.1.5.5.7.48.1.1")))))
	l.add("ocsp-request signed", "ocsp-request", "OCSP REQUEST", seq(seq(tlv(0xa1, tlv(0xa4, cn(tagUTF8, "ann"))), seq(seq(id)), exts),
		tlv(0xa0, seq(seq(arcs("1.3.101.112")), tlv(tagBitString, 0, make([]byte, 64)), tlv(0xa0, seq(l.ca.Raw))))))
	for name, r := range map[string]ocsp.Response{
		"ocsp-response":         {Status: ocsp.Good, Certificate: l.ca, ExtraExtensions: []pkix.Extension{ext("1.3.6.1.5.5.7.48.1.6", false, tlv(tagGeneralized, "20251122030000Z"))}},
		"ocsp-response revoked": {Status: ocsp.Revoked, RevokedAt: today.AddDate(0, 0, -2), RevocationReason: ocsp.KeyCompromise},
		"ocsp-response unknown": {Status: ocsp.Unknown},
	} {
		r.SerialNumber, r.ThisUpdate, r.NextUpdate = l.leaf.SerialNumber, today, today.AddDate(0, 0, 4)
		made, err := ocsp.CreateResponse(l.ca, l.ca, r, l.key)
		l.check(err)
		l.add(name, "ocsp-response", "OCSP RESPONSE", made)
	}
	l.add("ocsp-response late", "ocsp-response", "OCSP RESPONSE", ocsp.TryLaterErrorResponse)
	// What x/crypto/ocsp does not make: several answers, by key, with a nonce.
	single := func(status ...any) []byte {
		return seq(append(append([]any{id}, status...), tlv(tagGeneralized, "20261122030000Z"))...)
	}
	data := seq(tlv(0xa2, tlv(tagOctetString, make([]byte, 20))), tlv(tagGeneralized, "20261122030000Z"),
		seq(single(tlv(0x80)), single(tlv(0xa1, tlv(tagGeneralized, "20261120030000Z"), tlv(0xa0, tlv(tagEnumerated, 4)))), single(tlv(0x82))),
		tlv(0xa1, seq(extension1("1.3.6.1.5.5.7.48.1.2", tlv(tagOctetString, "sixteen octets..")))))
	basic := seq(data, seq(arcs("1.3.101.112")), tlv(tagBitString, 0, make([]byte, 64)))
	l.add("ocsp-response three", "ocsp-response", "OCSP RESPONSE", seq(tlv(tagEnumerated, 0), tlv(0xa0, seq(arcs("1.3.6.1.5.5.7.48.1.1"), tlv(tagOctetString, basic)))))
}

func (l *lab) keys() {
	for name, key := range map[string]crypto.Signer{"ec": l.key, "rsa": l.rsa, "ed25519": l.ed} {
		made, err := x509.MarshalPKCS8PrivateKey(key)
		l.check(err)
		l.add("key "+name, "private-key", "PRIVATE KEY", made)
		l.add("public "+name, "public-key", "PUBLIC KEY", spki(l.t, key.Public()))
	}
	made, err := x509.MarshalECPrivateKey(l.key)
	l.check(err)
	l.add("key sec1", "private-key", "EC PRIVATE KEY", made)
	l.add("key pkcs1", "private-key", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(l.rsa))
	l.add("public pkcs1", "public-key", "RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&l.rsa.PublicKey))
	hidden := func(n int) []byte { return slices.Repeat([]byte("hidden.."), n/8) }
	pkcs8 := func(oid string, inside []byte, more ...any) []byte {
		return seq(append([]any{tlv(tagInteger, 0), seq(arcs(oid)), tlv(tagOctetString, inside)}, more...)...)
	}
	l.add("key ml-dsa seed", "private-key", "PRIVATE KEY", pkcs8("2.16.840.1.101.3.4.3.18", tlv(0x80, hidden(32))))
	l.add("key ml-kem both", "private-key", "PRIVATE KEY", pkcs8("2.16.840.1.101.3.4.4.2", seq(tlv(tagOctetString, hidden(64)), tlv(tagOctetString, hidden(2400)))))
	l.add("key ml-dsa expanded", "private-key", "PRIVATE KEY", pkcs8("2.16.840.1.101.3.4.3.17", tlv(tagOctetString, hidden(2560))))
	l.add("key slh-dsa", "private-key", "PRIVATE KEY", pkcs8("2.16.840.1.101.3.4.3.20", hidden(64)))
	l.add("key unknown", "private-key", "PRIVATE KEY", pkcs8("1.2.3.4", hidden(64), tlv(0xa0, seq(arcs("1.2.840.113549.1.9.20"), tlv(tagSet, tlv(tagBMP, "\x00m\x00e"))))))
	l.add("key x448", "private-key", "PRIVATE KEY", seq(tlv(tagInteger, 1), seq(arcs("1.3.101.111")), tlv(tagOctetString, tlv(tagOctetString, hidden(56))), tlv(0x81, 0, make([]byte, 56))))
	l.add("key dsa", "private-key", "DSA PRIVATE KEY", seq(tlv(tagInteger, 0), tlv(tagInteger, 23), tlv(tagInteger, 11), tlv(tagInteger, 4), tlv(tagInteger, 8), tlv(tagInteger, hidden(24))))
	kdf := seq(arcs("1.2.840.113549.1.5.12"), seq(tlv(tagOctetString, "salt salt salt"), tlv(tagInteger, 8, 0), seq(arcs("1.2.840.113549.2.9"), tlv(tagNull))))
	pbes2 := seq(arcs("1.2.840.113549.1.5.13"), seq(kdf, seq(arcs("2.16.840.1.101.3.4.1.42"), tlv(tagOctetString, "initial vector.."))))
	l.add("key encrypted", "private-key", "ENCRYPTED PRIVATE KEY", seq(pbes2, tlv(tagOctetString, make([]byte, 144))))
	kdf = seq(arcs("1.3.6.1.4.1.11591.4.11"), seq(tlv(tagOctetString, "salt salt salt"), tlv(tagInteger, 0x40, 0), tlv(tagInteger, 8), tlv(tagInteger, 1)))
	scrypt := seq(arcs("1.2.840.113549.1.5.13"), seq(kdf, seq(arcs("2.16.840.1.101.3.4.1.2"), tlv(tagOctetString, "initial vector.."))))
	l.add("key scrypt", "private-key", "ENCRYPTED PRIVATE KEY", seq(scrypt, tlv(tagOctetString, make([]byte, 144))))
}

func (l *lab) bags() {
	empty := tlv(tagSet)
	l.add("pkcs7", "pkcs7", "PKCS7", seq(arcs(oidSigned), tlv(0xa0, seq(tlv(tagInteger, 1), empty, seq(arcs(oidData)), tlv(0xa0, l.leaf.Raw, l.ca.Raw), tlv(0xa1, l.samples["crl"].der), empty))))
	sha := seq(arcs("2.16.840.1.101.3.4.2.1"))
	signer := seq(tlv(tagInteger, 1), seq(cn(tagUTF8, "Lab CA"), tlv(tagInteger, 1)), sha, tlv(0xa0, seq(arcs("1.2.840.113549.1.9.4"), tlv(tagSet, tlv(tagOctetString, make([]byte, 32))))),
		seq(arcs("1.2.840.10045.4.3.2")), tlv(tagOctetString, "a signature"))
	l.add("cms signed", "pkcs7", "CMS", seq(arcs(oidSigned), tlv(0xa0, seq(tlv(tagInteger, 1), tlv(tagSet, sha), seq(arcs(oidData), tlv(0xa0, tlv(tagOctetString, "text"))), tlv(tagSet, signer)))))
	for name, how := range map[string]*pkcs12.Encoder{"pfx": pkcs12.Modern, "pfx old": pkcs12.LegacyRC2, "pfx plain": pkcs12.Passwordless} {
		password := "password"
		if name == "pfx plain" {
			password = ""
		}
		made, err := how.Encode(l.key, l.leaf, []*x509.Certificate{l.ca}, password)
		l.check(err)
		l.add(name, "pkcs12", "PKCS12", made)
	}
	store, err := pkcs12.Passwordless.EncodeTrustStoreEntries([]pkcs12.TrustStoreEntry{{Cert: l.ca, FriendlyName: "the lab"}}, "")
	l.check(err)
	l.add("pfx store", "pkcs12", "PKCS12", store)
	plain, err := x509.MarshalPKCS8PrivateKey(l.key)
	l.check(err)
	bags := seq(seq(arcs("1.2.840.113549.1.12.10.1.1"), tlv(0xa0, plain), tlv(tagSet, seq(arcs("1.2.840.113549.1.9.21"), tlv(tagSet, tlv(tagOctetString, "id"))))),
		seq(arcs("1.2.840.113549.1.12.10.1.4"), tlv(0xa0, seq(arcs("1.2.840.113549.1.9.23.1"), tlv(0xa0, tlv(tagOctetString, l.samples["crl v1"].der))))),
		seq(arcs("1.2.840.113549.1.12.10.1.5"), tlv(0xa0, seq(arcs("1.2.3"), tlv(0xa0, tlv(tagOctetString, "a secret of somebody's"))))))
	safe := seq(seq(arcs(oidData), tlv(0xa0, tlv(tagOctetString, bags))))
	mac := seq(seq(seq(arcs("2.16.840.1.101.3.4.2.1"), tlv(tagNull)), tlv(tagOctetString, make([]byte, 32))), tlv(tagOctetString, "salt salt"), tlv(tagInteger, 8, 0))
	l.add("pfx bare key", "pkcs12", "PKCS12", seq(tlv(tagInteger, 3), seq(arcs(oidData), tlv(0xa0, tlv(tagOctetString, safe))), mac))
}
