package labs

import (
	"errors"
	"strings"
)

// The goals in this file are those of several labs.

// completes is a goal: both sides say that the handshake is complete.
func completes(_ Settings, events []Event) error {
	for _, who := range []Party{Client, Server} {
		if !saidDone(events, who) {
			return errors.New("the " + who.String() + " did not get to the end of it")
		}
	}
	return nil
}

// accepts is a goal: the client has accepted the server's certificate, for it
// sends its Finished to no other server, and did not think better of it.
func accepts(_ Settings, events []Event) error {
	if rec, _ := findFrom(Records(events), nil, Client, "Finished"); rec < 0 {
		return errors.New("it never sent its Finished")
	}
	// Some programs look at the name only behind it.
	if end := End(events); end.Who == Client && end.Err != nil && (groundIn(end.Err.Error()) != nil || strings.Contains(end.Err.Error(), "certificate")) {
		return errors.New("it refused it once the handshake was over")
	}
	return nil
}

// saidDone reports whether a party said that its handshake was complete.
func saidDone(events []Event, who Party) bool {
	for _, e := range events {
		if e.Who == who && isDone(e) {
			return true
		}
	}
	return false
}

// done begins what a party says when its handshake is complete.
const done = "handshake complete"

// isDone reports whether a party says that its handshake is complete.
func isDone(e Event) bool { return e.Kind == Said && strings.HasPrefix(e.Text, done) }
