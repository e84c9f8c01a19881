package labs

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"sync"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/labs/recorded"
	"tlstutor/labs/wire"
)

// rootFile is the file in which the commands have the root unless they are told of
// another: the last word of where it is got from.
const rootFile = "root.pem"

// goodName is the name of the server that has no fault.
const goodName = "good"

// An Entry is one server of the gallery.
type Entry struct {
	Name  string // of the fault, or "good"
	Group string
	Doc   string // what is wrong, in one sentence
	Host  string // whom a client has to mean
	Addr  string // where it listens
	Files []File // what a client needs that wants to meet it
	Tries []Try
}

// A Try is what one types to have a tool meet a server, and what the tool says.
type Try struct {
	Tool    string // as package peer knows it, or "go", which is tlstutor connect
	Command string // for a shell
	Accepts bool
	Exit    int
	Says    string // its own words, as they were recorded; "" where it accepts
	By      string // who said so: its version
	Made    string // when
}

// An exhibit is an entry that is served.
type exhibit struct {
	Entry
	c     *Case
	count int // connections, under the gallery's lock
}

// A gallery is all that is served.
type gallery struct {
	b     *Bench
	at    string // the address of the servers
	other string // of the one that nobody can name
	pages string // of the pages
	file  string // in which the commands have the root
	world *World
	root  []byte // PEM

	exhibits []*exhibit
	going    sync.WaitGroup // whoever receives, and each guest

	mu    sync.Mutex
	count int  // connections
	told  int  // of those that are open, how many have each of their records told of
	quiet bool // it has said that it tells no more
}

// hang makes the servers.
func (g *gallery) hang(keys *pki.Keyring, now func() time.Time, faults []*Fault) error {
	var err error
	if g.world, err = NewWorld(keys, now); err != nil {
		return err
	}
	g.root = pki.PEM(pki.PEMCertificate, g.world.root.Raw)
	said, err := recorded.Verdicts()
	if err != nil {
		return err
	}
	for _, f := range faults {
		x, err := g.exhibit(f)
		if err != nil {
			return err
		}
		var rows []recorded.Verdict
		for _, v := range said {
			if v.Fault == x.Name {
				rows = append(rows, v)
			}
		}
		if x.Tries, err = g.tries(x, rows); err != nil {
			return err
		}
		g.exhibits = append(g.exhibits, x)
	}
	return nil
}

// exhibit makes one server; a nil fault makes the good one.
func (g *gallery) exhibit(f *Fault) (*exhibit, error) {
	x := &exhibit{Entry: Entry{Name: goodName, Group: "no fault", Doc: "Nothing is wrong.", Addr: g.at}}
	p := newPlan(goodName, g.world.now())
	if f != nil {
		x.Name, x.Group, x.Doc = f.Name, f.Group, f.Doc
		p = newPlan(f.Name, g.world.now())
		f.change(p)
	}
	// A client that means an address sends no name, and two such are two doors.
	if x.Name == "ip-as-name" {
		x.Addr = g.other
	}
	if x.status() {
		p.leaf.CRLs = []string{"http://" + g.pages + listPath(x)}
		p.leaf.OCSP = []string{"http://" + g.pages + responderPath(x)}
	}
	var err error
	if x.c, err = g.world.make(f, p); err != nil {
		return nil, err
	}
	x.Host = x.c.Host
	return x, nil
}

// status reports whether the certificate says where to ask about it.
func (x *exhibit) status() bool { return x.Group == "revocation" }

// listPath and responderPath are where that is, behind the address of the pages.
func listPath(x *exhibit) string      { return "/crl/" + x.Name + ".crl" }
func responderPath(x *exhibit) string { return "/ocsp/" + x.Name + "/" }

// list is the list of who signed the certificate.
func (x *exhibit) list() ([]byte, error) {
	var l pki.List
	if x.c.plan.revoked {
		l.Entries = []pki.Revoked{{Serial: x.c.made.SerialNumber, Reason: pki.KeyCompromise}}
	}
	return x.c.inter.CRL(l)
}

// responder answers for who signed the certificate.
func (x *exhibit) responder() *pki.Responder {
	r := &pki.Responder{Of: x.c.inter}
	if x.c.plan.revoked {
		r.Status = pki.Revocations(pki.Revoked{Serial: x.c.made.SerialNumber, Reason: pki.KeyCompromise})
	}
	return r
}

// named returns the exhibit of that name, or nil.
func (g *gallery) named(name string) *exhibit {
	for _, x := range g.exhibits {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// meant returns whom a client means that sends this name: nobody that is here, and
// it gets the good one, as most servers do.
func (g *gallery) meant(sni string, nameless *exhibit) *exhibit {
	if sni == "" && nameless != nil {
		return nameless
	}
	for _, x := range g.exhibits {
		if strings.EqualFold(x.Host, sni) {
			return x
		}
	}
	return g.exhibits[0]
}

// needs gives an entry the files that a client needs for it besides the root, and
// returns what a client is told.
func (g *gallery) needs(x *exhibit) (wanted, error) {
	o, err := x.c.offer(&peer.Program{})
	t := wanted{Offer: o, addr: x.Addr, roots: g.file}
	add := func(name, doc string, secret bool, data []byte) string {
		name = x.Name + "-" + name
		x.Files = append(x.Files, File{Name: name, Doc: doc, Secret: secret, Data: data})
		return name
	}
	// Some faults are of whom the client trusts.
	if !bytes.Equal(o.Roots, g.root) {
		t.roots = add("root.pem", "whom the client trusts", false, o.Roots)
	}
	t.both = t.roots
	// curl takes the lists apart from the roots, OpenSSL and Python in one file.
	if o.Lists != nil {
		t.lists = add("lists.pem", "the revocation lists that the client has", false, o.Lists)
		t.both = add("root-and-lists.pem", "whom the client trusts, and the lists", false, append(bytes.Clone(o.Roots), o.Lists...))
	}
	if o.Chain != nil {
		t.chain = add("client.pem", "the client's certificate", false, o.Chain)
		t.key = add("client-key.pem", "its private key", true, o.Key)
	}
	t.groups = x.c.plan.asks != nil
	t.cuts = x.c.Cuts()
	t.late = t.cuts || x.c.plan.wants
	return t, err
}

// tries are what to type, for each tool that can meet this server, and what was
// recorded of it.
func (g *gallery) tries(x *exhibit, rows []recorded.Verdict) ([]Try, error) {
	t, err := g.needs(x)
	if err != nil {
		return nil, err
	}
	tools := append(peer.Names(peer.Client), "go")
	// Nobody has recorded that all is well.
	if x.Name == goodName {
		for _, name := range tools {
			rows = append(rows, recorded.Verdict{Peer: name, Accepted: true})
		}
	}
	var all []Try
	for _, name := range tools {
		// Who has no verdict could not be told what this takes.
		i := slices.IndexFunc(rows, func(v recorded.Verdict) bool { return v.Peer == name })
		command := t.command(name)
		if i < 0 || command == "" {
			continue
		}
		v := rows[i]
		try := Try{Tool: v.Peer, Command: command, Accepts: v.Accepted, Exit: max(v.Exit, 0), By: v.By, Made: v.Made}
		if !v.Accepted {
			try.Says = x.here(unthreaded(v.Line))
			// The table has Go's client, which is no program; what is typed is ours.
			if v.Peer == "go" {
				try.Exit, try.Says = 1, connectSays(try.Says)
			}
		}
		all = append(all, try)
	}
	return all, nil
}

// here is a recorded line with the host of this server, where it named the one that
// it was recorded with.
func (x *exhibit) here(line string) string {
	label := x.c.plan.label
	return strings.NewReplacer("a*.lab.test", label[:1]+"*.lab.test", faultHost+".lab.test", label+".lab.test",
		faultHost+".test", label+".test").Replace(line)
}

// unthreaded is a line without what OpenSSL puts in front of its errors: the number of
// the thread, which is another in each process. Nobody will see the one that was
// recorded.
func unthreaded(line string) string {
	thread, rest, ok := strings.Cut(line, ":error:")
	if !ok || thread == "" || strings.Trim(thread, "0123456789ABCDEF") != "" {
		return line
	}
	return "error:" + rest
}

// connectSays is what tlstutor connect makes of an error of Go's client.
func connectSays(line string) string {
	if rest, ok := strings.CutPrefix(line, "tls: failed to verify certificate: "); ok {
		return "not verified: " + rest
	}
	if rest, ok := strings.CutPrefix(line, "tls: first record"); ok {
		return "no TLS: first record" + rest
	}
	return "refused: " + line
}

// event tells of an exhibit.
func (g *gallery) event(x *exhibit) Event {
	tree := g.index().tree(&x.Entry)
	return Event{Kind: Said, Who: Server, Text: x.Name + ": " + x.Doc, Tree: tree}
}

// subjectOf is whom the certificate of a case names, for who asks.
func subjectOf(c *Case) string {
	if cert, err := x509.ParseCertificate(c.Chain[0]); err == nil {
		return wire.Clean(subject(cert), 80)
	}
	return "somebody"
}
