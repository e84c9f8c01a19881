package labs

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// The names of the two authorities of the attacker's CA.
const (
	attackerRoot    = "Attacker Root CA"
	attackerIssuing = "Attacker Issuing CA"
)

// MITM puts a man in the middle between a client and a server.
var MITM = &Lab{
	Name: "mitm",
	Doc: `Two encrypted connections, and somebody who reads what passes between them.

The client means to reach app.lab.test, and reaches an attacker, who has a
certificate for that name from a CA of its own. Connection near runs from the
client to the attacker, connection far from there to the real server. Both are
TLS 1.3. Whether the attacker reads the line depends on what the client checks.`,
	Knobs: []Knob{
		{Name: "verify", Doc: "whether the client verifies the certificate it is shown", Choices: []string{"on", "off"}},
		{Name: "trusts", Doc: "whose roots the client trusts: the lab's alone, or the attacker's too", Choices: []string{"lab", "attacker-too"}},
		{Name: "say", Doc: "the line that the client sends", Kind: Text, Min: 1, Max: 400, Default: "password=tiger"},
	},
	Presets: []Preset{
		{"no verification", Settings{"verify": "off"}},
		{"trusts the attacker's CA", Settings{"trusts": "attacker-too"}},
	},
	Goals: []Goal{
		{"the client talks to the real server only", noImpostor},
		{"the attacker does not read the line", notStolen},
		{"the line reaches the server", arrives},
	},
	Look: []string{"Certificate", "application_data"},
	Run:  runMITM,
}

// A meddler is the attacker of one run, and what is needed to play the others.
type meddler struct {
	b      *Bench
	line   string
	passed bool        // the attacker has read it, and passed it on
	server *tls.Config // of the real server
	client *tls.Config // what the attacker connects to it with
}

// runMITM makes both CAs, and the connection to the attacker, who makes the
// other one when there is something to pass on.
func runMITM(ctx context.Context, b *Bench, s Settings) error {
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	own, err := pki.Named(attackerRoot, attackerIssuing, b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making the attacker's certificate authority: %w", err)
	}
	real, err := b.Issue(ca, pki.Leaf{Names: []string{labName}})
	if err != nil {
		return err
	}
	forged, err := b.issue(Attacker, own, pki.Leaf{Names: []string{labName}})
	if err != nil {
		return err
	}
	roots := []*x509.Certificate{ca.Root()}
	if s["trusts"] == "attacker-too" {
		roots = append(roots, own.Root())
	}
	m := &meddler{
		b: b, line: s["say"] + "\n",
		server: b.serving(real),
		client: &tls.Config{Time: b.Now, ServerName: labName, RootCAs: b.pool(ca.Root())},
	}
	client := &tls.Config{Time: b.Now, ServerName: labName, RootCAs: b.pool(roots...), InsecureSkipVerify: s["verify"] == "off"}
	near := Route{Name: "near", Who: [2]Party{Client, Attacker}}
	conn, _, err := b.Connect(near, b.TLS(b.serving(forged), m.listen), b.TLS(client, m.speak))
	if err == nil && m.passed { // else nobody had anything to listen for
		b.overhear(conn, m.line)
	}
	return err
}

// serving is the configuration of a server that has this certificate. Without
// tickets nothing crosses but the handshake, the line and the answer.
func (b *Bench) serving(cert tls.Certificate) *tls.Config {
	return &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true}
}

// speak is the client: it sends the line, and waits for the answer.
func (m *meddler) speak(c *tls.Conn) error { return say(m.line)(c) }

// listen is the attacker, as the client meets it: it reads the line, passes it
// on to the real server, and brings back the answer.
func (m *meddler) listen(c *tls.Conn) error {
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return err
	}
	text := strings.TrimSuffix(line, "\n")
	m.b.Emit(Event{Kind: Said, Who: Attacker, Text: "reads the line: " + text, Tree: wire.Note(StolenNote, text)})
	var reply []byte
	pass := func(c *tls.Conn) error {
		if _, err := io.WriteString(c, line); err != nil {
			return err
		}
		var err error
		reply, err = io.ReadAll(io.LimitReader(c, 4096))
		return err
	}
	far := Route{Name: "far", Who: [2]Party{Attacker, Server}}
	conn, _, err := m.b.Connect(far, m.b.TLS(m.server, m.hear), m.b.TLS(m.client, pass))
	if err != nil {
		return err
	}
	m.b.overhear(conn, m.line)
	m.passed = true
	_, err = c.Write(reply)
	return err
}

// hear is the real server.
func (m *meddler) hear(c *tls.Conn) error { return hear(m.line)(c) }

// noImpostor is a goal: the client has completed no handshake with the attacker.
func noImpostor(_ Settings, events []Event) error {
	for _, e := range events {
		if e.Who == Client && e.Conn != nil && e.Conn.other(Client) == Attacker && isDone(e) {
			return errors.New("it completed a handshake with the attacker, and took it for " + labName)
		}
	}
	return nil
}

// notStolen is a goal: the attacker did not say the line.
func notStolen(_ Settings, events []Event) error {
	if line, _, ok := Lookup(events, StolenNote); ok {
		return fmt.Errorf("it read %q", wire.Clean(line, 60))
	}
	return nil
}

// arrives is a goal: the server had the line from somebody.
func arrives(s Settings, events []Event) error {
	for _, m := range messages(Records(events)) {
		if m.Name == "application_data" && m.conn.other(m.who) == Server && string(m.Bytes()) == s["say"]+"\n" {
			return nil
		}
	}
	return errors.New("nothing was sent to it: the client left before")
}
