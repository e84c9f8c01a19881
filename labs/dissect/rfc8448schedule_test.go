package dissect

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
)

// A ladder is the key schedule of one section, from its private keys down (RFC
// 9846, Section 7.1). It keeps all that it makes by the name that the data has.
type ladder struct {
	t    *testing.T
	has  map[string][]byte
	from suite
}

// label is HKDF-Expand-Label.
func (l *ladder) label(name string, secret []byte, label string, context []byte, n int) []byte {
	info := append([]byte{0, byte(n), byte(6 + len(label))}, "tls13 "+label...)
	info = append(append(info, byte(len(context))), context...)
	b, err := hkdf.Expand(sha256.New, secret, string(info), n)
	if err != nil {
		l.t.Fatal(err)
	}
	l.has[name] = b
	return b
}

// step goes from a secret to the next one, over the value that comes in.
func (l *ladder) step(name, derived string, secret, in []byte) []byte {
	salt := []byte(nil)
	if secret != nil {
		empty := sha256.Sum256(nil)
		salt = l.label(derived, secret, "derived", empty[:], 32)
	}
	b, err := hkdf.Extract(sha256.New, in, salt)
	if err != nil {
		l.t.Fatal(err)
	}
	l.has[name] = b
	return b
}

// traffic makes a traffic secret, and what the records' keys are made with here.
func (l *ladder) traffic(name, keys string, secret []byte, label string, hash []byte) {
	b := l.label(name, secret, label, hash, 32)
	l.has[keys] = b
	p, err := l.from.protect(b)
	if err != nil {
		l.t.Fatal(err)
	}
	l.has[keys+"_iv"] = p.iv
	if l.has[keys+"_key"], err = p.expand(b, "key", p.key); err != nil {
		l.t.Fatal(err)
	}
}

// agreed returns the secret of the key exchange, computed by the client.
func agreed(t *testing.T, keys map[string][]byte) []byte {
	t.Helper()
	curve, priv, pub := ecdh.X25519(), keys["client_d"], keys["server_x"]
	if keys["client_priv"] != nil {
		curve, priv, pub = ecdh.P256(), keys["client_priv"], keys["server_pub"]
	}
	mine, err := curve.NewPrivateKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := curve.NewPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	b, err := mine.ECDH(theirs)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// transcript returns the hash over all messages up to each, by its name; the
// Finished of both sides count as two.
func transcript(tr *trace) (at map[string][]byte, hello, nonce []byte) {
	keys := NewKeys()
	fmt.Fprint(keys, tr.log())
	s := New(keys)
	at = map[string][]byte{}
	h := sha256.New()
	for i, b := range tr.records {
		for _, r := range s.Feed(tr.dirs[i], b) {
			for _, m := range r.Msgs {
				switch name := m.Name; {
				case m.Kid("msg_type") == nil:
				case name == "NewSessionTicket":
					nonce = content(m.Kid("ticket_nonce"))
				case r.Epoch <= Handshake || name == "Finished":
					// The first of two hellos stands as its hash (RFC 9846, Section 4.5.1).
					if name == "HelloRetryRequest" {
						first := h.Sum(nil)
						h.Reset()
						h.Write(append([]byte{254, 0, 0, 32}, first...))
					}
					if name == "ClientHello" {
						hello = m.Bytes()
					}
					h.Write(m.Bytes())
					if name == "Finished" {
						name = r.Dir.String() + " Finished"
					}
					at[name] = h.Sum(nil)
				}
			}
		}
	}
	return at, hello, nonce
}

// schedule recomputes a section. Psk is nil where nothing is resumed.
func schedule(t *testing.T, tr *trace, private map[string][]byte, psk []byte) map[string][]byte {
	suite, _ := suiteOf(0x1301)
	l := &ladder{t: t, has: map[string][]byte{}, from: suite}
	hash, hello, nonce := transcript(tr)
	empty := sha256.Sum256(nil)
	l.has["empty_hash"] = empty[:]
	zero := make([]byte, 32)
	var early []byte
	if psk == nil {
		early = l.step("early_secret", "", nil, zero)
	} else {
		early = l.step("resumption_early", "", nil, psk)
		binder := l.label("resumption_binder_key", early, "res binder", empty[:], 32)
		// The binders, with their lengths, are what the binder does not cover.
		part := sha256.Sum256(hello[:len(hello)-35])
		l.has["resumption_binder_hash"] = part[:]
		finished := l.label("resumption_finished_key", binder, "finished", nil, 32)
		mac := hmac.New(sha256.New, finished)
		mac.Write(part[:])
		l.has["resumption_finished"] = mac.Sum(nil)
		l.traffic("c_e_traffic", "c_e_traffic", early, "c e traffic", hash["ClientHello"])
		l.label("e_exp_master", early, "e exp master", hash["ClientHello"], 32)
	}
	l.has["shared_secret"] = agreed(t, private)
	hs := l.step("handshake", "handshake_derived", early, l.has["shared_secret"])
	l.has["transcript_hash"] = hash["ServerHello"]
	l.traffic("c_hs_traffic", "handshake_client", hs, "c hs traffic", hash["ServerHello"])
	l.traffic("s_hs_traffic", "handshake_server", hs, "s hs traffic", hash["ServerHello"])
	master := l.step("application", "application_derived", hs, zero)
	done := hash["server → client Finished"]
	l.traffic("c_ap_traffic", "application_client", master, "c ap traffic", done)
	l.traffic("s_ap_traffic", "application_server", master, "s ap traffic", done)
	l.has["exporter_master"] = l.label("exp_master", master, "exp master", done, 32)
	res := l.label("res_master", master, "res master", hash["client → server Finished"], 32)
	if nonce != nil {
		l.label("resumption", res, "resumption", nonce, 32)
	}
	return l.has
}

// TestRFC8448Schedule recomputes all secrets of the RFC from its private keys and
// the messages as they are opened here: each is as published.
func TestRFC8448Schedule(t *testing.T) {
	data, err := os.ReadFile("testdata/rfc8448.txt")
	if err != nil {
		t.Fatal(err)
	}
	private := map[string]map[string][]byte{}
	for line := range strings.Lines(string(data)) {
		if part := strings.Fields(line); part[0] == "key" {
			if private[part[1]] == nil {
				private[part[1]] = map[string][]byte{}
			}
			private[part[1]][part[2]], _ = hex.DecodeString(part[3])
		}
	}
	all := traces(t)
	got := map[string]map[string][]byte{}
	for _, section := range []string{"3", "4", "5", "6", "7"} {
		var psk []byte
		if section == "4" { // resumes what section 3 began
			psk = got["3"]["resumption"]
		}
		got[section] = schedule(t, all[section], private[section], psk)
	}
	// Section 4 repeats what it resumes with.
	n := 0
	for line := range strings.Lines(string(data)) {
		part := strings.Fields(line)
		if part[0] != "secret" {
			continue
		}
		want, err := hex.DecodeString(part[3])
		if err != nil {
			t.Fatal(err)
		}
		ours := got[part[1]][part[2]]
		if part[1] == "4" && bytes.Equal(got["3"][part[2]], want) {
			ours = want
		}
		if n++; !bytes.Equal(ours, want) {
			t.Errorf("section %s: %s is %x, published %x", part[1], part[2], ours, want)
		}
	}
	if n < 100 {
		t.Errorf("%d secrets", n)
	}
}
