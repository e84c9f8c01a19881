package content_test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"tlstutor/labs/der"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// seen are the paths of fields, each with where it was first met.
type seen map[string]string

// tree adds the paths of all fields of a tree.
func (s seen) tree(f *wire.Field, where string) {
	f.Walk(func(path []*wire.Field) {
		names := make([]string, len(path))
		for i, f := range path {
			names[i] = f.Name
		}
		p := strings.Join(names, ".")
		if _, ok := s[p]; !ok {
			s[p] = where
		}
	})
}

// records adds what a session made of some bytes.
func (s seen) records(rs []dissect.Record, where string) {
	for _, r := range rs {
		s.tree(r.Tree, where)
	}
}

// chunk is what one side wrote at once.
type chunk struct {
	dir  dissect.Dir
	data []byte
}

// TestNotesForFields: every field of every record of RFC 8448, of runs of Go's
// client and server, and of der's certificates has a note.
func TestNotesForFields(t *testing.T) {
	all := seen{}
	traces(t, all)
	runs(t, all)
	labRuns(t, all)
	certificates(t, all)
	if len(all) < 500 {
		t.Errorf("only %d different fields were met", len(all))
	}
	n, missing := notes(t), map[string]string{}
	for path, where := range all {
		if _, ok := n.For(path); !ok {
			missing[path] = where
		}
	}
	for _, path := range sorted(missing) {
		t.Errorf("no note for %s (%s)", path, missing[path])
	}
	t.Logf("%d different fields, %d notes", len(all), len(n.All()))
}

// first are ends of paths that a learner should see first.
const first = `ClientHello.legacy_version ClientHello.random ClientHello.cipher_suites ClientHello.extensions.server_name
	ClientHello.extensions.supported_versions ClientHello.extensions.key_share ClientHello.extensions.supported_groups
	ClientHello.extensions.signature_algorithms ClientHello.extensions.application_layer_protocol_negotiation
	ServerHello.cipher_suite ServerHello.extensions.key_share ServerHello.extensions.supported_versions
	HelloRetryRequest.extensions.key_share CertificateVerify.algorithm Alert.description ECParameters.namedcurve
	Certificate.certificate_list tbsCertificate.issuer tbsCertificate.validity tbsCertificate.subject
	tbsCertificate.subjectPublicKeyInfo Extensions.subjectAltName Extensions.keyUsage Extensions.extKeyUsage
	Extensions.basicConstraints`

// TestKeyFields: what a learner should see first is marked wherever it stands.
func TestKeyFields(t *testing.T) {
	all, n := seen{}, notes(t)
	runs(t, all)
	labRuns(t, all)
	certificates(t, all)
	for _, end := range strings.Fields(first) {
		found := false
		for path := range all {
			if !strings.HasSuffix(path, "."+end) {
				continue
			}
			if found = true; !n.Key(path) {
				t.Errorf("%s is not a key field", path)
			}
		}
		if !found {
			t.Errorf("no run has a field %s", end)
		}
	}
}

// TestWayToKeyFields: whatever holds a key field is one itself, and none holds
// so many that they hide each other. What could not be read may be anywhere;
// and what a record may hold does not come all at once.
func TestWayToKeyFields(t *testing.T) {
	all, n := seen{}, notes(t)
	runs(t, all)
	labRuns(t, all)
	certificates(t, all)
	kids := map[string]int{}
	for path := range all {
		i := strings.LastIndexByte(path, '.')
		if i < 0 || all[path[:i]] == "" || !n.Key(path) {
			continue
		}
		above, name := path[:i], path[i+1:]
		if !n.Key(above) && name != wire.Undecoded {
			t.Errorf("%s is a key field, but what holds it is not", path)
		}
		if !strings.HasSuffix(above, "fragment") && !strings.HasSuffix(above, "content") {
			kids[above]++
		}
	}
	for path, k := range kids {
		if k > 10 {
			t.Errorf("%s has %d key fields", path, k)
		}
	}
}

// A section is one trace of RFC 8448.
type section struct {
	chunks []chunk
	log    []string // lines of a key log, with %x where the client's random goes
}

// traces adds the five sections of RFC 8448, opened with the published secrets.
func traces(t *testing.T, all seen) {
	for name, s := range sections(t) {
		keys := dissect.NewKeys()
		random := s.chunks[0].data[11:43]
		for _, line := range s.log {
			fmt.Fprintf(keys, line, random)
		}
		all.records(replay(keys, s.chunks), "RFC 8448, section "+name)
	}
}

// sections reads the published values.
func sections(t *testing.T) map[string]*section {
	f, err := os.Open("../labs/dissect/testdata/rfc8448.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	labels := map[string]string{
		"c_e_traffic": "CLIENT_EARLY_TRAFFIC_SECRET", "c_hs_traffic": "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
		"s_hs_traffic": "SERVER_HANDSHAKE_TRAFFIC_SECRET", "c_ap_traffic": "CLIENT_TRAFFIC_SECRET_0", "s_ap_traffic": "SERVER_TRAFFIC_SECRET_0",
	}
	dirs := map[string]dissect.Dir{"C": dissect.ToServer, "S": dissect.ToClient}
	found := map[string]*section{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		word := strings.Fields(lines.Text())
		if len(word) < 4 || word[0] == "#" {
			continue
		}
		s := found[word[1]]
		if s == nil {
			s = &section{}
			found[word[1]] = s
		}
		last := word[len(word)-1]
		if label := labels[word[2]]; word[0] == "secret" && label != "" {
			s.log = append(s.log, label+" %x "+last+"\n")
		} else if word[0] == "record" {
			data, err := hex.DecodeString(last)
			if err != nil {
				t.Fatal(err)
			}
			s.chunks = append(s.chunks, chunk{dirs[word[2]], data})
		}
	}
	if len(found) != 5 {
		t.Fatalf("%d sections, want 5", len(found))
	}
	return found
}

// replay dissects a finished connection.
func replay(keys *dissect.Keys, chunks []chunk) []dissect.Record {
	s := dissect.New(keys)
	var out []dissect.Record
	for _, c := range chunks {
		out = append(out, s.Feed(c.dir, c.data)...)
	}
	return append(out, s.Flush()...)
}

// certificates adds der's golden certificates, and their kin.
func certificates(t *testing.T, all seen) {
	files, err := filepath.Glob("../labs/der/testdata/*.pem")
	kinds, more := filepath.Glob("../labs/der/testdata/kinds/*.pem")
	if err != nil || more != nil || len(files) == 0 || len(kinds) == 0 {
		t.Fatalf("no certificates: %v, %v", err, more)
	}
	files = append(files, kinds...)
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found, err := der.Objects(filepath.Base(name), data)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range found {
			all.tree(o.Tree(), filepath.Base(name))
		}
	}
}

func sorted(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
