package dissect

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	_ "crypto/sha256" // for crypto.SHA224 and crypto.SHA256
	_ "crypto/sha512" // for crypto.SHA384 and crypto.SHA512
	"errors"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// A scheme is how a signature is made.
type scheme struct {
	key  string      // the kind of key: "RSA", "ECDSA", "Ed25519"
	hash crypto.Hash // of what is signed; 0 where all of it is
	pss  bool
}

// schemeOf returns the scheme of that code (RFC 9846, Section 4.3.3); false if it
// cannot be checked here.
func schemeOf(code uint64) (scheme, bool) {
	switch code {
	case 0x0201:
		return scheme{"RSA", crypto.SHA1, false}, true
	case 0x0301:
		return scheme{"RSA", crypto.SHA224, false}, true
	case 0x0401:
		return scheme{"RSA", crypto.SHA256, false}, true
	case 0x0501:
		return scheme{"RSA", crypto.SHA384, false}, true
	case 0x0601:
		return scheme{"RSA", crypto.SHA512, false}, true
	case 0x0203:
		return scheme{"ECDSA", crypto.SHA1, false}, true
	case 0x0303:
		return scheme{"ECDSA", crypto.SHA224, false}, true
	case 0x0403:
		return scheme{"ECDSA", crypto.SHA256, false}, true
	case 0x0503:
		return scheme{"ECDSA", crypto.SHA384, false}, true
	case 0x0603:
		return scheme{"ECDSA", crypto.SHA512, false}, true
	case 0x0804, 0x0809:
		return scheme{"RSA", crypto.SHA256, true}, true
	case 0x0805, 0x080a:
		return scheme{"RSA", crypto.SHA384, true}, true
	case 0x0806, 0x080b:
		return scheme{"RSA", crypto.SHA512, true}, true
	case 0x0807:
		return scheme{"Ed25519", 0, false}, true
	}
	return scheme{}, false
}

// keyScheme is how keys of a kind sign before TLS 1.2: RSA over MD5 and SHA-1,
// ECDSA over SHA-1 (RFC 4346, Section 7.4.3; RFC 8422, Section 5.4).
func keyScheme(key crypto.PublicKey) (scheme, bool) {
	switch key.(type) {
	case *rsa.PublicKey:
		return scheme{"RSA", crypto.MD5SHA1, false}, true
	case *ecdsa.PublicKey:
		return scheme{"ECDSA", crypto.SHA1, false}, true
	}
	return scheme{}, false
}

// exchangeSigned checks the signature of a ServerKeyExchange: over both randoms
// and the server's share (RFC 5246, Section 7.4.3).
func (w *witness) exchangeSigned(m *wire.Field) {
	c := &check{name: "ServerKeyExchange.signature", dir: ToClient, at: m.Kid("signature")}
	if c.at == nil || c.at.Err != nil || len(m.Kids) < 3 || !w.seen || w.full() {
		return // this key exchange has none
	}
	// What is signed stands between the header and what says how.
	end := c.at.Off
	if a := m.Kid("algorithm"); a != nil {
		end = a.Off
		c.evidence = append(c.evidence, a)
	}
	params := m.Src.Data[m.Kids[2].Off:end]
	c.proof = "over both randoms and the share"
	if r := w.steps.client.Kid("random"); r != nil {
		c.evidence = append(c.evidence, r)
	}
	if r := w.steps.server.Kid("random"); r != nil {
		c.evidence = append(c.evidence, r)
	}
	c.over = &scroll{}
	c.over.add(ToServer, "ClientHello.random", w.said.clientRandom)
	c.over.add(ToClient, "ServerHello.random", w.said.serverRandom)
	c.over.add(ToClient, "ServerKeyExchange", params)
	w.signed(c, m, func() [][]byte { return c.over.parts })
	w.note(c)
}

// verifySigned checks a CertificateVerify: over the hash of the transcript behind
// 64 spaces and who signs (RFC 9846, Section 4.5.2), or before TLS 1.3 over all
// messages as they are (RFC 5246, Section 7.4.8).
func (w *witness) verifySigned(d Dir, m *wire.Field, t *scroll) {
	c := &check{name: "CertificateVerify.signature", dir: d, at: m.Kid("signature"), over: t.first(len(t.parts))}
	c.over.size = t.size
	if c.at == nil || c.at.Err != nil || !w.seen || w.full() {
		return
	}
	if a := m.Kid("algorithm"); a != nil {
		c.evidence = append(c.evidence, a)
	}
	c.proof = fmt.Sprintf("over %s", wire.Count(len(c.over.parts), "message"))
	w.signed(c, m, func() [][]byte {
		if !w.tls13() {
			return c.over.parts
		}
		who := "client"
		if d == ToClient {
			who = "server"
		}
		sum := c.over.hash(w.said.how.hash)
		c.evidence = append(c.evidence, computed("Transcript-Hash", sum))
		context := strings.Repeat(" ", 64) + "TLS 1.3, " + who + " CertificateVerify\x00"
		return [][]byte{[]byte(context), sum}
	})
	w.note(c)
}

// signed checks a signature over what covered returns, with the key of the
// certificate that its sender showed.
func (w *witness) signed(c *check, m *wire.Field, covered func() [][]byte) {
	leaf := w.leaf[c.dir]
	if leaf == nil {
		c.why = errors.New("no certificate was seen whose key it could be made with")
		return
	}
	c.evidence = append(c.evidence, leaf)
	parts := covered()
	// It is the dearest thing here, and mostly the same for both sides.
	id := string(slices.Concat(leaf.Bytes(), m.Bytes(), slices.Concat(parts...)))
	done, ok := w.judged[id]
	if !ok {
		done.ok, done.why = judge(leaf.Bytes(), m.Kid("algorithm"), parts, content(c.at))
		w.judged[id] = done
	}
	c.ok, c.why = done.ok, done.why
}

// A judgement is what became of a signature.
type judgement struct {
	ok  bool
	why error // it could not be checked, because
}

// judge checks a signature with a key as it stands in a certificate. An error says
// that it cannot.
func judge(spki []byte, algorithm *wire.Field, parts [][]byte, sig []byte) (bool, error) {
	key, err := publicKey(spki)
	if err != nil {
		return false, err
	}
	how, ok := keyScheme(key)
	name := "the scheme of this version"
	if algorithm != nil {
		how, ok = schemeOf(algorithm.Code)
		name = wire.Bare(algorithm.Value)
	}
	if !ok {
		return false, fmt.Errorf("%s is not checked here", name)
	}
	return how.verify(key, parts, sig)
}

// verify checks a signature over the parts. An error says that it cannot.
func (s scheme) verify(key crypto.PublicKey, parts [][]byte, sig []byte) (bool, error) {
	all := slices.Concat(parts...)
	switch s.hash {
	case 0:
		return s.verifySum(key, all, sig)
	case crypto.MD5SHA1: // which is no hash of its own
		first, second := md5.Sum(all), sha1.Sum(all)
		return s.verifySum(key, append(first[:], second[:]...), sig)
	}
	h := s.hash.New()
	h.Write(all)
	return s.verifySum(key, h.Sum(nil), sig)
}

// verifySum is verify for what is hashed already.
func (s scheme) verifySum(key crypto.PublicKey, sum, sig []byte) (bool, error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		switch {
		// A scheme for another kind of key cannot have made it.
		case s.key != "RSA":
			return false, nil
		// Go refuses shorter ones, and longer ones take longer than they are worth.
		case k.N.BitLen() < 1024 || k.N.BitLen() > 8192:
			return false, fmt.Errorf("with an RSA key of %d bits nothing is checked here", k.N.BitLen())
		case s.pss: // the salt is as long as the hash (RFC 9846, Section 4.3.3)
			return rsa.VerifyPSS(k, s.hash, sum, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil, nil
		}
		return rsa.VerifyPKCS1v15(k, s.hash, sum, sig) == nil, nil
	case *ecdsa.PublicKey:
		return s.key == "ECDSA" && ecdsa.VerifyASN1(k, sum, sig), nil
	case ed25519.PublicKey:
		return s.key == "Ed25519" && ed25519.Verify(k, sum, sig), nil
	}
	return false, fmt.Errorf("a key of type %T is not checked here", key)
}
