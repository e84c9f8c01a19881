//go:build unix

package peer

import (
	"os"
	"os/exec"
	"syscall"
)

// group gives a program a process group of its own, which is ended as a whole
// when its context is done.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return killGroup(cmd.Process) }
}

// killGroup ends a program and all that it has started. It must not be called
// once nothing of the group is left: its number may be somebody else's by then.
func killGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }

// dismiss asks a program to end.
func dismiss(p *os.Process) { p.Signal(syscall.SIGTERM) }

// signalOf names the signal that a program died of; "" when it ended by itself.
func signalOf(s *os.ProcessState) string {
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return w.Signal().String()
	}
	return ""
}
