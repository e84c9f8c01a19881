// Command tlstutor teaches TLS and PKI in the terminal, on real connections.
//
// Each command has a file of its own, with its flags and its wiring and nothing
// else: what a command does stands in the packages it calls.
//
// The rules that hold for all of them:
//
//   - Exit status: 0 done (a handshake that fails as intended is done), 1 the
//     verdict is no, 2 wrong usage, 3 could not. Who closes our output early is
//     left alone: the command ends in order, says nothing, and its status is 141,
//     as a shell reports a program that SIGPIPE ended.
//   - An error is one line on standard error: what failed, and what to do. The
//     second half is added here, by hint, and nowhere below.
//   - What is read from outside is bounded before it is parsed, and cleaned
//     before it is printed.
//   - Nothing is started at init, and nothing outlives the command.
//
// Start reading at shell.go, then open.go and run.go.
//
// With cryptocustomrand Go takes the keys of a key exchange from the source of
// randomness that a lab gives it, and the lab can show what comes of them.
//
//go:debug cryptocustomrand=1
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(tlstutor(os.Args[1:])) }

// tlstutor runs one command line and returns its exit status. An interrupt, a
// request to end and a terminal that goes away all end it in the same way: runs
// are stopped, and the terminal is as it was. A read that never returns cannot be
// stopped: two seconds later the next signal ends the program on the spot.
func tlstutor(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(2*time.Second, stop) })()
	// Asked for, so that a pipe without a reader is an error of the write like any
	// other, and what runs is stopped and removed before the program ends.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	s := &shell{}
	return complain(os.Stderr, s.run(ctx, args))
}
