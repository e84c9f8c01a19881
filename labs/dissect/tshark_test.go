package dissect

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// packets returns the connections as a pcap file of bare IPv4 packets, a record in
// each. Client number i is 127.1.0.i.
func packets(conns [][]chunk) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = le.AppendUint16(le.AppendUint16(b, 2), 4)
	b = le.AppendUint32(le.AppendUint32(append(b, make([]byte, 8)...), 1<<18), 101) // LINKTYPE_RAW
	n := uint32(0)
	for i, seen := range conns {
		client, server := []byte{127, 1, byte(i >> 8), byte(i)}, []byte{127, 0, 0, 1}
		next := [2]uint32{1, 1}
		add := func(d Dir, flags byte, data []byte) {
			from, to, ports := client, server, []byte{0xc5, 0x04, 0xc5, 0x03}
			if d == ToClient {
				from, to, ports = server, client, []byte{0xc5, 0x03, 0xc5, 0x04}
			}
			be := binary.BigEndian
			ip := be.AppendUint16([]byte{0x45, 0}, uint16(40+len(data)))
			ip = append(append(append(ip, 0, 0, 0, 0, 64, 6, 0, 0), from...), to...)
			tcp := be.AppendUint32(be.AppendUint32(ports, next[d]), next[1-d])
			tcp = append(tcp, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0)
			p := append(append(ip, tcp...), data...)
			b = le.AppendUint32(le.AppendUint32(b, 1750000000+n/1000), n%1000*1000)
			b = le.AppendUint32(le.AppendUint32(b, uint32(len(p))), uint32(len(p)))
			b = append(b, p...)
			next[d] += uint32(len(data))
			n++
		}
		next = [2]uint32{0, 0}
		add(ToServer, 0x02, nil)
		next = [2]uint32{1, 0}
		add(ToClient, 0x12, nil)
		next = [2]uint32{1, 1}
		add(ToServer, 0x10, nil)
		for _, c := range cut(seen) {
			add(c.dir, 0x18, c.data)
		}
	}
	return b
}

// told are the fields of tshark that are compared, and where we have the same; the
// first three are of records, of which each packet has one.
var told = []struct{ theirs, ours string }{
	{"tls.handshake.type", "msg_type"},
	{"tls.handshake.version", "legacy_version"},
	{"tls.handshake.ciphersuite", "cipher_suite"},
	{"tls.handshake.extensions_server_name", "host_name"},
	{"tls.handshake.extensions_alpn_str", "ProtocolName"},
	{"tls.handshake.extensions_supported_group", "named_group"},
	{"tls.handshake.extensions_key_share_group", "group"},
	{"tls.handshake.server_named_curve", "namedcurve"},
	{"tls.handshake.extension.type", "extension_type"},
	{"tls.handshake.sig_hash_alg", "signature_scheme"},
	{"tls.alert_message.desc", "description"},
	{"x509ce.dNSName", "dNSName"},
	{"data.data", "application_data"},
}

// values returns what a record's tree has under each of our names.
func values(tree *wire.Field) []string {
	all := make([][]string, len(told))
	sealed := carrier(tree) == nil
	tree.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		for i, name := range told {
			// A signature says its scheme in a field of another name.
			its := f.Name == name.ours || f.Name == "algorithm" && f.IsNum && name.ours == "signature_scheme" && path[len(path)-2].Name != "algorithms"
			if !its || sealed {
				continue
			}
			switch {
			case name.ours == "host_name" || name.ours == "ProtocolName" || name.ours == "dNSName":
				all[i] = append(all[i], f.Value)
			case name.ours == "application_data":
				if f.N > 0 {
					all[i] = append(all[i], fmt.Sprintf("%x", f.Bytes()))
				}
			case f.IsNum:
				all[i] = append(all[i], fmt.Sprint(f.Code))
			}
		}
	})
	var out []string
	for _, list := range all {
		out = append(out, strings.Join(list, ","))
	}
	return out
}

// tsharkSays has tshark read the connections, and returns for each packet with a
// record its client, its direction, the record's outer type, version and length, and
// the fields told.
func tsharkSays(t *testing.T, path string, conns [][]chunk, keys []byte) [][]string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string][]byte{"conns.pcap": packets(conns), "keys": keys} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-n", "-r", "conns.pcap", "-d", "tcp.port==50435,tls", "--disable-protocol", "http", "-o", "tls.keylog_file:keys",
		"-Y", "tls", "-T", "fields", "-E", "separator=|", "-e", "ip.src", "-e", "ip.dst",
		"-e", "tls.record.opaque_type", "-e", "tls.record.content_type", "-e", "tls.record.version", "-e", "tls.record.length"}
	for _, f := range told {
		args = append(args, "-e", f.theirs)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = dir, &complaint, time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, complaint.String())
	}
	var rows [][]string
	for line := range strings.Lines(string(out)) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "|"))
	}
	return rows
}

// judged compares how we read connections with how tshark does, record by record.
func judged(t *testing.T, names []string, conns [][]chunk, keys *Keys) {
	t.Helper()
	path, ok := program(t, "tshark")
	if !ok {
		return
	}
	theirs := map[string][][]string{}
	for _, row := range tsharkSays(t, path, conns, keys.Bytes()) {
		who := row[0] + " " + ToServer.String()
		if row[0] == "127.0.0.1" {
			who = row[1] + " " + ToClient.String()
		}
		theirs[who] = append(theirs[who], row)
	}
	for i, seen := range conns {
		for _, d := range []Dir{ToServer, ToClient} {
			rows := theirs[fmt.Sprintf("127.1.%d.%d %s", i>>8, i&255, d)]
			n := 0
			for _, r := range replay(New(keys), cut(seen)) {
				if r.Dir != d {
					continue
				}
				if n++; n > len(rows) {
					t.Errorf("%s, %s: tshark does not see record %d, %s", names[i], d, n, Label(r.Tree))
					break
				}
				compare(t, fmt.Sprintf("%s, %s, record %d", names[i], d, n), r, rows[n-1])
			}
			if n < len(rows) {
				t.Errorf("%s, %s: tshark sees %d records, we %d", names[i], d, len(rows), n)
			}
		}
	}
}

// compare is judged for one record.
func compare(t *testing.T, what string, r Record, row []string) {
	t.Helper()
	head := r.Tree.Bytes()
	outer := row[2]
	if outer == "" {
		outer = row[3]
	}
	ours := []string{fmt.Sprint(head[0]), fmt.Sprintf("0x%04x", int(head[1])<<8|int(head[2])), fmt.Sprint(len(head) - 5)}
	if !slices.Equal(ours, []string{outer, row[4], row[5]}) {
		t.Errorf("%s: we read %v, tshark type %s, version %s, length %s", what, ours, outer, row[4], row[5])
	}
	for j, mine := range values(r.Tree) {
		its := row[6+j]
		// Tshark leaves this message closed (RFC 5489, Section 2).
		if told[j].ours == "namedcurve" && strings.HasPrefix(what, "ECDHE-PSK") {
			continue
		}
		// It has some numbers in hexadecimal, and text of application data by itself.
		var list []string
		for _, v := range strings.FieldsFunc(its, func(c rune) bool { return c == ',' }) {
			if n, err := fmt.Sscanf(v, "0x%x", new(int)); n == 1 && err == nil {
				var num int
				fmt.Sscanf(v, "0x%x", &num)
				v = fmt.Sprint(num)
			}
			list = append(list, v)
		}
		if its = strings.Join(list, ","); its != mine {
			t.Errorf("%s: %s: we read %s, tshark %s", what, told[j].ours, wire.Clean(mine, 200), wire.Clean(its, 200))
		}
	}
}
