package labs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// What the gallery bears. Its clients are anybody's.
const (
	guests     = 64               // connections at once, at each of its ports
	guestLimit = 10 * time.Second // that one may take
	guestBytes = 16 << 10         // that are taken from one

	// Up to so many bytes of events the gallery tells of each record, then of each
	// connection in one line; then it only counts. At eventLimit the run would end. A
	// guest whose records are told of may make so many bytes of events: most would
	// need thousands of cipher suites, or of records.
	tellRecords = eventLimit * 3 / 4
	tellLines   = eventLimit * 7 / 8
	tellGuest   = 4 << 20
)

// The names of what the gallery tells.
const (
	entryNote   = "entry"   // one server of it
	guestNote   = "guest"   // one connection to it
	galleryNote = "gallery" // the whole of it, open or closed
)

// Serve is the gallery: a good server and the bad ones, for the user's own clients.
var Serve = &Lab{
	Name: "serve",
	Doc: `The good server and the bad ones, for your own clients.

Each fault of the lab faults that a server can show is served, on one port of this
machine: the name that a client sends says which one it gets. Only ip-as-name,
which no name chooses, has a port of its own. A page over plain HTTP lists them,
with a command for each tool and what it will say. It goes on until it is stopped.`,
	Knobs: []Knob{
		{Name: "listen", Doc: "where the servers listen: IP:PORT, and port 0 is one that is free", Kind: Text, Max: 80, Default: "127.0.0.1:0"},
		{Name: "expose", Doc: "whether other machines may connect", Choices: []string{"no", "yes"}},
		{Name: "root", Doc: "the file in which the commands have the root", Kind: Text, Max: 500, Default: rootFile},
		{Name: "only", Doc: "the faults to serve, with commas between them; none given: all", Kind: Text, Max: 2000},
	},
	Endless: true,
	Run:     runServe,
	command: serveCommand,
}

// serveCommand is the command line.
func serveCommand(_ *Lab, s Settings) string {
	words := []string{"serve"}
	if s["only"] != "" {
		words = append(words, strings.ReplaceAll(Word(s["only"]), ",", " "))
	}
	if at := s["listen"]; at != "" && at != "127.0.0.1:0" {
		words = append(words, "--listen", Word(at))
	}
	if s["expose"] == "yes" {
		words = append(words, "--expose")
	}
	if at := s["root"]; at != "" && at != rootFile {
		words = append(words, "--root", Word(at))
	}
	return strings.Join(words, " ")
}

// onlyFaults are the faults that knob only names; nil stands for the good twin,
// which is always among them.
func onlyFaults(only string) ([]*Fault, error) {
	all := append([]*Fault{nil}, Faults()...)
	if strings.TrimSpace(only) == "" {
		return all, nil
	}
	var some []string
	for name := range strings.SplitSeq(only, ",") {
		name = strings.TrimSpace(name)
		if name != goodName && FaultNamed(name) == nil {
			return nil, noFault(name)
		}
		some = append(some, name)
	}
	return slices.DeleteFunc(all, func(f *Fault) bool { return f != nil && !slices.Contains(some, f.Name) }), nil
}

// noFault says that there is no fault of that name, and which one may be meant.
func noFault(name string) error {
	names := []string{goodName}
	for _, f := range Faults() {
		names = append(names, f.Name)
	}
	todo := "tlstutor serve --list has them all"
	if n := wire.Nearest(name, names); n != "" {
		todo = "did you mean " + n + "?"
	}
	return &Refusal{fmt.Errorf("there is no fault %s; %s", quoted(name), todo)}
}

// List is what a gallery would serve, at ports that are yet to be known. Nothing
// listens.
func List(keys *pki.Keyring, now func() time.Time, only, root string) (Index, error) {
	x := Index{Servers: "127.0.0.1:PORT", Pages: "127.0.0.1:PAGES", Root: root}
	faults, err := onlyFaults(only)
	if err != nil {
		return x, err
	}
	g := &gallery{at: x.Servers, other: "127.0.0.1:PORT2", pages: x.Pages, file: root}
	if err := g.hang(keys, now, faults); err != nil {
		return x, err
	}
	for _, one := range g.exhibits {
		x.Entries = append(x.Entries, one.Entry)
	}
	return x, nil
}

// runServe makes the gallery, opens it, and closes it when the run is stopped.
func runServe(ctx context.Context, b *Bench, s Settings) error {
	faults, err := onlyFaults(s["only"])
	if err != nil {
		return err
	}
	g := &gallery{b: b, file: s["root"]}
	doors, err := g.open(s["listen"], s["expose"] == "yes")
	if err != nil {
		return err
	}
	if err := g.hang(b.Keys(), b.Now, faults); err != nil {
		return err
	}
	// What a client has to trust comes first: who reads the events may write it to a file.
	b.made("root", g.world.root.Raw, "itself")
	for _, x := range g.exhibits {
		b.Emit(g.event(x))
	}
	b.Go(func() error { return g.answerPages(doors[2]) })
	g.begin(func() { g.receive(doors[0], g.named("no-ip")) })
	g.begin(func() { g.receive(doors[1], g.named("ip-as-name")) })
	if s["expose"] == "yes" {
		b.Emit(Event{Kind: Said, Who: Server, Text: "WARNING: other machines can reach this gallery; there this machine's address stands in place of 127.0.0.1; nothing that is served is secret, and nothing of it may be trusted"})
	}
	b.Emit(g.opened())
	<-ctx.Done()
	// Guests are told to leave by the same context; when all have left there is no more
	// to tell but the count.
	for _, door := range doors {
		door.Close()
	}
	g.going.Wait()
	served := g.served()
	b.Emit(Event{Kind: Said, Who: Server, Text: served.Value, Tree: wire.Note(galleryNote, "closed", served)})
	return nil
}

// index is what the page shows, but for its entries.
func (g *gallery) index() Index { return Index{Servers: g.at, Pages: g.pages, Root: g.file} }

// opened tells that the gallery is open: where, and what clients need.
func (g *gallery) opened() Event {
	tree := wire.Note(galleryNote, "open", wire.Note("servers", g.at), wire.Note("pages", "http://"+g.pages+"/"), wire.Note("root", g.file))
	root := "is in " + wire.Clean(g.file, wire.MaxValue)
	if get := g.index().Fetch(nil); get != "" {
		tree.Kids = append(tree.Kids, wire.Note("fetch", get))
		root = "is got so: " + get
	}
	return Event{Kind: Said, Who: Server, Tree: tree, Text: fmt.Sprintf("%s at %s; what to type, and what will be said, stands at http://%s/. The root that clients have to trust %s",
		wire.Count(len(g.exhibits), "server"), g.at, g.pages, root)}
}

// open opens the three doors: for names, for the one that needs a port of its own,
// and for the pages.
func (g *gallery) open(at string, exposed bool) ([]net.Listener, error) {
	var doors []net.Listener
	for range 3 {
		l, err := loop.ListenAt(at, exposed, guests)
		if err != nil {
			for _, l := range doors {
				l.Close()
			}
			return nil, refusedDoor(at, err)
		}
		g.b.keep(l)
		doors = append(doors, l)
		// The port that was asked for is taken now.
		here, err := netip.ParseAddrPort(l.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("reading the own address: %w", err)
		}
		at = netip.AddrPortFrom(here.Addr(), 0).String()
	}
	g.at, g.other, g.pages = reachable(doors[0]), reachable(doors[1]), reachable(doors[2])
	return doors, nil
}

// refusedDoor is why nobody can listen there. What a user can write otherwise is no
// fault of the machine.
func refusedDoor(at string, err error) error {
	if _, ok := errors.AsType[*loop.ExposedError](err); ok {
		return &Refusal{err}
	}
	if _, ok := errors.AsType[*net.AddrError](err); ok {
		return &Refusal{fmt.Errorf("%s is no address to listen at; one is IP:PORT, such as 127.0.0.1:8443", quoted(at))}
	}
	return err
}

// reachable is the address that a client on this machine takes.
func reachable(l net.Listener) string {
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil || !at.Addr().IsUnspecified() {
		return l.Addr().String()
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port()).String()
}

// receive takes whoever comes, until the door is closed. Nameless is whom a client
// gets that names nobody; nil: the good one.
func (g *gallery) receive(door net.Listener, nameless *exhibit) {
	for {
		c, err := door.Accept()
		switch {
		case g.b.ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many files are open, say, which passes
			if clock := g.b.run.clock; clock.Wait(g.b.ctx, clock.At()+100*time.Millisecond) != nil {
				return
			}
		default:
			g.begin(func() {
				defer c.Close()
				g.welcome(c, nameless)
			})
		}
	}
}

// begin has f called beside the others; the gallery waits for all of them.
func (g *gallery) begin(f func()) {
	g.going.Add(1)
	g.b.Go(func() error {
		defer g.going.Done()
		f()
		return nil
	})
}

// served says who served, and how often: in one line, and each by itself.
func (g *gallery) served() *wire.Field {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.count == 0 {
		return wire.Note("served", "nobody came")
	}
	var parts []string
	var each []*wire.Field
	tell := func(name string, n int) {
		if n > 0 {
			parts = append(parts, name+" "+strconv.Itoa(n))
			each = append(each, wire.Note(name, strconv.Itoa(n)))
		}
	}
	rest := g.count
	for _, x := range g.exhibits {
		tell(x.Name, x.count)
		rest -= x.count
	}
	tell("no TLS", rest)
	said := fmt.Sprintf("it served %s: %s", wire.Count(g.count, "connection"), strings.Join(parts, ", "))
	return wire.Note("served", said, each...)
}
