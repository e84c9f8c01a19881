package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// peerTime is how long another program may take to say its version.
const peerTime = 4 * time.Second

// A peer is another people's program.
type peer struct {
	name string
	asks []string // what has it say its version
	runs string   // the language of the programs in lessons that it runs
}

// known are the peers that are looked for. -I and -q keep python3 and curl from
// their user's settings.
func known() []peer {
	const python = "import platform, ssl; print(platform.python_version(), ssl.OPENSSL_VERSION)"
	return []peer{
		{name: "go", asks: []string{"version"}, runs: "Go"},
		{name: "openssl", asks: []string{"version"}, runs: "openssl"},
		{name: "python3", asks: []string{"-I", "-c", python}, runs: "Python"},
		{name: "curl", asks: []string{"-q", "--version"}},
		{name: "gnutls-cli", asks: []string{"--version"}},
		{name: "tshark", asks: []string{"--version"}},
	}
}

// peers says which other people's programs are on PATH, their versions, and what
// one can do with each. Nothing here needs one of them.
func peers(ctx context.Context, course *lessons.Course) []finding {
	all := known()
	found := make([]finding, len(all))
	var wg sync.WaitGroup
	for i, p := range all {
		wg.Go(func() { found[i] = p.find(ctx, course) })
	}
	wg.Wait()
	return found
}

// find looks for one of them.
func (p peer) find(ctx context.Context, course *lessons.Course) finding {
	f := finding{Check: p.name, Says: "not on PATH"}
	adds := "nothing here uses it yet"
	if ids := shownIn(course, p.runs); len(ids) > 4 {
		adds = fmt.Sprintf("runs the %s code of %d lessons", p.runs, len(ids))
	} else if len(ids) > 0 {
		adds = "runs the " + p.runs + " code of " + strings.Join(ids, ", ")
	}
	path, err := exec.LookPath(p.name)
	if err != nil {
		f.Says += "; " + strings.Replace(adds, "runs the", "it would run the", 1)
		return f
	}
	number, library := edition(ctx, path, p.asks)
	if number == "" {
		f.Says = "does not say its version; " + adds
		return f
	}
	f.OK, f.Says, f.short = true, number, p.name+" "+number
	if library != "" && library != "OpenSSL "+number {
		f.Says += " with " + library
	}
	f.Says += "; " + adds
	return f
}

// shownIn returns the lessons that show a program in that language.
func shownIn(course *lessons.Course, lang string) []string {
	var ids []string
	for _, l := range course.Lessons {
		for _, p := range l.Pages {
			for _, b := range p.Blocks {
				code, ok := b.(*lessons.Code)
				if ok && slices.ContainsFunc(code.Tabs, func(s lessons.Snippet) bool { return s.Lang == lang }) && !slices.Contains(ids, l.ID) {
					ids = append(ids, l.ID)
				}
			}
		}
	}
	return ids
}

// edition runs a program for the number of its version, and that of the TLS
// library it names. It gets nothing of the user's but PATH, a folder of its own,
// and four seconds.
func edition(ctx context.Context, path string, args []string) (number, library string) {
	dir, err := os.MkdirTemp("", "tlstutor-doctor-")
	if err != nil {
		return "", ""
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, peerTime)
	defer cancel()
	var out head
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	// No variable of the user's can lead to a file of theirs.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C"}
	// What the program leaves behind may hold its output open; that does not hold
	// us.
	cmd.WaitDelay = 100 * time.Millisecond
	grouped(cmd)
	if err := cmd.Run(); err != nil {
		return "", ""
	}
	said := out.Bytes()
	number = string(regexp.MustCompile(`[0-9]+(\.[0-9]+)+[0-9A-Za-z.-]*`).Find(said))
	library = string(regexp.MustCompile(`(OpenSSL|LibreSSL|BoringSSL|GnuTLS|SecureTransport|Schannel)([ /][0-9]+(\.[0-9]+)+[a-z]?)?`).Find(said))
	library = strings.ReplaceAll(library, "/", " ")
	return wire.Clean(strings.TrimRight(number, ".-"), 16), wire.Clean(library, 24)
}

// A head keeps the first 4 kB written to it, and takes the rest without a word: a
// program that talks on is not our problem.
type head struct{ bytes.Buffer }

// Write never fails: that would end the copying before the program does.
func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), max(0, 4096-h.Len()))])
	return len(p), nil
}
