package main

// This file is what inspect says of a certificate beside its fields: the findings of
// zlint, and whom their rules bind.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/der"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// A defect is what zlint says, and the field that it leads to: nil where the
// certificate has none such.
type defect struct {
	pki.Finding
	at     *wire.Field
	advice bool // it binds public CAs, and nothing says that this is of one
}

// findings has a certificate judged by zlint.
func (in *inspection) findings(o der.Object, tree *wire.Field) []defect {
	if in.linted >= lintedFirst && !in.lint {
		in.unlinted++
		return nil
	}
	in.linted++
	found, err := pki.Lint(o.Src.Data)
	if err != nil { // what it cannot be read for, the tree shows
		return nil
	}
	var all []defect
	// Match, as a rule names the end of a path: "extensions.keyUsage".
	public := claimsPublic(tree)
	for _, f := range found {
		all = append(all, defect{f, tree.Match(f.Field), f.Program && !public})
	}
	// What binds this CA comes before what may not.
	slices.SortStableFunc(all, func(a, b defect) int {
		return cmp.Compare(map[bool]int{true: 1}[a.advice], map[bool]int{true: 1}[b.advice])
	})
	return all
}

// claimsPublic reports whether a certificate says of itself that its CA is one that
// the public trusts: it bears timestamps of public logs (RFC 6962, Section 3.3), or a
// policy of the CA/Browser Forum. Which CAs are trusted it cannot say, nor can we.
func claimsPublic(tree *wire.Field) bool {
	if tree.Match("extensions.SignedCertificateTimestampList") != nil {
		return true
	}
	policies := tree.Match("extensions.certificatePolicies")
	claims := false
	if policies != nil {
		policies.Walk(func(path []*wire.Field) {
			f := path[len(path)-1]
			claims = claims || f.Name == "policyIdentifier" && strings.Contains(f.Value, "2.23.140.1.")
		})
	}
	return claims
}

// adviceNote stands once, above the first findings that may not bind whoever reads
// them: most certificates that are looked at in a hurry are of a CA of one's own.
const adviceNote = "note: the Baseline Requirements, and the rules of root programs, bind CAs that the public trusts. Nothing in this certificate says that its CA is one; " +
	"if it is a private CA, what is marked advice below binds nobody; in brackets stands what it is for a public one."

// printFindings prints what zlint says, below the certificate.
func (in *inspection) printFindings(all []defect) {
	if !in.advised && slices.ContainsFunc(all, func(d defect) bool { return d.advice }) {
		in.advised = true
		fmt.Fprintln(in.out, adviceNote)
	}
	for _, f := range all {
		severity := f.Severity.String()
		if f.advice {
			severity = "advice (" + severity + ")"
		}
		where := "  [not there]" // an extension that is missing, say
		if f.at != nil {
			where = fmt.Sprintf("  [%d+%d]", f.at.Off, f.at.N)
		}
		text := f.Text
		if f.Detail != "" {
			text += " " + f.Detail
		}
		fmt.Fprintf(in.out, "finding: %s  %s%s  %s (%s; %s)\n", severity, f.Field, where, text, f.Rule, f.Source)
	}
}
