package labs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/pki"
)

// ring is shared by the tests, so that its RSA key is made once.
var ring = pki.NewKeyring()

// setting returns the handshake lab's settings with some changed.
func setting(t testing.TB, l *Lab, words ...string) Settings {
	t.Helper()
	given, err := l.Words(words)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Settings(given)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// finish runs a lab to its end.
func finish(t testing.TB, l *Lab, words ...string) []Event {
	t.Helper()
	events, err := Start(context.Background(), l, setting(t, l, words...), Options{Keys: ring, Programs: &programs}).Wait()
	if err != nil {
		t.Fatalf("%s %v: %v", l.Name, words, err)
	}
	return events
}

// openLeaf is the list of names that may be long leaves in a run's trees.
func openLeaf(name string) bool { return dissect.OpenLeaf(name) }

// waitFor polls until ok, for at most a second.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func held(r *Run) func() bool {
	return func() bool { _, ok := r.Held(); return ok }
}

// clock is a time that a test can push forward.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func TestHeld(t *testing.T) {
	var c clock
	r := Start(context.Background(), Handshake, setting(t, Handshake), Options{Held: true, Keys: ring, Now: c.now})
	waitFor(t, "the first record waits", held(r))
	events, _ := r.Since(0)
	recs := Records(events)
	if len(recs) != 1 || recs[0].Event.Who != Client {
		t.Fatalf("held at the start, %d records are written", len(recs))
	}
	conn := recs[0].Event.Conn
	if n := conn.Read(Server); n != 0 {
		t.Errorf("with nothing delivered the server has read %d bytes", n)
	}
	c.ahead.Add(int64(time.Hour))
	r.Next()
	waitFor(t, "the server has the hello", func() bool { return conn.Read(Server) == int64(recs[0].Event.Tree.N) })
	waitFor(t, "the server's flight is written", func() bool {
		events, _ := r.Since(0)
		recs := Records(events)
		return recs[len(recs)-1].Event.Text == "Finished"
	})
	if n := conn.Read(Client); n != 0 {
		t.Errorf("with the flight not delivered the client has read %d bytes", n)
	}
	waitFor(t, "the flight waits", held(r))
	c.ahead.Add(int64(time.Hour))
	r.Free()
	events, err := r.Wait()
	if err != nil {
		t.Fatalf("a run held for two hours: %v", err)
	}
	if !saidDone(events, Client) || !saidDone(events, Server) {
		t.Error("a held handshake did not complete")
	}
	if at := events[len(events)-1].At; at > time.Minute {
		t.Errorf("the last event is at %v: the hold counts", at)
	}
}

func TestStepToTheEnd(t *testing.T) {
	r := Start(context.Background(), Handshake, setting(t, Handshake), Options{Held: true, Keys: ring})
	for {
		_, ended := r.Since(0)
		if ended {
			break
		}
		r.Next()
		runtime.Gosched()
	}
	events, err := r.Wait()
	if err != nil || !saidDone(events, Server) {
		t.Fatalf("stepped to its end, the run failed: %v", err)
	}
}

// goroutines returns how many goroutines there are by the function they began in.
func goroutines() map[string]int {
	buf := make([]byte, 1<<20)
	n := map[string]int{}
	for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		lines := strings.Split(g, "\n")
		for i := len(lines) - 1; i >= 0; i-- {
			if strings.HasPrefix(lines[i], "created by ") {
				n[lines[i]]++
				break
			}
		}
	}
	return n
}

// descriptors returns what the process has open, or nil where that cannot be
// seen.
func descriptors() map[string]bool {
	open := map[string]bool{}
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && strings.HasPrefix(to, "socket:") {
			open[to] = true
		}
	}
	return open
}

// more returns what is in b and not in a.
func more(a, b map[string]int) string {
	for k, n := range b {
		if n > a[k] {
			return k
		}
	}
	return ""
}

// rounds is how often the tests that stop runs go round.
func rounds() int {
	n, err := strconv.Atoi(os.Getenv("TLSTUTOR_ROUNDS"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// asBefore returns what checks that nothing is left of runs since: no goroutine, no
// socket, no child, no file.
func asBefore(t *testing.T) func(what string) {
	t.Helper()
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	ring.Warm()
	ring.Wait()
	finish(t, Handshake)
	before, sockets := goroutines(), descriptors()
	return func(what string) {
		t.Helper()
		waitFor(t, what+": goroutines are as before", func() bool { return more(before, goroutines()) == "" })
		waitFor(t, what+": sockets are as before", func() bool {
			for s := range descriptors() {
				if !sockets[s] {
					return false
				}
			}
			return true
		})
		if left, _ := os.ReadDir(tmp); len(left) > 0 {
			t.Errorf("%s: %s was left behind", what, left[0].Name())
		}
		if left := children(); len(left) > 0 {
			t.Errorf("%s: these are still running: %v", what, left)
		}
	}
}

// children returns the processes that this one has started, and that are still
// there; nil where that cannot be seen.
func children() []string {
	files, _ := filepath.Glob("/proc/self/task/*/children")
	var all []string
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil {
			all = append(all, strings.Fields(string(text))...)
		}
	}
	return all
}

func TestStoppedAnywhere(t *testing.T) {
	check := asBefore(t)
	stopped := []played{{MITM, []string{"verify=off"}}, {MITM, nil}, {Certificate, []string{"flip=signature"}},
		{Handshake, []string{"tamper=ServerHello"}}, {Handshake, []string{"tamper=application_data"}}}
	for _, fault := range Handshake.Knob("fault").Choices {
		stopped = append(stopped, played{Handshake, []string{"fault=" + fault}})
	}
	for range rounds() {
		for _, p := range stopped {
			s := setting(t, p.lab, p.words...)
			for i := range finish(t, p.lab, p.words...) {
				for _, hold := range []bool{false, true} {
					stopAt(t, p.lab, s, i, hold)
				}
			}
			check(p.lab.Line(s))
		}
	}
}

// stopAt starts a run and stops it once it has told of i events; a held run is
// let on until then.
func stopAt(t *testing.T, l *Lab, s Settings, i int, hold bool) {
	r := Start(context.Background(), l, s, Options{Held: hold, Keys: ring, Programs: &programs})
	for {
		events, ended := r.Since(0)
		if ended || len(events) >= i {
			break
		}
		if hold {
			r.Next()
		}
		runtime.Gosched()
	}
	if err := r.Stop(); err != nil {
		t.Errorf("stopped at event %d (held: %v): %v", i, hold, err)
	}
	if _, ended := r.Since(0); !ended {
		t.Errorf("stopped at event %d (held: %v) the run has not ended", i, hold)
	}
}

// listeners returns the addresses on which this process listens, as the kernel
// writes them.
func listeners(t *testing.T) []string {
	own := descriptors()
	var list []string
	for _, file := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil // not Linux: the source test below stands alone
		}
		for _, line := range strings.Split(string(text), "\n")[1:] {
			f := strings.Fields(line)
			if len(f) > 9 && f[3] == "0A" && own["socket:["+f[9]+"]"] {
				list = append(list, f[1])
			}
		}
	}
	return list
}

func TestLoopbackOnly(t *testing.T) {
	for range 20 {
		r := Start(context.Background(), Handshake, setting(t, Handshake), Options{Keys: ring})
		for ended := false; !ended; _, ended = r.Since(0) {
			for _, at := range listeners(t) {
				if !strings.HasPrefix(at, "0100007F:") && !strings.HasPrefix(at, "00000000000000000000000001000000:") {
					t.Fatalf("something listens on %s", at)
				}
			}
		}
		r.Wait()
	}
}

// TestOnlyLoopListens reads the sources. A socket with a name in the file system
// reaches no network, and is no concern of it.
func TestOnlyLoopListens(t *testing.T) {
	files, err := filepath.Glob("../*/*/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources found", err)
	}
	top, _ := filepath.Glob("../*/*.go")
	for _, file := range append(files, top...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "/loop/") {
			continue
		}
		for line := range strings.Lines(string(text)) {
			for _, call := range []string{"net.Listen(", "net.Dial", "ListenConfig{"} {
				if strings.Contains(line, call) && !strings.Contains(line, call+`Timeout("unix", `) {
					t.Errorf("%s calls %s: only labs/loop may", file, call)
				}
			}
		}
	}
}

func TestPanicEndsTheRun(t *testing.T) {
	broken := &Lab{Name: "broken", Run: func(_ context.Context, b *Bench, _ Settings) error {
		b.Go(func() error { panic("on purpose\x1b[2J") })
		<-b.ctx.Done()
		return nil
	}}
	_, err := Start(context.Background(), broken, nil, Options{}).Wait()
	var p *Panic
	if !errors.As(err, &p) || p.Value != `on purpose\x1b[2J` || len(p.Stack) == 0 {
		t.Fatalf("a panic on the bench gives %v", err)
	}
}

func TestTooMuch(t *testing.T) {
	loud := &Lab{Name: "loud", Run: func(_ context.Context, b *Bench, _ Settings) error {
		for b.ctx.Err() == nil {
			b.Emit(Event{Text: strings.Repeat("x", 1<<10)})
		}
		return nil
	}}
	events, err := Start(context.Background(), loud, nil, Options{}).Wait()
	if err == nil || !strings.Contains(err.Error(), "64 MB") {
		t.Fatalf("a run that does not stop telling ends with %v", err)
	}
	if last := events[len(events)-1]; !strings.Contains(last.Text, "64 MB") {
		t.Errorf("its last event is %.60q", last.Text)
	}
}

// TestEndedFromOutside ends runs that wait at the gate by other means than Stop.
func TestEndedFromOutside(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := Start(ctx, Handshake, setting(t, Handshake), Options{Held: true, Keys: ring})
	waitFor(t, "the first record waits", held(r))
	cancel()
	if _, err := r.Wait(); err != nil {
		t.Errorf("a run whose context ended: %v", err)
	}
	beside := errors.New("what ran beside it failed")
	failing := &Lab{Name: "failing", Run: func(ctx context.Context, b *Bench, s Settings) error {
		b.Go(func() error {
			waitFor(t, "the first record waits", held(b.run))
			return beside
		})
		return runHandshake(ctx, b, s)
	}}
	r = Start(context.Background(), failing, setting(t, Handshake), Options{Held: true, Keys: ring})
	if _, err := r.Wait(); !errors.Is(err, beside) {
		t.Errorf("a run that was ended by what ran beside it: %v", err)
	}
}

// TestPanicAtTheEnd breaks a goal, and what runs beside a lab that has returned:
// the program goes on, and hears of it.
func TestPanicAtTheEnd(t *testing.T) {
	for what, lab := range map[string]*Lab{
		"a goal": {
			Run:   func(context.Context, *Bench, Settings) error { return nil },
			Goals: []Goal{{"broken", func(Settings, []Event) error { panic("on purpose") }}},
		},
		"what runs beside it": {
			Run: func(_ context.Context, b *Bench, _ Settings) error {
				b.Go(func() error { <-b.ctx.Done(); panic("on purpose") })
				return nil
			},
		},
	} {
		events, err := Start(context.Background(), lab, nil, Options{}).Wait()
		var p *Panic
		if !errors.As(err, &p) || p.Value != "on purpose" {
			t.Errorf("%s breaks: %v", what, err)
		}
		if len(events) != 1 || events[0].Tree.Name != "run" || events[0].Err != p || !strings.Contains(events[0].Text, "on purpose") {
			t.Errorf("%s breaks, and the run tells of %v", what, events)
		}
	}
}

func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &Lab{Name: "slow", Run: func(_ context.Context, b *Bench, _ Settings) error {
			<-b.ctx.Done()
			return nil
		}}
		_, err := Start(context.Background(), slow, nil, Options{}).Wait()
		if err == nil || !strings.Contains(err.Error(), "longer than") {
			t.Fatalf("a run that does not end by itself ends with %v", err)
		}
	})
}
