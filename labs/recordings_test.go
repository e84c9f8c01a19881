package labs

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/recorded"
)

var update = flag.Bool("update", false, "make the recordings of other programs anew, where they are to be had")

// recordings are the settings of all recordings: each program as client and as
// server, in TLS 1.3 and 1.2, with what is wrong by a knob; and what only openssl
// does.
func recordings() []played {
	var all []played
	for _, role := range []peer.Role{peer.Client, peer.Server} {
		for _, name := range peer.Names(role) {
			for _, max := range []string{"max=1.3", "max=1.2"} {
				for _, more := range []string{"", "fault=unknown-ca", "fault=wrong-name", "fault=expired", "auth=require", "auth=require client-cert=good", "group=P-384"} {
					all = append(all, played{Handshake, append([]string{role.String() + "=" + name, max}, strings.Fields(more)...)})
				}
			}
		}
	}
	for _, line := range []string{
		"client=openssl keyupdate=client", "server=openssl keyupdate=server", "client=openssl server=openssl keyupdate=both",
		"client=openssl max=1.2 renegotiate=client", "server=openssl server-max=1.2 renegotiate=server",
		"client=openssl server=openssl max=1.2 renegotiate=client", "client=openssl server=openssl server-max=1.2 renegotiate=server",
		"client=openssl resume=on", "server=openssl resume=on", "client=openssl server=openssl resume=on", "client=openssl server=openssl resume=early",
	} {
		all = append(all, played{Handshake, strings.Fields(line)})
	}
	for _, name := range peer.Names(peer.Client) { // what why names of other labs, and no preset is
		all = append(all, played{Chain, []string{"client=" + name, "send=leaf-root-intermediate", "trust=old-root"}})
	}
	return append(all, presetRecordings()...)
}

// presetRecordings are the presets of the labs about chains, and their settings as
// they start with, each with every program.
func presetRecordings() []played {
	var all []played
	for _, l := range []*Lab{Chain, Names, Clock} {
		for _, word := range l.Knob("client").Choices {
			if programOf(word) == "" {
				continue
			}
			seen := map[string]bool{}
			for _, p := range append([]Preset{{}}, l.Presets...) {
				words := []string{"client=" + word}
				for knob, value := range p.Set {
					if knob != "client" {
						words = append(words, knob+"="+value)
					}
				}
				slices.Sort(words)
				line := strings.Join(words, " ")
				if refused := l.Refuses != nil && l.Refuses(mustWords(l, words)) != nil; !seen[line] && !refused {
					all = append(all, played{l, words})
				}
				seen[line] = true
			}
		}
	}
	return all
}

// mustWords are settings of a lab that are known to be.
func mustWords(l *Lab, words []string) Settings {
	given, _ := l.Words(words)
	all, _ := l.Settings(given)
	return all
}

// TestRecordings: each recording plays as a run of its own, says what was said then,
// and opens; and nothing else is recorded. With -update those are made anew whose
// programs are here.
func TestRecordings(t *testing.T) {
	var found peer.Finder
	known := map[string]bool{}
	for _, p := range recordings() {
		l, words := p.lab, p.words
		s := setting(t, l, words...)
		known[l.recording(s)] = true
		if *update {
			record(t, &found, l, s)
			continue
		}
		events, err := Start(context.Background(), l, s, Options{Keys: ring, Alone: true}).Wait()
		if err != nil {
			t.Errorf("%v: %v", words, err)
			continue
		}
		take, err := recorded.Load(l.recording(s))
		if err != nil {
			t.Fatal(err)
		}
		if got := Recording(events); got != take.By+", "+take.Made || take.By == "" || take.Made == "" {
			t.Errorf("%v: it is of %q", words, got)
		}
		var then, now []string
		for _, line := range take.Lines {
			then = append(then, fmt.Sprintf("%s %v %s", line.Who, line.Failed, line.Text))
		}
		for _, e := range events {
			if e.Kind == Said {
				now = append(now, fmt.Sprintf("%s %v %s", e.Who, e.Err != nil, e.Text))
			}
		}
		slices.Sort(then) // the two sides say what they say at their own pace
		slices.Sort(now)
		if !slices.Equal(then, now) {
			t.Errorf("%v: said then:\n%s\nsaid now:\n%s", words, strings.Join(then, "\n"), strings.Join(now, "\n"))
		}
		opens(t, events)
	}
	files, err := filepath.Glob("recorded/runs/*")
	if err != nil || len(files) < 2*len(known) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(f), ".txt"), ".pcapng"); !known[name] && name != "README" {
			t.Errorf("%s is the recording of nothing", f)
		}
	}
}

// edition is a program's version without the day it was released.
func edition(version string) string {
	if words := strings.Fields(version); words[0] == "OpenSSL" {
		return strings.Join(words[:2], " ")
	}
	return version
}

// record makes one recording.
func record(t *testing.T, found *peer.Finder, l *Lab, s Settings) {
	t.Helper()
	var by []string
	for _, k := range l.Knobs {
		if k.Needs == nil || k.Needs(s[k.Name]) == "" {
			continue
		}
		name := k.Needs(s[k.Name])
		p, err := found.Find(t.Context(), name)
		if err != nil {
			t.Logf("%s stays as it is: %v", l.Line(s), err)
			return
		}
		if v := edition(p.Version); !slices.Contains(by, v) {
			by = append(by, v)
		}
	}
	events, err := Start(context.Background(), l, s, Options{Keys: ring, Programs: found, exposed: true}).Wait()
	if err != nil {
		t.Errorf("%s: %v", l.Line(s), err)
		return
	}
	made := time.Now()
	take := &recorded.Take{Made: made.UTC().Format(time.DateOnly), By: strings.Join(by, ", ")}
	number, crossed := map[*Conn]int{}, map[*Conn]int{}
	for i := range events {
		e := &events[i]
		if e.Conn != nil && number[e.Conn] == 0 {
			number[e.Conn] = len(number) + 1
		}
		switch {
		case e.Kind == Written && e.Tree == nil:
			crossed[e.Conn]++
		case e.Kind == Written:
			crossed[e.Conn] += e.Tree.N
		case e.Kind == Said:
			take.Lines = append(take.Lines, recorded.Line{Conn: number[e.Conn], After: crossed[e.Conn], Who: e.Who.String(), Failed: e.Err != nil, Text: e.Text})
		}
	}
	var packets bytes.Buffer
	if err := Formats()[0].Write(&packets, &Kept{Lab: l, Settings: s, Events: events, Page: Page{Made: made}}); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join("recorded", "runs", l.recording(s))
	for end, data := range map[string][]byte{".txt": []byte(take.Text()), ".pcapng": packets.Bytes()} {
		if err := os.WriteFile(at+end, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
