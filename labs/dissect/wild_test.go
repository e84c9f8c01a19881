package dissect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// everyCipher is a server's list of all that OpenSSL has, and a key of its own.
const everyCipher = "-cipher ALL:COMPLEMENTOFALL:eNULL:@SECLEVEL=0 -psk 0123456789abcdef"

// key waits until openssl has obeyed a letter.
func letter(p *peer, letter, said string) {
	p.say(letter)
	p.says(said)
}

// ask has both say something, so that what came before is over.
func ask(client, server *peer, what string) {
	client.say("asking " + what)
	server.says("asking " + what)
	server.say("answer " + what)
	client.says("answer " + what)
}

// opensslTalks is what openssl does with itself that Go does not.
func opensslTalks() []ossl {
	data := "application hello, server"
	return []ossl{
		{name: "1.3", client: []string{""}, want: map[Dir]string{ToServer: data}},
		{name: "1.3 P-521", server: "-groups P-521", client: []string{"-groups P-521 -ciphersuites TLS_CHACHA20_POLY1305_SHA256"}},
		{name: "1.3 retry", server: "-groups P-384", client: []string{"-groups X25519:P-384"},
			want: map[Dir]string{ToClient: "clear HelloRetryRequest", ToServer: "clear ClientHello, clear ChangeCipherSpec, clear ClientHello, handshake Finished"}},
		{name: "1.3 CCM", server: "-ciphersuites TLS_AES_128_CCM_SHA256", client: []string{"-ciphersuites TLS_AES_128_CCM_SHA256"}},
		{name: "1.3 CCM_8", server: "-ciphersuites TLS_AES_128_CCM_8_SHA256", client: []string{"-ciphersuites TLS_AES_128_CCM_8_SHA256"}},
		{name: "1.3 padding", server: "-record_padding 512", client: []string{"-record_padding 512"}},
		{name: "1.3 PSK", server: "-psk 0123456789abcdef -nocert", client: []string{"-psk 0123456789abcdef"}},
		{name: "1.3 resumed", client: []string{"-sess_out s.pem", "-sess_in s.pem"},
			want: map[Dir]string{ToClient: "clear ServerHello, clear ChangeCipherSpec, handshake EncryptedExtensions, handshake Finished"}},
		{name: "1.3 key updates", client: []string{""}, act: func(client, server *peer) {
			letter(client, "k", "KEYUPDATE")
			ask(client, server, "one")
			letter(client, "K", "KEYUPDATE")
			ask(client, server, "two")
			server.say("k") // read before the question that comes after it
			ask(client, server, "three")
			server.say("K") // read before the question that comes after it
			ask(client, server, "four")
			ask(client, server, "five")
		}, want: map[Dir]string{
			ToServer: "application KeyUpdate, application asking one, application KeyUpdate, application asking two, application asking three, application ",
			ToClient: "application answer one, application KeyUpdate, application answer two, application KeyUpdate, application answer three, application KeyUpdate, application answer four"},
			updates: 6},
		{name: "1.3 early data", server: "-early_data", client: []string{"-sess_out s.pem", "-sess_in s.pem -early_data early"},
			want: map[Dir]string{ToServer: "early sent early, early EndOfEarlyData, handshake Finished"}},
		{name: "1.3 early data refused", server: "-early_data -groups P-384:X25519", client: []string{"-groups P-384:X25519 -sess_out s.pem", "-groups P-256:P-384 -sess_in s.pem -early_data early"},
			want: map[Dir]string{ToServer: "early sent early, clear ClientHello, handshake Finished", ToClient: "clear HelloRetryRequest"}},
		{name: "1.3 certificate later", server: "-verify 1", client: []string{"-enable_pha -cert ec.pem -key ec.key"}, act: func(client, server *peer) {
			letter(server, "c", "SSL_do_handshake -> ")
			ask(client, server, "who")
		}, want: map[Dir]string{ToServer: "application Certificate, application CertificateVerify, application Finished, application asking who", ToClient: "application CertificateRequest"}},
		{name: "1.2", client: []string{"-tls1_2"}},
		{name: "1.2 certificate", server: "-verify 1", client: []string{"-tls1_2 -cert ec.pem -key ec.key"}},
		{name: "1.2 by ticket", client: []string{"-tls1_2 -sess_out s.pem", "-tls1_2 -sess_in s.pem"},
			want: map[Dir]string{ToClient: "clear ServerHello, clear ChangeCipherSpec, application Finished"}},
		{name: "1.2 by session ID", server: "-no_ticket", client: []string{"-tls1_2 -sess_out s.pem", "-tls1_2 -sess_in s.pem"},
			want: map[Dir]string{ToClient: "clear ServerHello, clear ChangeCipherSpec, application Finished"}},
		{name: "1.2 small records", client: []string{"-tls1_2 -maxfraglen 512 -cipher ECDHE-RSA-AES128-GCM-SHA256"}, want: map[Dir]string{ToClient: "part of Certificate"}},
		{name: "1.2 renegotiation", server: "-client_renegotiation", client: []string{"-tls1_2"}, act: func(client, server *peer) {
			letter(client, "R", "RENEGOTIATING")
			ask(client, server, "again")
		}, want: map[Dir]string{
			ToServer: "application ClientHello, application ClientKeyExchange, application ChangeCipherSpec, application Finished, application asking again",
			ToClient: "application ServerHello"}},
		{name: "1.2 renegotiation wanted", client: []string{"-tls1_2 -cipher ECDHE-RSA-AES128-SHA256"}, act: func(client, server *peer) {
			letter(server, "r", "SSL_do_handshake -> ")
			ask(client, server, "again")
		}, want: map[Dir]string{ToClient: "application HelloRequest, application ServerHello", ToServer: "application ClientHello"}},
		{name: "1.1 renegotiation", server: "-client_renegotiation " + everyCipher, client: []string{"-tls1_1 -cipher ECDHE-RSA-AES128-SHA:@SECLEVEL=0 -no_etm"}, act: func(client, server *peer) {
			letter(client, "R", "RENEGOTIATING")
			ask(client, server, "again")
		}, want: map[Dir]string{ToServer: "application ClientHello, application ClientKeyExchange, application ChangeCipherSpec, application Finished, application asking again"}},
		{name: "1.0", server: everyCipher, client: []string{"-tls1 -cipher ALL:@SECLEVEL=0", "-tls1 -cipher AES128-SHA:@SECLEVEL=0 -no_etm", "-tls1 -cipher ECDHE-RSA-NULL-SHA:@SECLEVEL=0"}},
		{name: "1.1", server: everyCipher, client: []string{"-tls1_1 -cipher ALL:@SECLEVEL=0", "-tls1_1 -cipher DHE-RSA-AES256-SHA:@SECLEVEL=0 -no_etm"}},
	}
}

// TestOpenSSL opens all that openssl says to itself.
func TestOpenSSL(t *testing.T) {
	path, ok := program(t, "openssl")
	if !ok {
		return
	}
	var names []string
	var conns [][]chunk
	all := NewKeys()
	for _, o := range opensslTalks() {
		t.Run(o.name, func(t *testing.T) {
			seen, keys := o.run(t, path)
			// Tshark takes a Finished after the handshake for one that changes keys.
			if o.name != "1.3 certificate later" {
				all.Write(keys.Bytes())
				for _, c := range seen {
					names, conns = append(names, o.name), append(conns, c)
				}
			}
			if len(seen) != len(o.client) {
				t.Fatalf("%d connections", len(seen))
			}
			var last []Record
			for i, c := range seen {
				last = o.opened(t, i, c, keys)
			}
			for d, want := range o.want {
				if got := strings.Join(lines(last, d), ", "); !strings.Contains(got, want) {
					t.Errorf("%s: %s\nwant in it %s", d, got, want)
				}
			}
			if n := strings.Count(fmt.Sprint(lines(last, ToServer), lines(last, ToClient)), "KeyUpdate"); n != o.updates {
				t.Errorf("%d KeyUpdates, want %d", n, o.updates)
			}
		})
	}
	judged(t, names, conns, all)
}

// opened replays a connection: all is open, is read to its end, and says what was
// said.
func (o ossl) opened(t *testing.T, i int, seen []chunk, keys *Keys) []Record {
	t.Helper()
	records := replay(New(keys), seen)
	said := map[Dir]string{}
	var fed [2]int
	for _, c := range seen {
		fed[c.dir] += len(c.data)
	}
	for _, r := range records {
		if r.Why != nil {
			t.Errorf("%d: %s %s: %v", i, r.Dir, Label(r.Tree), r.Why)
		}
		sound(t, r.Tree)
		decoded(t, r.Tree)
		for _, m := range r.Msgs {
			if m.Name == "application_data" {
				said[r.Dir] += string(m.Bytes())
			}
		}
	}
	// The same comes of it when the keys come last.
	empty := NewKeys()
	late := New(empty)
	after := replay(late, seen)
	empty.Write(keys.Bytes())
	empty.Resume(keys)
	after = slices.DeleteFunc(append(after, late.Feed(ToServer, nil)...), func(r Record) bool { return r.Why != nil })
	for _, d := range []Dir{ToServer, ToClient} {
		covered(t, records, d, fed[d])
		a, b := lines(after, d), lines(records, d)
		slices.Sort(a)
		if slices.Sort(b); !slices.Equal(a, b) {
			t.Errorf("%d: %s: with late keys %q, want %q", i, d, a, b)
		}
	}
	if !strings.Contains(said[ToServer], "hello, server\n") || !strings.Contains(said[ToClient], "and hello, client\n") {
		t.Errorf("%d: the client says %q, the server %q", i, said[ToServer], said[ToClient])
	}
	return records
}

// TestOpenSSLSuites opens a connection with each way to protect records, and each
// way to agree on keys, that OpenSSL has besides Go's.
func TestOpenSSLSuites(t *testing.T) {
	path, ok := program(t, "openssl")
	if !ok {
		return
	}
	o := ossl{server: everyCipher}
	var names []string
	for _, name := range strings.Fields(`DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES256-SHA256 DHE-RSA-CHACHA20-POLY1305 DHE-RSA-AES128-CCM
		ECDHE-ECDSA-AES128-CCM ECDHE-ECDSA-AES256-CCM8 AES256-CCM AES128-CCM8 ECDHE-RSA-AES256-SHA384 AES256-SHA256
		ADH-AES128-GCM-SHA256 AECDH-AES128-SHA PSK-AES128-GCM-SHA256 PSK-AES256-CBC-SHA384 PSK-AES128-CCM8 PSK-CHACHA20-POLY1305
		DHE-PSK-AES128-CBC-SHA256 DHE-PSK-AES256-CCM ECDHE-PSK-AES256-CBC-SHA384 ECDHE-PSK-CHACHA20-POLY1305 RSA-PSK-AES128-GCM-SHA256
		RSA-PSK-AES256-CBC-SHA NULL-SHA256 NULL-MD5 AECDH-NULL-SHA PSK-NULL-SHA384 ECDHE-PSK-NULL-SHA256`) {
		names = append(names, name, name+" -no_etm")
		if !strings.Contains(name, "SHA384") && !strings.HasSuffix(name, "SHA") && !strings.HasSuffix(name, "AES256-SHA256") {
			names = names[:len(names)-1]
		}
	}
	for _, name := range names {
		name, rest, _ := strings.Cut(name, " ")
		o.client = append(o.client, fmt.Sprintf("-tls1_2 -psk 0123456789abcdef -cipher %s:@SECLEVEL=0 %s", name, rest))
	}
	seen, keys := o.run(t, path)
	if len(seen) != len(names) {
		t.Fatalf("%d connections, want %d", len(seen), len(names))
	}
	for i, c := range seen {
		t.Run(names[i], func(t *testing.T) {
			o.opened(t, i, c, keys)
			for _, r := range replay(New(NewKeys()), c) {
				if open := r.Why == nil && r.Epoch == Application; open != strings.Contains(names[i], "NULL") && r.Epoch != Clear {
					t.Errorf("without keys: %s: open %v", Label(r.Tree), open)
				}
			}
		})
	}
	judged(t, names, seen, keys)
}

// TestRecordingsOpen: what programs said that are not always here is open, as far
// as they told their secrets.
func TestRecordingsOpen(t *testing.T) {
	opened := 0
	for name, r := range recorded(t) {
		if r.log == "" {
			continue
		}
		for _, r := range r.records() {
			if sound(t, r.Tree); r.Why != nil {
				t.Errorf("%s: %s: %s: %v", name, r.Dir, Label(r.Tree), r.Why)
			} else if r.Epoch != Clear {
				opened++
			}
		}
	}
	if opened < 100 {
		t.Errorf("%d records opened", opened)
	}
}
