package pki

import (
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"time"
)

// A Reason is why a certificate was revoked (RFC 5280, Section 5.3.1).
type Reason int

// The reasons that public authorities may give.
const (
	Unspecified          Reason = 0
	KeyCompromise        Reason = 1
	CACompromise         Reason = 2
	AffiliationChanged   Reason = 3
	Superseded           Reason = 4
	CessationOfOperation Reason = 5
	CertificateHold      Reason = 6
	PrivilegeWithdrawn   Reason = 9
)

// String names the reason as RFC 5280 does.
func (r Reason) String() string {
	names := [...]string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
		"cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}
	if r < 0 || int(r) >= len(names) || names[r] == "" {
		return "reason " + strconv.Itoa(int(r))
	}
	return names[r]
}

// A Revoked is one entry of a revocation list.
type Revoked struct {
	Serial *big.Int
	At     time.Time // zero: an hour before the list
	Reason Reason    // Unspecified is left out, as RFC 5280 asks
}

// A List says what a certificate revocation list shall hold.
type List struct {
	Entries []Revoked
	Number  int64     // cRLNumber; zero: 1
	This    time.Time // thisUpdate; zero: an hour ago
	Next    time.Time // nextUpdate; zero: in seven days
}

// CRL signs a revocation list (RFC 5280, Section 5) and returns it in DER.
func (a *Authority) CRL(l List) ([]byte, error) {
	t := &x509.RevocationList{Number: big.NewInt(max(1, l.Number)), ThisUpdate: l.This, NextUpdate: l.Next}
	// An hour back, for clients whose clock is slow.
	if l.This.IsZero() {
		t.ThisUpdate = a.now().Add(-time.Hour)
	}
	if l.Next.IsZero() {
		t.NextUpdate = a.now().Add(7 * day)
	}
	// crypto/x509 leaves reason 0 out, as RFC 5280, Section 5.3.1, asks.
	for _, e := range l.Entries {
		// A certificate was revoked before the list says so.
		at := e.At
		if at.IsZero() {
			at = t.ThisUpdate.Add(-time.Hour)
		}
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: e.Serial, RevocationTime: at, ReasonCode: int(e.Reason)})
	}
	// A list of thousands costs nothing beside its signature, so crypto/x509 writes it.
	der, err := x509.CreateRevocationList(rand.Reader, t, a.Cert(), a.Key)
	if err != nil {
		return nil, fmt.Errorf("signing a revocation list: %w", err)
	}
	a.made(PEMList, der, nil)
	return der, nil
}

// ServeList answers GET and HEAD with the list that list returns, made anew each
// time: what stands behind a CRL distribution point (RFC 5280, Section 4.2.1.13; the
// type is RFC 2585's).
func ServeList(list func() ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			// RFC 9110, Section 15.5.6, wants to be told what is allowed.
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this address is read with GET", http.StatusMethodNotAllowed)
			return
		}
		der, err := list()
		if err != nil {
			http.Error(w, "there is nothing here now", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/pkix-crl")
		w.Header().Set("Content-Length", strconv.Itoa(len(der)))
		_, _ = w.Write(der) // a client that has gone needs no answer
	})
}
