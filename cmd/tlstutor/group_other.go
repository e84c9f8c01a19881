//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// grouped leaves a program as it is: there are no process groups here, and its
// own end has to do.
func grouped(*exec.Cmd) {}

// foreground is always so: a console has no other program before it.
func foreground(*os.File) bool { return true }
