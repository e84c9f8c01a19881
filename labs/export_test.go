package labs

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestFormats keeps a run in each format, and reads from each file what makes it
// one of its kind.
func TestFormats(t *testing.T) {
	events := finish(t, Wiretap)
	k := &Kept{Lab: Wiretap, Settings: setting(t, Wiretap), Events: events, Page: Page{Version: "v1", Made: time.Now()}}
	for _, f := range Formats() {
		var b bytes.Buffer
		if f.Folder { // TestMadeFiles looks at it
			if err := f.Write(&b, k); err == nil {
				t.Errorf("%s is written as one file", f.Name)
			}
			continue
		}
		if err := f.Write(&b, k); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		out := b.String()
		var want []string
		switch f.Ext {
		case "pcapng":
			want = []string{"\x0a\x0d\x0d\x0a", "CLIENT_RANDOM", "SERVER_TRAFFIC_SECRET_0", "my password is hunter2"}
		case "keys":
			want = []string{"CLIENT_RANDOM ", "SERVER_TRAFFIC_SECRET_0 "}
		case "html":
			want = []string{"<!DOCTYPE html>", "<h3>tls13</h3>", "</html>"}
		case "txt":
			want = []string{"run wiretap\n", "cipher_suite  TLS_", "goal met: "}
		case "jsonl":
			want = []string{`{"lab":"wiretap"`, `"name":"cipher_suite"`, "\n{\"goals\":["}
		default:
			t.Errorf("nobody has looked at %s", f.Ext)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: %q is not in it", f.Name, w)
			}
		}
		if err := f.Write(&failing{}, k); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("%s: on a full disk it says %v", f.Name, err)
		}
	}
	k.Events = []Event{{Kind: Written, Conn: &Conn{}, Who: Client}}
	if err := (Formats()[0]).Write(&bytes.Buffer{}, k); err == nil {
		t.Error("a connection without addresses is written")
	}
}
