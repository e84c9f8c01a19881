package labs

import (
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// statusNote is the name of what the client says that it knows of the certificate.
const statusNote = "status_check"

// tell says what the client does about revocation, or what it found.
func (r *revoking) tell(value, text string) {
	r.looks = text
	note := wire.Note(statusNote, value)
	if at := r.evidence(); at != nil {
		note.Kids = append(note.Kids, at)
	}
	r.b.Emit(Event{Kind: Said, Who: Client, Text: text, Tree: note})
}

// evidence is what the client was told of the certificate, or nil: what is stapled
// to it, the answer to a question, or a list.
func (r *revoking) evidence() *wire.Field {
	events, _ := r.b.run.Since(r.from)
	recs := Records(events)
	if _, at := findFrom(recs, nil, Server, "Certificate.OCSPResponse"); at != nil {
		return at
	}
	if _, at := findFrom(recs, nil, Server, "CertificateStatus.OCSPResponse"); at != nil {
		return at
	}
	for _, e := range events {
		if e.Who != Responder || e.Kind != Said || e.Tree == nil || r.visited(Client) == r.came {
			continue
		}
		for _, path := range []string{"certStatus", "revokedCertificate", "CertificateList", "OCSPResponse"} {
			if at := e.Tree.Match(path); at != nil {
				return at
			}
		}
	}
	return nil
}

// counted tells who has asked the responder.
func (r *revoking) counted() {
	server, client := r.visited(Server), r.visited(Client)
	kids := []*wire.Field{wire.Note("server", fmt.Sprint(server)), wire.Note("client", fmt.Sprint(client))}
	text := fmt.Sprintf("the server %s, the client %s", askedTimes(server), askedTimes(client))
	r.b.Emit(Event{Kind: Said, Who: Responder, Text: text, Tree: wire.Note("asked", text, kids...)})
}

// askedTimes says how often somebody asked.
func askedTimes(n int) string {
	switch n {
	case 0:
		return "never asked"
	case 1:
		return "asked once"
	}
	return fmt.Sprintf("asked %d times", n)
}

// knowsStatus is a goal: whether the client went on is what the status asks for.
func knowsStatus(s Settings, events []Event) error {
	if s["client"] == everyone {
		return knowStatus(s, events)
	}
	took := accepts(s, events) == nil && !refusedStatus(events)
	switch {
	case s["status"] == "good" && !took:
		return errors.New("it refused a good one")
	case s["status"] != "good" && took:
		return errors.New("it took one whose status is " + s["status"])
	}
	return nil
}

// knowStatus is knowsStatus for all clients: none of those that were asked may be wrong.
func knowStatus(s Settings, events []Event) error {
	_, at, ok := Lookup(events, verdictsNote)
	if !ok {
		return errors.New("nobody's verdict is there")
	}
	wrong := map[string]string{"accepts": "took one whose status is " + s["status"]}
	if s["status"] == "good" {
		wrong = map[string]string{"refuses": "refused a good one"}
	}
	var who []string
	said := ""
	for _, k := range at.Kids {
		if text := wrong[wire.Bare(k.Value)]; text != "" {
			who, said = append(who, k.Name), text
		}
	}
	if len(who) > 0 {
		return errors.New(together(who) + " " + said)
	}
	return nil
}

// completesAll is a goal: whoever connects gets to the end of the handshake, and is
// content then.
func completesAll(s Settings, events []Event) error {
	if s["client"] == everyone {
		return allAccept(s, events)
	}
	return completes(s, events)
}

// refusedStatus reports whether the client says that it failed: some programs look
// at a stapled answer only behind the handshake.
func refusedStatus(events []Event) bool {
	return complaint(events, Client, nil) != nil
}

// staysPrivate is a goal: the client asks nobody whom it is about to visit.
func staysPrivate(_ Settings, events []Event) error {
	if n, _, ok := Lookup(events, "asked.client"); ok && n != "0" {
		return errors.New("it asked, and so the responder knows who visits " + labName)
	}
	return nil
}
