package labs

import (
	"testing"

	"tlstutor/labs/wire"
)

// turns is every single choice of every knob of the handshake lab that no other
// program is needed for.
func turns() [][]string {
	all := [][]string{nil}
	for _, k := range Handshake.Knobs {
		for _, c := range k.Choices[min(1, len(k.Choices)):] {
			if k.Needs == nil || k.Needs(c) == "" {
				all = append(all, []string{k.Name + "=" + c})
			}
		}
	}
	return append(all, []string{"rtt=20"}, []string{"name=other.lab.test"}, []string{"name=127.0.0.1"},
		[]string{"auth=require", "client-cert=good"}, []string{"max=1.2", "auth=require", "client-cert=good"},
		[]string{"max=1.2", "key=rsa2048", "suite=RSA-AES128-GCM"}, []string{"max=1.2", "ticket=on"})
}

// A played is a lab and the settings of one run of it.
type played struct {
	lab   *Lab
	words []string
}

// plays is every lab at each of its choices, and mitm with what goes together.
func plays() []played {
	var all []played
	for _, words := range turns() {
		all = append(all, played{Handshake, words})
	}
	for _, l := range All() {
		if l == Handshake {
			continue
		}
		all = append(all, played{l, nil})
		for _, k := range l.Knobs {
			for _, c := range k.Choices[min(1, len(k.Choices)):] {
				all = append(all, played{l, []string{k.Name + "=" + c}})
			}
		}
		for _, p := range l.Presets {
			var words []string
			for knob, value := range p.Set {
				words = append(words, knob+"="+value)
			}
			all = append(all, played{l, words})
		}
	}
	return append(all, played{MITM, []string{"verify=off", "say=x"}}, played{Certificate, []string{"flip=public-key", "key=rsa2048"}},
		played{Certificate, []string{"flip=public-key", "key=ed25519"}}, played{Certificate, []string{"flip=signature", "max=1.2"}},
		played{Certificate, []string{"flip=serial", "extension=unknown-critical"}})
}

func TestEveryChoice(t *testing.T) {
	for _, p := range plays() {
		words := append([]string{p.lab.Name}, p.words...)
		events := finish(t, p.lab, p.words...)
		if last := events[len(events)-1]; last.Tree == nil || last.Tree.Name != "goal" {
			t.Errorf("%v: the last event is %q, not a goal", words, last.Text)
		}
		for i, e := range events {
			if e.Tree != nil {
				if err := wire.Check(e.Tree, openLeaf); err != nil {
					t.Errorf("%v: event %d: %v", words, i, err)
				}
			}
			if e.Kind == Written && e.Err != nil {
				t.Errorf("%v: event %d (%s) stayed sealed: %v", words, i, e.Text, e.Err)
			}
			if i > 0 && e.At < events[i-1].At {
				t.Errorf("%v: event %d is earlier than the one before it", words, i)
			}
		}
		for _, r := range Records(events) {
			if r.Delivered < r.Index || r.OnWire() == (r.Event.Conn == nil) && r.Event.Who != Attacker && !r.Event.checks() {
				t.Errorf("%v: %s was not delivered", words, r.Event.Text)
			}
		}
	}
}
