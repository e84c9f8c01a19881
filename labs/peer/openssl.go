package peer

import (
	"bytes"
	"context"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// opensslCannot is what this openssl cannot do of an offer.
func (p *Program) opensslCannot(o Offer) string {
	if s := o.unknownSuite(); s != "" {
		return "use a cipher suite named " + s
	}
	if g := o.unknownGroup(); g != "" {
		return "use a group named " + g
	}
	for _, name := range o.Groups {
		if g, _ := groupOf(name); g.hybrid() && p.number.before(3, 5, 0) {
			return "use the group " + g.iana + " below version 3.5"
		}
	}
	switch o.MaxFragment {
	case 0, 512, 1024, 2048, 4096: // RFC 6066, Section 4, has no others
	default:
		return "ask for records of at most " + strconv.Itoa(o.MaxFragment) + " bytes: only 512, 1024, 2048 and 4096 can be asked for"
	}
	if o.EtM == On || o.Tickets == On {
		return "be told to insist on what it does by itself"
	}
	return ""
}

// opensslPlan lays out a run of s_client or s_server.
func (p *Program) opensslPlan(w *writer) *plan {
	made := &plan{offer: w.Offer, read: readOpenSSL, talk: opensslClient}
	if w.Role == Client {
		w.add("s_client", "-connect", w.addr)
		w.opensslName()
		w.when(w.Check != Ignore, "-verify_return_error")
		w.when(w.Status, "-status")
		w.when(w.LaterAuth, "-enable_pha")
		w.when(w.Fallback, "-fallback_scsv")
		w.number("-maxfraglen", w.MaxFragment)
		made.opensslSession(w)
	} else {
		made.talk, made.port = opensslServer, opensslPort
		w.add("s_server", "-accept", "127.0.0.1:0", "-naccept", strconv.Itoa(max(1, w.Connections)))
		w.opensslServes(p)
	}
	w.opensslTrust(p)
	w.opensslOwn()
	w.opensslOffer()
	w.when(w.keys != "", "-keylogfile", w.keys)
	return made
}

// opensslName says whom the client means. An address is not sent, but expected in
// the certificate (RFC 6066, Section 3).
func (w *writer) opensslName() {
	switch {
	case w.Name == "":
		w.add("-noservername")
	case w.isIP(): // OpenSSL compares it with another kind of name
		w.add("-noservername", "-verify_ip", w.Name)
	default:
		w.add("-servername", w.Name, "-verify_hostname", w.Name)
	}
}

// opensslSession says what a client does with sessions.
func (p *plan) opensslSession(w *writer) {
	if w.KeepSession {
		p.session = w.dir.path("session-out.pem")
		w.add("-sess_out", p.session)
	}
	if w.Session != nil {
		w.add("-sess_in", w.file("session-in.pem", w.Session))
	}
	if w.EarlyData {
		// s_client sends the file before it reads what is typed.
		w.add("-early_data", w.file("early", []byte(request(w.Offer))))
	}
}

// opensslServes says what only a server does.
func (w *writer) opensslServes(p *Program) {
	switch w.Check {
	// The number is how long a chain may be.
	case Request:
		w.add("-verify", "5", "-verify_return_error")
	case Require:
		w.add("-Verify", "5", "-verify_return_error")
	}
	// -no_ticket alone has it send tickets of another kind in TLS 1.3.
	w.when(w.Tickets == Off, "-num_tickets", "0")
	w.when(w.EarlyData, "-early_data", "-max_early_data", "16384")
	w.when(w.Renegotiable && !p.number.before(3, 0, 0), "-client_renegotiation")
	if w.Staple != nil {
		w.add("-status_file", w.file("staple.der", w.Staple))
	}
	w.when(w.Chain == nil, "-nocert")
	key, _, _ := opensslKey(w.Offer)
	// The effect of a key shows in the messages alone: what s_server prints of it is
	// held back until it ends.
	w.when(key != "", "-msg")
}

// opensslTrust says whom the program trusts: those of the offer alone.
func (w *writer) opensslTrust(p *Program) {
	w.add("-no-CApath")
	w.when(!p.number.before(3, 0, 0), "-no-CAstore")
	if w.Roots != nil {
		// Where it looks for certificates it also looks for lists.
		w.add("-CAfile", w.file("roots.pem", slices.Concat(w.Roots, w.Lists)))
		w.when(w.Lists != nil, "-crl_check")
	} else {
		w.add("-no-CAfile")
	}
	if !w.At.IsZero() {
		w.add("-attime", strconv.FormatInt(w.At.Unix(), 10))
	}
}

// opensslOwn gives the program its certificate and what it shares with the other
// side.
func (w *writer) opensslOwn() {
	if w.Chain != nil {
		leaf, rest := w.leafAndRest()
		w.add("-cert", w.file("cert.pem", leaf), "-key", w.file("key.pem", w.Key))
		if len(rest) > 0 {
			w.add("-cert_chain", w.file("chain.pem", rest))
		}
	}
	if w.PSK != nil {
		w.add("-psk_identity", w.PSK.Identity, "-psk", hex.EncodeToString(w.PSK.Key))
	}
}

// opensslOffer says what both sides negotiate. Its standards (SECLEVEL) are
// lowered for what they would not let pass.
func (w *writer) opensslOffer() {
	w.when(w.Min != "", "-min_protocol", opensslVersion(w.Min))
	w.when(w.Max != "", "-max_protocol", opensslVersion(w.Max))
	new, list := w.opensslSuites()
	w.when(new != "", "-ciphersuites", new)
	w.when(list != "", "-cipher", list)
	var groups []string
	for _, name := range w.Groups {
		g, _ := groupOf(name)
		groups = append(groups, g.openssl)
	}
	w.list("-groups", groups, ":")
	w.list("-alpn", w.ALPN, ",")
	w.when(w.Tickets == Off, "-no_ticket")
	w.when(w.EtM == Off, "-no_etm")
	w.number("-record_padding", w.Padding)
}

// opensslSuites spells the suites of an offer; "" leaves them to the program.
func (o Offer) opensslSuites() (new, old string) {
	news, olds := o.split()
	low := o.old()
	for i, name := range olds {
		s, _ := suiteOf(name)
		olds[i] = s.openssl()
		low = low || s.weak()
	}
	if low && len(olds) == 0 {
		olds = []string{"DEFAULT"}
	}
	if low {
		olds = append(olds, "@SECLEVEL=0")
	}
	return strings.Join(news, ":"), strings.Join(olds, ":")
}

// opensslVersion spells a version: "TLSv1" for "1.0", "TLSv1.2" for "1.2".
func opensslVersion(v string) string { return "TLSv" + strings.TrimSuffix(v, ".0") }

// opensslPort reads where s_server listens: "ACCEPT 127.0.0.1:41235".
func opensslPort(out, _ []byte) string {
	m := regexp.MustCompile(`(?m)^ACCEPT [^\n]*:([0-9]+)\n`).FindSubmatch(out)
	if m == nil {
		return ""
	}
	return string(m[1])
}

// opensslClient types into s_client. A line that it is to take for a command is
// typed when the one before has had its effect: what it reads in one piece, it
// takes for one command.
func opensslClient(ctx context.Context, p *Process) {
	o := p.plan.offer
	if !p.hear(ctx, "Verify return code:") { // the last that it says of a handshake
		return
	}
	switch o.Update {
	case OneWay:
		p.command(ctx, "k\n", "KEYUPDATE")
	case BothWays:
		p.command(ctx, "K\n", "KEYUPDATE")
	}
	if o.Renegotiate {
		p.command(ctx, "R\n", "RENEGOTIATING")
	}
	switch {
	case o.EarlyData && p.hears("Early data was accepted"): // it has been asked already
	case p.hears("ALPN protocol: h2"):
		p.say(http2Hello)
	default:
		p.say(request(o))
	}
	if p.heard.until(ctx, func(out, _ []byte) bool { return answered(out) }) {
		p.say("Q\n")
	}
}

// opensslServer types into s_server: what it is to start by itself, and an answer
// to each request. It leaves the end of the connection to the client, as s_server
// cannot close one in order: its own commands for that send no close_notify.
func opensslServer(ctx context.Context, p *Process) {
	o := p.plan.offer
	key, mark, times := opensslKey(o)
	for n := range max(1, o.Connections) {
		var reply string
		if !p.heard.until(ctx, func(out, _ []byte) bool {
			var count int
			count, reply = asked(out)
			return count > n
		}) {
			return
		}
		if key != "" {
			p.say(key)
			if !p.heard.until(ctx, func(out, err []byte) bool {
				return bytes.Count(out, []byte(mark)) >= times*(n+1) || holds(err, ":error:") || holds(out, "warning no_renegotiation")
			}) {
				return
			}
		}
		p.say(reply)
	}
}

// opensslKey is the key that has s_server start what the offer asks for, and what
// it has written down when that is done, and how often by then for each connection
// (it is run with -msg).
func opensslKey(o Offer) (key, mark string, times int) {
	const update = ">>> TLS 1.3, Handshake [length 0005], KeyUpdate\n    18 00 00 01" // the client may send one too
	const finished = ", Finished\n"                                                   // from both sides, after the handshake and after what follows it
	switch {
	case o.Update == OneWay:
		return "k\n", update + " 00", 1
	case o.Update == BothWays:
		return "K\n", update + " 01", 1
	case o.Renegotiate && o.Check != Default:
		return "R\n", finished, 4
	case o.Renegotiate:
		return "r\n", finished, 4
	case o.LaterAuth: // in which the server sends none
		return "c\n", finished, 3
	}
	return "", "", 0
}
