package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tlstutor/labs/pki"
)

// TestScripts plays the sessions of testdata/script as a user would type them.
// Besides what testscript knows they use:
//
//	status N COMMAND ...   run it, want this exit status; on failure one clear line on stderr
//	field PATH REGEXP      a tree of the JSON that was just printed has this field, with this value
//	lines KIND N           it has this many lines that begin with {"KIND"
//	make cert|records|zeros|hostile FILE
//	make pki FOLDER            a root, an intermediate and leaves, in files of all kinds
//
// and the programs of tools_unix_test.go.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state")) // nobody else's progress
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": wantStatus, "field": wantField, "lines": wantLines, "make": makeFile,
		},
		Condition: func(name string) (bool, error) {
			// A file without permission is refused here, to root as well when it is
			// without its powers.
			if name == "permissions" {
				return runtime.GOOS == "linux" || os.Getuid() > 0, nil
			}
			return false, errors.New("unknown condition " + name)
		},
	})
}

func wantStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
	said := ts.ReadFile("stderr")
	if want == 0 && said != "" {
		ts.Fatalf("it is done, and yet there is a complaint: %q", said)
	}
	if want != 0 && !regexp.MustCompile(`^tlstutor: [^\x00-\x1f\x7f-\x9f]{10,600}\n$`).MatchString(said) {
		ts.Fatalf("the complaint is not one clear line: %q", said)
	}
}

// A node is a field as JSON has it.
type node struct {
	Name, Value, Source, Hex string
	Offset, Length           int
	Kids                     []node
}

// find returns the first field that the names of a path lead to.
func (n node) find(names []string) (node, bool) {
	if n.Name == names[0] {
		if len(names) == 1 {
			return n, true
		}
		names = names[1:]
	}
	for _, k := range n.Kids {
		if got, ok := k.find(names); ok {
			return got, true
		}
	}
	return node{}, false
}

// values decodes what was printed: one JSON value per line, and nothing else.
func values(ts *testscript.TestScript) []map[string]json.RawMessage {
	var all []map[string]json.RawMessage
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		var v map[string]json.RawMessage
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			ts.Fatalf("not one JSON value: %v: %.200s", err, line)
		}
		all = append(all, v)
	}
	return all
}

func wantField(ts *testscript.TestScript, neg bool, args []string) {
	want := regexp.MustCompile("^(?:" + args[1] + ")$")
	for _, v := range values(ts) {
		var root node
		raw := v["tree"]
		if e, ok := v["event"]; ok {
			var event struct{ Tree json.RawMessage }
			ts.Check(json.Unmarshal(e, &event))
			raw = event.Tree
		}
		if raw == nil {
			continue
		}
		ts.Check(json.Unmarshal(raw, &root))
		f, ok := root.find(strings.Split(args[0], "."))
		switch {
		case !ok:
			continue
		case neg:
			ts.Fatalf("there is a field %s: %q", args[0], f.Value)
		case !want.MatchString(f.Value):
			ts.Fatalf("%s is %q, want %s", args[0], f.Value, args[1])
		}
		return
	}
	if !neg {
		ts.Fatalf("no tree has a field %s", args[0])
	}
}

func wantLines(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	n := 0
	for _, v := range values(ts) {
		if _, ok := v[args[0]]; ok {
			n++
		}
	}
	if n != want {
		ts.Fatalf("%d lines with %q, want %d", n, args[0], want)
	}
}

// makeFile makes what inspect is given.
func makeFile(ts *testscript.TestScript, _ bool, args []string) {
	var content []byte
	switch args[0] {
	case "cert":
		content = certificate(ts)
	case "pki":
		makePKI(ts, ts.MkAbs(args[1]))
		return
	case "hostile":
		// A name that would set the window's title and turn the text red.
		ts.Check(os.WriteFile(ts.MkAbs("bad\x1b]0;owned\x07\x1b[31m\u202etxt"), []byte("nothing"), 0o600))
		ts.Check(os.WriteFile(ts.MkAbs("names"), []byte("bad\x1b]0;owned\x07\x1b[31m\u202etxt"), 0o600))
		return
	case "records":
		// A ClientHello of 81 bytes, most of it padding, and a ChangeCipherSpec.
		content = append([]byte("\x16\x03\x01\x00\x4c\x01\x00\x00\x48\x03\x03"), make([]byte, 32)...)
		content = append(content, "\x00\x00\x02\x13\x01\x01\x00\x00\x1d\x00\x15\x00\x19"...)
		content = append(append(content, make([]byte, 25)...), 20, 3, 3, 0, 1, 1)
	case "zeros":
		f, err := os.Create(ts.MkAbs(args[1]))
		ts.Check(err)
		ts.Check(f.Truncate(1 << 30))
		ts.Check(f.Close())
		return
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), content, 0o600))
}

// certificate is a fresh chain of two, as PEM.
func certificate(ts *testscript.TestScript) []byte {
	ca, err := pki.New(pki.NewKeyring(), time.Now)
	ts.Check(err)
	is, err := ca.Leaf(pki.Leaf{Names: []string{"app.lab.test", "*.lab.test"}})
	ts.Check(err)
	var b bytes.Buffer
	io.WriteString(&b, "Text before a block is allowed.\n")
	for _, der := range is.Chain {
		ts.Check(pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return b.Bytes()
}

// makePKI makes what verify is given: certificates, keys and others in files of all
// kinds.
func makePKI(ts *testscript.TestScript, dir string) {
	ts.Check(os.MkdirAll(dir, 0o700))
	put := func(name string, data []byte, err error) {
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	keys := pki.NewKeyring()
	root, err := pki.Root(keys, time.Now, pki.Anchor("Script Root"))
	ts.Check(err)
	mid, err := root.Intermediate(pki.Sub("Script Issuing"))
	ts.Check(err)
	is, err := mid.Issue(pki.Server("app.lab.test"))
	ts.Check(err)
	old := pki.Server("old.lab.test")
	old.NotBefore, old.NotAfter = time.Now().AddDate(0, 0, -30), time.Now().AddDate(0, 0, -10)
	gone, err := mid.Issue(old)
	ts.Check(err)
	stranger, err := pki.Root(keys, time.Now, pki.Anchor("Script Root"))
	ts.Check(err)
	cert := func(raw ...[]byte) []byte { return pki.PEM(pki.PEMCertificate, raw...) }
	put("root.pem", cert(root.Raw), nil)
	put("root.der", root.Raw, nil)
	put("roots.pem", cert(stranger.Raw, root.Raw, root.Raw, gone.Leaf.Raw), nil)
	put("stranger.pem", cert(stranger.Raw), nil)
	put("mid.pem", cert(mid.Raw), nil)
	put("leaf.pem", cert(is.Leaf.Raw), nil)
	put("chain.pem", cert(is.Leaf.Raw, mid.Raw), nil)
	put("mixed.pem", cert(mid.Raw, is.Leaf.Raw), nil)
	put("expired.pem", cert(gone.Chain...), nil)
	key, err := pki.KeyPEM(is.Key)
	put("key.pem", key, err)
	put("both.pem", append(key, cert(is.Chain...)...), nil)
	put("cut.pem", cert(is.Leaf.Raw[:100]), nil)
	bag, err := pki.PKCS12(is, "tiger", false)
	put("store.p12", bag, err)
	put("password", []byte("tiger\n"), nil)
	list, err := mid.CRL(pki.List{Number: 1})
	put("list.crl", list, err)
}
