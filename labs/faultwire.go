package labs

import (
	"crypto/tls"
	"time"
)

// This file has the faults that are of no certificate: of revocation, of two sides that
// do not find together, and of sound parts that were put together wrongly.

// revocationFaults are of certificates that were taken back, and of those who
// should know.
func revocationFaults() []*Fault {
	const status, lists = ruleStatus, "RFC 5280, Section 6.3.3"
	return group("revocation",
		&Fault{Name: "revoked-list", Doc: "The certificate is on the list of its issuer, which the client has.",
			Check: checkRevoked, Rule: lists, Lesson: "O2", Mend: "replace-revoked", Drill: 58, Lax: true,
			change: func(p *plan) { p.revoked, p.list = true, freshList }},
		&Fault{Name: "list-missing", Doc: "The client is to look at a list, and has only that of another authority.",
			Check: checkCRL, Rule: lists, Lesson: "O2", Mend: "fresh-list", Drill: 62, Lax: true,
			change: func(p *plan) { p.list = othersList }},
		&Fault{Name: "list-stale", Doc: "The list that the client has should have been replaced yesterday.",
			Check: checkCRL, Rule: lists, Lesson: "O2", Mend: "fresh-list", Drill: 60, Lax: true,
			change: func(p *plan) { p.list = staleList }},
		&Fault{Name: "revoked-staple", Doc: "The server itself shows its issuer's word that the certificate is revoked.",
			Check: checkRevoked, Rule: status, Lesson: "O2", Mend: "replace-revoked", Drill: 61, Lax: true,
			change: func(p *plan) { p.revoked, p.status, p.staple = true, true, freshStaple }},
		&Fault{Name: "must-staple", Doc: "The certificate promises a stapled response, and there is none.",
			Check: checkStaple, Rule: "RFC 7633, Section 4.2.3", Lesson: "O2", Mend: "fresh-staple", Drill: 59, Lax: true,
			change: func(p *plan) { p.leaf.MustStaple, p.status = true, true }},
		&Fault{Name: "staple-expired", Doc: "The stapled response is of last month, and its time is over.",
			Check: checkStaple, Rule: status, Lesson: "O2", Mend: "fresh-staple", Drill: 57, Lax: true,
			change: func(p *plan) { p.status, p.staple = true, staleStaple }},
		&Fault{Name: "staple-stranger", Doc: "The stapled response was signed by somebody who has no say.",
			Check: checkStaple, Rule: "RFC 6960, Section 4.2.2.2", Lesson: "O2", Mend: "fresh-staple", Drill: 63, Lax: true,
			change: func(p *plan) { p.status, p.staple = true, strangersStaple }},
		&Fault{Name: "staple-garbage", Doc: "What is stapled is no response.",
			Check: checkStaple, Rule: "RFC 6960, Section 4.2.1", Lesson: "O2", Mend: "fresh-staple", Drill: 64, Lax: true,
			change: func(p *plan) { p.status, p.staple = true, noStaple }},
	)
}

// protocolFaults are of two sides that do not find together.
func protocolFaults() []*Fault {
	const agreed = "RFC 9846, Section 4.3.7"
	return group("protocol",
		&Fault{Name: "no-common-version", Doc: "The client speaks up to TLS 1.2, and the server from TLS 1.3 on.",
			Check: checkVersion, Rule: "RFC 9846, Section 4.3.1", Lesson: "H2", Mend: "versions", Drill: 31,
			change: func(p *plan) { p.serves.min, p.offers.max = "1.3", "1.2" }},
		&Fault{Name: "no-common-suite", Doc: "In TLS 1.2 the server takes only cipher suites that its kind of key does not fit.",
			Check: checkSuite, Rule: "RFC 5246, Section 7.4.1.3", Lesson: "H3", Mend: "suites", Drill: 14,
			change: func(p *plan) {
				p.serves.max, p.suites = "1.2", []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
			}},
		&Fault{Name: "no-common-group", Doc: "There is no group for the key exchange that both sides know.",
			Check: checkGroup, Rule: agreed, Lesson: "H3", Mend: "groups", Drill: 53,
			change: func(p *plan) { p.groups, p.asks = []tls.CurveID{tls.CurveP521}, []tls.CurveID{tls.X25519} }},
		&Fault{Name: "alpn-mismatch", Doc: "The client speaks no application protocol that the server takes.",
			Check: checkALPN, Rule: "RFC 7301, Section 3.2", Lesson: "H5", Mend: "alpn", Drill: 36,
			change: func(p *plan) { p.takes, p.speaks = []string{"imap"}, []string{"http/1.1"} }},
		&Fault{Name: "unknown-name", Doc: "The server has no certificate for the name that the client sends, and refuses it.",
			Check: checkSNI, Rule: "RFC 6066, Section 3", Lesson: "H5", Mend: "server-name", Drill: 19,
			change: func(p *plan) { p.knows = "other.lab.test" }},
		&Fault{Name: "no-client-cert", Doc: "The server wants a certificate of the client, which has none.",
			Check: checkClientCert, Rule: "RFC 9846, Section 4.5.1", Lesson: "C2", Mend: "client-cert", Drill: 2,
			change: func(p *plan) { p.wants = true }},
		&Fault{Name: "no-client-cert-1.2", Doc: "The server wants a certificate of the client, which has none; in TLS 1.2 the client hears of it before it is done.",
			Check: checkClientCert, Rule: "RFC 5246, Section 7.4.6", Lesson: "C2", Mend: "client-cert", Drill: 41,
			change: func(p *plan) { p.wants, p.serves.max = true, "1.2" }},
		&Fault{Name: "strange-client", Doc: "The client's certificate is from an authority that the server does not trust.",
			Check: checkClientCert, Rule: "RFC 9846, Section 4.5.1", Lesson: "C2", Mend: "client-cert", Drill: 24,
			change: func(p *plan) { p.wants, p.shows = true, "other" }},
		&Fault{Name: "plain-http", Doc: "What listens on the port speaks HTTP without TLS.",
			Check: checkTLS, Rule: "RFC 9846, Section 5.1", Lesson: "F2", Mend: "speak-tls", Drill: 7,
			change: func(p *plan) { p.plain = "http" }},
		&Fault{Name: "starttls-wanted", Doc: "The server begins in the clear, and wants to be asked for TLS.",
			Check: checkTLS, Rule: "RFC 9846, Section 5.1", Lesson: "F2", Mend: "speak-tls", Drill: 46,
			change: func(p *plan) { p.plain = "smtp" }},
		&Fault{Name: "truncated", Doc: "The connection ends in the middle of the answer, without a word.",
			Check: checkClose, Rule: "RFC 9846, Section 6.1", Lesson: "F4", Mend: "end-properly", Drill: 29,
			change: func(p *plan) { p.cut = true }},
	)
}

// configurationFaults are of sound parts that were put together wrongly.
func configurationFaults() []*Fault {
	return group("configuration",
		&Fault{Name: "wrong-key", Doc: "The server was given the key of another certificate.",
			Check: checkKey, Rule: "RFC 9846, Section 4.5.2", Lesson: "H1", Mend: "server-key", Drill: 12,
			change: func(p *plan) { p.strange = true }},
		&Fault{Name: "wrong-order", Doc: "In the server's file the intermediate stands before the certificate of the server.",
			Check: checkOrder, Rule: "RFC 9846, Section 4.5.1", Lesson: "P2", Mend: "send-the-chain", Drill: 51,
			change: func(p *plan) { p.sent = []string{"inter", "leaf"} }},
		&Fault{Name: "clock-ahead", Doc: "The client's clock is a year ahead.",
			Check: checkClock, Rule: ruleValidity, Lesson: "P1", Mend: "set-the-clock", Drill: 34,
			change: func(p *plan) { p.clock = 365 * 24 * time.Hour }},
		&Fault{Name: "clock-behind", Doc: "The client's clock says 1970, as one without a battery does.",
			Check: checkClock, Rule: ruleValidity, Lesson: "P1", Mend: "set-the-clock", Drill: 17,
			change: func(p *plan) { p.clock = time.Date(1970, 1, 1, 0, 1, 0, 0, time.UTC).Sub(p.now) }},
	)
}
