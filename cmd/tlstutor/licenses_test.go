package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write licenses.txt anew")

// linked returns the modules that are linked into the program on any system, each
// with its version and the folder it is in; Go itself is the first.
func linked(t *testing.T) map[string]string {
	t.Helper()
	run := func(system string, args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go %v for %s: %v", args, system, err)
		}
		return string(out)
	}
	dirs := map[string]string{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		out := run(system, "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
		for line := range strings.Lines(out) {
			if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				dirs[name] = dir
			}
		}
	}
	dirs["Go"] = strings.TrimSpace(run("linux", "env", "GOROOT"))
	return dirs
}

// notice returns the texts of a module's licence.
func notice(t *testing.T, dir string) string {
	t.Helper()
	var texts []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "NOTICE*", "PATENTS*"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for line := range strings.SplitSeq(strings.ReplaceAll(string(text), "\r", ""), "\n") {
				lines = append(lines, strings.TrimRight(line, " \t"))
			}
			texts = append(texts, strings.Trim(strings.Join(lines, "\n"), "\n"))
		}
	}
	if len(texts) == 0 {
		t.Fatalf("%s has no licence", dir)
	}
	return strings.Join(texts, "\n\n")
}

// TestLicenses compares the notices with what is linked: the same modules, at the
// same versions, with the texts that they come with. With -update it writes them.
func TestLicenses(t *testing.T) {
	dirs := linked(t)
	names := []string{}
	for name := range dirs {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("tlstutor is under the MIT licence. It is made with Go, and with these modules.\n")
	for _, name := range names {
		fmt.Fprintf(&b, "\n%s%s\n\n%s\n", noticeMark, name, notice(t, dirs[name]))
	}
	if *update {
		if err := os.WriteFile("licenses.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have := modules(notices); !slices.Equal(have, names) {
		t.Errorf("licenses.txt has %v,\nwhat is linked is %v: go test ./cmd/tlstutor -run TestLicenses -update", have, names)
	} else if notices != b.String() {
		t.Error("licenses.txt has other texts than the modules: go test ./cmd/tlstutor -run TestLicenses -update")
	}
}
