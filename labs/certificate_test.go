package labs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/bits"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// onWire returns the leaf as it crossed.
func onWire(t *testing.T, events []Event) *wire.Field {
	t.Helper()
	_, chain, ok := Lookup(events, "Certificate.certificate_list")
	if !ok {
		t.Fatal("no certificate crossed")
	}
	return chain.Find("Certificate")
}

// TestMade opens what was made, and follows it onto the wire.
func TestMade(t *testing.T) {
	for _, max := range []string{"1.3", "1.2"} {
		events := finish(t, Certificate, "max="+max)
		leaf := onWire(t, events)
		sum := sha256.Sum256(leaf.Bytes())
		asks(t, max, events, map[string]string{
			"root":                               "Lab Root CA, self-issued",
			"intermediate":                       "Lab Issuing CA, by Lab Root CA",
			"leaf":                               "app.lab.test, by Lab Issuing CA",
			"leaf.tbsCertificate.subject":        "CN=app.lab.test",
			"leaf.subjectAltName":                "app.lab.test",
			"leaf.keyUsage":                      "digitalSignature",
			"root.tbsCertificate.issuer":         "CN=Lab Root CA",
			"intermediate.basicConstraints":      "CA, pathLenConstraint 0",
			"len(leaf)":                          fmt.Sprint(leaf.N),
			"len(leaf.tbsCertificate)":           fmt.Sprint(leaf.Kid("tbsCertificate").N),
			"fingerprint":                        hex.EncodeToString(sum[:]),
			"signature_check":                    "valid",
			"served.leaf.tbsCertificate.subject": "CN=app.lab.test",
			"flipped":                            "-",
			"error(client)":                      "none",
			"goal(the handshake completes)":      "met",
			"goal(the served leaf's signature verifies)": "met",
		})
		if _, made, _ := Lookup(events, "leaf"); !bytes.Equal(made.Bytes(), leaf.Bytes()) {
			t.Errorf("%s: the leaf that crossed is not the one that was made", max)
		}
		var names []string
		for _, r := range Records(events) {
			if !r.OnWire() && !r.Event.checks() {
				names = append(names, r.Event.Who.String()+" "+r.Event.Tree.Name)
			}
		}
		if got := strings.Join(names, ", "); got != "ca root, ca intermediate, ca leaf, ca served" {
			t.Errorf("%s: off the wire there is %s", max, got)
		}
	}
}

// TestFlip changes each field, with each kind of key: one bit, which the run
// tells of, and the client refuses what crosses then.
func TestFlip(t *testing.T) {
	for _, key := range Certificate.Knob("key").Choices {
		for _, x := range flips {
			name := key + " " + x.name
			events := finish(t, Certificate, "key="+key, "flip="+x.name)
			_, made, _ := Lookup(events, "leaf")
			leaf := onWire(t, events)
			n, at := 0, 0
			for i := range made.Bytes() {
				if d := bits.OnesCount8(made.Bytes()[i] ^ leaf.Bytes()[i]); d > 0 {
					n, at = n+d, i
				}
			}
			if n != 1 || made.N != leaf.N {
				t.Errorf("%s: %d bits are changed", name, n)
			}
			field := made.Find(x.is.field)
			if field == nil || at < field.Off+field.Head || at >= field.Off+field.N {
				t.Errorf("%s: byte %d is not in %s", name, at, x.is.field)
			}
			sum := sha256.Sum256(leaf.Bytes())
			asks(t, name, events, map[string]string{
				"flipped":          x.is.field,
				"flipped.was":      fmt.Sprintf("0x%02x", made.Bytes()[at]),
				"flipped.is":       fmt.Sprintf("0x%02x", leaf.Bytes()[at]),
				"fingerprint":      hex.EncodeToString(sum[:]),
				"signature_check":  "fails",
				"len(served.leaf)": fmt.Sprint(leaf.N),
				"goal(the served leaf's signature verifies)": "x509: ECDSA verification failure",
			})
			end := End(events)
			if end.Who != Client || end.Alert == "" || end.At == nil || end.At.Name != field.Name {
				t.Errorf("%s: %+v", name, end)
			}
			if err := wire.Check(leaf, openLeaf); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestFlipLooksRight: what is changed can still be read, where that is up to us.
func TestFlipLooksRight(t *testing.T) {
	for flip, path := range map[string]string{"subject": "subject", "validity": "validity.notAfter", "serial": "serialNumber"} {
		events := finish(t, Certificate, "flip="+flip)
		was, _, _ := Lookup(events, "leaf."+path)
		is, at, _ := Lookup(events, "served.leaf."+path)
		if at == nil || at.Err != nil || is == was {
			t.Errorf("%s: %q becomes %q", flip, was, is)
		}
		if flip != "validity" {
			continue
		}
		a, errA := time.Parse("2006-01-02 15:04:05 MST", was)
		b, errB := time.Parse("2006-01-02 15:04:05 MST", is)
		if errA != nil || errB != nil || !b.After(a) {
			t.Errorf("%s becomes %s: no later date (%v, %v)", was, is, errA, errB)
		}
	}
}

func TestUnknownExtension(t *testing.T) {
	ext := "leaf." + unknownOID.String()
	asks(t, "unknown", finish(t, Certificate, "extension=unknown"), map[string]string{
		ext: "lab", ext + ".critical": "-", "error(client)": "none", "signature_check": "valid",
	})
	events := finish(t, Certificate, "extension=unknown-critical")
	asks(t, "critical", events, map[string]string{
		ext: "lab", ext + ".critical": "TRUE", "signature_check": "valid", "alert(client)": "bad_certificate",
		"error(client)": "tls: failed to verify certificate: x509: unhandled critical extension",
	})
	if end := End(events); end.At == nil || end.At.Name != unknownOID.String() {
		t.Errorf("it is about %q", end.Field)
	}
}

// TestUsage: Go does not look at keyUsage, at either version.
func TestUsage(t *testing.T) {
	for _, max := range []string{"1.3", "1.2"} {
		asks(t, max, finish(t, Certificate, "usage=keyEncipherment", "max="+max), map[string]string{
			"leaf.keyUsage": "keyEncipherment", "Certificate.keyUsage": "keyEncipherment", "error(client)": "none",
			"goal(the client accepts the server's certificate)": "met",
		})
	}
}

// TestLater: whatever the date, the changed one is later, or as good as it was.
func TestLater(t *testing.T) {
	for at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2050; at = at.AddDate(0, 5, 17) {
		text := append([]byte{0x17, 13}, at.Format("060102150405Z")...)
		f := &wire.Field{Src: &wire.Source{Data: text}, N: len(text), Head: 2}
		off, bit := later(f)
		text[off] ^= bit
		if got, ok := date(text[2:]); !ok || got.Before(at.Add(-time.Second)) {
			t.Errorf("%v becomes %v", at, got)
		}
	}
}

// TestMadeInText: the text says what was made, and has its fields where asked.
func TestMadeInText(t *testing.T) {
	events := finish(t, Certificate, "flip=subject")
	var out bytes.Buffer
	if err := printRun(&out, Certificate, setting(t, Certificate, "flip=subject"), events, true); err != nil {
		t.Fatal(err)
	}
	_, leaf, _ := Lookup(events, "leaf")
	rest := out.String()
	for _, want := range []string{
		"ca: makes the root, signed by itself, ", "ca: makes the intermediate, signed by the root, ",
		fmt.Sprintf("ca: makes the leaf, signed by the intermediate, %d bytes, not on a wire\n", leaf.N),
		"subject  CN=app.lab.test  [", "subjectAltName  app.lab.test  [",
		"attacker: flips one bit in tbsCertificate.subject, byte ", "flipped  tbsCertificate.subject (byte ", "is  0x75\n", "subject  CN=app.lab.tesu  [",
		"ca: checks the served leaf: its signature fails: x509: ECDSA verification failure\n", "signature_check  fails (x509: ECDSA verification failure)",
		"ended by client: alert bad_certificate, after the server's Finished\n", "it is about Certificate.subject: CN=app.lab.tesu\n",
	} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("the text does not go on with %q", want)
		}
		rest = after
	}
}
