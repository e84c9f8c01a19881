package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// depsRules says who may import whom. It is a statement of policy: it is not
// changed to make a build pass.
//
// "a < b" means that b may import a, and all that a may import. "a !< b" means
// that b itself never imports a, whatever else holds. Packages stand by their
// path without the room they are in; a package that does not exist yet has its
// place already.
const depsRules = `
	STD, x/crypto < wire < der < dissect;
	STD, x/crypto < third-party < pki, content, theme;
	STD < content/snippets; # programs that a lesson shows, and a reader copies

	dissect, third-party < capture, loop, probe;
	wire, third-party < peer, lessons;
	der, third-party < chain;
	capture < recorded;
	pki, chain, capture, loop, peer, probe, recorded < check < labs;

	wire, theme < fieldview;
	labs, lessons, fieldview, theme < tui;
	content, labs, lessons, tui < cmd/tlstutor;

	# A reader of the wire that shares the writer's code proves nothing.
	crypto/tls !< wire, der, dissect;
	crypto/x509 !< wire, der, dissect;
`

// A policy is the rules, ready to be asked.
type policy struct {
	below map[string][]string        // what stands right below a package
	never map[string]map[string]bool // what it never imports itself
}

// parsePolicy reads rules. Each is a list of names, then a sign and another
// list, any number of times; a semicolon ends it.
func parsePolicy(text string) (*policy, error) {
	p := &policy{map[string][]string{}, map[string]map[string]bool{}}
	var lines []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		lines = append(lines, line)
	}
	for rule := range strings.SplitSeq(strings.Join(lines, " "), ";") {
		words := strings.Fields(strings.ReplaceAll(rule, ",", " , "))
		var left, right []string
		sign := ""
		for i := 0; i <= len(words); i++ {
			if i < len(words) && words[i] != "<" && words[i] != "!<" {
				if words[i] != "," {
					right = append(right, words[i])
				} else if len(right) == 0 {
					return nil, fmt.Errorf("rule %q: a comma without a name before it", rule)
				}
				continue
			}
			if len(words) > 0 && len(right) == 0 {
				return nil, fmt.Errorf("rule %q: a sign without a name beside it", rule)
			}
			p.add(left, sign, right)
			if i < len(words) {
				left, right, sign = right, nil, words[i]
			}
		}
		if len(words) > 0 && sign == "" {
			return nil, fmt.Errorf("rule %q says nothing", rule)
		}
	}
	for name := range p.below {
		if p.reaches(name, name) {
			return nil, fmt.Errorf("the rules let %s import itself", name)
		}
	}
	return p, nil
}

// add notes that right may, or never may, import left.
func (p *policy) add(left []string, sign string, right []string) {
	for _, r := range right {
		if sign == "<" {
			p.below[r] = append(p.below[r], left...)
			continue
		}
		for _, l := range left {
			if p.never[r] == nil {
				p.never[r] = map[string]bool{}
			}
			p.never[r][l] = true
		}
	}
}

// reaches reports whether name stands somewhere below pkg.
func (p *policy) reaches(pkg, name string) bool {
	seen := map[string]bool{}
	next := slices.Clone(p.below[pkg])
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		if at == name {
			return true
		}
		if !seen[at] {
			seen[at] = true
			next = append(next, p.below[at]...)
		}
	}
	return false
}

// may reports whether a package of ours may import a path.
func (p *policy) may(pkg, imported string) bool {
	return p.reaches(pkg, class(imported)) && !p.never[pkg][imported]
}

// class returns the name that an import path has in the rules.
func class(imported string) string {
	if rest, ours := strings.CutPrefix(imported, "tlstutor/"); ours {
		return short(rest)
	}
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case strings.HasPrefix(imported, "golang.org/x/crypto/"):
		return "x/crypto"
	case strings.Contains(first, "."):
		return "third-party"
	}
	return "STD"
}

// short takes the room off a package's folder: labs/wire is wire.
func short(dir string) string {
	for _, room := range []string{"labs/", "tui/"} {
		if rest, in := strings.CutPrefix(dir, room); in {
			return rest
		}
	}
	return dir
}

// An edge is one import in one file.
type edge struct {
	file     string
	pkg      string // as the rules call it
	imported string
	test     bool
}

// edges lists the imports of all Go files of the module, for every system that
// it is built for.
func edges(t *testing.T, root string) []edge {
	t.Helper()
	var all []edge
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() && name != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(base) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		for _, i := range f.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			all = append(all, edge{rel, short(path.Dir(rel)), imported, strings.HasSuffix(base, "_test.go")})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLayers(t *testing.T) {
	p, err := parsePolicy(depsRules)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range edges(t, "../..") {
		seen[e.pkg] = true
		switch {
		case e.test:
			// Tests may look at anything that is not above the labs.
			up := class(e.imported)
			high := up == "tui" || up == "cmd/tlstutor"
			if high && e.pkg != up && e.pkg != "cmd/tlstutor" {
				t.Errorf("%s imports %s: the tests of %s may import only what is below tui", e.file, e.imported, e.pkg)
			}
		case p.below[e.pkg] == nil:
			t.Errorf("%s: package %s has no place in the rules", e.file, e.pkg)
		case !p.may(e.pkg, e.imported):
			t.Errorf("%s: %s may not import %s", e.file, e.pkg, e.imported)
		}
	}
	for _, pkg := range []string{"wire", "der", "dissect", "loop", "pki", "labs", "lessons", "content", "theme", "fieldview", "tui", "cmd/tlstutor"} {
		if !seen[pkg] {
			t.Errorf("no file of package %s was found", pkg)
		}
	}
}

// TestPolicy asks the rules what everybody who reads them expects.
func TestPolicy(t *testing.T) {
	p, err := parsePolicy(depsRules)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pkg, imported string
		may           bool
	}{
		{"wire", "fmt", true},
		{"wire", "tlstutor/labs/der", false},
		{"der", "golang.org/x/crypto/cryptobyte", true},
		{"der", "crypto/x509", false},
		{"dissect", "crypto/tls", false},
		{"dissect", "crypto/aes", true},
		{"dissect", "github.com/gopacket/gopacket", false},
		{"dissect", "tlstutor/labs", false},
		{"loop", "crypto/tls", true},
		{"pki", "tlstutor/labs/der", false},
		{"labs", "tlstutor/labs/pki", true},
		{"labs", "tlstutor/lessons", false},
		{"labs", "tlstutor/tui/theme", false},
		{"lessons", "tlstutor/labs/wire", true},
		{"lessons", "tlstutor/labs", false},
		{"lessons", "tlstutor/content", false},
		{"fieldview", "tlstutor/labs", false},
		{"tui", "tlstutor/content", false},
		{"tui", "tlstutor/labs/dissect", true},
		{"cmd/tlstutor", "tlstutor/content", true},
		{"labs", "tlstutor/cmd/tlstutor", false},
		{"util", "fmt", false},
	} {
		if got := p.may(c.pkg, c.imported); got != c.may {
			t.Errorf("%s imports %s: the rules say %v, want %v", c.pkg, c.imported, got, c.may)
		}
	}
	for _, bad := range []string{"a < b; b < a", "a, < ", "a", "< a", "a < , b"} {
		if _, err := parsePolicy(bad); err == nil {
			t.Errorf("rules %q are accepted", bad)
		}
	}
}

// TestRooms checks that the top level has the folders it is to have.
func TestRooms(t *testing.T) {
	rooms := []string{"cmd", "content", "labs", "lessons", "tui"}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			have = append(have, e.Name())
		}
	}
	if !slices.Equal(have, rooms) {
		t.Errorf("the top level has the folders %v, want %v", have, rooms)
	}
	for _, e := range edges(t, "../..") {
		for part := range strings.SplitSeq(path.Dir(e.file), "/") {
			if slices.Contains([]string{"util", "utils", "common", "helpers", "types", "models", "internal", "pkg"}, part) {
				t.Errorf("%s is in a folder named %s, which says nothing", e.file, part)
			}
		}
	}
}
