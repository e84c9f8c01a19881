package main

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// disempower takes from the program that this thread becomes what lets root read
// and write files that it has no permission for. It stays root otherwise: the
// files of a session are its own.
func disempower() error {
	if os.Geteuid() != 0 {
		return nil
	}
	// What is dropped is dropped by thread.
	runtime.LockOSThread()
	for _, power := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH} {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, power, 0, 0, 0); err != nil {
			return err
		}
	}
	// What can be inherited would come back.
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&head, &sets[0]); err != nil {
		return err
	}
	sets[0].Inheritable, sets[1].Inheritable = 0, 0
	return unix.Capset(&head, &sets[0])
}
