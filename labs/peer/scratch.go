package peer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// A scratch is the folder of one run: its HOME, its TMPDIR and where it works.
type scratch string

// newScratch makes a folder that only its owner can read.
func newScratch() (scratch, error) {
	dir, err := os.MkdirTemp("", "tlstutor-peer-")
	if err != nil {
		return "", fmt.Errorf("making a folder for a peer: %w", err)
	}
	return scratch(dir), nil
}

func (s scratch) remove() { os.RemoveAll(string(s)) }

// path names a file in the folder.
func (s scratch) path(name string) string { return filepath.Join(string(s), name) }

// write puts a file into the folder, which its owner alone may read.
func (s scratch) write(name string, data []byte) (string, error) {
	path := s.path(name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", fmt.Errorf("writing a file for a peer: %w", err)
	}
	return path, nil
}

// environment is what a program knows of the world: where programs are, a home
// with nothing in it, and what the run adds.
func (s scratch) environment(more []string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + string(s), "TMPDIR=" + string(s), "LANG=C.UTF-8"}
	if runtime.GOOS == "windows" { // no socket can be made there without it
		env = append(env, "SYSTEMROOT="+os.Getenv("SYSTEMROOT"), "TEMP="+string(s), "TMP="+string(s))
	}
	return append(env, more...)
}

// searched lists the folders that programs are looked for in. Those that depend
// on where we stand are left out: anybody could have put something there.
func searched() []string {
	var dirs []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// leaveTime is how long the output of a program that has ended may still be held
// open by what it left behind.
const leaveTime = 500 * time.Millisecond

// command is the program in its folder, with its output on a tape. Its end by
// the context is that of its whole process group.
func (p *Program) command(ctx context.Context, dir scratch, args, env []string) (*exec.Cmd, *tape) {
	heard := newTape()
	cmd := exec.CommandContext(ctx, p.Path, args...)
	cmd.Dir = string(dir)
	cmd.Env = dir.environment(env)
	cmd.Stdout, cmd.Stderr = heard.writer(stdout), heard.writer(stderr)
	cmd.WaitDelay = leaveTime
	group(cmd)
	return cmd, heard
}
