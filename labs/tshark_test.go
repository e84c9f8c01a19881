package labs

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// varied is a run of the handshake lab at each choice of each knob, most of them
// at either version, and what comes of several knobs together.
func varied() [][]string {
	// The records of two connections would be compared as those of one.
	one := slices.DeleteFunc(turns(), func(words []string) bool { return slices.Contains(words, "resume=on") })
	all := slices.Clone(one)
	for _, words := range one {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "max=") || strings.HasPrefix(w, "rtt=") }) {
			all = append(all, append([]string{"max=1.2"}, words...))
		}
	}
	for _, s := range suites {
		key := "key=p256"
		if strings.Contains(s.name, "RSA-") {
			key = "key=rsa2048"
		}
		all = append(all, []string{"max=1.2", "suite=" + s.name, key})
	}
	return append(all,
		[]string{"group=P-384", "key=rsa2048", "alpn=h2", "auth=require", "client-cert=good", "ticket=on"},
		[]string{"group=SecP384r1MLKEM1024", "key=ed25519", "alpn=h2", "ticket=on"},
		[]string{"max=1.2", "key=ed25519", "alpn=h2", "auth=require", "client-cert=good", "ticket=on"},
		[]string{"auth=request", "client-cert=good"}, []string{"max=1.2", "auth=request", "client-cert=good"})
}

// captured returns the connections of a run as a file takes them.
func captured(t *testing.T, events []Event) []capture.Conn {
	t.Helper()
	var all []capture.Conn
	number := map[*Conn]int{}
	for _, e := range events {
		if e.Conn == nil || e.Kind != Written {
			continue
		}
		i, seen := number[e.Conn]
		if !seen {
			i = len(all)
			number[e.Conn] = i
			all = append(all, capture.Conn{Client: address(t, e.Conn.Client), Server: address(t, e.Conn.Server), Keys: e.Conn.Keys()})
		}
		c := capture.Chunk{At: e.At, Dir: e.Dir(), Fin: e.Tree == nil}
		if e.Tree != nil {
			c.Data = e.Tree.Bytes()
		}
		all[i].Chunks = append(all[i].Chunks, c)
	}
	return all
}

func address(t *testing.T, a net.Addr) netip.AddrPort {
	t.Helper()
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		t.Fatalf("%v is not an address of TCP", a)
	}
	return tcp.AddrPort()
}

// tlsPort is what the server's port is in the file: one that tshark knows no
// protocol for, so that it takes all of it for TLS when told to.
const tlsPort = 50443

// at is the address of client number i: no two are alike, so that no two
// connections are taken for one, whatever ports the system gave them.
func at(i int) string { return fmt.Sprintf("127.1.%d.%d", i>>8, i&0xff) }

// placed gives connection number i its addresses in the file.
func placed(c capture.Conn, i int) capture.Conn {
	c.Client = netip.AddrPortFrom(netip.MustParseAddr(at(i)), tlsPort+1)
	c.Server = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), tlsPort)
	return c
}

// joined makes neighbours of one direction one chunk, so that a packet holds
// several records.
func joined(chunks []capture.Chunk) []capture.Chunk {
	var all []capture.Chunk
	for _, c := range chunks {
		if n := len(all); n > 0 && all[n-1].Dir == c.Dir {
			all[n-1].Data, all[n-1].Fin = append(slices.Clone(all[n-1].Data), c.Data...), c.Fin
			continue
		}
		all = append(all, c)
	}
	return all
}

// save writes the connections to a file and returns its path.
func save(t *testing.T, conns []capture.Conn) string {
	t.Helper()
	var out bytes.Buffer
	if err := capture.Write(&out, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), conns); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "runs.pcapng")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// tshark has tshark read the connections from a file, and returns what it
// prints. It gets nothing of the user's but PATH, a home of its own, and a
// minute. Where it is missing the test says so and is over; with
// TLSTUTOR_PEERS=require it fails.
func tshark(t *testing.T, conns []capture.Conn, args ...string) (out []byte, ok bool) {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatalf("tshark is to judge this, and it is missing: %v", err)
		}
		t.Log("tshark is not on PATH: nobody but ourselves has judged how we read")
		return nil, false
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	args = append([]string{"-n", "-r", save(t, conns), "-d", fmt.Sprintf("tcp.port==%d,tls", tlsPort)}, args...)
	cmd := exec.CommandContext(ctx, path, args...)
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = dir, &complaint, time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8"}
	if out, err = cmd.Output(); err != nil {
		t.Fatalf("tshark: %v: %s", err, wire.Clean(complaint.String(), 500))
	}
	return out, true
}

// streams returns how tshark reads the connections in a file, by the client's
// address and the direction. All clients have addresses of their own, and none
// has its server's.
func (t *table) streams(pdml []byte) (map[string]*[2][]reading, error) {
	var file struct {
		Packets []node `xml:"packet"`
	}
	if err := xml.Unmarshal(pdml, &file); err != nil {
		return nil, fmt.Errorf("tshark's PDML: %w", err)
	}
	all := map[string]*[2][]reading{}
	for i := range file.Packets {
		p := &file.Packets[i]
		client, d := p.text("ip.src"), dissect.ToServer
		if client == "127.0.0.1" {
			client, d = p.text("ip.dst"), dissect.ToClient
		}
		if all[client] == nil {
			all[client] = &[2][]reading{}
		}
		for _, n := range p.all("tls.record") {
			var r reading
			if err := t.tshark(n, &r); err != nil {
				return nil, fmt.Errorf("packet %d: %w", i+1, err)
			}
			all[client][d] = append(all[client][d], r)
		}
	}
	return all, nil
}

func TestTsharkAgrees(t *testing.T) {
	is := newTable()
	var conns []capture.Conn
	var ours [][2][]reading
	for i, words := range varied() {
		events := finish(t, Handshake, words...)
		conn := placed(captured(t, events)[0], i)
		if i%2 == 1 {
			conn.Chunks = joined(conn.Chunks)
		}
		var read [2][]reading
		for _, r := range Records(events) {
			if !r.OnWire() {
				continue
			}
			read[r.Event.Dir()] = append(read[r.Event.Dir()], is.we(r.Event.Tree))
		}
		conns, ours = append(conns, conn), append(ours, read)
	}
	pdml, ok := tshark(t, conns, "-T", "pdml", "-J", "ip tls")
	if !ok {
		return
	}
	theirs, err := is.streams(pdml)
	if err != nil {
		t.Fatal(err)
	}
	for i, words := range varied() {
		read := theirs[at(i)]
		if read == nil {
			t.Errorf("%v: tshark does not see the connection", words)
			continue
		}
		for d := range dissect.Dir(2) {
			agree(t, fmt.Sprintf("%v: %v", words, d), ours[i][d], read[d])
		}
	}
	complete(t, is)
}

// complete checks that the runs had everything that was to be compared: each
// row, a share for each group, and the alert of each kind of failure.
func complete(t *testing.T, is *table) {
	for _, r := range rows() {
		if !is.used[r] {
			t.Errorf("no run has a %s: nothing compared it with tshark's %s", r.ours, r.theirs)
		}
	}
	for _, g := range groups {
		if !is.met[fmt.Sprintf("handshake.extensions_key_share_group %d", g.is)] {
			t.Errorf("no run has a share for %s", g.name)
		}
	}
	// handshake_failure, bad_certificate, protocol_version,
	// certificate_required, no_application_protocol.
	for _, n := range []int{40, 42, 70, 116, 120} {
		if !is.met[fmt.Sprintf("alert_message.desc %d", n)] {
			t.Errorf("no run has the alert %d", n)
		}
	}
}

// TestTsharkReadsTheLine has tshark open wiretap's connections with the secrets
// that the file holds, and compares the plaintext.
func TestTsharkReadsTheLine(t *testing.T) {
	events := finish(t, Wiretap, "say=a line for three wires")
	conns := captured(t, events)[1:] // the first is in the clear
	for i := range conns {
		conns[i] = placed(conns[i], i)
	}
	var ours []string
	for _, r := range Records(events) {
		for _, m := range dissect.Messages(r.Event.Tree) {
			if m.Name == "application_data" {
				ours = append(ours, hex.EncodeToString(m.Bytes()))
			}
		}
	}
	out, ok := tshark(t, conns, "-T", "fields", "-e", "data.data", "-Y", "data.data")
	if theirs := strings.Fields(string(out)); ok && (len(ours) != 4 || !slices.Equal(ours, theirs)) {
		t.Errorf("we read %q, tshark reads %q", ours, theirs)
	}
}

// agree reports where two readings of one direction begin to differ.
func agree(t *testing.T, what string, ours, theirs []reading) {
	t.Helper()
	const end = "nothing more"
	for i := range min(len(ours), len(theirs)) {
		a, b := append(ours[i], end), append(theirs[i], end)
		for j := range min(len(a), len(b)) {
			if a[j] != b[j] {
				t.Errorf("%s: record %d: we read %s, tshark reads %s", what, i+1, wire.Clean(a[j], 120), wire.Clean(b[j], 120))
				break
			}
		}
	}
	if len(ours) != len(theirs) {
		t.Errorf("%s: we read %d records, tshark reads %d", what, len(ours), len(theirs))
	}
}
