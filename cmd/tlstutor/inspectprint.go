package main

// This file is how inspect prints: an object as a tree, and below it what zlint
// says; or both as one JSON value.

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/der"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// lintedFirst is how many certificates are looked into for findings without being
// asked: that takes longer than to open them.
const lintedFirst = 100

// print prints what was found, one object after the other, so that each tree can be
// let go of before the next. What can be read in part is shown that far, and is no
// error; it is one when nothing at all could be read, or what was asked to be opened
// stayed closed.
func (in *inspection) print(found []der.Object) (failed error) {
	read := false
	for i, o := range found {
		tree := o.Tree()
		if o.Kind != "other" || tree.Err == nil {
			read = true
		} else if failed == nil && !read {
			failed = hint(fmt.Errorf("reading %s: %w", o.Src.Name, tree.Err), "inspect opens certificates, requests, CRLs, OCSP, keys, PKCS #7 and PKCS #12")
		}
		var said []defect
		if o.Kind == "certificate" {
			said = in.findings(o, tree)
		}
		if !in.json && len(found) > 1 {
			fmt.Fprintf(in.out, "%s %d of %d\n", o.Kind, i+1, len(found))
		}
		if o.Kind == "certificate" && len(tree.Kids) > 0 {
			in.glance(o, tree)
		}
		// What is in it comes first: its outside has a hundred lines.
		if o.Kind == "pkcs12" {
			bag, closed := in.unlock(o)
			if closed != nil {
				read, failed = true, closed
			}
			if bag != nil {
				in.inside(o, bag)
				in.note("outside: the file itself")
			}
		}
		if in.json {
			in.printJSON(o, tree, said)
		} else {
			in.buf = appendTree(in.buf[:0], tree, 0)
			in.out.Write(in.buf)
			in.printFindings(said)
			in.doubts(o, tree)
		}
	}
	// One object that can be read is what was asked for; others beside it may be odd.
	if read && !errors.Is(failed, errClosed) {
		return nil
	}
	return failed
}

// doubts says below an object what in it could not be read, or who refuses it though it
// could be, and that a password was given for what takes none.
func (in *inspection) doubts(o der.Object, tree *wire.Field) {
	var bad *wire.Field
	tree.Walk(func(path []*wire.Field) {
		if f := path[len(path)-1]; bad == nil && f.Err != nil {
			bad = f
		}
	})
	switch {
	case bad != nil:
		in.note(fmt.Sprintf("note: not all of it could be read: %s [%d+%d]: %s", bad.Name, bad.Off, bad.N, wire.Clean(bad.Err.Error(), wire.MaxValue)))
	case o.Kind == "certificate":
		if _, err := x509.ParseCertificate(o.Src.Data); err != nil {
			in.note("note: all fields can be read, and Go refuses it all the same: " + wire.Clean(err.Error(), wire.MaxValue) + "; so nothing was linted")
		}
	case o.Kind == "private-key" && in.secret != "" && tree.Name == "EncryptedPrivateKeyInfo":
		in.note("note: --password-file opens PKCS #12 files; this key stays closed")
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

// printJSON prints an object as one JSON value.
func (in *inspection) printJSON(o der.Object, tree *wire.Field, said []defect) {
	b := append(in.buf[:0], `{"kind":"`+o.Kind+`","tree":`...)
	b = labs.AppendField(b, tree)
	if o.Kind == "certificate" && whole(tree) {
		b = append(append(append(b, `,"sha256":"`...), strings.ToLower(strings.ReplaceAll(fingerprint(o), ":", ""))...), '"')
	}
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
		if f.advice {
			b = append(b, `,"advice":true`...)
		}
		if b = append(b, '}'); i == len(said)-1 {
			b = append(b, ']')
		}
	}
	in.buf = append(b, "}\n"...)
	in.out.Write(in.buf)
}

// errClosed is what a PKCS #12 file is that the password which was given does not open.
var errClosed = errors.New("it stays closed")

// unlock opens what a PKCS #12 file has behind its password: an empty one is tried
// first. It says in one line why it does not; where a password was given for it, that
// is an error.
func (in *inspection) unlock(o der.Object) (*pki.Bag, error) {
	// Many tools write it with an empty password where one is not wanted.
	bag, err := pki.OpenPKCS12(o.Src.Data, "")
	if err != nil && in.password != "" {
		bag, err = pki.OpenPKCS12(o.Src.Data, in.password)
	}
	if err == nil {
		return bag, nil
	}
	why := wire.Clean(err.Error(), wire.MaxValue)
	switch {
	case in.secret == "" && errors.Is(err, pki.ErrPassword):
		in.note("note: it is closed by a password, and this is its outside; --password-file FILE opens it, where FILE has the password, or is - for standard input")
		return nil, nil
	// One of another make, or damaged: no password would help, and none was given.
	case in.secret == "":
		in.note("note: this is its outside; it does not open (" + why + ")")
		return nil, nil
	}
	in.note("note: the password does not open it, and this is its outside (" + why + ")")
	return nil, hint(fmt.Errorf("%s: %w: %s", o.Src.Name, errClosed, why), "the password is all that stands in the file that --password-file names")
}

// inside prints what was behind the password. The key itself stays withheld.
func (in *inspection) inside(o der.Object, bag *pki.Bag) {
	var all []der.Object
	add := func(raw []byte) {
		found, err := der.Objects(o.Src.Name+", opened", raw)
		if err == nil {
			all = append(all, found...)
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
	in.note(fmt.Sprintf("inside: %s", wire.Count(len(all), "object")))
	for _, o := range all {
		in.note("  " + strings.ReplaceAll(o.Kind, "-", " ") + ": " + o.Tree().Value)
	}
	// All of it was parsed to be here, so that it can be read.
	_ = in.print(all)
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
