//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// grouped gives a program a process group of its own, which is ended as a
// whole when its time is over.
func grouped(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
