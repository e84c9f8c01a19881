package labs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

func TestEnd(t *testing.T) {
	for _, x := range []struct{ words, text, after, at, value string }{
		{"fault=wrong-name", "client: bad_certificate", "the server's Finished", "subjectAltName", "other.lab.test"},
		{"name=other.lab.test", "client: bad_certificate", "the server's Finished", "subjectAltName", "app.lab.test"},
		{"fault=expired", "client: bad_certificate", "the server's Finished", "notAfter", ""},
		{"fault=unknown-ca", "client: bad_certificate", "the server's Finished", "issuer", "CN=Lab Root CA"},
		{"fault=unknown-ca max=1.2", "client: bad_certificate", "the server's ServerHelloDone", "issuer", "CN=Lab Root CA"},
		{"fault=no-common-version", "server: protocol_version", "the client's ClientHello", "supported_versions", "TLS 1.2"},
		{"auth=require", "server: certificate_required", "the client's Finished", "certificate_list", ""},
		{"max=1.2 key=rsa2048 suite=ECDSA-CHACHA20", "server: handshake_failure", "the client's ClientHello", "cipher_suites", ""},
		{"alpn=mismatch", "server: no_application_protocol", "the client's ClientHello", "application_layer_protocol_negotiation", "h2"},
	} {
		events := finish(t, Handshake, strings.Fields(x.words)...)
		end, recs := End(events), Records(events)
		if end.OK || !end.Over || end.Text != x.text || end.After != x.after {
			t.Errorf("%s: %v, %q after %q", x.words, end.OK, end.Text, end.After)
		}
		if end.Err == nil || end.Err != complaint(events, end.Who, nil) {
			t.Errorf("%s: its error is %v", x.words, end.Err)
		}
		if label := recs[end.Rec].Event.Text; label != "Alert "+end.Alert || recs[end.Rec].Event.Who != end.Who {
			t.Errorf("%s: it ends in record %q", x.words, label)
		}
		if end.At == nil || end.At.Name != x.at || x.value != "" && end.At.Value != x.value {
			t.Errorf("%s: it is about %+v", x.words, end.At)
			continue
		}
		if r := recs[end.FieldRec].Event; r.Who == end.Who || path(r.Tree, end.At) == "" || !strings.HasSuffix(path(r.Tree, end.At), end.Field) {
			t.Errorf("%s: %s is not in record %d", x.words, end.Field, end.FieldRec)
		}
	}
}

func TestEndWell(t *testing.T) {
	for words, least := range map[string]time.Duration{"": 0, "max=1.2": 0, "group=P-384": 0, "rtt=20": 30 * time.Millisecond, "auth=require client-cert=good": 0} {
		events := finish(t, Handshake, strings.Fields(words)...)
		end := End(events)
		if !end.OK || !end.Over || end.Who != Nobody || end.Took < least || end.Took > 5*time.Second || end.Text != "completed in "+millis(end.Took) {
			t.Errorf("%s: %+v", words, end)
		}
		if label := Records(events)[end.Rec].Event.Text; label != "Finished" {
			t.Errorf("%s: it completes with %s", words, label)
		}
	}
	if end := End(finish(t, Wiretap)); !end.OK || end.Text != "3 connections, all completed" {
		t.Errorf("wiretap: %+v", end)
	}
}

// TestEndOfParts asks at each point of a run: it is not over until the last
// Finished is delivered, and never said to be.
func TestEndOfParts(t *testing.T) {
	events := finish(t, Handshake)
	over := false
	for i := range events {
		end := End(events[:i])
		if over && !end.OK {
			t.Fatalf("after %d events it is no longer complete: %+v", i, end)
		}
		over = end.OK
		if !over && end.Text != "nothing was sent" && end.Text != "not completed" {
			t.Errorf("after %d events: %q", i, end.Text)
		}
	}
	if !over {
		t.Error("it never completed")
	}
}

func TestEndOfFailedRun(t *testing.T) {
	broken := errors.New("no free port")
	end := End([]Event{{Kind: Found, Err: broken, Text: broken.Error(), Tree: wire.Note("run", broken.Error())}})
	if end.OK || !end.Over || end.Err != broken || end.Text != "no free port" || end.Rec != -1 {
		t.Errorf("%+v", end)
	}
	end = End([]Event{{Kind: Said, Who: Client, Err: broken, Text: broken.Error()}})
	if end.OK || end.Who != Client || end.Text != "client: no free port" {
		t.Errorf("%+v", end)
	}
	if end = End(nil); end.OK || end.Over || end.Rec != -1 {
		t.Errorf("%+v", end)
	}
}

// TestInvalidity has Go judge certificates by time, and finds the date it means.
func TestInvalidity(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	cert := &x509.Certificate{Raw: []byte{1}, NotBefore: now, NotAfter: now.Add(time.Hour)}
	for at, want := range map[time.Time]string{now.Add(-time.Minute): "validity.notBefore", now.Add(2 * time.Hour): "validity.notAfter"} {
		_, err := cert.Verify(x509.VerifyOptions{CurrentTime: at, Roots: x509.NewCertPool()})
		wrapped := &tls.CertificateVerificationError{Err: err}
		e, ok := errors.AsType[x509.CertificateInvalidError](wrapped)
		if !ok || invalidity(e) != want {
			t.Errorf("%v: %s, want %s (%v)", at, invalidity(e), want, err)
		}
	}
	for reason, want := range map[x509.InvalidReason]string{x509.IncompatibleUsage: "extensions.extKeyUsage", x509.NotAuthorizedToSign: "extensions.basicConstraints"} {
		if got := invalidity(x509.CertificateInvalidError{Cert: cert, Reason: reason}); got != want {
			t.Errorf("%v: %s", reason, got)
		}
	}
}

// TestEndOnItsConnection has two connections, of which the second fails: what is
// complained about is looked for there, not on the one that went well.
func TestEndOnItsConnection(t *testing.T) {
	lab := &Lab{Name: "two", Run: func(_ context.Context, b *Bench, _ Settings) error {
		ca, err := pki.New(b.Keys(), b.Now)
		if err != nil {
			return err
		}
		for _, name := range []string{"good", "bad"} {
			cert, err := b.Issue(ca, pki.Leaf{Names: []string{name + ".lab.test"}})
			if err != nil {
				return err
			}
			server := &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
			client := &tls.Config{Time: b.Now, RootCAs: ca.Roots(), ServerName: "good.lab.test"}
			if _, _, err := b.Connect(Route{Name: name}, b.TLS(server, answer), b.TLS(client, ask)); err != nil {
				return err
			}
		}
		return nil
	}}
	events, err := Start(context.Background(), lab, nil, Options{Keys: ring}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	end := End(events)
	if end.OK || end.Who != Client || end.At == nil || end.At.Value != "bad.lab.test" {
		t.Errorf("it ends with %+v", end)
	}
	if rec := Records(events)[end.FieldRec]; rec.Event.Conn.Name != "bad" {
		t.Errorf("the field is on connection %s", rec.Event.Conn.Name)
	}
	for path, want := range map[string]string{"good:error(client)": "none", "good:error(server)": "none"} {
		if got, _, _ := Lookup(events, path); got != want {
			t.Errorf("%s is %q", path, got)
		}
	}
	if got, _, _ := Lookup(events, "bad:error(client)"); got == "none" {
		t.Error("on the connection that failed the client has nothing to say")
	}
}
