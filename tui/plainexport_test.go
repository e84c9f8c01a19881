package tui

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tlstutor/labs"
	"tlstutor/labs/capture"
)

// TestPlainNumbers checks that a number means the entry of the list that was told
// last, and a message where there was none.
func TestPlainNumbers(t *testing.T) {
	k, _, _ := plainToy(t, "")
	k.play([]turn{
		{"go handshake", nil},
		{"3", []string{`^3 ChangeCipherSpec`}},
		{"messages", []string{`16 key schedule: TLS 1\.3`, `!key schedule: key schedule`, `A number opens one\.$`}},
		{"5", []string{`^5 Certificate: `}},
		{"5.2", []string{`^5\.2 length: `}},
		{".1", []string{`^length has 0 fields`}},
		{"presets", nil},
		{"2", []string{`^Run 2: handshake fault=unknown-ca`}},
		{"1", []string{`^1 ClientHello`}}, // presets were of the run before
		{"why", []string{`3 It is about issuer`}},
		{"3", []string{`^5\.[0-9.]+ issuer: `}},
		{"2", []string{`^Step 2 has no bytes to open\.$`}},
		{"10", []string{`^There are steps 1 to 9\.$`}},
		{"knobs", nil},
		{"4", []string{`^4 max=1\.3: the highest version .* run max= and a value sets it and runs\.$`}},
		{"99", []string{`^There are knobs 1 to 20\.$`}},
		{"wiretap", nil},
		{"4", []string{`^A listener opens nothing\.`}},
		{"preset 1", []string{`^Run 3: handshake max=1\.2`}},
		{"compare 1 3", []string{`moved: the server's ChangeCipherSpec and Finished client.s ClientHello\.cipher_suites: `}},
		{"go T1.1", nil},
		{"1", []string{`^There is nothing to choose on this page\.$`}},
		{"messages", []string{`open and a number opens one\.$`}},
		{"2", []string{`^2 ServerHello`}},
		{"presets", []string{`o opens the lab, where preset and a number runs one\.$`}},
	})
	k.ends()
}

// TestPlainExport keeps a run in files: the full path is told before anything is
// written, and nothing is ever overwritten.
func TestPlainExport(t *testing.T) {
	k, env, _ := plainToy(t, "")
	env.Out = t.TempDir()
	k.play([]turn{
		{"export", []string{`^That is for a lab`}},
		{"go handshake", nil},
	})
	list := k.say("export 3") // nothing is written before its path was told
	files := regexp.MustCompile(`(?m)^/.*$`).FindAllString(list, -1)
	if left, err := os.ReadDir(env.Out); err != nil || len(left) > 0 || len(files) != 6 {
		t.Fatalf("there is %v, %v, of %d files:\n%s", left, err, len(files), list)
	}
	checkAnswer(t, turn{"export", []string{`^Handshake, run 1 as a file\. 1 capture, for Wireshark`, `never overwritten\. A number writes one\.$`}}, strings.ReplaceAll(list, env.Out, ""))
	k.play([]turn{
		{"2", []string{`^Written, [0-9]+ bytes\.$`}},
		{"export 2", []string{`^that file is written already$`}},
		{"6", []string{`^Written, [0-9]+ bytes; private keys are in it: keep it to yourself\.$`}},
		{"9", []string{`^There are files 1 to 6\.$`}},
		{"export all", []string{`^export lists the files of a run`}},
	})
	if text, err := os.ReadFile(files[1]); err != nil || !strings.Contains(string(text), "CLIENT_HANDSHAKE_TRAFFIC_SECRET ") {
		t.Errorf("the key log is %q, %v", text, err)
	}
	if again := k.say("x"); !strings.Contains(again, files[0]) || strings.Contains(again, files[1]) {
		t.Errorf("%s is offered twice:\n%s", files[1], again)
	}
	if err := os.WriteFile(files[0], []byte("mine"), 0o600); err != nil { // as if it had come in between
		t.Fatal(err)
	}
	k.play([]turn{{"1", []string{`^Not written: file exists\.$`}}})
	if text, err := os.ReadFile(files[0]); err != nil || string(text) != "mine" {
		t.Errorf("a file was overwritten: %q, %v", text, err)
	}
	k.ends()
}

// TestExportsCapture checks that of a capture without its secrets only that is
// offered which there is, and that its title names connection and file.
func TestExportsCapture(t *testing.T) {
	d, s := readDrive(t, 80, 24, sealedCapture(t))
	openFirst(d, s)
	d.key("x")
	e, ok := d.app.top().(*exports)
	if !ok {
		t.Fatalf("x leads to %T: %s", d.app.top(), d.app.line)
	}
	d.until("the folder has answered", func() bool { return len(e.paths) > 0 })
	text := d.flat()
	if !strings.HasPrefix(text, "connection 1 of a.pcapng as a file") || strings.Contains(text, "key log") || strings.Contains(text, "with the secrets inside") {
		t.Errorf("it offers:\n%s", text)
	}
	if len(e.kinds) != 4 || e.kinds[0].Ext != "pcapng" {
		t.Errorf("%d kinds are offered", len(e.kinds))
	}
	if _, run := labDrive(t, 80, 24); len(offered(run.cur().events, nil)) != 5 {
		t.Error("of a run with secrets not all kinds are offered")
	}
}

// TestSealedNote checks that a record of a capture that nobody can open says why,
// and what would open it.
func TestSealedNote(t *testing.T) {
	d, s := readDrive(t, 80, 24, sealedCapture(t))
	openFirst(d, s)
	l := d.app.top().(*labScreen)
	for l.rec().Event.Err == nil {
		before := l.sel
		if d.key("down"); l.sel == before {
			t.Fatal("nothing is sealed")
		}
	}
	for _, k := range []string{"", "enter"} { // on the wire, and in the bytes
		if k != "" {
			d.key(k)
		}
		if text := d.flat(); !strings.Contains(text, "The key log has no ") || !strings.Contains(text, "tlstutor open a.pcapng --keylog FILE") {
			t.Errorf("%q: it does not say what would open it:\n%s", k, text)
		}
	}
	if h, hs := labDrive(t, 80, 24); hs.locked(hs.rec()) != "" {
		t.Errorf("of a run: %s", h.flat())
	}
}

// TestLabFooter checks which keys a narrow footer has room for: what has just become
// of use, before what can always be done.
func TestLabFooter(t *testing.T) {
	d, s := labDrive(t, 80, 24)
	foot := func(want ...string) {
		t.Helper()
		lines := d.lines()
		for _, w := range append(want, "? help", "s step", "r run") {
			if !strings.Contains(lines[len(lines)-1], w) {
				t.Errorf("%q is not in the footer %q", w, lines[len(lines)-1])
			}
		}
	}
	foot("tab pane", "w wiretap")
	d.key("2")
	d.idle(s)
	foot("c compare", "e evidence", "w wiretap")
	d.key("0")
	d.idle(s)
	foot("c compare", "tab pane", "w wiretap")
	c, captured := readDrive(t, 80, 24, sealedCapture(t))
	openFirst(c, captured)
	if lines := c.lines(); !strings.Contains(lines[len(lines)-1], "x export") || strings.Contains(lines[len(lines)-1], "compare") {
		t.Errorf("the footer of a capture is %q", lines[len(lines)-1])
	}
}

// TestDerivedWhole checks that a narrow window gives what has no bytes all its room.
func TestDerivedWhole(t *testing.T) {
	d, _ := labDrive(t, 80, 24)
	for _, k := range []string{"end", "enter", "down", "down"} {
		d.key(k)
	}
	if text := d.flat(); strings.Contains(text, "worked out by code") || !strings.Contains(text, "not known: no private key of X25519MLKEM768 was seen") {
		t.Errorf("the key schedule is cut:\n%s", text)
	}
	for _, k := range []string{"esc", "home", "enter"} {
		d.key(k)
	}
	if !strings.Contains(d.flat(), "0000 16 03 01") {
		t.Errorf("a record has lost its bytes:\n%s", d.flat())
	}
}

// sealedCapture is a capture of one handshake without the secrets.
func sealedCapture(t testing.TB) []byte {
	t.Helper()
	set, err := labs.Handshake.Settings(nil)
	if err != nil {
		t.Fatal(err)
	}
	events, err := labs.Start(context.Background(), labs.Handshake, set, labs.Options{}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	conn := capture.Conn{Client: netip.MustParseAddrPort("127.0.0.1:40000"), Server: netip.MustParseAddrPort("127.0.0.1:443")}
	for i := range events {
		if e := &events[i]; e.Kind == labs.Written {
			c := capture.Chunk{At: e.At, Dir: e.Dir(), Fin: e.Tree == nil}
			if e.Tree != nil {
				c.Data = e.Tree.Bytes()
			}
			conn.Chunks = append(conn.Chunks, c)
		}
	}
	var file bytes.Buffer
	if err := capture.Write(&file, time.Unix(1e9, 0), []capture.Conn{conn}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}
