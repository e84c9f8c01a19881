//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// tools are the programs that the sessions use besides ours. Each is a process of
// its own, as its user would have it.
//
//	flood zeros|random MB     write that much to standard output
//	bounded MB COMMAND ...    run it in so much memory, and in half a minute
//	unread COMMAND ...        run it for somebody who reads nothing: quiet, status 141
//	powerless COMMAND ...     run it without what lets root read every file
func tools() map[string]func() {
	return map[string]func(){"flood": flood, "bounded": runBounded, "unread": runUnread, "powerless": powerless}
}

// fail ends a tool. 99 is a status that no command of ours has.
func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(99)
}

// flood ends without a word when nobody reads on, by SIGPIPE.
func flood() {
	var from io.Reader = rand.NewChaCha8([32]byte{1})
	if os.Args[1] == "zeros" {
		from = zeros{}
	}
	n, err := strconv.Atoi(os.Args[2])
	if err != nil {
		fail("%v", err)
	}
	if _, err := io.CopyN(os.Stdout, from, int64(n)<<20); err != nil {
		fail("%v", err)
	}
}

// zeros is what /dev/zero is.
type zeros struct{}

// Read fills p.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// runBounded passes on the status of what it ran. It is a small process: a system may
// count to a program the memory of the one that started it.
func runBounded() {
	most, err := strconv.ParseInt(os.Args[1], 10, 64)
	if err != nil {
		fail("%v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if ctx.Err() != nil {
		fail("still running after half a minute")
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fail("%v", err)
	}
	used := int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024 // from kB
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		used /= 1024 // from bytes
	}
	if used > most {
		fail("%d MB of memory, more than %d", used, most)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// runUnread closes the other end before the program starts, so that its first
// write fails. With head at the other end that would be a matter of luck.
func runUnread() {
	r, w, err := os.Pipe()
	if err != nil {
		fail("%v", err)
	}
	r.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, w, &said
	err = cmd.Run()
	if cmd.ProcessState.ExitCode() != unheeded || said.Len() > 0 {
		fail("%v, and it said %q", err, said.String())
	}
}

// powerless becomes the program.
func powerless() {
	if err := disempower(); err != nil {
		fail("%v", err)
	}
	path, err := exec.LookPath(os.Args[1])
	if err != nil {
		fail("%v", err)
	}
	fail("%v", syscall.Exec(path, os.Args[1:], os.Environ()))
}
