package labs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// wholly is a record as all that is known of it: every field, and where it is from.
func wholly(f *wire.Field) string {
	var b strings.Builder
	f.Walk(func(path []*wire.Field) {
		at := path[len(path)-1]
		fmt.Fprintf(&b, "%*s%s %q %d", len(path), "", at.Name, at.Value, at.Code)
		if at.Src != nil {
			fmt.Fprintf(&b, " [%d+%d of %s] %x", at.Off, at.N, at.Src.Name, at.Bytes())
		}
		if at.Err != nil {
			fmt.Fprintf(&b, " (%v)", at.Err)
		}
		b.WriteByte('\n')
	})
	return b.String()
}

// TestHiddenNamesInCaptures: a run with a hidden name that was written as a capture
// opens again as far as it did, by the secrets in the file alone. With an old key the
// first connection stays as closed as it was, since nobody in the run could open it.
func TestHiddenNamesInCaptures(t *testing.T) {
	for _, c := range []struct {
		ech   string
		inner []int // how many hidden hellos are open, by connection
	}{{"off", []int{0}}, {"on", []int{1}}, {"stale", []int{0, 1}}} {
		events, conns, keys := reread(t, SNI, "ech="+c.ech)
		if len(conns) != len(c.inner) {
			t.Fatalf("ech=%s: %d connections", c.ech, len(conns))
		}
		var was [][]Rec
		var last *Conn
		for _, r := range Records(crossing(events)) {
			if r.Event.Conn != last {
				last, was = r.Event.Conn, append(was, nil)
			}
			was[len(was)-1] = append(was[len(was)-1], r)
		}
		for i, conn := range conns {
			again := Replay(conn, keys)
			is := Records(again)
			if len(is) != len(was[i]) {
				t.Fatalf("ech=%s: %d records, were %d", c.ech, len(is), len(was[i]))
			}
			inner := 0
			for j := range is {
				a, b := was[i][j].Event.Tree, is[j].Event.Tree
				if a, b := wholly(a), wholly(b); a != b {
					t.Errorf("ech=%s: record %d is\n%s, was\n%s", c.ech, j, b, a)
				}
				if is[j].Event.Err != nil {
					t.Errorf("ech=%s: record %d is sealed: %v", c.ech, j, is[j].Event.Err)
				}
				if b.Find("fragment.ClientHello.encrypted_client_hello.ClientHelloInner") != nil {
					inner++
				}
			}
			if inner != c.inner[i] {
				t.Errorf("ech=%s: connection %d has %d open hidden hellos", c.ech, i+1, inner)
			}
			own := slices.Sorted(strings.Lines(string(was[i][0].Event.Conn.Keys())))
			if got := slices.Sorted(strings.Lines(string(again[0].Conn.Keys()))); !slices.Equal(got, own) {
				t.Errorf("ech=%s: taken out of the capture, connection %d has the secrets\n%q, not\n%q", c.ech, i+1, got, own)
			}
			for _, e := range Proven(again)[len(again):] {
				if e.Tree != nil && e.Tree.Err != nil {
					t.Errorf("ech=%s: %s: %v", c.ech, e.Text, e.Tree.Err)
				}
			}
		}
	}
}

// TestHiddenNamesLogged: what opens a hidden hello stands in the key log under the
// random that all could see, the secrets of the connection under the hidden one (RFC
// 9850, Section 2).
func TestHiddenNamesLogged(t *testing.T) {
	events := finish(t, SNI, "ech=on")
	recs := Records(events)
	random := func(path string) string {
		_, at := findFrom(recs, nil, Client, path)
		if at == nil {
			t.Fatalf("no %s", path)
		}
		return fmt.Sprintf("%x", at.Bytes())
	}
	outer, inner := random("ClientHello.random"), random("ClientHelloInner.random")
	want := map[string]string{"ECH_SECRET": outer, "ECH_CONFIG": outer}
	for _, label := range []string{"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"} {
		want[label] = inner
	}
	lines := 0
	for line := range strings.Lines(string(recs[0].Event.Conn.Keys())) {
		part := strings.Fields(line)
		lines++
		if len(part) != 3 || want[part[0]] != part[1] {
			t.Errorf("logged: %s", line)
		}
	}
	if lines != len(want) {
		t.Errorf("%d lines, want %d", lines, len(want))
	}
}

// TestTsharkReadsHiddenNames: what tshark makes of a capture with hidden names, whether
// or not it knows of the lines in the key log that open them: it finds the public name,
// nothing malformed, and opens the connection that was refused.
func TestTsharkReadsHiddenNames(t *testing.T) {
	conns := captured(t, finish(t, SNI, "ech=stale"))
	out, ok := tshark(t, conns, "-T", "fields", "-E", "occurrence=a", "-e", "tcp.stream", "-e", "_ws.malformed", "-e", "tls.handshake.extensions_server_name", "-e", "tls.alert_message.desc")
	if !ok {
		return
	}
	names, alert := map[string]bool{}, false
	for line := range strings.Lines(string(out)) {
		part := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(part) != 4 {
			t.Fatalf("tshark says %q", line)
		}
		if part[1] != "" {
			t.Errorf("malformed: %q", line)
		}
		if part[2] != "" {
			names[part[0]] = strings.Contains(part[2], publicSite)
		}
		alert = alert || part[0] == "0" && strings.Contains(part[3], "121") // ech_required (RFC 9849, Section 11.2)
	}
	if len(names) != 2 || !names["0"] || !names["1"] || !alert {
		t.Errorf("public names seen: %v, the client's alert: %v, in\n%s", names, alert, out)
	}
}
