package main

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// This file is what most people open a certificate for, in a few lines above its tree.

// glance prints whom a certificate is for, for how long, its key and its fingerprint.
// What cannot be read has no line.
func (in *inspection) glance(o der.Object, tree *wire.Field) {
	if in.json {
		return
	}
	row := func(what, value string) {
		if value != "" {
			fmt.Fprintf(in.out, "%-13s%s\n", what, value)
		}
	}
	row("subject", fieldValue(tree, "tbsCertificate.subject"))
	row("issuer", fieldValue(tree, "tbsCertificate.issuer"))
	row("names", fieldValue(tree, "tbsCertificate.extensions.Extensions.subjectAltName"))
	row("valid", lifetime(fieldValue(tree, "tbsCertificate.validity.notBefore"), fieldValue(tree, "tbsCertificate.validity.notAfter"), time.Now()))
	row("key", fieldValue(tree, "tbsCertificate.subjectPublicKeyInfo"))
	row("signed with", fieldValue(tree, "signatureAlgorithm"))
	row("serial", fieldValue(tree, "tbsCertificate.serialNumber"))
	if whole(tree) {
		row("SHA-256", fingerprint(o))
	}
	fmt.Fprintln(in.out)
}

// fieldValue is the value of a field below another, or "" where there is none.
func fieldValue(tree *wire.Field, path string) string {
	if f := tree.Find(path); f != nil {
		return f.Value
	}
	return ""
}

// whole reports whether nothing of a certificate is missing: half of one has a
// fingerprint that nobody else sees.
func whole(tree *wire.Field) bool { return tree.Kid("signatureValue") != nil }

// fingerprint is the SHA-256 of a whole certificate, as browsers and openssl write it.
func fingerprint(o der.Object) string {
	sum := sha256.Sum256(o.Src.Data)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// lifetime says from when to when, and how that stands to now. Times are as trees have
// them, and are repeated where they are of another form.
func lifetime(from, to string, now time.Time) string {
	if from == "" || to == "" {
		return ""
	}
	text := from + " to " + to
	const form = "2006-01-02 15:04:05 MST"
	begin, err1 := time.Parse(form, from)
	end, err2 := time.Parse(form, to)
	days := func(d time.Duration) string {
		if d < 48*time.Hour {
			return wire.Count(int(d.Hours()), "hour")
		}
		return wire.Count(int(d.Hours()/24), "day")
	}
	switch {
	case err1 != nil || err2 != nil:
		return text
	case end.Before(begin):
		return text + ": never valid, it ends before it begins"
	case now.Before(begin):
		return text + ": not yet, it begins in " + days(begin.Sub(now))
	case now.After(end):
		return text + ": expired, " + days(now.Sub(end)) + " ago"
	}
	return text + ", " + days(end.Sub(now)) + " left"
}
