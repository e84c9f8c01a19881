package labs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"

	"tlstutor/labs/pki"
)

// This file has what a server or a client may hold of revocation: stapled responses
// and lists, of today and not; and what is to be made of them. Go's client makes
// nothing of either, so it is done here, as a program would that cares.

// freshStaple is what the responder says of the leaf now.
func freshStaple(c *Case, p *plan) ([]byte, error) { return c.stapled("", p.revoked) }

// staleStaple is what it said last month.
func staleStaple(c *Case, p *plan) ([]byte, error) { return c.stapled("expired", p.revoked) }

// strangersStaple is signed by somebody else.
func strangersStaple(c *Case, p *plan) ([]byte, error) { return c.stapled("stranger", p.revoked) }

// noStaple is not a response.
func noStaple(c *Case, p *plan) ([]byte, error) { return c.stapled("malformed", p.revoked) }

// stapled makes a response for the leaf, with a fault of the responder.
func (c *Case) stapled(fault string, revoked bool) ([]byte, error) {
	r := &pki.Responder{Of: c.inter, Fault: fault}
	if revoked {
		r.Status = pki.Revocations(pki.Revoked{Serial: c.made.SerialNumber, Reason: pki.KeyCompromise})
	}
	return r.Staple(c.made)
}

// freshList is the list of the leaf's issuer as it is now.
func freshList(c *Case, p *plan) ([]byte, error) { return c.lists(c.inter, pki.List{}, p.revoked) }

// staleList is that of last month.
func staleList(c *Case, p *plan) ([]byte, error) {
	return c.lists(c.inter, pki.List{This: p.now.AddDate(0, -1, 0), Next: p.now.AddDate(0, 0, -1)}, p.revoked)
}

// othersList is that of an authority that has not signed the leaf.
func othersList(c *Case, p *plan) ([]byte, error) { return c.lists(c.world.other, pki.List{}, false) }

// lists are the list of one authority and that of the root, as some clients look at
// both.
func (c *Case) lists(of *pki.Authority, l pki.List, revoked bool) ([]byte, error) {
	if revoked {
		l.Entries = []pki.Revoked{{Serial: c.made.SerialNumber, Reason: pki.KeyCompromise}}
	}
	own, err := of.CRL(l)
	if err != nil {
		return nil, err
	}
	root, err := c.inter.Top().CRL(pki.List{})
	if err != nil {
		return nil, err
	}
	return pki.PEM("X509 CRL", own, root), nil
}

// ruleStatus is where it is written when an OCSP response counts.
const ruleStatus = "RFC 6960, Section 3.2"

// status checks what the client was told of revocation, by list and by staple, as
// RFC 5280, Section 6.3.3, and RFC 6960, Section 3.2, ask. Go itself looks at neither.
func (c *Case) status(now time.Time) (check, rule, why string) {
	leaf, issuer := c.made, c.inter.Cert()
	if c.list != nil {
		check, why = c.listed(leaf, issuer, now)
		return check, "RFC 5280, Section 6.3.3", why
	}
	staple := c.Server.Certificates
	if len(staple) == 0 || !c.plan.status && staple[0].OCSPStaple == nil {
		return "", "", ""
	}
	raw := staple[0].OCSPStaple
	if raw == nil {
		if c.plan.leaf.MustStaple {
			return checkStaple, "RFC 7633, Section 4.2.3", "The certificate says that the server staples a response to it, and the server has stapled none."
		}
		return "", "", ""
	}
	if _, err := ocsp.ParseResponse(raw, nil); err != nil {
		return checkStaple, "RFC 6960, Section 4.2.1", "What is stapled is no OCSP response at all."
	}
	r, err := ocsp.ParseResponseForCert(raw, leaf, issuer)
	switch {
	case err != nil:
		return checkStaple, "RFC 6960, Section 4.2.2.2", "The stapled response is not signed by who has a say about this certificate."
	case now.After(r.NextUpdate):
		return checkStaple, ruleStatus, fmt.Sprintf("The stapled response was good until %s, and nobody has renewed it.", r.NextUpdate.UTC().Format(time.DateOnly))
	case r.Status == ocsp.Revoked:
		return checkRevoked, ruleStatus, fmt.Sprintf("The stapled response says that the certificate was revoked on %s: %s.", r.RevokedAt.UTC().Format(time.DateOnly), pki.Reason(r.RevocationReason))
	}
	return "", "", ""
}

// listed looks the leaf up on the lists that the client has.
func (c *Case) listed(leaf, issuer *x509.Certificate, now time.Time) (check, why string) {
	for rest := c.list; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return checkCRL, fmt.Sprintf("No list of %s is at hand, so nobody can say whether the certificate is on it.", issuer.Subject.CommonName)
		}
		l, err := x509.ParseRevocationList(block.Bytes)
		if err != nil || !bytes.Equal(l.RawIssuer, issuer.RawSubject) || l.CheckSignatureFrom(issuer) != nil {
			continue
		}
		if now.After(l.NextUpdate) {
			return checkCRL, fmt.Sprintf("The list of %s should have been replaced on %s.", issuer.Subject.CommonName, l.NextUpdate.UTC().Format(time.DateOnly))
		}
		for _, e := range l.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(leaf.SerialNumber) == 0 {
				return checkRevoked, fmt.Sprintf("Serial number %x stands on the list of %s, since %s.", leaf.SerialNumber, issuer.Subject.CommonName, e.RevocationTime.UTC().Format(time.DateOnly))
			}
		}
		return "", ""
	}
}
