package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"

	"tlstutor/labs/wire"
)

// peerTime is how long another program may take to say its version.
const peerTime = 2 * time.Second

// peers says which other people's programs are on PATH, and their versions.
// Nothing here needs one of them.
func peers(ctx context.Context) finding {
	// -I and -q keep python3 and curl from their user's settings.
	asks := [][]string{
		{"openssl", "version"}, {"tshark", "--version"}, {"python3", "-I", "--version"},
		{"curl", "-q", "--version"}, {"gnutls-cli", "--version"},
	}
	says := make([]string, len(asks))
	var wg sync.WaitGroup
	for i, ask := range asks {
		wg.Go(func() {
			if path, err := exec.LookPath(ask[0]); err == nil {
				says[i] = ask[0] + " " + edition(ctx, path, ask[1:])
			}
		})
	}
	wg.Wait()
	var there []string
	for _, s := range says {
		if s != "" {
			there = append(there, s)
		}
	}
	f := finding{Check: "peers", OK: true, Says: "none on PATH; no lab needs one", short: "no peers"}
	if len(there) > 0 {
		f.Says = strings.Join(there, ", ")
		f.short = f.Says
	}
	return f
}

// edition runs a program for the number of its version. It gets nothing of the
// user's but PATH, a folder of its own, and two seconds.
func edition(ctx context.Context, path string, args []string) string {
	dir, err := os.MkdirTemp("", "tlstutor-doctor-")
	if err != nil {
		return "(not asked: no folder for temporary files)"
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
		return "(does not say its version)"
	}
	number := regexp.MustCompile(`[0-9]+(\.[0-9]+)+[0-9A-Za-z.-]*`).Find(out.Bytes())
	if number == nil {
		return "(does not say its version)"
	}
	return wire.Clean(strings.TrimRight(string(number), ".-"), 40)
}

// A head keeps the first 4 kB written to it, and takes the rest without a word: a
// program that talks on is not our problem.
type head struct{ bytes.Buffer }

// Write never fails: that would end the copying before the program does.
func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), max(0, 4096-h.Len()))])
	return len(p), nil
}
