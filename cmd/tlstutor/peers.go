package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// peerTime is how long another program may take to say its version.
const peerTime = 4 * time.Second

// A tool is one of other people's.
type tool struct {
	name string
	asks []string // what has it say its version; nil: labs/peer knows
	runs string   // the language of the programs in lessons that it runs
}

// known are the programs that are looked for.
func known() []tool {
	return []tool{
		{name: "go", asks: []string{"version"}, runs: "Go"},
		{name: "openssl", runs: "openssl"},
		{name: "python3", runs: "Python"},
		{name: "curl"},
		{name: "gnutls-cli"},
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
func (p tool) find(ctx context.Context, course *lessons.Course) finding {
	f := finding{Check: p.name}
	with, without := p.uses(course)
	var why error
	if p.asks == nil {
		var is *peer.Program
		if is, why = peer.Find(ctx, p.name); why == nil {
			f.Says = is.Version
		}
	} else if path, err := exec.LookPath(p.name); err != nil {
		why = &peer.MissingError{Name: p.name}
	} else if f.Says = edition(ctx, path, p.asks); f.Says == "" {
		why = &peer.MissingError{Name: p.name, Why: "it does not say its version"}
	}
	if missing, ok := errors.AsType[*peer.MissingError](why); ok {
		f.Says = cmp.Or(missing.Why, "not on PATH") + "; " + without
		return f
	}
	if why != nil { // doctor was stopped
		f.Says = why.Error()
		return f
	}
	f.OK, f.short = true, p.name+" "+versionIn(f.Says)
	f.Says += "; " + with
	return f
}

// uses says what the program is good for here, and what there is without it.
func (p tool) uses(course *lessons.Course) (with, without string) {
	var roles []string
	for _, r := range []peer.Role{peer.Client, peer.Server} {
		if slices.Contains(peer.Names(r), p.name) {
			roles = append(roles, r.String())
		}
	}
	var does, lacks []string
	if len(roles) > 0 {
		does = append(does, strings.Join(roles, " and ")+" in handshake")
		lacks = append(lacks, "recordings stand in for it in handshake")
	}
	if ids := shownIn(course, p.runs); len(ids) > 4 {
		does = append(does, fmt.Sprintf("runs the %s code of %d lessons", p.runs, len(ids)))
		lacks = append(lacks, fmt.Sprintf("it would run the %s code of %d lessons", p.runs, len(ids)))
	} else if len(ids) > 0 {
		does = append(does, "runs the "+p.runs+" code of "+strings.Join(ids, ", "))
		lacks = append(lacks, "it would run the "+p.runs+" code of "+strings.Join(ids, ", "))
	}
	if len(does) == 0 {
		return "nothing here uses it yet", "nothing here uses it yet"
	}
	return strings.Join(does, "; "), strings.Join(lacks, "; ")
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

// edition runs a program for the number of its version, or "". It gets nothing of
// the user's but PATH, a folder of its own, and four seconds.
func edition(ctx context.Context, path string, args []string) string {
	dir, err := os.MkdirTemp("", "tlstutor-doctor-")
	if err != nil {
		return ""
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
		return ""
	}
	return versionIn(out.String())
}

// versionIn returns the first number of a version in a text, or "".
func versionIn(text string) string {
	number := regexp.MustCompile(`[0-9]+(\.[0-9]+)+[0-9A-Za-z.-]*`).FindString(text)
	return wire.Clean(strings.TrimRight(number, ".-"), 16)
}

// A head keeps the first 4 kB written to it, and takes the rest without a word: a
// program that talks on is not our problem.
type head struct{ bytes.Buffer }

// Write never fails: that would end the copying before the program does.
func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), max(0, 4096-h.Len()))])
	return len(p), nil
}
