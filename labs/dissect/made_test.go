package dissect

import (
	"bytes"
	"compress/zlib"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"crypto/tls"
	"slices"
	"testing"
)

// madeBytes are messages put together by hand, as no program here sends them:
// what the session has heard before, and the records.
type madeBytes struct {
	version, suite uint16
	records        []byte
}

// short and wide return data behind its length in one byte and in three.
func short(data ...byte) []byte { return append([]byte{byte(len(data))}, data...) }
func wide(data []byte) []byte {
	return append([]byte{byte(len(data) >> 16), byte(len(data) >> 8), byte(len(data))}, data...)
}

// said returns a record with one handshake message.
func said(typ byte, parts ...[]byte) []byte {
	return plainRecord(typeHandshake, append([]byte{typ}, wide(slices.Concat(parts...))...))
}

// some returns n bytes that are not all alike.
func some(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i + 1)
	}
	return b
}

// entry returns a CertificateEntry of TLS 1.3 without extensions.
func entry(cert []byte) []byte { return append(wide(cert), 0, 0) }

func zipped(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// made returns the messages made by hand.
func made(t testing.TB) map[string]madeBytes {
	cert := certified(t, "p256").Certificate[0]
	list := append([]byte{0}, wide(entry(cert))...)
	oid := short(6, 3, 0x55, 0x1d, 37)
	serverHello := func(version byte, suite []byte, random []byte, exts ...[]byte) []byte {
		return said(serverHelloType, []byte{3, version}, random, []byte{0}, suite, []byte{0}, long(slices.Concat(exts...)))
	}
	rsa, ssl := uint16(0x002f), uint16(0x0300)
	all := map[string]madeBytes{
		"hello": {0, 0, hello(slices.Concat(
			ext(0x0a0a, nil), ext(17, long(append([]byte{1, 0, 4, 0, 0, 0, 0}, append([]byte{2}, long(append(long(long(some(20))), 0, 0))...)...))),
			ext(2, nil), ext(4, nil), ext(9, short(0, 1)), ext(33, nil), ext(58, []byte{2, 1}), ext(0xfd00, short(0, 10, 0, 51)),
			ext(16, long(slices.Concat(short(0x0a, 0x0a), short('h', '2')))), ext(50, long([]byte{8, 4, 0x5a, 0x5a})), ext(21, make([]byte, 30)),
			ext(45, short(1, 0x2a)), ext(27, short(0, 1, 0, 2, 0, 3)), ext(34, long([]byte{4, 3})), ext(17513, long(short('h', '2'))),
			ext(57, slices.Concat([]byte{0x01, 0x04, 0x80, 0, 0x75, 0x30, 0x0f, 0x08}, some(8), []byte{0x04, 0x02, 0x44, 0x00, 0x1b, 0x01, 9})),
			ext(0xfafa, []byte{0}), ext(0x4d4d, some(9)),
		))},
		"inner hello":      {0, 0, hello(ext(0xfe0d, []byte{1}))},
		"retry":            {0, 0, serverHello(3, []byte{0x13, 1}, retryRandom(), ext(43, []byte{3, 4}), ext(0xfe0d, some(8)))},
		"encrypted":        {0x0304, 0x1301, said(encryptedExts, long(slices.Concat(ext(58, []byte{2}), ext(14, append(long([]byte{0, 7}), 0)), ext(1, []byte{2}), ext(5, nil))))},
		"filters":          {0x0304, 0x1301, said(certificateRequest, []byte{0}, long(slices.Concat(ext(48, long(slices.Concat(oid, long(some(12))))), ext(18, nil), ext(5, nil))))},
		"packed":           {0x0304, 0x1301, said(compressedType, []byte{0, 1}, wide(list)[:3], wide(zipped(list)))},
		"packed otherwise": {0x0304, 0x1301, said(compressedType, []byte{0, 2}, wide(list)[:3], wide(some(100)))},
		"several staples":  {0x0303, rsa, said(certificateStatus, []byte{2}, wide(slices.Concat(wide(laterOn), wide(nil))))},
		"staples in 1.3":   {0x0304, 0x1301, said(certificateType, []byte{0}, wide(append(wide(cert), long(ext(5, append([]byte{1}, wide(laterOn)...)))...)))},
		"export":           {0x0301, 0x0003, said(serverKeyExchange, long(some(64)), long([]byte{1, 0, 1}), long(some(128)))},
		"srp server":       {0x0303, 0xc021, said(serverKeyExchange, long(some(128)), long([]byte{2}), short(some(16)...), long(some(128)), []byte{4, 1}, long(some(128)))},
		"srp client":       {0x0303, 0xc021, said(clientKeyExchange, long(some(128)))},
		"certified share":  {0x0303, 0x0033, said(clientKeyExchange)},
		"SSL 3.0 key":      {ssl, 0x000a, said(clientKeyExchange, some(128))},
		"SSL 3.0 request":  {ssl, 0x000a, said(certificateRequest, short(1, 2), long(nil))},
		"SSL 3.0 verify":   {ssl, 0x000a, said(certificateVerify, long(some(128)))},
		"SSL 3.0 finished": {ssl, 0x000a, said(finishedType, some(36))},
		"datagrams":        {0, 0, said(helloVerify, []byte{0xfe, 0xff}, short(some(20)...))},
		"heartbeat":        {0, 0, plainRecord(typeHeartbeat, slices.Concat([]byte{1, 0, 12}, some(12), make([]byte, 16)))},
	}
	for name, typ := range map[string]byte{"url": certificateURL, "supplement": supplementalData, "hash": messageHash} {
		all[name] = madeBytes{0x0303, rsa, said(typ, some(40))}
	}
	return all
}

// read reads them.
func (m madeBytes) read() []Record { return versioned(m.version, m.suite).Feed(ToClient, m.records) }

// goRuns are connections of Go with itself, each for what only Go says here.
func goRuns(t *testing.T) map[string][]Record {
	certs := map[string]tls.Certificate{"p256": certified(t, "p256")}
	p := pairing{key: "p256", version: tls.VersionTLS13, edit: everything}
	all := map[string][]Record{"go 1.3": p.connect(t, certs, NewKeys())}
	p.version = tls.VersionTLS12
	all["go 1.2"] = p.connect(t, certs, NewKeys())
	p = pairing{key: "p256", version: tls.VersionTLS13, group: tls.CurveP384, retry: true}
	all["go retry"] = p.connect(t, certs, NewKeys())
	p = pairing{key: "p256", version: tls.VersionTLS13, tickets: true}
	all["go resumed"] = p.connect(t, certs, NewKeys())
	config, key := helloConfig(t, 7)
	other, _ := helloConfig(t, 9)
	for name, offered := range map[string][]byte{"go hidden": config, "go hidden, refused": other} {
		client, server := settings(certs["p256"])
		client.EncryptedClientHelloConfigList = long(offered)
		server.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{{Config: config, PrivateKey: key, SendAsRetry: true}}
		keys := NewKeys()
		if err := keys.ECH(config, key); err != nil {
			t.Fatal(err)
		}
		if name == "go hidden" {
			all[name] = replay(New(keys), talk(t, client, server, keys))
		} else {
			client.InsecureSkipVerify = false // it checks the certificate for the public name, and ends
			all[name] = replay(New(keys), refused(t, client, server, keys))
		}
	}
	return all
}

// helloConfig returns an ECHConfig of that number, and its private key (RFC 9849,
// Section 4).
func helloConfig(t testing.TB, id byte) (config, key []byte) {
	t.Helper()
	k, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	kem := hpke.DHKEM(ecdh.X25519())
	body := slices.Concat([]byte{id, byte(kem.ID() >> 8), byte(kem.ID())}, long(k.PublicKey().Bytes()), long([]byte{0, 1, 0, 1}),
		[]byte{32}, short([]byte("public.lab.test")...), long(nil))
	return append([]byte{0xfe, 0x0d}, long(body)...), k.Bytes()
}

// laterOn is the shortest OCSP response: tryLater (RFC 6960, Section 4.2.1).
var laterOn = []byte{0x30, 3, 0x0a, 1, 3}
