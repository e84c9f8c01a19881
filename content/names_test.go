package content_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// decoders are the folders whose code names fields; the labs name their findings.
var decoders = []string{"../labs", "../labs/der", "../labs/dissect", "../labs/wire"}

// naming are the methods of wire.Cursor whose first argument is a field's name.
var naming = map[string]bool{"Uint": true, "Opaque": true, "Vector": true, "Group": true, "Block": true, "Derive": true, "Text": true, "Rest": true, "Rename": true}

// TestNotesForNames: every name that a decoder's code gives to a field has a
// note in at least one place, and every name in a note's path is one that some
// decoder's code knows.
func TestNotesForNames(t *testing.T) {
	given, known := spoken(t)
	ends := map[string]bool{}
	for _, n := range notes(t).All() {
		for _, name := range elements(n.Path) {
			if !known[name] && name != "*" && name != lessons.Tagged {
				t.Errorf("%s:%d: no decoder knows the name %q", n.File, n.Line, name)
			}
			ends[name] = true
		}
		ends[n.Path[strings.LastIndexByte(n.Path, '.')+1:]] = true
	}
	for name, at := range given {
		if !ends[name] {
			t.Errorf("%s: no note for %q", at, name)
		}
	}
}

// elements cuts a path into names. ASN.1Cert is the one name with a dot.
func elements(path string) []string {
	names := strings.Split(strings.Replace(path, "ASN.1Cert", "ASN\x001Cert", 1), ".")
	for i := range names {
		names[i] = strings.Replace(names[i], "\x00", ".", 1)
	}
	return names
}

// spoken reads the decoders' source. Given are the literals handed to a cursor
// as a name, with their place: c.Uint("name", ...) or helper(c, "name", ...);
// known are all string literals.
func spoken(t *testing.T) (given map[string]token.Position, known map[string]bool) {
	given, known = map[string]token.Position{}, map[string]bool{wire.Undecoded: true}
	files := token.NewFileSet()
	for _, dir := range decoders {
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(files, source, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BasicLit:
					if s, ok := text(n); ok {
						known[s] = true
					}
				case *ast.CallExpr:
					for _, arg := range names(n) {
						if s, ok := text(arg); ok && !strings.ContainsAny(s, "%/") {
							given[s] = files.Position(arg.Pos())
						}
					}
				}
				return true
			})
		}
	}
	if len(given) < 50 {
		t.Fatalf("only %d names found in the decoders' source, in %v", len(given), must(os.Getwd()))
	}
	return given, known
}

// names returns the arguments of a call that name fields.
func names(call *ast.CallExpr) []ast.Expr {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if naming[f.Sel.Name] && isCursor(f.X) && len(call.Args) > 0 {
			return call.Args[:1]
		}
	case *ast.Ident:
		if len(call.Args) > 1 && isCursor(call.Args[0]) && f.Name != "next" {
			return call.Args[1:]
		}
	}
	return nil
}

func isCursor(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == "c"
}

func text(x ast.Expr) (string, bool) {
	lit, ok := x.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

func must(s string, err error) string {
	if err != nil {
		return err.Error()
	}
	return s
}
