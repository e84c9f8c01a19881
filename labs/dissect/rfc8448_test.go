package dissect

import (
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// A trace is one section of RFC 8448.
type trace struct {
	dirs    []Dir
	records [][]byte
	secrets map[string]string
}

// traces reads the published values.
func traces(t testing.TB) map[string]*trace {
	t.Helper()
	data, err := os.ReadFile("testdata/rfc8448.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*trace{}
	for line := range strings.Lines(string(data)) {
		part := strings.Fields(line)
		if len(part) < 4 || part[0] == "#" {
			continue
		}
		tr := out[part[1]]
		if tr == nil {
			tr = &trace{secrets: map[string]string{}}
			out[part[1]] = tr
		}
		switch part[0] {
		case "record":
			b, err := hex.DecodeString(part[4])
			if err != nil {
				t.Fatal(err)
			}
			dir := ToServer
			if part[2] == "S" {
				dir = ToClient
			}
			tr.dirs, tr.records = append(tr.dirs, dir), append(tr.records, b)
		case "secret":
			tr.secrets[part[2]] = part[3]
		}
	}
	return out
}

// log returns the trace's secrets as a key log.
func (tr *trace) log() string {
	// The random stands behind two headers and the version.
	random := hex.EncodeToString(tr.records[0][11:43])
	var b strings.Builder
	for name, label := range map[string]string{
		"c_e_traffic": labelClientEarly, "c_hs_traffic": labelClientHandshake, "s_hs_traffic": labelServerHandshake,
		"c_ap_traffic": labelClientTraffic, "s_ap_traffic": labelServerTraffic,
		// Section 4 calls the same secrets by other names.
		"application_client": labelClientTraffic, "application_server": labelServerTraffic,
	} {
		if s := tr.secrets[name]; s != "" {
			fmt.Fprintf(&b, "%s %s %s\n", label, random, s)
		}
	}
	return b.String()
}

// rfcMessages is what each section holds, in its order: who, under which keys,
// and the record's label.
var rfcMessages = map[string]string{
	"3": `
		client clear ClientHello
		server clear ServerHello
		server handshake EncryptedExtensions, Certificate, CertificateVerify, Finished
		client handshake Finished
		server application NewSessionTicket
		client application application_data, 50 bytes
		server application application_data, 50 bytes
		client application Alert close_notify
		server application Alert close_notify`,
	"4": `
		client clear ClientHello
		client early ABCDEF
		server clear ServerHello
		server handshake EncryptedExtensions, Finished
		client early EndOfEarlyData
		client handshake Finished
		client application application_data, 50 bytes
		server application application_data, 50 bytes
		client application Alert close_notify
		server application Alert close_notify`,
	"5": `
		client clear ClientHello
		server clear HelloRetryRequest
		client clear ClientHello
		server clear ServerHello
		server handshake EncryptedExtensions, Certificate, CertificateVerify, Finished
		client handshake Finished
		client application Alert close_notify
		server application Alert close_notify`,
	"6": `
		client clear ClientHello
		server clear ServerHello
		server handshake EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify, Finished
		client handshake Certificate, CertificateVerify, Finished
		client application Alert close_notify
		server application Alert close_notify`,
	"7": `
		client clear ClientHello
		server clear ServerHello
		server clear ChangeCipherSpec
		server handshake EncryptedExtensions, Certificate, CertificateVerify, Finished
		client clear ChangeCipherSpec
		client handshake Finished
		client application Alert close_notify
		server application Alert close_notify`,
}

// TestRFC8448 opens each section with its published secrets, record by record, and
// compares the labels.
func TestRFC8448(t *testing.T) {
	all := traces(t)
	for section, want := range rfcMessages {
		tr := all[section]
		keys := NewKeys()
		fmt.Fprint(keys, tr.log())
		s := New(keys)
		var got []string
		for i, b := range tr.records {
			records := s.Feed(tr.dirs[i], b)
			if len(records) != 1 {
				t.Fatalf("section %s: %d records from one", section, len(records))
			}
			r := records[0]
			if r.Why != nil {
				t.Errorf("section %s, record %d: %v", section, i, r.Why)
			}
			who, _, _ := strings.Cut(r.Dir.String(), " ")
			got = append(got, fmt.Sprint(who, " ", r.Epoch, " ", Label(r.Tree)))
			sound(t, r.Tree)
			decoded(t, r.Tree)
		}
		if want := strings.Fields(want); !slices.Equal(strings.Fields(strings.Join(got, "\n")), want) {
			t.Errorf("section %s:\n%s", section, strings.Join(got, "\n"))
		}
		if left := s.Flush(); len(left) != 0 {
			t.Errorf("section %s: %d records stayed sealed", section, len(left))
		}
	}
}

// TestRFC8448Values looks at single values that the RFC's text names.
func TestRFC8448Values(t *testing.T) {
	all := traces(t)
	for _, test := range []struct{ section, message, path, want string }{
		{"3", "ClientHello", "extensions.server_name", "server"},
		{"3", "ClientHello", "extensions.server_name.ServerName.host_name", "server"},
		{"3", "ClientHello", "extensions.record_size_limit", "16385 bytes"},
		{"3", "ClientHello", "extensions.key_share", "x25519"},
		{"3", "ClientHello", "extensions.psk_key_exchange_modes", "psk_dhe_ke"},
		{"3", "ClientHello", "extensions.renegotiation_info", "first handshake"},
		{"3", "ServerHello", "cipher_suite", "TLS_AES_128_GCM_SHA256 (0x1301)"},
		{"3", "ServerHello", "extensions.supported_versions", "TLS 1.3"},
		{"3", "EncryptedExtensions", "extensions.supported_groups.named_group", "x25519 (0x001d)"},
		{"3", "CertificateVerify", "algorithm", "rsa_pss_rsae_sha256 (0x0804)"},
		{"3", "NewSessionTicket", "ticket_lifetime", "30 seconds (30)"},
		{"3", "NewSessionTicket", "extensions.early_data", "up to 1024 bytes"},
		{"4", "ClientHello", "extensions.early_data", "offered"},
		{"4", "ClientHello", "extensions.pre_shared_key", "resumes with 1 ticket"},
		{"4", "ClientHello", "extensions.pre_shared_key.binders.binder", "32 bytes"},
		{"4", "ServerHello", "extensions.pre_shared_key.selected_identity", "0"},
		{"4", "EncryptedExtensions", "extensions.early_data", "agreed"},
		{"5", "HelloRetryRequest", "extensions.key_share.selected_group", "secp256r1 (0x0017)"},
		{"5", "HelloRetryRequest", "random", "the fixed value that marks a HelloRetryRequest"},
		{"5", "HelloRetryRequest", "extensions.cookie", "114 bytes"},
		{"6", "CertificateRequest", "extensions.signature_algorithms.signature_scheme", "ecdsa_secp256r1_sha256 (0x0403)"},
	} {
		tr := all[test.section]
		keys := NewKeys()
		fmt.Fprint(keys, tr.log())
		s := New(keys)
		var at *wire.Field
		for i, b := range tr.records {
			for _, m := range s.Feed(tr.dirs[i], b)[0].Msgs {
				if m.Name == test.message && at == nil {
					at = m.Find(test.path)
				}
			}
		}
		if at == nil {
			t.Errorf("section %s: no %s in %s", test.section, test.path, test.message)
		} else if at.Value != test.want {
			t.Errorf("section %s: %s.%s is %q, want %q", test.section, test.message, test.path, at.Value, test.want)
		}
	}
}

// sound fails if a tree breaks the rules of package wire.
func sound(t testing.TB, f *wire.Field) {
	t.Helper()
	if err := wire.Check(f, OpenLeaf); err != nil {
		t.Errorf("%s: %v", Label(f), err)
	}
}

// decoded fails if anything in a tree could not be read.
func decoded(t testing.TB, f *wire.Field) {
	t.Helper()
	f.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		if f.Err != nil || f.Name == wire.Undecoded {
			t.Errorf("%s: %s: %v", Label(path[0]), f.Name, f.Err)
		}
	})
}
