package labs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
)

// What connecting to somebody else may cost.
const (
	stepLimit  = 10 * time.Second // for each of: connecting, talking, the handshake
	restLimit  = time.Second      // to hear what a server says behind the handshake
	takenLimit = 4 << 20          // bytes taken from the server
	rootsLimit = 16 << 20         // bytes of a file of roots
)

// verdictNote is the name of the finding that says what a connection came to.
const verdictNote = "verdict"

// Connect makes one handshake with a server that the user names. It is the only
// lab that leaves this machine.
var Connect = &Lab{
	Name: "connect",
	Doc: `One handshake with a server that you name, opened.

Go's client connects, talks until the server is ready for TLS where it has to,
makes one handshake, judges the certificate as any client would, and leaves.`,
	Knobs: []Knob{
		{Name: "host", Doc: "the server, and its port if it is not the usual one", Kind: Address},
		{Name: "starttls", Doc: "what is spoken before TLS", Choices: append([]string{"none"}, loop.Protocols()...)},
		{Name: "ca", Doc: "a file of the roots to trust, instead of the system's", Kind: Path},
		{Name: "name", Doc: "the name to ask for and to check, instead of the host's", Kind: Text, Max: 253},
		{Name: "alpn", Doc: "the protocols to offer, with commas between them", Kind: Text, Max: 253},
		{Name: "min", Doc: "the lowest version of TLS", Choices: []string{"1.2", "1.0", "1.1", "1.3"}},
		{Name: "max", Doc: "the highest version of TLS", Choices: []string{"1.3", "1.2", "1.1", "1.0"}},
	},
	Look:    []string{"ServerHello", "Certificate"},
	Run:     runConnect,
	command: connectCommand,
}

// connectCommand is the command line, with a flag for each knob that was turned.
func connectCommand(l *Lab, s Settings) string {
	words := []string{"connect", Word(s["host"])}
	for i := range l.Knobs {
		k := &l.Knobs[i]
		if v := s[k.Name]; k.Name != "host" && v != k.Start() {
			words = append(words, "--"+k.Name, Word(v))
		}
	}
	return strings.Join(words, " ")
}

// ports are where the servers of a protocol listen (IANA).
var ports = map[string]string{"none": "443", "smtp": "25", "imap": "143", "pop3": "110", "ftp": "21", "postgres": "5432"}

// hostPort takes HOST, HOST:PORT, or an IPv6 address with or without brackets,
// apart; port is "" where there is none.
func hostPort(at string) (host, port string, err error) {
	if strings.Contains(at, "://") {
		return "", "", fmt.Errorf("%s is a URL; write its host alone", quoted(at))
	}
	host = at
	if _, err := netip.ParseAddr(at); err != nil && strings.Contains(at, ":") {
		if host, port, err = net.SplitHostPort(at); err != nil {
			return "", "", fmt.Errorf("%s is neither HOST nor HOST:PORT", quoted(at))
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", "", fmt.Errorf("%s is no port; one is a number from 1 to 65535", quoted(port))
		}
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" || len(host) > 255 || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r == '/' || r == 0x7f }) {
		return "", "", fmt.Errorf("%s names no host; write HOST or HOST:PORT", quoted(at))
	}
	return host, port, nil
}

// runConnect connects, talks, shakes hands and judges. What the server did is an
// event; the error is about what kept us from hearing it.
func runConnect(ctx context.Context, b *Bench, s Settings) error {
	host, port, err := hostPort(s["host"])
	if err != nil {
		return err
	}
	if port == "" {
		port = ports[s["starttls"]]
	}
	config, err := b.connects(s, host)
	if err != nil {
		return err
	}
	socket, err := loop.Reach(ctx, net.JoinHostPort(host, port), stepLimit)
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", wire.Clean(net.JoinHostPort(host, port), 300), err)
	}
	b.keep(socket)
	defer socket.Close()
	defer context.AfterFunc(ctx, func() { socket.Close() })()
	conn, tap := b.taps(socket)
	defer tap.Flush()
	v := &visit{b: b, conn: conn, tap: tap}
	conn.judges[dissect.ToServer] = b.strangers(config)
	config.KeyLogWriter = tapLog{conn.logs[dissect.ToServer], tap}
	said, err := v.judged(s["starttls"], config)
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.Join(err, ctx.Err())
	}
	b.checked(conn)
	note := wire.Note(verdictNote, said)
	note.Err = err
	b.Emit(Event{Kind: Found, Conn: conn, Text: said, Tree: note, Err: err})
	return nil
}

// connects is what the client is to do.
func (b *Bench) connects(s Settings, host string) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, MinVersion: version(s["min"]), MaxVersion: version(s["max"])}
	if s["name"] != "" {
		c.ServerName = s["name"]
	}
	if c.MinVersion > c.MaxVersion {
		return nil, fmt.Errorf("no version of TLS is at least %s and at most %s", s["min"], s["max"])
	}
	for p := range strings.SplitSeq(s["alpn"], ",") {
		if p = strings.TrimSpace(p); p != "" {
			c.NextProtos = append(c.NextProtos, p)
		}
	}
	if s["ca"] == "" {
		return c, nil
	}
	// A pipe may never have anything, and no run can wait for that.
	info, err := os.Stat(s["ca"])
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	var pem []byte
	if err == nil && info.Size() > rootsLimit {
		err = fmt.Errorf("it has more than %d MB", rootsLimit>>20)
	}
	if err == nil {
		pem, err = os.ReadFile(s["ca"])
	}
	c.RootCAs = x509.NewCertPool()
	if err == nil && !c.RootCAs.AppendCertsFromPEM(pem) {
		err = errors.New("it has no certificate as PEM" + Given{"it", pem}.instead())
	}
	b.remember(c.RootCAs, pemRoots(pem))
	// The system's own words name the file as it stands.
	if bad, ok := errors.AsType[*fs.PathError](err); ok {
		err = bad.Err
	}
	if err != nil {
		return nil, fmt.Errorf("reading the roots in %s: %w", wire.Clean(s["ca"], wire.MaxValue), err)
	}
	return c, nil
}

// taps puts a tap on a connection to somebody else.
func (b *Bench) taps(socket net.Conn) (*Conn, *loop.Tap) {
	conn := &Conn{
		Client: socket.LocalAddr(), Server: socket.RemoteAddr(),
		logs: [2]*dissect.Keys{dissect.NewKeys(), dissect.NewKeys()},
	}
	tell := func(kind Kind) func(*loop.Chunk) {
		return func(c *loop.Chunk) { b.Emit(chunkEvent(kind, conn, c)) }
	}
	return conn, &loop.Tap{
		Conn: socket, Session: dissect.NewBoth(conn.logs[dissect.ToServer], conn.logs[dissect.ToClient]), Clock: b.run.clock,
		Written: tell(Written), Delivered: tell(Delivered), Opened: b.openedLater(conn), Limit: takenLimit,
	}
}

// A tapLog takes what the client logs, and has the tap open what waited for it.
type tapLog struct {
	keys *dissect.Keys
	tap  *loop.Tap
}

func (l tapLog) Write(p []byte) (int, error) {
	l.keys.Write(p)
	l.tap.Retry()
	return len(p), nil
}

// A visit is one connection to somebody else's server.
type visit struct {
	b    *Bench
	conn *Conn
	tap  *loop.Tap
}

// judged makes the connection, from its first byte to its last, and says what it
// came to. The error is why that is not good, or what kept us from knowing.
func (v *visit) judged(protocol string, config *tls.Config) (string, error) {
	if protocol != "none" {
		v.within(stepLimit)
		if err := loop.StartTLS(protocol, v.tap); err != nil {
			return v.sorry(err)
		}
	}
	if err := v.tap.Secure(); err != nil {
		return v.sorry(err)
	}
	v.within(stepLimit)
	c := tls.Client(v.tap, config)
	if err := c.HandshakeContext(v.b.ctx); err != nil {
		said, err := v.sorry(err)
		v.rest(v.tap)
		return said, err
	}
	state := c.ConnectionState()
	v.b.Emit(Event{Kind: Said, Who: Client, Conn: v.conn, Text: settled(state)})
	// A server of TLS 1.3 may refuse us only now (RFC 9846, Section 4.5.2).
	c.CloseWrite()
	if err := v.rest(c); err != nil {
		return v.sorry(err)
	}
	return "verified: " + leads(state.VerifiedChains), nil
}

// within gives the next step its time.
func (v *visit) within(limit time.Duration) { v.tap.SetDeadline(time.Now().Add(limit)) }

// rest says that no more is written, and hears what the server still says, for a
// moment. Only an alert is of interest.
func (v *visit) rest(c io.Reader) error {
	v.within(restLimit)
	v.tap.EndWrite()
	_, err := io.Copy(io.Discard, c)
	io.Copy(io.Discard, v.tap) // behind its close_notify
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return err
	}
	return nil
}

// sorry says what went wrong, and what that is as a verdict.
func (v *visit) sorry(err error) (string, error) {
	if v.b.ctx.Err() != nil {
		return "", err
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return "", fmt.Errorf("the server did not answer within %v: %w", stepLimit, os.ErrDeadlineExceeded)
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("the server ended the connection in the middle of it")
	}
	v.b.Emit(Event{Kind: Said, Who: Client, Conn: v.conn, Text: err.Error(), Err: err})
	said := "refused: "
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		said, err = "not verified: ", bad.Err
	} else if bad, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		said, err = "no TLS: ", errors.New(bad.Msg)
	}
	err = errors.New(said + wire.Clean(err.Error(), wire.MaxValue))
	return err.Error(), err
}

// leads names the certificates that lead from a server to a root.
func leads(chains [][]*x509.Certificate) string {
	if len(chains) == 0 {
		return "by no chain"
	}
	var names []string
	for i, c := range chains[0] {
		if i == 0 {
			names = append(names, fmt.Sprintf("%s, valid until %s", subject(c), c.NotAfter.UTC().Format(time.DateOnly)))
			continue
		}
		names = append(names, c.Subject.CommonName)
	}
	return strings.Join(names, ", issued by ")
}

// Verdict returns what a connection to somebody else came to: nil where the
// handshake is complete and the certificate verified. Known is false where that was
// not found out.
func Verdict(events []Event) (err error, known bool) {
	for _, e := range events {
		if isVerdict(&e) {
			return e.Err, true
		}
	}
	return nil, false
}

// isVerdict reports whether an event is the finding that ends a run of Connect.
func isVerdict(e *Event) bool {
	return e.Kind == Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == verdictNote
}
