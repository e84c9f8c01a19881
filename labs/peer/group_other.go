//go:build !unix

package peer

import (
	"os"
	"os/exec"
)

// group leaves a program as it is: there are no process groups here, and its own
// end has to do.
func group(*exec.Cmd) {}

// killGroup ends a program.
func killGroup(p *os.Process) error { return p.Kill() }

// dismiss ends a program: there is no way to ask it to.
func dismiss(p *os.Process) { p.Kill() }

// signalOf is "": nothing dies of a signal here.
func signalOf(*os.ProcessState) string { return "" }
