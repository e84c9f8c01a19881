package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A terminal is a program on a pseudo terminal, and all that it has drawn.
type terminal struct {
	t   testing.TB
	cmd *exec.Cmd
	own *os.File // our end

	mu    sync.Mutex
	drawn []byte
	more  chan struct{} // something was drawn
	ended chan struct{} // the program has ended, and all is in drawn
}

// onTerminal starts a program on a terminal of its own. Environment variables
// are added to a plain one.
func onTerminal(t testing.TB, cols, rows uint16, env []string, name string, args ...string) *terminal {
	t.Helper()
	own, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	control(t, own, func(fd int) (err error) {
		if n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); err != nil {
			return err
		}
		if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
			return err
		}
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: cols, Row: rows})
	})
	theirs, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	p := &terminal{t: t, own: own, more: make(chan struct{}, 1), ended: make(chan struct{})}
	p.cmd = exec.Command(name, args...)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirs, theirs, theirs
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		own.Close()
		<-p.ended
	})
	return p
}

// control does something with a file's descriptor. Fd would make it a blocking one, and
// to close that waits for a read that may not end.
func control(t testing.TB, f *os.File, do func(fd int) error) {
	t.Helper()
	raw, err := f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
}

// read keeps what is drawn, and answers nothing, as a plain terminal would.
func (p *terminal) read() {
	buf := make([]byte, 1<<16)
	for {
		n, err := p.own.Read(buf)
		p.mu.Lock()
		p.drawn = append(p.drawn, buf[:n]...)
		p.mu.Unlock()
		if err != nil { // EIO: the program has closed its end
			p.cmd.Wait()
			close(p.ended)
			return
		}
		select {
		case p.more <- struct{}{}:
		default:
		}
	}
}

func (p *terminal) text() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.drawn)
}

// forget returns what was drawn, and waits for new things from then on.
func (p *terminal) forget() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	drawn := p.drawn
	p.drawn = nil
	return drawn
}

// until waits until something was drawn.
func (p *terminal) until(what string) {
	p.t.Helper()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for !bytes.Contains(p.text(), []byte(what)) {
		select {
		case <-p.more:
		case <-p.ended:
			if bytes.Contains(p.text(), []byte(what)) {
				return
			}
			p.t.Fatalf("it ended without %q:\n%q", what, p.text())
		case <-late.C:
			p.t.Fatalf("it does not draw %q:\n%q", what, p.text())
		}
	}
}

// press types keys.
func (p *terminal) press(keys string) {
	p.t.Helper()
	if _, err := io.WriteString(p.own, keys); err != nil {
		p.t.Fatal(err)
	}
}

// end waits for the program to end, and returns its exit status.
func (p *terminal) end() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		p.t.Fatalf("it does not end:\n%q", p.text())
	}
	return p.cmd.ProcessState.ExitCode()
}
