package labs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/peer"
)

// TestTamperNoticed: who notices which flip, by which check and with which alert.
func TestTamperNoticed(t *testing.T) {
	for line, want := range map[string]struct{ who, check, alert string }{
		"":                                   {"client", checkAEAD, "bad_record_mac"},
		"message=EncryptedExtensions byte=1": {"client", checkAEAD, "bad_record_mac"},
		"message=CertificateVerify":          {"client", checkAEAD, "bad_record_mac"},
		"message=server-Finished byte=9":     {"client", checkAEAD, "bad_record_mac"},
		"message=Finished byte=9":            {"server", checkAEAD, "bad_record_mac"},
		"message=application_data":           {"server", checkAEAD, "bad_record_mac"},
		"message=ClientHello byte=10":        {"client", checkKeys, "bad_record_mac"},
		"message=ServerHello byte=10":        {"client", checkKeys, "bad_record_mac"},
		"message=ServerHello":                {"client", "negotiation", "illegal_parameter"},
		"message=ClientHello byte=0":         {"server", "parsing", "decode_error"},

		"where=server":                                   {"client", checkRead, "decode_error"},
		"where=server byte=3":                            {"client", checkRead, "decode_error"},
		"where=server byte=15":                           {"client", checkSigned, "bad_certificate"},
		"where=server byte=15 max=1.2":                   {"client", checkSigned, "bad_certificate"},
		"where=server message=CertificateVerify":         {"client", checkHandshake, "decrypt_error"},
		"where=server message=ServerKeyExchange max=1.2": {"client", checkHandshake, "illegal_parameter"},

		"max=1.2":              {"client", checkSigned, "bad_certificate"},
		"max=1.2 byte=2 bit=3": {nobody, checkNone, ""},
		"max=1.2 message=ServerKeyExchange byte=80": {"client", checkHandshake, "illegal_parameter"},
		"max=1.2 message=ServerHello byte=10":       {"client", checkHandshake, "illegal_parameter"},
		"max=1.2 message=ServerHelloDone byte=0":    {"client", "parsing", "decode_error"},
		"max=1.2 message=ClientKeyExchange byte=20": {"server", checkKeys, "bad_record_mac"},
		"max=1.2 message=Finished byte=9":           {"server", checkAEAD, "bad_record_mac"},
		"max=1.2 message=server-Finished byte=9":    {"client", checkAEAD, "bad_record_mac"},
	} {
		events := finish(t, Tamper, strings.Fields(line)...)
		who, _, _ := Lookup(events, noticedNote)
		check, _, _ := Lookup(events, noticedNote+".check")
		alert, _, _ := Lookup(events, noticedNote+".alert")
		if who != want.who || check != want.check || alert != want.alert {
			t.Errorf("%s: the %s: %q, alert %q; want %v", line, who, check, alert, want)
		}
		if v, _, _ := Lookup(events, "goal(the bit is flipped)"); v != "met" {
			t.Errorf("%s: %s", line, v)
		}
	}
}

// TestTamperMissed: where there is no such byte, or no such message, the run says so
// and goes as it always goes.
func TestTamperMissed(t *testing.T) {
	for line, want := range map[string]string{
		"byte=9999":              "there is no byte 9999",
		"byte=9999 where=server": "there is no byte 9999",
		"byte=80 where=server message=CertificateVerify": "there is no byte 80",
		"message=ServerKeyExchange":                      "TLS 1.3 has none",
		"message=CertificateVerify max=1.2":              "TLS 1.2 has none",
		"message=Finished byte=16 max=1.2":               "Finished has 16 bytes, from 0 to 15: there is no byte 16",
	} {
		events := finish(t, Tamper, strings.Fields(line)...)
		why, _, _ := Lookup(events, "missed")
		open, _, _ := Lookup(events, "goal(the bit is flipped)")
		if !strings.Contains(why, want) || why != open {
			t.Errorf("%s: %q, and the goal says %q", line, why, open)
		}
		asks(t, line, events, map[string]string{noticedNote: nobody, "goal(the handshake completes)": "met", "tampered": "-", "flipped": "-", "slipped": "-"})
	}
}

// TestEveryByteOfTheLeaf flips one bit in each byte of a stored leaf, and holds who
// notices, and how: always the client, and never by anything but the reading of the
// certificate, its signature or what its fields mean.
func TestEveryByteOfTheLeaf(t *testing.T) {
	_, leaf, _ := Lookup(finish(t, Tamper), "Certificate.certificate_list.Certificate")
	met := map[string]map[string]bool{}
	// A serial number or a signature may be a byte shorter in the next certificate.
	for i := range leaf.N - 4 {
		events := finish(t, Tamper, "where=server", fmt.Sprint("byte=", i), fmt.Sprint("bit=", i%8))
		field, _, ok := Lookup(events, "flipped")
		who, _, _ := Lookup(events, noticedNote)
		check, _, _ := Lookup(events, noticedNote+".check")
		if !ok || who != "client" || saidDone(events, Client) {
			t.Errorf("byte %d, in %s: %s noticed", i, field, who)
		}
		part := strings.Join(strings.Split(field, ".")[:min(2, strings.Count(field, ".")+1)], ".")
		if met[part] == nil {
			met[part] = map[string]bool{}
		}
		met[part][check] = true
	}
	for part, checks := range met {
		for _, check := range slices.Sorted(maps.Keys(checks)) {
			if !strings.HasPrefix(check, "certificate: ") && check != checkHandshake {
				t.Errorf("%s: by %s", part, check)
			}
		}
		t.Logf("%s: %s", part, strings.Join(slices.Sorted(maps.Keys(checks)), "; "))
	}
	for part, check := range map[string]string{
		"Certificate": checkRead, "tbsCertificate.serialNumber": checkSigned, "tbsCertificate.subject": checkSigned, "tbsCertificate.issuer": "certificate: anchor",
		"tbsCertificate.extensions": "certificate: name", "tbsCertificate.validity": checkRead, "tbsCertificate.subjectPublicKeyInfo": checkRead, "signatureValue": checkRead, "signatureValue.ECDSA-Sig-Value": checkSigned,
	} {
		if !met[part][check] {
			t.Errorf("%s is never refused by %q, but by %v", part, check, met[part])
		}
	}
}

// TestEveryByteOfServerHello flips one bit in each byte of a ServerHello on the wire:
// no handshake completes, and somebody says why.
func TestEveryByteOfServerHello(t *testing.T) {
	for _, max := range []string{"1.3", "1.2"} {
		_, hello, _ := Lookup(finish(t, Tamper, "max="+max), "ServerHello")
		step := 1
		if hello.N > 200 { // most of it is the public value of ML-KEM
			step = 7
		}
		for i := 4; i < hello.N; i += step { // its length is another matter
			events := finish(t, Tamper, "message=ServerHello", "max="+max, fmt.Sprint("byte=", i), fmt.Sprint("bit=", i%8))
			if who, _, _ := Lookup(events, noticedNote); who == nobody || saidDone(events, Client) {
				t.Errorf("TLS %s, byte %d: nobody noticed", max, i)
			}
		}
	}
}

// TestTamperOthers: other people's clients notice too.
func TestTamperOthers(t *testing.T) {
	for _, name := range peer.Names(peer.Client) {
		if !here(t, name) {
			continue
		}
		for line, want := range map[string]string{
			"": checkAEAD, "max=1.2": checkSigned, "where=server byte=3": checkRead, "where=server byte=15": checkSigned,
			"where=server message=CertificateVerify": checkHandshake, "message=Finished byte=9 max=1.2": checkAEAD, "message=ServerHello byte=10": checkKeys,
		} {
			events := finish(t, Tamper, append(strings.Fields(line), "client="+name)...)
			if _, _, ok := Lookup(events, "tampered"); !ok && !strings.Contains(line, "server") {
				t.Errorf("%s %s: nothing was changed", name, line)
			}
			check, _, _ := Lookup(events, noticedNote+".check")
			if !strings.HasPrefix(want, check) || check == "" {
				t.Errorf("%s %s: by %q, want %q (%v)", name, line, check, want, End(events).Err)
			}
		}
	}
}
