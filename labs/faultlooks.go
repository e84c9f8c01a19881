package labs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// This file is the client of the fault bench that looks at revocation. It has what the
// case hands to any client, a staple or lists, and insists; lab revocation has the
// one that goes and asks.

// checking is what labs call Go's client with a few lines more, which look.
const checking = "checking"

// looking is what Go's client is told that looks.
func (r *faultRun) looking(c *Case) *tls.Config {
	config := c.Client.Clone()
	if c.plan.trusting {
		return config
	}
	config.VerifyConnection = func(cs tls.ConnectionState) error {
		says, at, err := r.look(c, cs)
		text := "has looked: the certificate is good"
		switch {
		case err != nil:
			text = "has looked: " + err.Error()
		case says == "":
			says, text = "nothing to look at", "has looked: nothing was there to look at"
		}
		if says == "" {
			says = "no answer that counts"
		}
		note := wire.Note(statusNote, says)
		if at != nil {
			note.Kids = append(note.Kids, at)
		}
		r.b.Emit(Event{Kind: Said, Who: Client, Text: text, Tree: note})
		return err
	}
	return config
}

// look is what crypto/tls leaves to the program: a list or a staple that is there has
// to hold, and a staple that the certificate promises has to be there (RFC 5280,
// Section 6.3.3; RFC 6960, Section 3.2; RFC 7633, Section 4.2.3).
func (r *faultRun) look(c *Case, cs tls.ConnectionState) (says string, at *wire.Field, err error) {
	path, now := cs.VerifiedChains[0], r.world.now()
	leaf, issuer := path[0], path[min(1, len(path)-1)] // one that is trusted itself has signed itself
	events, _ := r.b.run.Since(0)
	for i := range events {
		for _, path := range []string{"Certificate.OCSPResponse", "CertificateStatus.OCSPResponse"} {
			if e := &events[i]; e.Who == Server && e.Kind == Written && e.Tree != nil && e.Tree.Match(path) != nil {
				at = e.Tree.Match(path) // of the last connection, which is this one
			}
		}
	}
	switch {
	case c.list != nil:
		list := listOf(c.list, issuer)
		if list == nil {
			return "", nil, fmt.Errorf("no revocation list of %s is at hand", issuer.Subject.CommonName)
		}
		says, err = readList(list, leaf, issuer, now)
		return says, nil, err
	case len(cs.OCSPResponse) > 0:
		if says, err = readAnswer(cs.OCSPResponse, leaf, issuer, now); says != "" {
			says += ", stapled"
		}
		return says, at, err
	case promises(leaf):
		return "", nil, errors.New("the certificate promises a stapled response, and none is there")
	}
	return "", nil, nil
}

// listOf picks the list of an authority out of several in PEM, or nil.
func listOf(lists []byte, issuer *x509.Certificate) []byte {
	for {
		var block *pem.Block
		if block, lists = pem.Decode(lists); block == nil {
			return nil
		}
		if l, err := x509.ParseRevocationList(block.Bytes); err == nil && bytes.Equal(l.RawIssuer, issuer.RawSubject) {
			return block.Bytes
		}
	}
}
