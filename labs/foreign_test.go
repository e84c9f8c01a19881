package labs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// programs are those of this machine, for all tests.
var programs peer.Finder

// here reports whether a program can be run. Where it cannot, its recordings are
// what is left to try, and with TLSTUTOR_PEERS=require that fails.
func here(t *testing.T, name string) bool {
	t.Helper()
	_, err := programs.Find(t.Context(), name)
	if err == nil {
		return true
	}
	if os.Getenv("TLSTUTOR_PEERS") == "require" {
		t.Fatalf("%s is to be run: %v", name, err)
	}
	t.Logf("%v: its recordings stand in", err)
	return false
}

// foreigners are the settings in which programs of others play: each role, in TLS
// 1.3 and 1.2, good and bad.
func foreigners() []string {
	var all []string
	for _, who := range []string{"client=openssl", "client=python3", "client=curl", "client=gnutls-cli", "server=openssl", "server=python3"} {
		for _, version := range []string{"", " max=1.2"} {
			for _, more := range []string{"", " fault=unknown-ca", " fault=wrong-name", " fault=expired", " auth=require", " auth=require client-cert=good"} {
				all = append(all, who+version+more)
			}
		}
	}
	return all
}

// TestForeign: the handshake of each program opens from its first record to its
// last, goes as it goes with Go, and is told of in the program's own words.
func TestForeign(t *testing.T) {
	for _, line := range foreigners() {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(line)
			who, name, _ := strings.Cut(words[0], "=")
			live := here(t, name)
			events := finish(t, Handshake, words...)
			if rec := Recording(events); (rec == "") != live {
				t.Errorf("here: %v; recording: %q", live, rec)
			}
			opens(t, events)
			speaks(t, events, who, name)
			ends(t, events, who, line)
		})
	}
}

// opens checks that each record could be read when it was written, and tiles.
func opens(t *testing.T, events []Event) {
	t.Helper()
	n := 0
	for _, e := range events {
		if e.Kind == Written && e.Err != nil {
			t.Errorf("%s stayed sealed: %v", e.Text, e.Err)
		}
		if e.Kind == Written && e.Tree != nil {
			n++
		}
		if e.Tree != nil {
			if err := wire.Check(e.Tree, openLeaf); err != nil {
				t.Errorf("%s: %v", e.Text, err)
			}
		}
	}
	// A hello that is refused crosses, and an alert.
	if end := End(events); n < 6 && (n != 2 || end.Alert == "" || end.After != "the client's ClientHello") {
		t.Errorf("%d records crossed", n)
	}
}

// speaks checks that a program is introduced with its command line, and that its
// words and its exit code are told.
func speaks(t *testing.T, events []Event, who, name string) {
	t.Helper()
	var said []string
	for _, e := range events {
		if e.Kind == Said && e.Who.String() == who {
			said = append(said, e.Text)
		}
	}
	all := strings.Join(said, "\n")
	if len(said) < 3 || !strings.HasPrefix(said[0], "is ") || !strings.Contains(said[0], ": ") || !strings.Contains(said[0], " "+name+" ") {
		t.Errorf("it says %q", said)
	}
	if !strings.Contains(said[len(said)-1], name+" ended with exit code ") {
		t.Errorf("its last word is %q", said[len(said)-1])
	}
	if strings.Contains(all, os.TempDir()) || strings.Contains(all, "tlstutor-peer") {
		t.Errorf("something of the machine shows: %s", all)
	}
}

// ends checks how the run ended.
func ends(t *testing.T, events []Event, who, line string) {
	t.Helper()
	end := End(events)
	value := func(path string) string {
		v, _, _ := Lookup(events, path)
		return v
	}
	own := value("error(" + who + ")")
	switch {
	case strings.Contains(line, "fault=") && who == "client":
		for fault, words := range map[string][]string{
			"unknown-ca": {"unable to get local issuer certificate", "issuer is unknown"},
			"wrong-name": {"ostname mismatch", "does not match", "no alternative certificate subject name matches"},
			"expired":    {"certificate has expired", "expired certificate"},
		} {
			if strings.Contains(line, fault) && !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(own, w) }) {
				t.Errorf("it says %q", own)
			}
		}
		if end.OK || end.Who != Client {
			t.Errorf("%v ended it: %s", end.Who, end.Text)
		}
		about(t, events, end)
	case strings.Contains(line, "fault="):
		if end.OK || end.Who != Client || !strings.Contains(own, "bad certificate") && !strings.Contains(own, "BAD_CERTIFICATE") {
			t.Errorf("%v ended it: %s; the server says %q", end.Who, end.Text, own)
		}
	case strings.HasSuffix(line, "auth=require"):
		if end.OK || end.Who != Server || value("alert(server)") == "none" || own == "none" {
			t.Errorf("%v ended it: %s; the %s says %q", end.Who, end.Text, who, own)
		}
	default:
		if !end.OK || own != "none" || !saidDone(events, Client) || !saidDone(events, Server) || value("count(Finished)") != "2" {
			t.Errorf("it came to %q; the %s says %q", end.Text, who, own)
		}
	}
}

// about checks that a client's words lead to the field that is at fault, and that
// the record which ended the run is the client's own.
func about(t *testing.T, events []Event, end Ending) {
	t.Helper()
	recs := Records(events)
	want := "subjectAltName"
	switch own := strings.ToLower(end.Err.Error()); {
	case strings.Contains(own, "expired"):
		want = "notAfter"
	case strings.Contains(own, "issuer"):
		want = "issuer"
	}
	if end.At == nil || end.At.Name != want || recs[end.FieldRec].Event.Who != Server {
		t.Errorf("it is about %+v, not %s: %v", end.At, want, end.Err)
	}
	if end.Rec < 0 || recs[end.Rec].Event.Who != Client || end.Alert == "" || !strings.HasPrefix(end.How(), "ended by client: alert ") {
		t.Errorf("it ends with record %d, %s", end.Rec, end.How())
	}
}

// TestTricks: what only openssl does happens, and opens.
func TestTricks(t *testing.T) {
	live := here(t, "openssl")
	for line, want := range map[string]map[string]string{
		"client=openssl keyupdate=client":                                 {"count(KeyUpdate)": "2"},
		"server=openssl keyupdate=server":                                 {"count(KeyUpdate)": "2"},
		"client=openssl server=openssl keyupdate=both":                    {"last(server)": "KeyUpdate"},
		"client=openssl max=1.2 renegotiate=client":                       {"alert(server)": "unexpected_message"},
		"server=openssl server-max=1.2 renegotiate=server":                {"count(Finished)": "4", "count(HelloRequest)": "1"},
		"client=openssl server=openssl max=1.2 renegotiate=client":        {"count(Finished)": "4", "count(HelloRequest)": "0"},
		"client=openssl server=openssl server-max=1.2 renegotiate=server": {"count(Finished)": "4"},
		"client=openssl resume=on":                                        {"again:count(Certificate)": "0", "first:count(Certificate)": "1"},
		"server=openssl resume=on":                                        {"again:count(Certificate)": "0", "error(client)": "none"},
		"client=openssl server=openssl resume=early":                      {"count(EndOfEarlyData)": "1", "again:count(Certificate)": "0"},
		"resume=on":         {"again:count(Certificate)": "0", "first:count(Certificate)": "1"},
		"resume=on max=1.2": {"again:count(Certificate)": "0", "first:count(Certificate)": "1"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			events := finish(t, Handshake, strings.Fields(line)...)
			if rec := Recording(events); rec != "" && live {
				t.Errorf("it is a recording: %s", rec)
			}
			opens(t, events)
			if own, _, _ := Lookup(events, "error(client)"); own != "none" && want["alert(server)"] == "" {
				t.Errorf("the client says %q", own)
			}
			if own, _, _ := Lookup(events, "error(server)"); own != "none" && want["alert(server)"] == "" {
				t.Errorf("the server says %q", own)
			}
			for path, v := range want {
				if got, _, _ := Lookup(events, path); got != v {
					t.Errorf("%s is %q, want %q", path, got, v)
				}
			}
		})
	}
}

// TestRefused: what a program cannot do is one sentence that says which knob to
// turn back, before anything has happened.
func TestRefused(t *testing.T) {
	for line, want := range map[string]string{
		"keyupdate=client":                             "keyupdate=client needs client=openssl: Go cannot start a KeyUpdate",
		"client=openssl keyupdate=both":                "keyupdate=both needs server=openssl: Go cannot start a KeyUpdate",
		"keyupdate=both":                               "keyupdate=both needs client=openssl and server=openssl: Go cannot start a KeyUpdate",
		"client=curl resume=early":                     "resume=early needs client=openssl and server=openssl: curl cannot send early data over TCP, and Go cannot take it",
		"client=openssl resume=early":                  "resume=early needs server=openssl: Go cannot take early data over TCP",
		"client=openssl max=1.1":                       "max=1.1 leaves openssl no version of TLS, as min=1.2 is above it: set min=1.1 too",
		"server=openssl server-min=1.3 server-max=1.2": "server-max=1.2 leaves openssl no version of TLS, as server-min=1.3 is above it: set server-min=1.2 too",
		"client=openssl keyupdate=client max=1.2":      "there is no KeyUpdate below TLS 1.3: turn max and server-max back to 1.3",
		"resume=early":                                 "resume=early needs client=openssl and server=openssl: Go cannot send or take early data over TCP",
		"client=openssl renegotiate=client":            "there is no renegotiation in TLS 1.3: set max=1.2",
		"client=curl alpn=h2":                          "curl cannot offer h2: it knows http/1.1 alone, or h2 before http/1.1; try it with alpn=none",
		"client=python3 resume=on":                     "python3 cannot hand over its session; try it with resume=off",
		"client=openssl name=no*name":                  "openssl cannot ask for a server by a name that is not one; try it with name=app.lab.test",
		"server=python3 group=X25519MLKEM768 rtt=20":   "python3 cannot be told the group X25519MLKEM768 (" + version3(t) + "); try it with group=default",
	} {
		name := strings.Fields(strings.ReplaceAll(line, "=", " "))[1]
		if slices.Contains(peer.Names(peer.Client), name) && !here(t, name) {
			continue
		}
		events, err := Start(context.Background(), Handshake, setting(t, Handshake, strings.Fields(line)...), Options{Keys: ring, Programs: &programs}).Wait()
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
		if len(Records(events)) > 0 || len(events) != 1 {
			t.Errorf("%s: %d events", line, len(events))
		}
	}
}

// version3 is what python3 calls itself.
func version3(t *testing.T) string {
	if !here(t, "python3") {
		return ""
	}
	p, err := programs.Find(t.Context(), "python3")
	if err != nil {
		t.Fatal(err)
	}
	return p.Version
}

// TestWithout: where no program is found each plays as a recording, and what is
// not recorded is said to be missing.
func TestWithout(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, line := range append(foreigners(), "server=gnutls-serv", "client=curl rtt=20") {
		words := strings.Fields(line)
		who, name, _ := strings.Cut(words[0], "=")
		events, err := Start(context.Background(), Handshake, setting(t, Handshake, words...), Options{Keys: ring}).Wait()
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if Recording(events) == "" || !strings.HasPrefix(events[0].Text, "REC: "+name+" ") {
			t.Errorf("%s: it begins with %q", line, events[0].Text)
		}
		opens(t, events)
		if name != "gnutls-serv" {
			speaks(t, events, who, name)
			ends(t, events, who, line)
		}
	}
	for line, want := range map[string]string{
		"client=openssl tamper=Finished": "openssl is not on this machine, and of these settings there is no recording; try it with tamper=none",
		"client=curl server=python3":     "is not on this machine, and of these settings there is no recording; try it with client=go or server=go",
	} {
		_, err := Start(context.Background(), Handshake, setting(t, Handshake, strings.Fields(line)...), Options{Keys: ring}).Wait()
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

// TestUserUntouched: what the user has set for programs reaches none of them, and
// no file of theirs is read or written.
func TestUserUntouched(t *testing.T) {
	home := t.TempDir()
	keys := filepath.Join(home, "keys")
	for name, text := range map[string]string{".curlrc": "insecure\n", "openssl.cnf": "openssl_conf = none\n[none\n"} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, v := range map[string]string{
		"HOME": home, "CURL_HOME": home, "SSLKEYLOGFILE": keys, "OPENSSL_CONF": filepath.Join(home, "openssl.cnf"),
		"https_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1", "PYTHONPATH": home, "PYTHONSTARTUP": keys, "SSL_CERT_FILE": keys,
	} {
		t.Setenv(name, v)
	}
	for _, line := range []string{"client=openssl", "client=python3", "client=curl", "client=gnutls-cli", "server=openssl", "server=python3"} {
		here(t, line[strings.Index(line, "=")+1:])
		events := finish(t, Handshake, line)
		if end := End(events); !end.OK {
			t.Errorf("%s: %s", line, end.Text)
		}
	}
	if _, err := os.Stat(keys); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the user's key log was written: %v", err)
	}
	if left, _ := os.ReadDir(home); len(left) != 2 {
		t.Errorf("the user's home holds %v", left)
	}
}

// TestForeignStopped: wherever a run with another program is stopped, held or not,
// nothing is left of it.
func TestForeignStopped(t *testing.T) {
	check := asBefore(t)
	for _, line := range []string{"client=openssl", "server=openssl", "client=curl max=1.2", "server=python3 fault=expired", "client=openssl server=openssl resume=early", "server=gnutls-serv"} {
		here(t, strings.FieldsFunc(line, func(r rune) bool { return r == '=' || r == ' ' })[1])
		words := strings.Fields(line)
		s := setting(t, Handshake, words...)
		for i := 0; i < len(finish(t, Handshake, words...)); i += 7 {
			for _, hold := range []bool{false, true} {
				stopAt(t, Handshake, s, i, hold)
			}
		}
		check(line)
	}
}

// TestGivesUp: a program that ends by itself while a record of it is held says so,
// and the hold does not count.
func TestGivesUp(t *testing.T) {
	if !here(t, "openssl") || runtime.GOOS == "windows" {
		return
	}
	p, err := programs.Find(t.Context(), "openssl")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := "#!/bin/sh\n[ $1 = version ] && exec " + p.Path + " version\n" +
		p.Path + " \"$@\" <&0 & pid=$!\nsleep 0.3; kill $pid; echo verify error:num=99:has no patience; exit 7\n"
	if err := os.WriteFile(filepath.Join(dir, "openssl"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	var c clock
	r := Start(context.Background(), Handshake, setting(t, Handshake, "client=openssl"), Options{Held: true, Keys: ring, Now: c.now})
	waitFor(t, "the first record waits", held(r))
	c.ahead.Add(int64(time.Hour))
	said := func(text string) func() bool {
		return func() bool {
			events, _ := r.Since(0)
			return slices.ContainsFunc(events, func(e Event) bool { return e.Kind == Said && e.Who == Client && strings.Contains(e.Text, text) })
		}
	}
	waitFor(t, "it says why it ended", said("has no patience"))
	waitFor(t, "it says how it ended", said("openssl ended with exit code 7"))
	if !held(r)() {
		t.Error("the run is not held any more")
	}
	r.Free()
	events, err := r.Wait()
	if err != nil {
		t.Errorf("held for an hour: %v", err)
	}
	if end := End(events); end.OK || !strings.Contains(end.Text, "has no patience") {
		t.Errorf("it came to %q", end.Text)
	}
}
