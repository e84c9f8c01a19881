package labs

import (
	"cmp"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tlstutor/labs/der"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// madeLimit is how many bytes of certificates, lists and responses a run keeps for
// those who want them as files.
const madeLimit = 8 << 20

// MadePassword is that of the PKCS #12 files that are made of a run: such a file
// needs one, and what it keeps here was made to be looked at.
const MadePassword = "tlstutor"

// made keeps what an authority of the run has signed.
func (r *Run) made(m pki.Made) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.signed += len(m.DER); r.signed <= madeLimit {
		r.ledger = append(r.ledger, m)
	}
}

// Made returns what authorities have signed in the run so far: certificates with
// their keys, lists and responses, each once, in order. None of that is in the
// events unless it crossed, or a lab told of it; the keys never are.
func (r *Run) Made() []pki.Made {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []pki.Made
	seen := map[string]bool{}
	for _, m := range r.ledger {
		if !seen[string(m.DER)] {
			seen[string(m.DER)] = true
			all = append(all, m)
		}
	}
	return all
}

// A File is one file of what was made.
type File struct {
	Name   string // without a folder
	Doc    string // what is in it
	Secret bool   // a private key is
	Data   []byte
}

// Files returns what was made as files: a certificate as DER; it and those above
// it, without the root, as a chain in PEM; its key in PEM; all of that as PKCS #12;
// lists in DER and PEM, responses in DER. In front stand the chains that crossed,
// as they were sent. What a format cannot hold is not there in that format.
func Files(made []pki.Made, events []Event) []File {
	set := &fileSet{taken: map[string]bool{}, called: map[string]string{}}
	for i, chain := range sentChains(events) {
		doc := fmt.Sprintf("the chain as it was sent, %s", wire.Count(len(chain), "certificate"))
		set.add(fmt.Sprintf("sent-%d", i+1), File{Name: ".pem", Doc: doc, Data: pki.PEM(pki.PEMCertificate, chain...)})
	}
	for _, m := range made {
		switch m.Kind {
		case pki.PEMCertificate:
			set.certificate(m)
		case pki.PEMList:
			set.add("list-of-"+set.signer(m),
				File{Name: ".crl", Doc: "a revocation list, DER", Data: m.DER},
				File{Name: ".crl.pem", Doc: "the same, PEM", Data: pki.PEM(pki.PEMList, m.DER)})
		default:
			set.add("response-of-"+set.signer(m), File{Name: ".ocsp", Doc: "an OCSP response, DER", Data: m.DER})
		}
	}
	return set.files
}

// signer is who has signed it, as a part of a name of a file.
func (s *fileSet) signer(m pki.Made) string {
	if m.By == nil || m.By.Cert() == nil {
		return "nobody"
	}
	return cmp.Or(s.called[string(m.By.Raw)], fileName(m.By.Cert().Subject.CommonName))
}

// SaveFiles writes files to a new folder, which nobody else can look into, or to
// one that is empty. Those with a key are for their owner alone. Nothing that is there is written over, and what was written before
// something failed is removed.
func SaveFiles(dir string, files []File) (err error) {
	made := os.Mkdir(dir, 0o700)
	if made != nil { // it may be there, and empty
		if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
			return made
		}
	}
	// The folder is removed too, but only if it was made here.
	var written []string
	defer func() {
		for i := range written {
			if err != nil {
				err = errors.Join(err, os.Remove(written[i]))
			}
		}
		if err != nil && made == nil {
			err = errors.Join(err, os.Remove(dir))
		}
	}()
	for _, f := range files {
		mode := os.FileMode(0o644)
		if f.Secret {
			mode = 0o600
		}
		path := filepath.Join(dir, f.Name)
		out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) // which follows no link either
		if err != nil {
			return err
		}
		written = append(written, path)
		_, err = out.Write(f.Data)
		if err = errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
	return nil
}

// A fileSet gathers files under names that are theirs alone.
type fileSet struct {
	files  []File
	taken  map[string]bool
	called map[string]string // what the files of a certificate are called, by its DER
}

// add adds the files of one thing, and returns how their names begin.
func (s *fileSet) add(base string, all ...File) string {
	name := base
	for n := 2; s.taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	s.taken[name] = true
	for _, f := range all {
		f.Name = name + f.Name
		s.files = append(s.files, f)
	}
	return name
}

// certificate adds the files of a certificate and of its key.
func (s *fileSet) certificate(m pki.Made) {
	chain := [][]byte{m.DER}
	if m.By != nil {
		chain = append(chain, m.By.Chain()...)
	}
	cert, _ := x509.ParseCertificate(m.DER) // a forged one is a file all the same
	title := titleOf(cert, m.DER)
	doc := "the certificate"
	if len(chain) > 1 {
		doc = fmt.Sprintf("the chain, %s without the root", wire.Count(len(chain), "certificate"))
	}
	all := []File{
		{Name: ".pem", Doc: doc + ", PEM", Data: pki.PEM(pki.PEMCertificate, chain...)},
		{Name: ".der", Doc: "the certificate alone, DER", Data: m.DER},
	}
	if m.Key != nil {
		all = append(all, secrets(m.Key, cert, chain)...)
	}
	base := fileName(title)
	// Who has signed itself, and has the name of another authority, is not that one.
	if m.By == nil && cert != nil && cert.IsCA && s.taken[base] {
		base = "stranger-" + base
		all[0].Doc = "a stranger's certificate, with the name of another authority and a key of its own, PEM"
	}
	s.called[string(m.DER)] = s.add(base, all...)
}

// secrets are the files that hold the key of a certificate.
func secrets(key crypto.Signer, cert *x509.Certificate, chain [][]byte) []File {
	var all []File
	if text, err := pki.KeyPEM(key); err == nil {
		all = append(all, File{Name: ".key.pem", Doc: "its private key, PEM", Secret: true, Data: text})
	}
	// PKCS #12 holds what crypto/x509 can read, and nothing else.
	if cert == nil {
		return all
	}
	if bag, err := pki.PKCS12(&pki.Issued{Key: key, Leaf: cert, Chain: chain}, MadePassword, false); err == nil {
		all = append(all, File{Name: ".p12", Doc: "chain and private key, PKCS #12, password " + MadePassword, Secret: true, Data: bag})
	}
	return all
}

// titleOf is what a person calls a certificate.
func titleOf(c *x509.Certificate, raw []byte) string {
	if c == nil {
		return "forged-" + wire.Bare(der.Parse(&wire.Source{Name: "forged", Data: raw}).Value)
	}
	if len(c.URIs) > 0 {
		return cmp.Or(c.Subject.CommonName, c.URIs[0].Host+c.URIs[0].Path)
	}
	return cmp.Or(c.Subject.CommonName, strings.Join(c.DNSNames[:min(1, len(c.DNSNames))], ""), "certificate")
}

// fileName makes a title one that every system takes for a file.
func fileName(title string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, title)
	return cmp.Or(strings.Trim(name[:min(len(name), 60)], "-."), "certificate")
}

// sentChains are the chains that crossed, each once, in order. Only opened ones are
// known.
func sentChains(events []Event) [][][]byte {
	var all [][][]byte
	for _, m := range messages(Records(events)) {
		if m.Name != "Certificate" || !m.handshake() {
			continue
		}
		var chain [][]byte
		m.Field.Walk(func(path []*wire.Field) {
			f := path[len(path)-1]
			if n := len(path); n > 1 && f.Name == "Certificate" && f.Src != nil && (path[n-2].Name == "cert_data" || path[n-2].Name == "ASN.1Cert") {
				chain = append(chain, f.Bytes())
			}
		})
		same := func(other [][]byte) bool {
			return slices.EqualFunc(chain, other, func(a, b []byte) bool { return string(a) == string(b) })
		}
		if len(chain) > 0 && !slices.ContainsFunc(all, same) {
			all = append(all, chain)
		}
	}
	return all
}
