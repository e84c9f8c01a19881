package peer

import (
	_ "embed"
	"encoding/json"
	"net"
	"slices"
	"strconv"
	"strings"
)

// pythonTalk is what python3 runs: one side of a connection with its ssl module.
//
//go:embed talk.py
var pythonTalk []byte

// pythonAbout has python3 say what it is, what speaks TLS in it, where it is
// itself (what was found on PATH may be a launcher), and which groups it can be
// told.
const pythonAbout = `
import json, ssl, sys
groups = []
for name in ["X25519", "prime256v1", "secp384r1", "secp521r1", "X448", "X25519MLKEM768"]:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ecdh_curve(name)
        groups.append(name)
    except Exception:
        pass
print(json.dumps({
    "Version": sys.version.split()[0], "Library": ssl.OPENSSL_VERSION, "Path": sys.executable, "Groups": groups,
    "Keys": hasattr(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "keylog_filename") and ssl.HAS_TLSv1_3,
}))
`

// pythonCannot is what this Python cannot do of an offer.
func (p *Program) pythonCannot(r Role, o Offer) string {
	new, old := o.split()
	for _, name := range old {
		if s, _ := suiteOf(name); r == Server && strings.HasPrefix(s.exchange, "DHE_") {
			return "serve " + name + ": it has no group of its own for DHE"
		}
	}
	switch {
	case o.unknownSuite() != "":
		return "use a cipher suite named " + o.unknownSuite()
	case len(new) > 0:
		return "choose among the cipher suites of TLS 1.3"
	case len(o.Groups) > 1:
		return "choose more than one group"
	case len(o.Groups) == 1 && p.pythonGroup(o) == "":
		return "be told the group " + o.Groups[0] + " (" + p.Version + ")"
	case o.Tickets == On:
		return "be told to insist on what it does by itself"
	}
	return ""
}

// pythonGroup is the one group of an offer as this Python calls it; "" if it does
// not know it.
func (p *Program) pythonGroup(o Offer) string {
	g, ok := groupOf(strings.Join(o.Groups, ","))
	names := []string{g.openssl, g.iana}
	if g.iana == "secp256r1" {
		names = []string{"prime256v1"}
	}
	for _, name := range names {
		if ok && slices.Contains(p.groups, name) {
			return name
		}
	}
	return ""
}

// pythonWant is what talk.py reads.
type pythonWant struct {
	Server      bool     `json:"server"`
	Host        string   `json:"host"`
	Port        int      `json:"port"`
	Name        string   `json:"name"`
	Min         string   `json:"min"`
	Max         string   `json:"max"`
	Ciphers     string   `json:"ciphers"`
	Group       string   `json:"group"`
	ALPN        []string `json:"alpn"`
	Roots       string   `json:"roots"` // this and the next three are files
	Lists       bool     `json:"lists"` // among the roots are revocation lists
	Chain       string   `json:"chain"`
	Key         string   `json:"key"`
	Keys        string   `json:"keys"`
	Check       string   `json:"check"`
	NoTickets   bool     `json:"no_tickets"`
	NoCN        bool     `json:"no_cn"`
	LaterAuth   bool     `json:"later_auth"`
	Connections int      `json:"connections"`
	Request     string   `json:"request"`
	Reply       string   `json:"reply"`
	HTTP2Hello  string   `json:"h2_hello"`
	HTTP2Answer string   `json:"h2_settings"`
}

// pythonPlan lays out a run of talk.py.
func (p *Program) pythonPlan(w *writer) *plan {
	_, ciphers := w.opensslSuites()
	// OpenSSL's list of suites serves here as well: Python hands it on.
	want := pythonWant{
		Server: w.Role == Server, Name: w.Name, Min: w.Min, Max: w.Max, ALPN: w.ALPN, Keys: w.keys,
		Ciphers: ciphers, Group: p.pythonGroup(w.Offer), NoTickets: w.Tickets == Off, NoCN: w.NoCommonName, LaterAuth: w.LaterAuth,
		Check:       [...]string{"", "ignore", "request", "require"}[w.Check],
		Connections: max(1, w.Connections),
		Request:     request(w.Offer), Reply: answer, HTTP2Hello: http2Hello, HTTP2Answer: http2Settings,
	}
	if w.Role == Client {
		host, port, _ := net.SplitHostPort(w.addr) // it was read before
		want.Host = host
		want.Port, _ = strconv.Atoi(port)
	}
	if w.Roots != nil {
		want.Roots, want.Lists = w.file("roots.pem", slices.Concat(w.Roots, w.Lists)), w.Lists != nil
	}
	if w.Chain != nil {
		want.Chain, want.Key = w.file("chain.pem", w.Chain), w.file("key.pem", w.Key)
	}
	settings, err := json.Marshal(want)
	if w.err == nil {
		w.err = err
	}
	// -I: neither the user's site-packages nor PYTHON* variables; -B: no caches.
	w.add("-I", "-B", w.file("talk.py", pythonTalk), w.file("talk.json", settings))
	return &plan{offer: w.Offer, read: readPython, port: func(out, _ []byte) string {
		port, _ := said(strings.Split(string(out), "\n")).after("port: ")
		return port
	}}
}

// readPython reads what talk.py came to.
func readPython(v *Verdict, s said) {
	set := &v.Settled
	name, ok := s.last("version: ")
	set.Version = versionName(name)
	suite, _ := s.last("cipher: ")
	set.Suite = fromOpenSSL(suite)
	set.ALPN, _ = s.last("alpn: ")
	group, _ := s.last("group: ")
	set.Group = groupName(group)
	resumed, _ := s.last("resumed: ")
	set.Resumed = resumed == "True"
	// An exception is printed as Python does it, with the name of its class first.
	v.Lines = s.words("Error:", "Error ", "Exception", "version:", "cipher:", "peer:")
	for _, line := range v.Lines {
		if strings.Contains(line, "verify failed: ") {
			_, set.Checked, _ = strings.Cut(line, "verify failed: ")
		}
	}
	v.OK = ok && v.Exit == 0
}
