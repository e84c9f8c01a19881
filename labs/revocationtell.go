package labs

import (
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
)

// publish has the authority say what the settings want, through its responder and
// its lists.
func (r *revoking) publish() error {
	var entries []pki.Revoked
	if r.s["status"] == "revoked" {
		entries = append(entries, pki.Revoked{Serial: r.leaf.Leaf.SerialNumber, Reason: pki.KeyCompromise})
	}
	o := &pki.Responder{Of: r.issuing, Status: pki.Revocations(entries...)}
	if r.s["status"] == "unknown" {
		o.Status = func(*big.Int) pki.Status { return pki.Status{Verdict: pki.Unknown} }
	}
	list, signer := pki.List{Entries: entries}, r.issuing
	switch r.s["responder"] {
	case "down":
		return nil
	case "lying": // that all is well
		o.Fault, o.Status = "stranger", nil
		// Of lists, somebody who has the authority's name, and another key.
		if r.s["method"] == "crl" {
			stranger, err := pki.Root(r.b.Keys(), r.b.Now, pki.Anchor(pki.IssuingName))
			if err != nil {
				return fmt.Errorf("making a stranger: %w", err)
			}
			list, signer = pki.List{}, stranger
		}
	case "stale": // of a time when all was well
		o.Fault, o.Status = "expired", nil
		list = pki.List{This: r.b.Now().AddDate(0, -1, 0), Next: r.b.Now().AddDate(0, 0, -20)}
	case "garbage":
		o.Fault = "malformed"
	}
	lists := pki.ServeList(func() ([]byte, error) {
		if r.s["responder"] == "garbage" {
			return []byte("the dog ate the list"), nil
		}
		return signer.CRL(list)
	})
	above := pki.ServeList(func() ([]byte, error) { return r.root.CRL(pki.List{}) })
	r.open(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		clock := r.b.run.clock
		switch {
		case r.s["responder"] == "slow" && clock.Wait(req.Context(), clock.At()+tooLong) != nil: // nobody waits any more
		case req.URL.Path == rootList:
			above.ServeHTTP(w, req)
		case req.URL.Path == leafList:
			lists.ServeHTTP(w, req)
		default:
			o.ServeHTTP(w, req)
		}
	}))
	return nil
}

// instruct tells another program to look, as far as it can be told, and says what
// that comes to.
func (r *revoking) instruct(o *peer.Offer) string {
	name, hard := r.s["client"], r.s["policy"] == "hard"
	staples := r.s["method"] == "stapled" || r.s["method"] == "must-staple"
	switch {
	case name == "gnutls-cli" && r.s["method"] != "crl":
		return "looks at what is stapled without being told to, whatever the policy"
	case r.s["policy"] == "off":
		return "is told nothing about revocation"
	case r.s["method"] == "crl" && name == "gnutls-cli":
		return "takes a list only from an issuer that it trusts beforehand (--x509crlfile), and is told nothing"
	case r.s["method"] == "crl":
		return r.hand(o, hard)
	case name == "openssl" && staples:
		o.Status = true
		return "asks for a staple (-status), prints what it gets, and refuses only what it cannot read"
	case name == "curl" && (staples || hard):
		if !hard {
			return "knows no soft way to ask for a staple (--cert-status insists), and is told nothing"
		}
		o.Status = true
		return "insists on a good staple (--cert-status)"
	}
	return "has no way to look: its command line knows none for " + r.s["method"]
}

// hand fetches the lists for a program that does not do so itself, and has it look
// at them. Without any it is told to look all the same where the policy is hard.
func (r *revoking) hand(o *peer.Offer, hard bool) string {
	var lists []byte
	for _, path := range []string{leafList, rootList} {
		got, err := r.fetch(Client, http.MethodGet, r.url(path), nil)
		if err != nil {
			if !hard {
				return "has got no list, and is told nothing about revocation: " + err.Error()
			}
			o.Lists = []byte("# no list\n")
			return "has got no list, and is told to look all the same: " + err.Error()
		}
		lists = append(lists, pem.EncodeToMemory(&pem.Block{Type: pki.PEMList, Bytes: got})...)
	}
	o.Lists = lists
	return "looks at lists that were fetched before for it, as it fetches none itself"
}
