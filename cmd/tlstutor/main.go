// Command tlstutor teaches TLS and PKI in the terminal, on real connections.
//
// Each command has a file of its own, with its flags and its wiring and nothing
// else: what a command does stands in the packages it calls.
//
// The rules that hold for all of them:
//
//   - Exit status: 0 done (a handshake that fails as intended is done), 1 the
//     verdict is no, 2 wrong usage, 3 could not.
//   - An error is one line on standard error: what failed, and what to do. The
//     second half is added here, by hint, and nowhere below.
//   - What is read from outside is bounded before it is parsed, and cleaned
//     before it is printed.
//   - Nothing is started at init, and nothing outlives the command.
//
// Start reading at shell.go, then open.go and run.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(tlstutor(os.Args[1:])) }

// tlstutor runs one command line and returns its exit status. An interrupt, a
// request to end and a terminal that goes away all end it in the same way: runs
// are stopped, and the terminal is as it was.
func tlstutor(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	s := &shell{}
	return complain(os.Stderr, s.run(ctx, args))
}
