package pki

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// A Change makes a bad certificate of a good one. It touches one field; only the
// signature, and the lengths of what is around the field, change with it.
type Change struct {
	Name  string
	Doc   string   // what is different and why it is wrong, in one clause
	Field string   // the path of the field, as readers of certificates name it; "" is the encoding of the whole
	Also  []string // fields that have to say the same, or cannot stand without it

	edit  func(*parts) error  // before it is signed
	spoil func(*parts)        // after it was signed
	wrap  func([]byte) []byte // the encoded certificate
}

// FindChange returns the change of a name.
func FindChange(name string) (Change, bool) {
	all := changes()
	i := slices.IndexFunc(all, func(c Change) bool { return c.Name == name })
	if i < 0 {
		return Change{}, false
	}
	return all[i], true
}

// Forge makes the bad twin of a good certificate that this authority signed, and
// signs it again. What it returns may be refused by every parser there is.
func (a *Authority) Forge(good []byte, c Change) ([]byte, error) {
	bad, err := forge(good, a.Key, c)
	if err != nil {
		return nil, fmt.Errorf("forging a certificate (%s): %w", c.Name, err)
	}
	a.made(PEMCertificate, bad, nil)
	return bad, nil
}

// forge is Forge with the key alone, which signs itself in a self-signed one.
func forge(good []byte, key crypto.Signer, c Change) ([]byte, error) {
	p, err := split(good)
	if err != nil {
		return nil, err
	}
	// The good one says how it was signed, and the bad one is signed the same way.
	if p.alg, err = algorithmOf(p.inner); err != nil {
		return nil, err
	}
	// A change that changes nothing would prove nothing.
	before := p.der()
	if c.edit != nil {
		if err := c.edit(p); err != nil {
			return nil, err
		}
		if bytes.Equal(p.der(), before) {
			return nil, errors.New("the good certificate is like that already")
		}
	}
	if err := p.sign(key); err != nil {
		return nil, err
	}
	// The signature is no part of what is signed, so that it comes after.
	if c.spoil != nil {
		c.spoil(p)
	}
	bad := p.der()
	// And the encoding of the whole comes last.
	if c.wrap != nil {
		bad = c.wrap(bad)
	}
	return bad, nil
}

// replaced returns the change that puts another element in the place of a field.
// A field is one of tbsCertificate ("tbsCertificate.serialNumber",
// "tbsCertificate.validity.notAfter"), or an extension by name, whose value is
// replaced ("extensions.keyUsage").
func replaced(field string, der []byte) Change {
	return Change{Name: "replace", Doc: "one part was replaced", Field: field, edit: func(p *parts) error {
		if name, ok := strings.CutPrefix(strings.TrimPrefix(field, "tbsCertificate."), "extensions."); ok {
			// The value alone: the extension keeps its place and whether it is critical.
			return p.revalue(name, func(pre []byte) ([]byte, error) { return der, nil })
		}
		at := p.at(field)
		if at == nil {
			return fmt.Errorf("no part of a certificate is named %q", field)
		}
		*at = der
		return nil
	}}
}

// at returns where a field of tbsCertificate is, or nil for one that is not a part
// of its own.
func (p *parts) at(field string) *[]byte {
	switch strings.TrimPrefix(field, "tbsCertificate.") {
	case "version":
		return &p.version
	case "serialNumber":
		return &p.serial
	case "signature":
		return &p.inner
	case "issuer":
		return &p.issuer
	case "validity.notBefore":
		return &p.notBefore
	case "validity.notAfter":
		return &p.notAfter
	case "subject":
		return &p.subject
	case "subjectPublicKeyInfo":
		return &p.spki
	case "signatureAlgorithm":
		return &p.outer
	}
	return nil
}

// find returns the place of an extension in the list, or -1.
func (p *parts) find(name string) int {
	id := extensionOID(name)
	return slices.IndexFunc(p.exts, func(der []byte) bool {
		e, ok := readExtension(der)
		return ok && e.Id.Equal(id)
	})
}

// revalue changes the value of an extension that the good certificate has.
func (p *parts) revalue(name string, change func([]byte) ([]byte, error)) error {
	i := p.find(name)
	if i < 0 {
		return fmt.Errorf("the good certificate has no %s", name)
	}
	e, _ := readExtension(p.exts[i]) // find has read it
	value, err := change(e.Value)
	if err != nil {
		return err
	}
	p.exts[i] = extensionDER(e.Id, e.Critical, value)
	return nil
}

// drop leaves an extension out.
func (p *parts) drop(name string) error {
	i := p.find(name)
	if i < 0 {
		return fmt.Errorf("the good certificate has no %s", name)
	}
	p.exts = slices.Delete(p.exts, i, i+1)
	return nil
}

// critical sets whether who does not know an extension must refuse.
func (p *parts) critical(name string, on bool) error {
	i := p.find(name)
	if i < 0 {
		return fmt.Errorf("the good certificate has no %s", name)
	}
	e, _ := readExtension(p.exts[i]) // find has read it
	p.exts[i] = extensionDER(e.Id, on, e.Value)
	return nil
}

// with sets an extension where it was, or adds it at the end.
func (p *parts) with(name string, critical bool, value []byte) {
	der := extensionDER(extensionOID(name), critical, value)
	if i := p.find(name); i >= 0 {
		p.exts[i] = der
		return
	}
	p.exts = append(p.exts, der)
}

// signedBy has another algorithm sign, and both places name it.
func (p *parts) signedBy(hash crypto.Hash) error {
	for _, a := range algorithms {
		if a.kind == p.alg.kind && a.hash == hash {
			// The certificate tells the truth about it: the weak hash is its only fault.
			p.alg, p.inner, p.outer = a, a.der, a.der
			return nil
		}
	}
	return fmt.Errorf("no key of kind %s signs with %v; the issuer needs another one", p.alg.kind, hash)
}

// firstName changes the contents of the first alternative name of a form; the
// other names stay as they are.
func (p *parts) firstName(t tag.Tag, change func([]byte) []byte) error {
	return p.revalue("subjectAltName", func(der []byte) ([]byte, error) {
		s := cryptobyte.String(der)
		var out []byte
		ok, done := s.ReadASN1(&s, tag.SEQUENCE), false
		for ok && !s.Empty() {
			var in, whole cryptobyte.String
			var got tag.Tag
			before := s // to have the element with its tag and length too
			if ok = s.ReadAnyASN1(&in, &got); !ok {
				break
			}
			before.ReadAnyASN1Element(&whole, &got)
			if got == t && !done {
				done, whole = true, element(t, change(in))
			}
			out = append(out, whole...)
		}
		if !ok || !done {
			return nil, errors.New("the good certificate has no name of this form")
		}
		return sequence(out), nil
	})
}
