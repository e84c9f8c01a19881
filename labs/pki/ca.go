package pki

import (
	"crypto/x509"
	"errors"
	"time"
)

// The names of the two authorities of a CA that was given no others.
const (
	RootName    = "Lab Root CA"
	IssuingName = "Lab Issuing CA"
)

const day = 24 * time.Hour

// A CA is a root and an issuing intermediate with their keys, all of them made
// by New. It may be used by several goroutines at once.
type CA struct {
	root    *Authority
	issuing *Authority
}

// New makes a root on P-256 and an intermediate under it. They have been valid
// for a while at now, so that leaves may begin in the past.
func New(keys *Keyring, now func() time.Time) (*CA, error) {
	return Named(RootName, IssuingName, keys, now)
}

// Named is New for a CA that goes by other names.
func Named(root, issuing string, keys *Keyring, now func() time.Time) (*CA, error) {
	ca := &CA{}
	var err error
	if ca.root, err = Root(keys, now, Anchor(root)); err != nil {
		return nil, err
	}
	if ca.issuing, err = ca.root.Intermediate(Sub(issuing)); err != nil {
		return nil, err
	}
	return ca, nil
}

// Leaf issues a certificate for a new key (RFC 5280, Section 4.2.1).
func (ca *CA) Leaf(l Leaf) (*Issued, error) {
	if len(l.Names) == 0 && l.CommonName == "" {
		return nil, errors.New("issuing a leaf: it has no name at all")
	}
	return ca.issuing.Issue(l.spec())
}

// Roots returns a new pool that holds the root.
func (ca *CA) Roots() *x509.CertPool { return ca.root.Pool() }

// Root returns the root's certificate. It must not be changed.
func (ca *CA) Root() *x509.Certificate { return ca.root.Cert() }

// Issuing returns the intermediate's certificate. It must not be changed.
func (ca *CA) Issuing() *x509.Certificate { return ca.issuing.Cert() }

// Authorities returns the root and the intermediate as parties that can sign
// more than leaves.
func (ca *CA) Authorities() (root, issuing *Authority) { return ca.root, ca.issuing }
