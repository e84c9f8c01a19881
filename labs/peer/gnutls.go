package peer

import (
	"bytes"
	"context"
	"encoding/hex"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
)

// gnutlsCannot is what gnutls-cli or gnutls-serv cannot do of an offer.
func (p *Program) gnutlsCannot(r Role, o Offer) string {
	switch {
	case r == Server && !o.Exposed:
		return "listen on loopback alone: it takes every address of the machine"
	case o.unknownGroup() != "":
		return "use a group named " + o.unknownGroup()
	case len(o.ALPN) > 1 && r == Server && slices.Contains(o.ALPN, "h2"):
		return "speak HTTP/2"
	case r == Client && o.Check != Ignore && o.Roots == nil && !o.RawKey && o.PSK == nil:
		return "trust nobody: without roots it takes those of the machine"
	case o.EtM == On || o.Tickets == On:
		return "be told to insist on what it does by itself"
	case r == Server && o.RawKey && o.Check != Default:
		return "ask clients for certificates while it has none"
	}
	for _, name := range o.Suites {
		if s, ok := suiteOf(name); !ok {
			return "use a cipher suite named " + name
		} else if _, _, _, has := s.gnutls(); !has {
			return "use the cipher suite " + name
		}
	}
	for _, name := range o.Groups {
		if g, _ := groupOf(name); g.hybrid() && p.number.before(3, 8, 9) {
			return "use the group " + g.iana + " below version 3.8.9"
		}
	}
	return ""
}

// gnutlsPlan lays out a run of gnutls-cli or gnutls-serv.
func (p *Program) gnutlsPlan(w *writer) *plan {
	made := &plan{offer: w.Offer, read: readGnuTLS}
	w.add("--priority", w.gnutlsPriority())
	for _, name := range w.ALPN {
		w.add("--alpn=" + name)
	}
	w.when(w.Tickets == Off, "--noticket")
	switch {
	case w.RawKey && w.Chain != nil:
		w.add("--rawpkkeyfile", w.file("key.pem", w.Key), "--rawpkfile", w.file("raw.pem", w.Chain))
	case w.Chain != nil:
		w.add("--x509certfile", w.file("chain.pem", w.Chain), "--x509keyfile", w.file("key.pem", w.Key))
	}
	if w.Roots != nil {
		w.add("--x509cafile", w.file("roots.pem", w.Roots))
	}
	if w.keys != "" {
		made.env = []string{"SSLKEYLOGFILE=" + w.keys}
	}
	if w.Role == Client {
		made.talk = gnutlsClient
		w.gnutlsAsks()
	} else {
		made.port = w.gnutlsServes()
		// It says nothing of the end of a connection, so how each began has to do.
		made.served = func(out, err []byte) bool {
			return bytes.Count(out, []byte("- Channel bindings"))+bytes.Count(err, []byte("Error in handshake")) >= max(1, w.Connections)
		}
	}
	return made
}

// gnutlsAsks says what only a client does. The address stands last.
func (w *writer) gnutlsAsks() {
	host, port, _ := net.SplitHostPort(w.addr) // it was read before
	if w.Name != "" {
		w.add("--verify-hostname=" + w.Name)
	}
	if w.Name != "" && !w.isIP() {
		w.add("--sni-hostname=" + w.Name)
	} else {
		w.add("--disable-sni")
	}
	w.when(w.Check == Ignore, "--insecure")
	w.when(w.LaterAuth, "--post-handshake-auth")
	w.when(w.Update != NoUpdate || w.Renegotiate, "--inline-commands")
	if w.PSK != nil {
		w.add("--pskusername="+w.PSK.Identity, "--pskkey="+hex.EncodeToString(w.PSK.Key))
	}
	w.add("--port", port, host)
}

// gnutlsServes says what only a server does, and returns how it is known that it
// listens. Its port is picked here by chance, as it cannot pick one: somebody else
// may have it.
func (w *writer) gnutlsServes() func(out, err []byte) string {
	switch w.Check {
	case Require:
		w.add("--require-client-cert", "--verify-client-cert")
	case Request:
		w.add("--verify-client-cert")
	default:
		w.add("--disable-client-cert")
	}
	if w.Staple != nil {
		// A bad response is to reach the client, who is to judge it.
		w.add("--ocsp-response="+w.file("staple.der", w.Staple), "--ignore-ocsp-response-errors")
	}
	if w.PSK != nil {
		w.add("--pskpasswd", w.file("psk", []byte(w.PSK.Identity+":"+hex.EncodeToString(w.PSK.Key)+"\n")))
	}
	// It makes a head of its own for this, and closes in order once it has answered.
	w.add("--http", "--httpdata", w.file("body", []byte(body)))
	// Below those that systems pick from for connections; where it is taken, another
	// one is tried.
	port := strconv.Itoa(20000 + rand.IntN(12000))
	w.add("--port", port)
	return func(_, err []byte) string {
		if holds(err, "port "+port+"...done") && !holds(err, inUse) {
			return port
		}
		return ""
	}
}

// gnutlsPriority spells versions, suites and groups. Suites are taken apart there:
// each part that one of them has may be used with any other's.
func (o Offer) gnutlsPriority() string {
	list := []string{"NORMAL"}
	add := func(words ...string) {
		for _, w := range words {
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	if o.Min != "" || o.Max != "" {
		add("-VERS-ALL")
		for _, v := range versions {
			if (o.Min == "" || v >= o.Min) && (o.Max == "" || v <= o.Max) && (o.Min != "" || v >= "1.2" || o.old()) {
				add("+VERS-TLS" + v)
			}
		}
	}
	for _, name := range o.Suites {
		s, _ := suiteOf(name)
		exchange, cipher, mac, _ := s.gnutls()
		add("-CIPHER-ALL", "-MAC-ALL", "+"+cipher, "+"+mac)
		if exchange != "" {
			add("-KX-ALL", "+"+exchange)
		}
	}
	for _, name := range o.Groups {
		g, _ := groupOf(name)
		add("-GROUP-ALL", "+"+g.gnutls)
	}
	if _, old := o.split(); o.PSK != nil && len(old) == 0 {
		add("+ECDHE-PSK", "+DHE-PSK", "+PSK")
	}
	if o.RawKey { // RFC 7250, Section 3, has a list for each side
		add("+CTYPE-CLI-RAWPK", "+CTYPE-SRV-RAWPK", "-CTYPE-X509")
	}
	if o.EtM == Off {
		add("%NO_ETM")
	}
	if o.Tickets == Off { // --noticket alone still offers them
		add("%NO_TICKETS")
	}
	return strings.Join(list, ":")
}

// gnutlsClient types into gnutls-cli. It leaves, in order, when there is no more to
// type.
func gnutlsClient(ctx context.Context, p *Process) {
	o := p.plan.offer
	defer p.stdin.Close()
	if !p.hear(ctx, "- Simple Client Mode:") {
		return
	}
	switch o.Update {
	case OneWay:
		p.command(ctx, "^rekey1^\n", "- Rekey was completed")
	case BothWays:
		p.command(ctx, "^rekey^\n", "- Rekey was completed")
	}
	if o.Renegotiate {
		p.command(ctx, "^renegotiate^\n", "- ReHandshake was completed")
	}
	if p.hears("Application protocol: h2") {
		p.say(http2Hello)
	} else {
		p.say(request(o))
	}
	p.heard.until(ctx, func(out, _ []byte) bool { return answered(out) || holds(out, "- Peer has closed") })
}
