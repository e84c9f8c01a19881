package dissect

import (
	"bytes"
	"errors"
	"hash"
	"slices"

	"tlstutor/labs/wire"
)

// Bounds of what is checked of one connection: how long a transcript may be, and
// how many findings there are.
const (
	maxTranscript = 1 << 20
	maxChecks     = 64
)

// A View is a connection as one of its sides had it: its key log, and in order
// the records that it wrote and those that it was given. Where nobody changed
// anything between the two, both have the same.
type View struct {
	Keys    *Keys
	Records []Record
}

// A scroll is a transcript: the handshake messages that a Finished covers (RFC 9846,
// Section 4.5; RFC 5246, Section 7.4.9).
type scroll struct {
	names []string
	dirs  []Dir // who wrote each
	parts [][]byte
	size  int
}

// add appends a message, unless that makes too much to be hashed again and again.
func (t *scroll) add(d Dir, name string, message []byte) {
	if t.size += len(message); t.size <= maxTranscript {
		t.names, t.dirs, t.parts = append(t.names, name), append(t.dirs, d), append(t.parts, message)
	}
}

// title names a message of the transcript: with its writer, where either side may
// write one, and counted, where there are two.
func (t *scroll) title(i int) string {
	name := t.names[i]
	switch name {
	case "Finished", "Certificate", "CompressedCertificate", "CertificateVerify":
		return writer(t.dirs[i]) + " " + name
	}
	if slices.Contains(t.names[:i], name) {
		return "second " + name
	}
	return name
}

// whole reports whether nothing was left out of the transcript.
func (t *scroll) whole() bool { return t.size <= maxTranscript }

// first returns the transcript as it was after n messages.
func (t *scroll) first(n int) *scroll {
	return &scroll{names: t.names[:n:n], dirs: t.dirs[:n:n], parts: t.parts[:n:n]}
}

// retried reports whether a HelloRetryRequest stands in it. The first
// ClientHello then counts as a message that holds its hash only (RFC 9846,
// Section 4.5.1).
func (t *scroll) retried() bool { return len(t.names) > 1 && t.names[1] == "HelloRetryRequest" }

// hash returns the hash of all messages so far.
func (t *scroll) hash(h func() hash.Hash) []byte {
	all := t.hashes(h)
	if len(all) == 0 {
		return h().Sum(nil)
	}
	return all[len(all)-1]
}

// hashes returns the hash after each message.
func (t *scroll) hashes(h func() hash.Hash) [][]byte {
	var out [][]byte
	sum := h()
	for i, part := range t.parts {
		if i == 1 && t.retried() {
			first := sum.Sum(nil)
			sum = h()
			sum.Write([]byte{messageHash, 0, 0, byte(len(first))})
			sum.Write(first)
		}
		sum.Write(part)
		out = append(out, sum.Sum(nil))
	}
	return out
}

// differs says which message is the first that the other does not have as it is
// here, or nothing.
func (t *scroll) differs(other *scroll) string {
	for i := range t.parts {
		switch {
		case i >= len(other.parts) || t.names[i] != other.names[i]:
			return "has no " + t.names[i]
		case !bytes.Equal(t.parts[i], other.parts[i]):
			return "has another " + t.names[i]
		}
	}
	return ""
}

// A witness reads a connection as one of its sides had it, and checks what can
// be checked on the way.
type witness struct {
	*Session      // the secrets of both sides, and what the hellos said
	side     Dir  // whose view it is
	number   int  // of the handshake
	seen     bool // of this handshake a ServerHello
	over     bool // the handshake is complete
	torn     bool // a sealed record of the handshake was not opened, so its messages are not known
	updates  int  // how often the client has changed its keys
	scroll
	leaf    [2]*wire.Field   // by who showed it: the first certificate's key
	after   []afterHandshake // requests for a certificate that came after it
	context *scroll          // of the answer to one of them that is under way
	checks  []*check
	hashed  []hashed             // the handshakes so far
	judged  map[string]judgement // the signatures that either side has checked
	steps   steps
	tickets []*wire.Field // of TLS 1.3, that the server gave out: what a later handshake may begin with
}

// steps are the places in a transcript that secrets come from.
type steps struct {
	client, server                *wire.Field // the two hellos
	hello, serverDone, clientDone int         // how many messages there are up to the ServerHello, and to each Finished
	exchange                      int         // and, before TLS 1.3, to the ClientKeyExchange
	clientShare, serverShare      *wire.Field // of the key exchange
	curve                         uint64      // which group they are of
}

// An afterHandshake is a CertificateRequest behind the handshake (RFC 9846,
// Section 4.7.2).
type afterHandshake struct{ context, message []byte }

// maxAfter is how many of them may be unanswered.
const maxAfter = 8

// watch reads all of a view. The other side's key log is asked for what this
// one's does not have.
func watch(v, other View, side Dir, judged map[string]judgement) *witness {
	client, server := v.Keys, other.Keys
	if side == ToClient {
		client, server = server, client
	}
	w := &witness{Session: NewBoth(client, server), side: side, judged: judged}
	for _, r := range v.Records {
		// One that was altered is another matter: its sender's view has it.
		if r.Why != nil && !errors.Is(r.Why, errKey) && !w.over {
			w.torn = true
		}
		for _, m := range r.Msgs {
			if m.Src != nil && m.Kid("msg_type") != nil {
				w.hear(r.Dir, r.Epoch, m)
			}
		}
	}
	w.finishHashing()
	return w
}

// hear takes the next handshake message: what it proves is checked against the
// messages before it, then it is one of them.
func (w *witness) hear(d Dir, e Epoch, m *wire.Field) {
	switch {
	case m.Name == "ClientHello" && d == ToServer:
		w.hearClient(m)
		return
	case w.parts == nil || m.Name == "HelloRequest" || m.Name == "MessageHash":
		return // it stands in no transcript
	case w.over && w.tls13():
		w.hearAfter(d, m)
		return
	case m.Name == "ServerHello" && d == ToClient:
		w.hearServer(m)
	case m.Name == "Certificate" || m.Name == "CompressedCertificate":
		w.leaf[d] = m.Find("subjectPublicKeyInfo")
		w.said.full = w.said.full || d == ToClient
	case m.Name == "ServerHelloDone":
		w.said.full = true
	case m.Name == "ClientKeyExchange":
		w.said.exchanged = true
		w.steps.exchange, w.steps.clientShare = len(w.parts)+1, m.Kid("ecdh_Yc")
	case m.Name == "ServerKeyExchange":
		w.exchangeSigned(m)
		if g := m.Find("ECParameters.namedcurve"); g != nil {
			w.steps.curve, w.steps.serverShare = g.Code, m.Kid("public")
		}
	case m.Name == "CertificateVerify":
		w.verifySigned(d, m, &w.scroll)
	case m.Name == "Finished":
		w.finishedBy(d, m)
		return
	case m.Name == "NewSessionTicket" && w.tls13():
		w.hearTicket(d, m)
		return
	}
	w.add(d, m.Name, m.Bytes())
}

// hearClient takes a ClientHello. It begins a handshake, unless a
// HelloRetryRequest asked for it.
func (w *witness) hearClient(m *wire.Field) {
	if w.over && w.tls13() {
		return
	}
	if w.over || !w.retried() || len(w.parts) != 2 {
		w.finishHashing()
		w.number++
		w.over, w.torn, w.seen, w.leaf, w.scroll, w.steps, w.tickets = false, false, false, [2]*wire.Field{}, scroll{}, steps{}, nil
	}
	w.said = hellos{}
	random := m.Kid("random")
	if random == nil {
		return
	}
	w.said.clientRandom = random.Bytes()
	if id := m.Kid("legacy_session_id"); id != nil {
		w.said.id = content(id)
	}
	if t := m.Find("extensions.session_ticket.ticket"); t != nil {
		w.said.ticket = t.Bytes()
	}
	// Which of two hellos counted, one inside the other, the log tells by its random
	// (RFC 9849, Section 7.1).
	if in := m.Find("encrypted_client_hello.ClientHelloInner"); in != nil && in.Kid("random") != nil {
		random := in.Kid("random").Bytes()
		if w.secret(w.side, labelServerHandshake, random) != nil {
			w.said.clientRandom, m = random, in
		}
	}
	w.binders(m)
	w.steps.client = m
	w.add(ToServer, "ClientHello", m.Bytes())
}

// hearServer takes note of what the server chose.
func (w *witness) hearServer(m *wire.Field) {
	w.heardServer(m)
	w.seen = true
	// It has a hash also where its cipher is not one that can be opened here.
	w.said.how.hash = hashOf(w.said.suite)
	w.steps.server, w.steps.hello = m, len(w.parts)+1
	w.hearShares(m)
	w.sentinel(m)
}

// hearShares takes note of the shares of TLS 1.3 that count: the server's one, and
// the client's of the same group.
func (w *witness) hearShares(m *wire.Field) {
	own := m.Find("extensions.key_share.server_share")
	list := w.steps.client.Find("extensions.key_share.client_shares")
	if own == nil || list == nil || own.Err != nil {
		return
	}
	for _, k := range list.Kids {
		if k.IsNum && k.Code == own.Code && k.Err == nil {
			w.steps.curve, w.steps.clientShare, w.steps.serverShare = own.Code, k.Kid("key_exchange"), own.Kid("key_exchange")
		}
	}
}

// finishedBy checks a Finished. In TLS 1.3 that of the client ends the handshake;
// before, the second one does.
func (w *witness) finishedBy(d Dir, m *wire.Field) {
	w.finishedMAC(d, m, &w.scroll)
	w.add(d, m.Name, m.Bytes())
	if d == ToClient {
		w.steps.serverDone = len(w.parts)
	} else {
		w.steps.clientDone = len(w.parts)
	}
	w.over = w.steps.serverDone > 0 && w.steps.clientDone > 0
}

// hearAfter takes a message behind a handshake of TLS 1.3, of which only those
// that show who the client is are in a transcript: that of the handshake, and
// the request (RFC 9846, Section 4.5).
func (w *witness) hearAfter(d Dir, m *wire.Field) {
	switch m.Name {
	case "KeyUpdate":
		if d == ToServer {
			w.updates++
		}
	case "NewSessionTicket":
		w.hearTicket(d, m)
	case "CertificateRequest":
		if c := m.Kid("certificate_request_context"); c != nil && d == ToClient && len(w.after) < maxAfter {
			w.after = append(w.after, afterHandshake{content(c), m.Bytes()})
		}
	case "Certificate":
		w.context = nil
		c := m.Kid("certificate_request_context")
		for i, a := range w.after {
			if c == nil || d != ToServer || !bytes.Equal(a.context, content(c)) {
				continue
			}
			w.after = append(w.after[:i:i], w.after[i+1:]...)
			w.context = w.first(len(w.parts))
			w.context.size = w.size
			w.context.add(ToClient, "CertificateRequest", a.message)
			w.context.add(d, m.Name, m.Bytes())
			w.leaf[d] = m.Find("subjectPublicKeyInfo")
			return
		}
	case "CertificateVerify":
		if w.context != nil && d == ToServer {
			w.verifySigned(d, m, w.context)
			w.context.add(d, m.Name, m.Bytes())
		}
	case "Finished":
		if w.context != nil && d == ToServer {
			w.finishedMAC(d, m, w.context)
			w.context = nil
		}
	}
}
