package peer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tlstutor/labs/wire"
)

// Terms are what a run is given besides its settings.
type Terms struct {
	// Keys gets each line that the program logs of its keys, as it comes and whole,
	// from one goroutine. Nil: it logs none.
	Keys io.Writer

	// Limit is how long the program may run; 0 is a minute. It is measured by After,
	// which returns nil when so much has passed, and an error when the context is
	// done; nil is the clock on the wall.
	Limit time.Duration
	After func(context.Context, time.Duration) error

	// Guard calls what it is given, and deals with its panic; nil just calls it. Keys
	// and After are called in goroutines that the caller has no other hold on.
	Guard func(func())
}

// A Process is one run of a program.
type Process struct {
	Program *Program
	Role    Role
	Args    []string // its command line, without the program
	Addr    string   // where a server listens: "127.0.0.1:41235"

	plan   *plan
	dir    scratch
	log    *keyLog
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	heard  *tape
	cancel context.CancelCauseFunc
	overed sync.Once
	over   chan struct{}
	done   chan struct{}
	said   Verdict // what it came to; to be read when done is closed
}

// A plan is how one run of a program goes.
type plan struct {
	offer     Offer
	args, env []string
	talk      func(context.Context, *Process)     // what is typed into it, and when; nil: nothing
	port      func(out, err []byte) (port string) // of a server: where it listens, once it has said so
	served    func(out, err []byte) bool          // of a server that does not end by itself: it has met all that it was to
	session   string                              // the file that it leaves its session in
	read      func(*Verdict, said)                // reads its verdict
}

// errTaken is why a server is started once more: somebody else has the port that we picked for a server.
var errTaken = errors.New("the port was taken in the meantime")

// inUse is how every system and program says so.
const inUse = "ddress already in use"

// Client runs the program as a client that connects to an address on loopback. It
// sends one request, reads the answer and leaves, with close_notify if it knows
// how. Call Wait.
func (p *Program) Client(ctx context.Context, o Offer, addr string, t Terms) (*Process, error) {
	to, err := netip.ParseAddrPort(addr)
	if err != nil || !to.Addr().IsLoopback() {
		return nil, &CannotError{p.Name, "be sent to " + wire.Clean(addr, 80) + ": it is no address on loopback"}
	}
	return p.start(ctx, Client, o, to.String(), t)
}

// Server runs the program as a server on a loopback port, and returns when it
// listens there. It reads one request, answers, and ends after so many connections
// as the offer says, or when Over is called. Call Wait.
func (p *Program) Server(ctx context.Context, o Offer, t Terms) (*Process, error) {
	for try := 0; ; try++ {
		s, err := p.start(ctx, Server, o, "", t)
		if err != nil {
			return nil, err
		}
		err = s.listens(ctx)
		if err == nil {
			return s, nil
		}
		s.Stop()
		if !errors.Is(err, errTaken) || try == 3 {
			return nil, err
		}
	}
}

// start makes the folder of a run and what is in it, and starts the program.
func (p *Program) start(ctx context.Context, role Role, o Offer, addr string, t Terms) (_ *Process, err error) {
	if err := p.Can(role, o); err != nil {
		return nil, err
	}
	dir, err := newScratch()
	if err != nil {
		return nil, err
	}
	if t.Guard == nil {
		t.Guard = func(f func()) { f() }
	}
	log := &keyLog{hear: func() {}, end: func() {}} // of a run that logs no keys
	defer func() {
		if err != nil {
			log.end()
			dir.remove()
		}
	}()
	if t.Keys != nil {
		if log, err = logKeys(dir, guarded{t.Keys, t.Guard}); err != nil {
			log = &keyLog{hear: func() {}, end: func() {}}
			return nil, err
		}
	}
	run := &Process{Program: p, Role: role, dir: dir, log: log, over: make(chan struct{}), done: make(chan struct{})}
	if run.plan, err = p.plan(setting{role, o, dir, addr, log.path}); err != nil {
		return nil, err
	}
	ctx, run.cancel = context.WithCancelCause(ctx)
	run.Args = run.plan.args
	run.cmd, run.heard = p.command(ctx, dir, run.plan.args, run.plan.env)
	if run.stdin, err = run.cmd.StdinPipe(); err == nil {
		err = run.cmd.Start()
	}
	if err != nil {
		run.cancel(nil)
		return nil, fmt.Errorf("starting %s: %w", p.Name, err)
	}
	go run.live(ctx, t, log)
	return run, nil
}

// live goes with the program from its start to its end, and clears up behind it.
func (r *Process) live(ctx context.Context, t Terms, log *keyLog) {
	defer close(r.done)
	var with sync.WaitGroup
	with.Go(func() { t.Guard(func() { r.limit(ctx, t) }) })
	with.Go(func() { r.dismissed(ctx) })
	if r.plan.talk != nil {
		with.Go(func() { r.plan.talk(ctx, r) })
	}
	// Wait returns when the program has ended and its output is read; what it left
	// behind may hold that open for leaveTime.
	err := r.cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) { // something that it started is still there
		killGroup(r.cmd.Process)
	}
	cause := context.Cause(ctx)
	r.cancel(nil)
	with.Wait()
	log.end()
	if r.plan.session != "" {
		r.said.Session, _ = os.ReadFile(r.plan.session) // without one there was none
	}
	r.dir.remove()
	r.judge(cause)
}

// limit ends the program when its time is up.
func (r *Process) limit(ctx context.Context, t Terms) {
	if t.Limit == 0 {
		t.Limit = time.Minute
	}
	if t.After == nil {
		t.After = onTheWall
	}
	if t.After(ctx, t.Limit) == nil {
		r.cancel(ErrLate)
	}
}

// onTheWall waits by the clock on the wall.
func onTheWall(ctx context.Context, d time.Duration) error {
	clock := time.NewTimer(d)
	defer clock.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-clock.C:
		return nil
	}
}

// graceTime is how long a program may take to notice by itself that all is over.
const graceTime = 2 * time.Second

// dismissed asks the program to end when all is over, and it had time to end by
// itself, or to say what it thinks of it.
func (r *Process) dismissed(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-r.over:
	}
	grace, cancel := context.WithTimeout(ctx, graceTime)
	defer cancel()
	r.heard.until(grace, func(out, err []byte) bool { return r.plan.served != nil && r.plan.served(out, err) })
	if ctx.Err() == nil {
		dismiss(r.cmd.Process)
	}
}

// judge reads what the program came to. It has ended, by itself or for a cause.
func (r *Process) judge(cause error) {
	v, state := &r.said, r.cmd.ProcessState
	v.Output, v.Cut = r.heard.spoken()
	v.Exit, v.Signal = state.ExitCode(), signalOf(state)
	// What the caller wanted counts before what the program died of.
	over := false
	select {
	case <-r.over:
		over = true
	default:
	}
	switch {
	case errors.Is(cause, ErrLate):
		v.Ending = Late
	case cause != nil:
		v.Ending = Stopped
	case over && (r.plan.served != nil || v.Signal != ""):
		v.Ending = Over
	case v.Signal != "":
		v.Ending = Killed
	}
	r.plan.read(v, v.Output)
	if v.Ending == Late || v.Ending == Stopped || v.Ending == Killed {
		v.OK = false
	}
}

// Wait returns the program's verdict when it has ended, and nothing of its run is
// left. It may be called more than once.
func (r *Process) Wait() Verdict {
	<-r.done
	return r.said
}

// Done is closed when Wait would return at once.
func (r *Process) Done() <-chan struct{} { return r.done }

// Over says that the connection is at its end, on which a server that would wait
// for another one is asked to end, and anything else that does not end by itself.
func (r *Process) Over() { r.overed.Do(func() { close(r.over) }) }

// Words is the command line that was run, as one would type it: the variables that
// it needs, the program, its arguments. Files in the run's own folder stand by
// their names.
func (r *Process) Words() []string {
	words := append(slices.Clone(r.plan.env), r.Program.Name)
	words = append(words, r.Args...)
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, r.dir.path("")+string(filepath.Separator), "")
	}
	return words
}

// Hear hands on the keys that the program has logged by now. It logs a key before
// it writes what needs it: who has read that, and calls this before it goes
// further, has the keys in time.
func (r *Process) Hear() { r.log.hear() }

// Stop ends the program now, and returns when nothing of its run is left.
func (r *Process) Stop() Verdict {
	r.cancel(context.Canceled)
	return r.Wait()
}

// listens waits until a server says where it listens.
func (r *Process) listens(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// A server that ends instead of listening has nothing more to say.
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		select {
		case <-r.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	defer func() { cancel(); <-stop }()
	r.heard.until(ctx, func(out, err []byte) bool {
		port := r.plan.port(out, err)
		if port != "" {
			r.Addr = net.JoinHostPort("127.0.0.1", port)
		}
		return port != "" || holds(err, inUse)
	})
	if r.Addr != "" {
		return nil
	}
	v := r.Stop()
	words := said(v.Output)
	switch {
	case words.has(inUse): // though it may go on, with what it could get
		return errTaken
	case v.Ending == Stopped:
		return context.Cause(ctx)
	}
	return fmt.Errorf("%s does not listen: %s", r.Program.Name, wire.Clean(strings.Join(words[:min(3, len(words))], "; "), 300))
}

// hear waits for a text in the output, and reports whether it came before the
// program ended.
func (r *Process) hear(ctx context.Context, text string) bool {
	return r.heard.until(ctx, func(out, err []byte) bool { return holds(out, text) || holds(err, text) })
}

// hears reports whether a text is in the output already.
func (r *Process) hears(text string) bool {
	return holds([]byte(r.heard.text(stdout)), text) || holds([]byte(r.heard.text(stderr)), text)
}

// command types a line into the program, and waits until its effect shows in the
// output.
func (r *Process) command(ctx context.Context, line, effect string) bool {
	r.say(line)
	return r.hear(ctx, effect)
}

// say types a text into the program. It may have gone; that is for its verdict to
// tell.
func (r *Process) say(text string) { io.WriteString(r.stdin, text) }
