package main

// This file is how inspect prints: an object as a tree, and below it what zlint
// says; or both as one JSON value.

import (
	"fmt"
	"strconv"

	"tlstutor/labs"
	"tlstutor/labs/der"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// lintedFirst is how many certificates are looked into for findings without being
// asked: that takes longer than to open them.
const lintedFirst = 100

// print prints what was found, one object after the other, so that each tree can be
// let go of before the next.
func (in *inspection) print(found []der.Object) {
	for i, o := range found {
		tree := o.Tree()
		var said []defect
		if o.Kind == "certificate" {
			said = in.findings(o, tree)
		}
		if in.json {
			in.printJSON(o.Kind, tree, said)
		} else {
			if len(found) > 1 {
				fmt.Fprintf(in.out, "%s %d of %d\n", o.Kind, i+1, len(found))
			}
			in.buf = appendTree(in.buf[:0], tree, 0)
			in.out.Write(in.buf)
			in.printFindings(said)
		}
		if o.Kind == "pkcs12" {
			in.unlock(o)
		}
	}
}

// note prints a line between objects: JSON has none.
func (in *inspection) note(text string) {
	if !in.json {
		fmt.Fprintln(in.out, text)
	}
}

// closing says what was left out.
func (in *inspection) closing() {
	if in.unlinted > 0 {
		in.note(fmt.Sprintf("note: findings are for the first %d certificates; --lint looks at the other %d too", lintedFirst, in.unlinted))
	}
}

// A defect is what zlint says, and the field that it leads to: nil where the
// certificate has none such.
type defect struct {
	pki.Finding
	at *wire.Field
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
	for _, f := range found {
		all = append(all, defect{f, tree.Match(f.Field)})
	}
	return all
}

// printFindings prints what zlint says, below the certificate.
func (in *inspection) printFindings(all []defect) {
	for _, f := range all {
		where := "  [not there]" // an extension that is missing, say
		if f.at != nil {
			where = fmt.Sprintf("  [%d+%d]", f.at.Off, f.at.N)
		}
		text := f.Text
		if f.Detail != "" {
			text += " " + f.Detail
		}
		fmt.Fprintf(in.out, "finding: %s  %s%s  %s (%s; %s)\n", f.Severity, f.Field, where, text, f.Rule, f.Source)
	}
}

// printJSON prints an object as one JSON value.
func (in *inspection) printJSON(kind string, tree *wire.Field, said []defect) {
	b := append(in.buf[:0], `{"kind":"`+kind+`","tree":`...)
	b = labs.AppendField(b, tree)
	// Appended like the tree, which has most of the bytes.
	for i, f := range said {
		b = append(b, map[bool]string{true: `,"findings":[{"severity":`, false: `,{"severity":`}[i == 0]...)
		b = labs.AppendString(b, f.Severity.String())
		for _, m := range [][2]string{{"name", f.Name}, {"field", f.Field}, {"text", f.Text}, {"detail", f.Detail}, {"rule", f.Rule}, {"source", f.Source}} {
			if m[1] != "" {
				b = append(append(append(b, `,"`...), m[0]...), `":`...)
				b = labs.AppendString(b, m[1])
			}
		}
		if f.at != nil {
			b = strconv.AppendInt(append(b, `,"offset":`...), int64(f.at.Off), 10)
			b = strconv.AppendInt(append(b, `,"length":`...), int64(f.at.N), 10)
		}
		if b = append(b, '}'); i == len(said)-1 {
			b = append(b, ']')
		}
	}
	in.buf = append(b, "}\n"...)
	in.out.Write(in.buf)
}

// unlock opens what a PKCS #12 file has behind its password: an empty one is tried
// first. The key itself stays withheld.
func (in *inspection) unlock(o der.Object) {
	// Many tools write it with an empty password where one is not wanted.
	bag, err := pki.OpenPKCS12(o.Src.Data, "")
	if err != nil && in.password != "" {
		bag, err = pki.OpenPKCS12(o.Src.Data, in.password)
	}
	switch {
	case err != nil && in.password == "":
		in.note("note: it is closed by a password; --password-file FILE opens it (" + wire.Clean(err.Error(), wire.MaxValue) + ")")
		return
	case err != nil:
		in.note("note: the password does not open it (" + wire.Clean(err.Error(), wire.MaxValue) + ")")
		return
	}
	var inside []der.Object
	add := func(raw []byte) {
		found, err := der.Objects(o.Src.Name+", opened", raw)
		if err == nil {
			inside = append(inside, found...)
		}
	}
	// As in its own file: the structure is shown, the secret numbers are not.
	if bag.Key != nil {
		if raw, err := pki.KeyDER(bag.Key); err == nil {
			add(raw)
		}
	}
	for _, c := range bag.Certs {
		add(c.Raw)
	}
	in.note(fmt.Sprintf("inside: %s", wire.Count(len(inside), "object")))
	in.print(inside)
}

// appendTree appends a field and, deeper, what is in it, a line for each: its name,
// its value, where its bytes are, and why decoding stopped in it.
func appendTree(b []byte, f *wire.Field, depth int) []byte {
	for range depth {
		b = append(b, "  "...)
	}
	b = append(b, f.Name...)
	if f.Value != "" {
		b = append(append(b, "  "...), f.Value...)
	}
	b = strconv.AppendInt(append(b, "  ["...), int64(f.Off), 10)
	b = strconv.AppendInt(append(b, '+'), int64(f.N), 10)
	b = append(b, ']')
	if f.Err != nil {
		b = append(append(append(b, "  ("...), wire.Clean(f.Err.Error(), wire.MaxValue)...), ')')
	}
	b = append(b, '\n')
	for _, k := range f.Kids {
		b = appendTree(b, k, depth+1)
	}
	return b
}
