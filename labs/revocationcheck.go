package labs

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
)

// This file is the client that looks. crypto/tls calls verify when it has found a
// chain to a root, and before it says that the handshake is complete.

// verify is what a program can add to crypto/tls by tls.Config.VerifyConnection. A
// staple that is there has to hold (RFC 6066, Section 8); one that was promised has
// to be there (RFC 7633, Section 4.2.3); else whom the certificate names is asked, and
// the policy decides what silence means.
func (r *revoking) verify(c tls.ConnectionState) error {
	leaf, issuer := c.VerifiedChains[0][0], c.VerifiedChains[0][1]
	says, err := "", error(nil)
	switch {
	case len(c.OCSPResponse) > 0:
		says, err = readAnswer(c.OCSPResponse, leaf, issuer, r.b.Now())
		return r.decide(says+", stapled", says, err, true)
	case promises(leaf):
		return r.decide("no staple", "", errors.New("the certificate promises a stapled response, and none is there"), true)
	case len(leaf.OCSPServer) > 0:
		var answer []byte
		if answer, err = r.askStatus(Client, leaf, issuer); err == nil {
			says, err = readAnswer(answer, leaf, issuer, r.b.Now())
		}
	case len(leaf.CRLDistributionPoints) > 0:
		says, err = r.lookUp(leaf, issuer)
	default:
		r.tell("nobody to ask", "has looked: the certificate says nowhere how to learn of a revocation")
		return nil
	}
	return r.decide(says, says, err, r.s["policy"] == "hard")
}

// decide says what was learned, and refuses a certificate that was revoked. With
// no word that counts it refuses where it insists.
func (r *revoking) decide(value, says string, err error, insists bool) error {
	switch {
	case err != nil && says == "revoked":
		r.tell(value, "has looked: "+err.Error())
		return err
	case err != nil && insists:
		r.tell("no answer that counts", "has looked, and insists on an answer: "+err.Error())
		return err
	case err != nil:
		r.tell("no answer that counts", "has looked, and goes on without an answer (soft): "+err.Error())
		return nil
	}
	r.tell(value, "has looked: the certificate is good")
	return nil
}

// readAnswer reads an OCSP response: who signed it, for which certificate, when, and
// what it says (RFC 6960, Section 3.2). Only of a revoked one it says so.
func readAnswer(raw []byte, leaf, issuer *x509.Certificate, now time.Time) (says string, err error) {
	answer, err := ocsp.ParseResponseForCert(raw, leaf, issuer)
	if _, none := errors.AsType[asn1.StructuralError](err); none {
		err = errors.New("it is none")
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("the OCSP response does not count: %w", err)
	case now.Before(answer.ThisUpdate) || now.After(answer.NextUpdate):
		return "", fmt.Errorf("the OCSP response does not count: it was good until %s", answer.NextUpdate.UTC().Format(time.DateOnly))
	case answer.Status == ocsp.Revoked:
		return "revoked", revokedError(leaf, pki.Reason(answer.RevocationReason), answer.RevokedAt)
	case answer.Status == ocsp.Unknown:
		return "unknown", errors.New("the responder does not know the certificate")
	}
	return "good", nil
}

// lookUp fetches the list that the certificate names, and looks for it there.
func (r *revoking) lookUp(leaf, issuer *x509.Certificate) (says string, err error) {
	raw, err := r.fetch(Client, http.MethodGet, leaf.CRLDistributionPoints[0], nil)
	if err != nil {
		return "", err
	}
	return readList(raw, leaf, issuer, r.b.Now())
}

// readList looks a certificate up in a list: whose it is, who signed it, of when it is,
// and whether the number is on it (RFC 5280, Section 6.3.3).
func readList(raw []byte, leaf, issuer *x509.Certificate, now time.Time) (says string, err error) {
	list, err := x509.ParseRevocationList(raw)
	if err == nil && !bytes.Equal(list.RawIssuer, issuer.RawSubject) {
		err = errors.New("it is somebody else's")
	}
	if err == nil {
		err = list.CheckSignatureFrom(issuer)
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("the revocation list does not count: %w", err)
	case now.Before(list.ThisUpdate) || now.After(list.NextUpdate):
		return "", fmt.Errorf("the revocation list does not count: it was good until %s", list.NextUpdate.UTC().Format(time.DateOnly))
	}
	for _, e := range list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(leaf.SerialNumber) == 0 {
			return "revoked", revokedError(leaf, pki.Reason(e.ReasonCode), e.RevocationTime)
		}
	}
	return "good", nil
}

// revokedError is the refusal of a certificate that was taken back.
func revokedError(leaf *x509.Certificate, why pki.Reason, at time.Time) error {
	return fmt.Errorf("the certificate is revoked: serial number %x, since %s (%s)", leaf.SerialNumber, at.UTC().Format(time.DateOnly), why)
}

// promises reports whether a certificate has the TLS feature status_request (RFC
// 7633): a sequence with the number 5.
func promises(c *x509.Certificate) bool {
	for _, e := range c.Extensions {
		if e.Id.String() == "1.3.6.1.5.5.7.1.24" && slices.Contains(e.Value, 5) {
			return true
		}
	}
	return false
}

// askStatus asks the responder that a certificate names: a server by GET, as caches
// like it (RFC 5019, Section 5), a client by POST.
func (r *revoking) askStatus(who Party, leaf, issuer *x509.Certificate) ([]byte, error) {
	request, err := pki.Ask(leaf, issuer, nil)
	if err != nil {
		return nil, err
	}
	if who == Client {
		return r.fetch(who, http.MethodPost, leaf.OCSPServer[0], request)
	}
	return r.fetch(who, http.MethodGet, leaf.OCSPServer[0]+url.PathEscape(base64.StdEncoding.EncodeToString(request)), nil)
}

// fetch gets what is at an address, if that answers in time on the run's clock.
func (r *revoking) fetch(who Party, method, at string, body []byte) ([]byte, error) {
	r.asker(who)
	req, err := http.NewRequestWithContext(r.b.ctx, method, at, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Close = true
	req.Header.Set("User-Agent", "")
	if body != nil {
		req.Header.Set("Content-Type", "application/ocsp-request")
	}
	conn, err := loop.DialTo(req.URL.Host)
	if err != nil {
		return nil, fmt.Errorf("nobody is at %s", req.URL.Host)
	}
	defer conn.Close()
	late := r.b.after(patience, func() { conn.Close() })
	got, err := exchange(conn, req)
	switch {
	case late():
		return nil, fmt.Errorf("there was no answer within %v", patience)
	case err != nil:
		return nil, fmt.Errorf("there was no answer: %w", err)
	}
	return got, nil
}

// exchange sends a request, and reads the answer to it.
func exchange(conn io.ReadWriter, req *http.Request) ([]byte, error) {
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxPage)), req)
	if err != nil {
		return nil, errors.New("the connection was closed")
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	return io.ReadAll(answer.Body)
}
