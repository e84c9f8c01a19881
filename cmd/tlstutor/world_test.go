package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"tlstutor/content"
	"tlstutor/labs"
)

// TestTurns: whatever lies near some settings is settings, is near them, and
// every choice of every knob is there.
func TestTurns(t *testing.T) {
	for _, l := range labs.All() {
		given := []map[string]string{nil}
		for _, p := range l.Presets {
			given = append(given, p.Set)
		}
		for _, set := range given {
			base, err := l.Settings(set)
			if err != nil {
				t.Fatal(err)
			}
			met := map[string]bool{}
			for i, next := range turns(l.Name, set) {
				if err := checkLab(l.Name, next); err != nil {
					t.Errorf("%s %v: %v", l.Name, next, err)
					continue
				}
				all, err := l.Settings(next)
				if err != nil {
					t.Fatal(err)
				}
				apart := 0
				for name, v := range all {
					met[name+"="+v] = true
					if v != base[name] {
						apart++
					}
				}
				if i > len(l.Presets) && apart != 1 {
					t.Errorf("%s: %v is %d knobs from %v", l.Name, all, apart, base)
				}
			}
			for _, k := range l.Knobs {
				for _, c := range k.Choices {
					if k.Needs != nil && k.Needs(c) != "" {
						continue // lint runs no programs
					}
					if !met[k.Name+"="+c] {
						t.Errorf("%s %v: %s is never %s", l.Name, set, k.Name, c)
					}
				}
			}
		}
	}
	if turns("nothing", nil) != nil || turns("handshake", map[string]string{"nothing": "1"}) != nil {
		t.Error("there is something near what is not there")
	}
}

// TestWorld: the tables and the runs know the words that lessons use, and no
// others.
func TestWorld(t *testing.T) {
	w, err := newWorld()
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{
		"ServerHello": true, "key_share": true, "TLS_AES_128_GCM_SHA256": true, "X25519MLKEM768": true, "bad_certificate": true, "ASN.1Cert": true,
		"tbsCertificate": true, "handshake": true, "unknown-ca": true, "fault": true, "app.lab.test": true, "TLS 1.3": true, "any.test": true,
		"ClientHallo": false, "": false, "unknown": false, "IETF": false, "servername": false, "test": false, "Lab Root CA": false,
	} {
		if got := w.knows(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			look, err := w.run(context.Background(), "handshake", map[string]string{"max": "1.2"})
			if err != nil {
				t.Error(err)
				return
			}
			if v, ok := look("ServerHello.server_version"); ok {
				t.Errorf("there is a field of another name: %q", v)
			}
			if v, ok := look("last(client)"); !ok || v != "Finished" {
				t.Errorf("the client's last message is %q", v)
			}
		})
	}
	all.Wait()
	if w.runs() != 4 {
		t.Errorf("%d runs", w.runs())
	}
	if !hasGoal("handshake", "the handshake completes") || hasGoal("handshake", "nothing") || hasGoal("nothing", "the handshake completes") {
		t.Error("goals are mixed up")
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := w.run(stopped, "handshake", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a run that was stopped: %v", err)
	}
}

// TestCourse: the built-in course has nothing to mend, whichever way its runs
// come out this time.
func TestCourse(t *testing.T) {
	w, err := newWorld()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c, bad, err := check(context.Background(), content.FS, w)
		if err != nil || len(bad) > 0 {
			t.Fatalf("%v, mistakes:\n%v", err, bad)
		}
		// Each lesson can be taken alone by who has taken what it needs.
		var before []string
		for _, l := range c.Lessons {
			for _, need := range l.Needs {
				if !slices.Contains(before, need) {
					t.Errorf("%s needs %s, which comes later", l.ID, need)
				}
			}
			before = append(before, l.ID)
		}
	}
}
