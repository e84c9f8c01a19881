package pki

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

func TestResponderVerdicts(t *testing.T) {
	_, mid, is := world(t)
	at := time.Now().Add(-50 * time.Hour).UTC().Truncate(time.Second)
	delegate, err := mid.Issue(Delegate("Lab OCSP"))
	if err != nil {
		t.Fatal(err)
	}
	for _, signer := range []*Issued{nil, delegate} {
		for want, status := range map[int]Status{ocsp.Good: {}, ocsp.Revoked: {Withdrawn, at, CessationOfOperation}, ocsp.Unknown: {Verdict: Unknown}} {
			r := &Responder{Of: mid, Signer: signer, Status: func(n *big.Int) Status { return status }}
			for _, hash := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384} {
				request, err := ocsp.CreateRequest(is.Leaf, mid.Cert(), &ocsp.RequestOptions{Hash: hash})
				if err != nil {
					t.Fatal(err)
				}
				got, err := ocsp.ParseResponseForCert(r.respond(request), is.Leaf, mid.Cert())
				if err != nil {
					t.Fatalf("status %v: %v", status, err)
				}
				if got.Status != want || got.IssuerHash != hash || (got.Certificate != nil) != (signer != nil) || !got.NextUpdate.After(time.Now()) || got.ThisUpdate.After(time.Now()) {
					t.Errorf("status %v: got %v by %v with %v", status, got.Status, got.IssuerHash, got.Certificate)
				}
				if want == ocsp.Revoked && (!got.RevokedAt.Equal(at) || got.RevocationReason != ocsp.CessationOfOperation) {
					t.Errorf("revoked at %v for %d", got.RevokedAt, got.RevocationReason)
				}
			}
		}
	}
	staple, err := (&Responder{Of: mid}).Staple(is.Leaf)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ocsp.ParseResponseForCert(staple, is.Leaf, mid.Cert()); err != nil || got.Status != ocsp.Good {
		t.Errorf("the staple: %v", err)
	}
}

func TestResponderFaults(t *testing.T) {
	_, mid, is := world(t)
	request, err := Ask(is.Leaf, mid.Cert(), []byte("a nonce of thirty-two octets ...."))
	if err != nil {
		t.Fatal(err)
	}
	refused := map[string]ocsp.ResponseStatus{"malformed-request": ocsp.Malformed, "internal-error": ocsp.InternalError, "try-later": ocsp.TryLater,
		"sig-required": ocsp.SignatureRequired, "unauthorized": ocsp.Unauthorized}
	for _, f := range append(ResponderFaults(), [2]string{"", "nothing"}) {
		response := (&Responder{Of: mid, Fault: f[0]}).respond(request)
		got, err := ocsp.ParseResponseForCert(response, is.Leaf, mid.Cert())
		status, isRefusal := refused[f[0]]
		var said ocsp.ResponseError
		nonce := bytes.Contains(response, []byte("a nonce of thirty-two octets"))
		ok := err == nil && nonce
		switch {
		case isRefusal:
			ok = errors.As(err, &said) && said.Status == status
		case f[0] == "malformed" || f[0] == "wrong-serial" || f[0] == "stranger" || f[0] == "tampered":
			ok = err != nil
		case f[0] == "expired":
			ok = err == nil && got.NextUpdate.Before(time.Now())
		case f[0] == "future":
			ok = err == nil && got.ThisUpdate.After(time.Now())
		case f[0] == "no-nonce" || f[0] == "wrong-nonce":
			ok = err == nil && !nonce
		}
		if !ok || f[1] == "" {
			t.Errorf("%q (%s): %v, nonce %v", f[0], f[1], err, nonce)
		}
	}
}

func TestResponderRefuses(t *testing.T) {
	_, mid, is := world(t)
	_, other, stranger := world(t)
	r := &Responder{Of: mid}
	for name, ask := range map[string]func() ([]byte, error){
		"for another issuer":  func() ([]byte, error) { return Ask(stranger.Leaf, other.Cert(), nil) },
		"empty":               func() ([]byte, error) { return nil, nil },
		"a certificate":       func() ([]byte, error) { return is.Leaf.Raw, nil },
		"for nobody":          func() ([]byte, error) { return sequence(sequence(sequence())), nil },
		"with an empty nonce": func() ([]byte, error) { return Ask(is.Leaf, mid.Cert(), []byte{}) },
		"with a long nonce":   func() ([]byte, error) { return Ask(is.Leaf, mid.Cert(), make([]byte, 129)) },
		"for too many": func() ([]byte, error) {
			id, err := idFor(mid.Cert(), is.Leaf.SerialNumber)
			return sequence(sequence(sequence(bytes.Repeat(sequence(id.raw), maxAsked+1)))), err
		},
	} {
		request, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		var said ocsp.ResponseError
		if _, err := ocsp.ParseResponse(r.respond(request), mid.Cert()); !errors.As(err, &said) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, size := range []int{1, 32, 128} {
		request, err := Ask(is.Leaf, mid.Cert(), make([]byte, size))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ocsp.ParseResponse(r.respond(request), mid.Cert()); err != nil {
			t.Errorf("a nonce of %d octets: %v", size, err)
		}
	}
	mine, err := Ask(is.Leaf, mid.Cert(), []byte("12345678"))
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := ocsp.ParseRequest(mine)
	if err != nil || theirs.SerialNumber.Cmp(is.Leaf.SerialNumber) != 0 {
		t.Errorf("our request: %v", err)
	}
}

func TestResponderOverHTTP(t *testing.T) {
	_, mid, is := world(t)
	r := &Responder{Of: mid}
	request, err := Ask(is.Leaf, mid.Cert(), nil)
	if err != nil {
		t.Fatal(err)
	}
	get := func(method, path string, body []byte) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(method, path, bytes.NewReader(body)))
		return w
	}
	text := base64.StdEncoding.EncodeToString(request)
	for name, w := range map[string]*httptest.ResponseRecorder{
		"POST": get("POST", "/", request), "GET": get("GET", "/"+url.PathEscape(text), nil), "GET with bare slashes": get("GET", "/"+text, nil),
		"GET with two slashes": get("GET", "//"+url.PathEscape(text), nil),
	} {
		got, err := ocsp.ParseResponseForCert(w.Body.Bytes(), is.Leaf, mid.Cert())
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/ocsp-response" || err != nil || got.Status != ocsp.Good {
			t.Errorf("%s: %d, %v", name, w.Code, err)
		}
	}
	for code, w := range map[int]*httptest.ResponseRecorder{
		400: get("GET", "/not-base64!", nil), 405: get("PUT", "/", request), 413: get("POST", "/", make([]byte, maxRequest+1)),
	} {
		if w.Code != code {
			t.Errorf("%d in place of %d", w.Code, code)
		}
	}
	if w := get("GET", "/AAAA", nil); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), refusal(malformedRequest)) {
		t.Errorf("what is no request: %d", w.Code)
	}
	waited := false
	r.Wait = func(ctx context.Context) error {
		waited = ctx != nil
		return errors.New("dead")
	}
	if w := get("POST", "/", request); w.Code != http.StatusServiceUnavailable || !waited {
		t.Errorf("a dead responder: %d", w.Code)
	}
}

// TestOpenSSLAsks: openssl's own client is content with the responder, nonce and
// all, and says what is wrong with a bad one.
func TestOpenSSLAsks(t *testing.T) {
	j, ok := openssl(t)
	if !ok {
		return
	}
	ca, mid, is := world(t)
	delegate, err := mid.Issue(Delegate("Lab OCSP"))
	if err != nil {
		t.Fatal(err)
	}
	unfit, err := mid.Issue(Server("ocsp.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	revoked := Revocations(Revoked{Serial: is.Leaf.SerialNumber, Reason: KeyCompromise})
	m, l := j.file(t, "mid.pem", PEM(PEMCertificate, mid.Raw)), j.file(t, "leaf.pem", PEM(PEMCertificate, is.Leaf.Raw))
	all := j.file(t, "all.pem", PEM(PEMCertificate, ca.Root().Raw, mid.Raw))
	for _, c := range []struct {
		want string
		r    Responder
	}{
		{"leaf.pem: good", Responder{}}, {"leaf.pem: good", Responder{Signer: delegate}}, {"Reason: keyCompromise", Responder{Status: revoked}},
		{"leaf.pem: unknown", Responder{Status: func(*big.Int) Status { return Status{Verdict: Unknown} }}},
		{"Response Verify Failure", Responder{Signer: unfit}}, {"Response Verify Failure", Responder{Fault: "tampered"}}, {"Response Verify Failure", Responder{Fault: "stranger"}},
		{"no nonce in response", Responder{Fault: "no-nonce"}}, {"Nonce Verify error", Responder{Fault: "wrong-nonce"}}, {"trylater", Responder{Fault: "try-later"}},
		{"Status times invalid", Responder{Fault: "expired"}}, {"Status times invalid", Responder{Fault: "future"}}, {"No Status found", Responder{Fault: "wrong-serial"}},
	} {
		c.r.Of = mid
		s := httptest.NewServer(&c.r)
		out, _ := j.run(t, "ocsp", "-issuer", m, "-cert", l, "-url", s.URL, "-CAfile", all)
		s.Close()
		if !strings.Contains(out, c.want) {
			t.Errorf("%q: without %q:\n%s", c.r.Fault, c.want, out)
		}
		if c.r.Fault == "" && c.r.Signer != unfit && (!strings.Contains(out, "Response verify OK") || strings.Contains(out, "WARNING")) {
			t.Errorf("an honest responder:\n%s", out)
		}
	}
}

// FuzzRespond: whatever comes, a responder answers.
func FuzzRespond(f *testing.F) {
	ca, err := New(NewKeyring(), time.Now)
	if err != nil {
		f.Fatal(err)
	}
	_, mid := ca.Authorities()
	is, err := mid.Issue(Server("app.lab.test"))
	if err != nil {
		f.Fatal(err)
	}
	for _, nonce := range [][]byte{nil, []byte("nonce")} {
		request, err := Ask(is.Leaf, mid.Cert(), nonce)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(request)
	}
	r := &Responder{Of: mid}
	f.Fuzz(func(t *testing.T, request []byte) {
		response := r.respond(request)
		var said ocsp.ResponseError
		if _, err := ocsp.ParseResponse(response, mid.Cert()); err != nil && !errors.As(err, &said) && !strings.Contains(err.Error(), "multiple responses") {
			t.Errorf("%x: %v", response, err)
		}
	})
}

// FuzzPKCS12: whatever comes, opening it ends.
func FuzzPKCS12(f *testing.F) {
	ca, err := New(NewKeyring(), time.Now)
	if err != nil {
		f.Fatal(err)
	}
	is, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}})
	if err != nil {
		f.Fatal(err)
	}
	for _, old := range []bool{false, true} {
		der, err := PKCS12(is, "x", old)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bag, err := OpenPKCS12(data, "x"); (bag == nil) == (err == nil) {
			t.Errorf("%v and %v", bag, err)
		}
	})
}
