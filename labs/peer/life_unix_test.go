//go:build unix

package peer

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tlstutor/labs/pki"
)

// silent accepts connections and says nothing. It sends what the first of them
// says, as soon as there is something.
func silent(t *testing.T) (addr string, first chan []byte) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	first = make(chan []byte, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		t.Cleanup(func() { c.Close() })
		buf := make([]byte, 4096)
		n, _ := c.Read(buf)
		first <- buf[:n]
	}()
	return l.Addr().String(), first
}

// stands returns a program that is a shell script, which talks as openssl does.
func stands(t *testing.T, script string) *Program {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "openssl")
	standIn(t, path, shell, script)
	return &Program{Name: "openssl", Path: path, Version: "OpenSSL 3.0.0", number: number{3}, tls: library{"OpenSSL", number{3}}}
}

// TestLate: a server that says nothing holds each client until its time is up, and
// no longer.
func TestLate(t *testing.T) {
	for _, client := range Names(Client) {
		p, ok := found(t, client)
		if !ok {
			continue
		}
		addr, first := silent(t)
		asked := make(chan struct{})
		terms := Terms{Limit: time.Hour, After: func(ctx context.Context, d time.Duration) error {
			if d != time.Hour {
				t.Errorf("%s may run for %v", client, d)
			}
			select {
			case <-asked:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		run, err := p.Client(t.Context(), Offer{Name: name, Check: Ignore}, addr, terms)
		if err != nil {
			t.Fatal(err)
		}
		if hello := <-first; len(hello) == 0 || hello[0] != 22 {
			t.Errorf("%s begins with % x", client, hello)
		}
		close(asked)
		if v := ended(t, run); v.Ending != Late || v.OK || v.Signal != "killed" || v.Exit != -1 {
			t.Errorf("%s: %v, OK %v, signal %q, exit %d", client, v.Ending, v.OK, v.Signal, v.Exit)
		}
	}
}

// TestStop: a run is stopped while it is at it, by each of the ways there are.
func TestStop(t *testing.T) {
	p, ok := found(t, "openssl")
	if !ok {
		return
	}
	for what, c := range map[string]struct {
		stop func(*Process, context.CancelCauseFunc)
		want Ending
	}{
		"Stop":               {func(r *Process, _ context.CancelCauseFunc) { r.Stop() }, Stopped},
		"the context":        {func(_ *Process, cancel context.CancelCauseFunc) { cancel(nil) }, Stopped},
		"the caller's clock": {func(_ *Process, cancel context.CancelCauseFunc) { cancel(ErrLate) }, Late},
		"Over":               {func(r *Process, _ context.CancelCauseFunc) { r.Over(); r.Over() }, Over},
		"a stranger":         {func(r *Process, _ context.CancelCauseFunc) { r.cmd.Process.Kill() }, Killed},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		addr, first := silent(t)
		run, err := p.Client(ctx, Offer{Name: name}, addr, Terms{Keys: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		<-first
		c.stop(run, cancel)
		if v := ended(t, run); v.Ending != c.want || v.OK {
			t.Errorf("%s: %v, want %v", what, v.Ending, c.want)
		}
		cancel(nil)
	}
}

// TestServerStopped: a server that nobody came to ends, and one that cannot listen
// says so.
func TestServerStopped(t *testing.T) {
	w := newWorld(t)
	_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	for _, server := range Names(Server) {
		p, ok := found(t, server)
		if !ok {
			continue
		}
		offer := Offer{Chain: chain, Key: key, Exposed: true}
		run, err := p.Server(t.Context(), offer, Terms{Keys: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		run.Stop()
		if v := ended(t, run); v.Ending != Stopped || v.OK {
			t.Errorf("%s: %v, OK %v", server, v.Ending, v.OK)
		}
		offer.Key = []byte("no key")
		if _, err := p.Server(t.Context(), offer, Terms{}); err == nil || !strings.Contains(err.Error(), server+" does not listen: ") {
			t.Errorf("%s with a bad key: %v", server, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.Server(ctx, Offer{Chain: chain, Key: key, Exposed: true}, Terms{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s when all is stopped: %v", server, err)
		}
	}
}

// TestGuard: a panic in what the caller has given is the caller's to deal with.
func TestGuard(t *testing.T) {
	caught := make(chan any, 100)
	terms := Terms{
		Keys: panics{}, After: func(context.Context, time.Duration) error { panic("after") },
		Guard: func(f func()) {
			defer func() {
				if r := recover(); r != nil {
					caught <- r
				}
			}()
			f()
		},
	}
	script := `while [ $# -gt 1 ]; do [ "$1" = -keylogfile ] && echo key >"$2"; shift; done`
	run, err := stands(t, script).Client(t.Context(), Offer{}, "127.0.0.1:1", terms)
	if err != nil {
		t.Fatal(err)
	}
	ended(t, run)
	got := []string{fmt.Sprint(<-caught), fmt.Sprint(<-caught)}
	slices.Sort(got)
	if !slices.Equal(got, []string{"after", "keys"}) {
		t.Errorf("caught %q", got)
	}
}

type panics struct{}

func (panics) Write([]byte) (int, error) { panic("keys") }

// TestPortTaken: a server whose port went to somebody else is started again, with
// another one, and not for ever.
func TestPortTaken(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	p := stands(t, `echo "$@" >>`+count+`; echo "listening on IPv4 0.0.0.0 port 1...bind() failed: Address already in use" >&2; read x`)
	p.Name = "gnutls-serv"
	_, err := p.Server(t.Context(), Offer{Chain: []byte("x"), Key: []byte("x"), Exposed: true}, Terms{})
	if !errors.Is(err, errTaken) {
		t.Errorf("%v", err)
	}
	lines, _ := os.ReadFile(count)
	ports := map[string]bool{}
	for line := range strings.Lines(string(lines)) {
		ports[line[strings.LastIndex(line, " "):]] = true
	}
	if len(ports) != 4 {
		t.Errorf("it was tried with the ports %v", ports)
	}
}

// TestGroup: what a program has started ends with it, whether it ends by itself or
// not.
func TestGroup(t *testing.T) {
	for what, c := range map[string]struct {
		script string
		limit  time.Duration
		want   Ending
	}{
		"it hangs": {`sleep 1000 & echo $! >&2; sleep 1000`, 300 * time.Millisecond, Late},
		"it goes":  {`sleep 1000 & echo $! >&2`, time.Minute, Exited},
	} {
		run, err := stands(t, c.script).Client(t.Context(), Offer{}, "127.0.0.1:1", Terms{Limit: c.limit, Keys: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		v := ended(t, run)
		if v.Ending != c.want {
			t.Errorf("%s: %v", what, v.Ending)
		}
		var pid int
		if _, err := fmt.Sscan(strings.Join(v.Output, " "), &pid); err != nil {
			t.Fatalf("%s: %q: %v", what, v.Output, err)
		}
		if !gone(pid) {
			t.Errorf("%s: what it has started is still there", what)
		}
	}
}

// gone waits for a process that is not ours to be reaped, or no more than a zombie.
func gone(pid int) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 400 {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return true
		}
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && bytes.Contains(stat, []byte(") Z ")) {
			return true
		}
		<-tick.C
	}
	return false
}

// TestFlood: a program that never stops talking is heard to the bound, and ended.
func TestFlood(t *testing.T) {
	run, err := stands(t, `printf '\033]0;title\007first\t\342\200\256line\n'; while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done`).
		Client(t.Context(), Offer{}, "127.0.0.1:1", Terms{Limit: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	v := ended(t, run)
	if size := len(strings.Join(v.Output, "\n")); !v.Cut || size > maxOutput+100 || v.Ending != Late {
		t.Errorf("cut %v, %d bytes kept, %v", v.Cut, size, v.Ending)
	}
	if want := `\x1b]0;title\x07first    \u202eline`; v.Output[0] != want {
		t.Errorf("it says %q, want %q", v.Output[0], want)
	}
}

// TestNothingLeft: goroutines, descriptors, children and files are those of before,
// however a run ends.
func TestNothingLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // what others run at the same time is theirs
	w := newWorld(t)
	cert, _, _ := w.issue(t, pki.Leaf{Names: []string{name}})
	p, ok := found(t, "openssl")
	if !ok {
		return
	}
	before := left(t)
	for range 3 {
		addr, served, _, _ := goServer(t, &tls.Config{Certificates: []tls.Certificate{cert}})
		run, err := p.Client(t.Context(), Offer{Name: name, Roots: w.roots}, addr, Terms{Keys: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		ended(t, run)
		<-served
		_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
		server, err := p.Server(t.Context(), Offer{Chain: chain, Key: key}, Terms{Keys: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		server.Stop()
		missing := *p
		missing.Path = filepath.Join(t.TempDir(), "nothing")
		if _, err := missing.Client(t.Context(), Offer{}, addr, Terms{Keys: io.Discard}); err == nil {
			t.Error("what is not there was started")
		}
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var after census
	for range 200 {
		if after = left(t); after.same(before) {
			return
		}
		<-tick.C
	}
	t.Errorf("left behind: %+v, before %+v", after, before)
}

// A census is what there is of things that a run could leave behind.
type census struct {
	goroutines, files int
	folders           []string
}

// same reports whether there is no more than there was. Go's server in the tests
// has a listener, which is closed at the end.
func (c census) same(as census) bool {
	return c.goroutines <= as.goroutines && c.files <= as.files+3 && slices.Equal(c.folders, as.folders)
}

func left(t *testing.T) census {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(os.TempDir(), "tlstutor-peer-*"))
	if err != nil {
		t.Fatal(err)
	}
	c := census{goroutines: runtime.NumGoroutine(), folders: folders}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		c.files = len(open)
	}
	return c
}

// TestScratch: while a program runs its folder and its key are its user's alone.
func TestScratch(t *testing.T) {
	p, ok := found(t, "openssl")
	if !ok {
		return
	}
	w := newWorld(t)
	_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	run, err := p.Server(t.Context(), Offer{Chain: chain, Key: key}, Terms{Keys: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer run.Stop()
	err = filepath.Walk(string(run.dir), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
