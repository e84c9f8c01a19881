package labs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"strings"

	"tlstutor/labs/pki"
)

// Wiretap sends one line three times, and shows what a listener has of it.
var Wiretap = &Lab{
	Name: "wiretap",
	Doc: `Your own words on three wires: in the clear, under TLS 1.2, under TLS 1.3.

The same line crosses loopback on three connections, named clear, tls12 and
tls13. Somebody listens on all three, without any key. What they can make of
each is worked out from the bytes alone.`,
	Knobs: []Knob{
		{Name: "say", Doc: "a line that a stranger should not read", Kind: Text, Min: 1, Max: 400, Default: "my password is hunter2"},
	},
	Presets: []Preset{{"a longer line", Settings{"say": strings.Repeat("long lines are long even when they are sealed. ", 6)}}},
	Goals: []Goal{
		{"the listener reads the line in the clear", func(s Settings, ev []Event) error { return audible(s, ev, "clear", true) }},
		{"the listener does not find it under TLS 1.2", func(s Settings, ev []Event) error { return audible(s, ev, "tls12", false) }},
		{"the listener does not find it under TLS 1.3", func(s Settings, ev []Event) error { return audible(s, ev, "tls13", false) }},
	},
	Look: []string{"plaintext", "application_data"},
	Run:  runWiretap,
}

// runWiretap makes the three connections one after the other, each overheard
// before the next begins.
func runWiretap(ctx context.Context, b *Bench, s Settings) error {
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	cert, err := b.Issue(ca, pki.Leaf{Names: []string{labName}})
	if err != nil {
		return err
	}
	line := s["say"] + "\n"
	clear := func(said func(io.ReadWriter) error) Peer {
		return func(s *Side) error {
			defer s.End()
			return said(s)
		}
	}
	conn, _, err := b.Connect(Route{Name: "clear"}, clear(hear(line)), clear(say(line)))
	if err != nil {
		return err
	}
	b.overhear(conn, line)
	for _, c := range []choice[uint16]{{"tls12", tls.VersionTLS12}, {"tls13", tls.VersionTLS13}} {
		// Without tickets nothing crosses but handshake, line and thanks.
		server := &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
		client := &tls.Config{Time: b.Now, ServerName: labName, RootCAs: b.pool(ca.Root()), MaxVersion: c.is}
		conn, _, err := b.Connect(Route{Name: c.name},
			b.TLS(server, func(c *tls.Conn) error { return hear(line)(c) }),
			b.TLS(client, func(c *tls.Conn) error { return say(line)(c) }))
		if err != nil {
			return err
		}
		b.overhear(conn, line)
	}
	return nil
}

// say sends the line and waits for the thanks.
func say(line string) func(io.ReadWriter) error {
	return func(c io.ReadWriter) error {
		if _, err := io.WriteString(c, line); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, c)
		return err
	}
}

// hear reads the line and thanks for it.
func hear(line string) func(io.ReadWriter) error {
	return func(c io.ReadWriter) error {
		if _, err := io.ReadFull(c, make([]byte, len(line))); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c, "thank you for %d bytes, line end included\n", len(line))
		return err
	}
}

// audible is a goal: whether the listener finds the line on a connection.
func audible(s Settings, events []Event, name string, want bool) error {
	for _, r := range Records(events) {
		if !r.OnWire() || r.Event.Conn.Name != name {
			continue
		}
		o := Overhear(eavesdrop(events), r.Event.Conn, s["say"]+"\n")
		switch found := o.At != nil; {
		case want && !found:
			return errors.New("it is not in the bytes of " + name)
		case !want && found:
			return errors.New("it stands in the bytes of " + name)
		}
		return nil
	}
	return errors.New("there was no connection " + name)
}
