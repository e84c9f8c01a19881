package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
)

// A Profile is a kind of certificate that people order.
type Profile struct {
	Name, Doc string
	Spec      func(name string) Spec // for the one that it is about
}

// Profiles returns the profiles, the most common one first.
func Profiles() []Profile {
	return []Profile{
		{"server", "a server on the public web today", func(n string) Spec { return Server(n) }},
		{"client", "a person or a program that logs in", func(n string) Spec { return Client(n, n) }},
		{"workload", "a program that is named by a SPIFFE ID", func(n string) Spec { return Workload(n) }},
		{"must-staple", "a server that promises to staple its status", func(n string) Spec { return MustStaple(n) }},
		{"short-lived", "a server's certificate that nobody needs to revoke", func(n string) Spec { return ShortLived(n) }},
		{"ca", "an intermediate that signs leaves", Sub},
		{"root", "an anchor of trust, signed by itself", Anchor},
		{"ocsp", "a responder that signs for its authority", Delegate},
	}
}

// leaf is what the profiles of end entities share.
func leaf(purpose x509.ExtKeyUsage, names []string) Spec {
	return Spec{Names: names, Usage: x509.KeyUsageDigitalSignature, Purposes: []x509.ExtKeyUsage{purpose}}
}

// Server is the profile of a server; its subject is empty, as is the habit today.
func Server(names ...string) Spec { return leaf(x509.ExtKeyUsageServerAuth, names) }

// Client is the profile of who logs in, with a subject for those that look there.
func Client(who string, names ...string) Spec {
	s := leaf(x509.ExtKeyUsageClientAuth, names)
	s.Subject.CommonName = who
	return s
}

// Workload is the profile of an X.509-SVID: one URI names the program, which is
// client and server, and the certificate lives an hour.
func Workload(id string) Spec {
	s := leaf(x509.ExtKeyUsageServerAuth, []string{id})
	s.Purposes = append(s.Purposes, x509.ExtKeyUsageClientAuth)
	s.Life = day / 24
	return s
}

// MustStaple is Server with the promise of RFC 7633.
func MustStaple(names ...string) Spec {
	s := Server(names...)
	s.MustStaple = true
	return s
}

// ShortLived is Server for six days, too short for a revocation to matter.
func ShortLived(names ...string) Spec {
	s := Server(names...)
	s.Life = 6 * day
	return s
}

// Sub is the profile of an intermediate that signs leaves and no further
// authority. Its dates begin a year ago, so that leaves may begin in the past.
func Sub(name string) Spec {
	return Spec{Subject: pkix.Name{CommonName: name}, CA: true, PathLen: new(0)}
}

// Anchor is the profile of a root.
func Anchor(name string) Spec {
	return Spec{Subject: pkix.Name{CommonName: name}, CA: true, Life: 8 * 365 * day}
}

// Delegate is the profile of an OCSP responder that signs with a key of its own
// (RFC 6960, Section 4.2.2.2), and needs no status itself.
func Delegate(name string) Spec {
	s := leaf(x509.ExtKeyUsageOCSPSigning, nil)
	s.Subject.CommonName, s.NoCheck = name, true
	return s
}
