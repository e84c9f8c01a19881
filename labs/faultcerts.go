package labs

import (
	"crypto/x509"
	"strings"

	"tlstutor/labs/chain"
	"tlstutor/labs/pki"
)

// Where the rules about certificates stand.
const (
	ruleValidity = "RFC 5280, Section 6.1.3(a)(2)"
	ruleNames    = "RFC 9525, Section 6.3"
	ruleAnchor   = "RFC 5280, Section 6.1.1(d)"
	ruleIssuer   = "RFC 5280, Section 6.1.3(a)(4)"
	ruleSent     = "RFC 9846, Section 4.5.1"
)

// This file has the faults of certificates that an authority would sign, as changes
// of the good twin's plan. What a fault needs besides its one change, such as a host
// that a wildcard does not reach, its good twin has too.

// validityFaults have a date that is not of today.
func validityFaults() []*Fault {
	return group("validity",
		&Fault{Name: "expired", Doc: "The server's certificate ended yesterday.",
			Check: chain.Validity, Rule: ruleValidity, Lesson: "P1", Mend: "renew-leaf", Drill: 56,
			change: func(p *plan) { p.leaf.NotBefore, p.leaf.NotAfter = p.now.AddDate(0, 0, -48), p.now.AddDate(0, 0, -1) }},
		&Fault{Name: "not-yet-valid", Doc: "The server's certificate begins tomorrow.",
			Check: chain.Validity, Rule: ruleValidity, Lesson: "P1", Mend: "renew-leaf", Drill: 39,
			change: func(p *plan) { p.leaf.NotBefore, p.leaf.NotAfter = p.now.AddDate(0, 0, 1), p.now.AddDate(0, 0, 48) }},
		&Fault{Name: "backwards", Doc: "The server's certificate ends before it begins, so that it is valid at no time.",
			Check: chain.Validity, Rule: ruleValidity, Lesson: "P1", Mend: "renew-leaf", Drill: 22,
			change: func(p *plan) { p.leaf.NotBefore, p.leaf.NotAfter = p.now.AddDate(0, 0, 1), p.now.AddDate(0, 0, -1) }},
		&Fault{Name: "intermediate-expired", Doc: "The intermediate ended yesterday; the leaf under it has not.",
			Check: chain.Validity, Rule: ruleValidity, Lesson: "P2", Mend: "renew-intermediate", Drill: 5,
			change: func(p *plan) { p.inter.NotBefore, p.inter.NotAfter = p.now.AddDate(-2, 0, 0), p.now.AddDate(0, 0, -1) }},
		&Fault{Name: "root-expired", Doc: "The root that the client trusts ended yesterday.",
			Check: chain.Validity, Rule: ruleValidity, Lesson: "P2", Mend: "trust-root", Drill: 44,
			change: func(p *plan) {
				old := pki.Anchor("Old Root CA")
				old.NotBefore, old.NotAfter = p.now.AddDate(-20, 0, 0), p.now.AddDate(0, 0, -1)
				p.root = &old
			}},
		&Fault{Name: "cross-signed", Doc: "The client knows only the old root, which has expired, and not the new one that it once vouched for.",
			Check: chain.Validity, Rule: ruleValidity, Lesson: "P2", Mend: "trust-root", Drill: 27,
			change: func(p *plan) {
				p.crossed = true
				p.sent, p.trust = []string{"leaf", "inter", "cross"}, []string{"old"}
			}},
	)
}

// nameFaults have a name that is not the one that the client means.
func nameFaults() []*Fault {
	return group("names",
		&Fault{Name: "wrong-name", Doc: "The certificate is for another host.",
			Check: chain.HostName, Rule: ruleNames, Lesson: "P3", Mend: "name-in-san", Drill: 10,
			change: func(p *plan) { p.leaf.Names = []string{"other.lab.test"} }},
		&Fault{Name: "cn-only", Doc: "The name stands in the subject's common name, and in no subjectAltName.",
			Check: chain.HostName, Rule: "RFC 9525, Section 2", Lesson: "P3", Mend: "name-in-san", Drill: 49,
			change: func(p *plan) { p.leaf.Names = nil }},
		&Fault{Name: "wildcard-deep", Doc: "A wildcard stands for one label, and the host has one more.",
			Check: chain.HostName, Rule: ruleNames, Lesson: "P3", Mend: "name-in-san", Drill: 32,
			change: func(p *plan) { p.host, p.leaf.Names = "www."+p.host, []string{"*.lab.test"} }},
		&Fault{Name: "wildcard-tld", Doc: "A wildcard stands for every name below a top-level domain.",
			Check: chain.HostName, Rule: ruleNames, Lesson: "P3", Mend: "name-in-san", Lax: true,
			change: func(p *plan) { p.host, p.leaf.Names = p.label+".test", []string{"*.test"} }},
		&Fault{Name: "wildcard-partial", Doc: "A wildcard stands for a part of a label.",
			Check: chain.HostName, Rule: ruleNames, Lesson: "P3", Mend: "name-in-san", Drill: 15,
			change: func(p *plan) { p.leaf.Names = []string{p.host[:1] + "*.lab.test"} }},
		&Fault{Name: "nul-name", Doc: "The name holds a NUL, behind which somebody else's domain begins.",
			Check: chain.HostName, Rule: ruleNames, Lesson: "P3", Mend: "name-in-san", Drill: 54,
			change: forge("names", "nul-name")},
		&Fault{Name: "ip-as-name", Doc: "The address that the client means stands there as if it were a DNS name.",
			Check: chain.HostName, Rule: "RFC 9525, Section 6.4", Lesson: "P3", Mend: "name-in-san", Drill: 37,
			change: func(p *plan) { p.host, p.leaf.Names = "127.0.0.1", []string{"dns:127.0.0.1"} }},
		&Fault{Name: "no-ip", Doc: "The client means an address, and the certificate has only a name.",
			Check: chain.HostName, Rule: "RFC 9525, Section 6.4", Lesson: "P3", Mend: "name-in-san", Drill: 20,
			change: func(p *plan) { p.host = "127.0.0.1" }},
		&Fault{Name: "spiffe-only", Doc: "The certificate names a program by a URI, and no host.",
			Check: chain.HostName, Rule: ruleNames, Lesson: "P3", Mend: "name-in-san", Drill: 3,
			change: func(p *plan) { p.leaf.Names = []string{"spiffe://lab.test/" + p.label} }},
	)
}

// chainFaults have nothing that leads from the certificate to whom the client
// trusts.
func chainFaults() []*Fault {
	return group("chain",
		&Fault{Name: "self-signed", Doc: "The server's certificate has signed itself.",
			Check: chain.Anchor, Rule: ruleAnchor, Lesson: "P2", Mend: "have-it-signed", Drill: 42,
			change: func(p *plan) { p.self, p.sent = true, []string{"leaf"} }},
		&Fault{Name: "intermediate-omitted", Doc: "The server sends its own certificate, and not the one that signed it.",
			Check: chain.Issuer, Rule: ruleSent, Lesson: "P2", Mend: "send-the-chain", Drill: 25,
			change: func(p *plan) { p.sent = []string{"leaf"} }},
		&Fault{Name: "unknown-ca", Doc: "The chain is sound, and ends at a root that the client does not know.",
			Check: chain.Issuer, Rule: ruleIssuer, Lesson: "P2", Mend: "trust-root", Drill: 8,
			change: func(p *plan) { p.trust = []string{"other"} }},
		&Fault{Name: "only-intermediate", Doc: "The client was given the intermediate to trust, in place of the root.",
			Check: chain.Anchor, Rule: ruleAnchor, Lesson: "P2", Mend: "trust-root", Lax: true,
			change: func(p *plan) { p.trust = []string{"inter"} }},
	)
}

// usageFaults are of keys that may be used for something else.
func usageFaults() []*Fault {
	return group("key usage",
		&Fault{Name: "client-only", Doc: "The server's certificate is for clients.",
			Check: chain.ExtKeyUsage, Rule: "RFC 5280, Section 4.2.1.12", Lesson: "P1", Mend: "leaf-purpose", Drill: 47,
			change: func(p *plan) { p.leaf.Purposes = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }},
		&Fault{Name: "intermediate-purpose", Doc: "The intermediate may only sign for mail, and has signed for a server.",
			Check: chain.ExtKeyUsage, Rule: "RFC 5280, Section 4.2.1.12", Lesson: "P2", Mend: "ca-profile", Drill: 30,
			change: func(p *plan) { p.inter.Purposes = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }},
		&Fault{Name: "no-cert-sign", Doc: "The intermediate's key may sign anything but certificates.",
			Check: chain.KeyUsage, Rule: "RFC 5280, Section 4.2.1.3", Lesson: "P2", Mend: "ca-profile", Drill: 13,
			change: func(p *plan) { p.inter.Usage = x509.KeyUsageDigitalSignature | x509.KeyUsageCRLSign }},
	)
}

// constraintFaults are of authorities that did what they may not.
func constraintFaults() []*Fault {
	return group("constraints",
		&Fault{Name: "leaf-as-ca", Doc: "Somebody with a server's certificate has signed another one with it.",
			Check: chain.BasicConstraints, Rule: "RFC 5280, Section 4.2.1.9", Lesson: "P2", Mend: "have-it-signed", Drill: 52,
			change: func(p *plan) {
				p.inter.PathLen = nil
				deep := pki.Server("shop.lab.test")
				deep.Subject, deep.Extra = named("shop.lab.test"), notCA()
				p.deep, p.sent = &deep, []string{"leaf", "deep", "inter"}
			}},
		&Fault{Name: "ca-false", Doc: "The intermediate says of itself that it is no authority.",
			Check: chain.BasicConstraints, Rule: "RFC 5280, Section 4.2.1.9", Lesson: "P2", Mend: "ca-profile", Drill: 35,
			change: func(p *plan) { p.inter.PathLen, p.inter.Extra = nil, notCA() }},
		&Fault{Name: "no-basic-constraints", Doc: "The intermediate does not say that it is an authority.",
			Check: chain.BasicConstraints, Rule: "RFC 5280, Section 4.2.1.9", Lesson: "P2", Mend: "ca-profile", Drill: 18,
			change: func(p *plan) { p.inter = p.inter.Without("basicConstraints") }},
		&Fault{Name: "path-length", Doc: "The intermediate may have no authority below it, and has one.",
			Check: chain.PathLen, Rule: "RFC 5280, Section 4.2.1.9", Lesson: "P2", Mend: "have-it-signed", Drill: 1,
			change: func(p *plan) {
				deep := pki.Sub("Lab Branch CA")
				p.deep, p.sent = &deep, []string{"leaf", "deep", "inter"}
			}},
		&Fault{Name: "not-permitted", Doc: "The intermediate may sign for one domain, and has signed for another.",
			Check: chain.NameConstraints, Rule: "RFC 5280, Section 4.2.1.10", Lesson: "P2", Mend: "ca-profile", Drill: 40,
			change: func(p *plan) { p.inter.Within = &pki.Constraints{Permitted: []string{"example.test"}} }},
		&Fault{Name: "excluded", Doc: "The intermediate may sign for any domain but this one.",
			Check: chain.NameConstraints, Rule: "RFC 5280, Section 4.2.1.10", Lesson: "P2", Mend: "ca-profile", Drill: 23,
			change: func(p *plan) { p.inter.Within = &pki.Constraints{Excluded: []string{parent(p.host)}} }},
	)
}

// parent is the domain that a host is in.
func parent(host string) string {
	_, domain, _ := strings.Cut(host, ".")
	return domain
}
