package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// dissects is the command dissect: what was captured elsewhere, opened as if it
// had been run here. It reads front to back, prints each connection when it has
// ended, and keeps only what is open.
func (s *shell) dissects() *cobra.Command {
	var d dissection
	cmd := &cobra.Command{
		Use:   "dissect FILE|-",
		Short: "Open a capture, or TLS records, down to the byte",
		Long: "Open a capture (pcap, pcapng) or bare TLS records, and print each TLS connection in it as if it were a run, one line for each record. " +
			"With - it reads standard input, and prints while it reads. Connections come in the order in which they began, though none waits for long for one that goes on. Secrets are taken from the capture, and from --keylog or else the file that SSLKEYLOGFILE names.",
		Example: "tlstutor dissect trace.pcapng\ntlstutor dissect --keylog keys.txt --fields trace.pcap\ntlstutor dissect --conn 3 --html third.html trace.pcapng\ntcpdump -U -w - port 443 | tlstutor dissect -",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&d.json, "json", false, "one JSON value per line: the file, each event of each connection")
	cmd.Flags().BoolVar(&d.fields, "fields", false, "below each record all its fields")
	cmd.Flags().BoolVar(&d.verify, "verify", false, "behind each connection what its two sides proved to each other, and whether that holds")
	cmd.Flags().StringVar(&d.keylog, "keylog", "", "a file of secrets, as SSLKEYLOGFILE has them")
	cmd.Flags().IntVar(&d.conn, "conn", 0, "only the connection with this `number`")
	cmd.Flags().StringVar(&d.keep.html, "html", "", "write a connection to a new file as a page for a browser: that of --conn, or the first")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) != 1:
			return hint(misuse(fmt.Errorf("dissect takes one file, here are %d", len(args))), "- is standard input")
		case args[0] == "":
			return unnamed("dissect", "name a file, or - for standard input")
		case d.keylog == "" && cmd.Flags().Changed("keylog"):
			return unnamed("--keylog", "name a file of secrets")
		case d.keylog == "-":
			return hint(misuse(errors.New("--keylog takes the name of a file")), "standard input can be the capture: tlstutor dissect -")
		case d.json && d.fields:
			return misuse(errors.New("--json has all the fields already; leave --fields out"))
		case d.conn < 0 || d.conn == 0 && cmd.Flags().Changed("conn"):
			return hint(misuse(fmt.Errorf("--conn takes the number of a connection, here is %d", d.conn)), "tlstutor dissect FILE prints them with their numbers, from 1")
		}
		if err := d.keep.free(cmd, "html", d.keep.html); err != nil {
			return err
		}
		d.keep.quiet = d.json
		return d.print(cmd.Context(), args[0])
	})
}

// A dissection is how a capture is printed, and with which secrets.
type dissection struct {
	json, fields, verify bool
	keylog               string
	conn                 int    // only that one; 0: all
	keep                 keeper // writes the page of one
}

// print prints what a file, or standard input, holds.
func (d dissection) print(ctx context.Context, name string) error {
	keys := dissect.NewKeys()
	if err := secrets(ctx, keys, d.keylog); err != nil {
		return err
	}
	in, err := reach(ctx, "dissect", name)
	if err != nil {
		return err
	}
	defer in.Close()
	// Trees are short-lived here: collecting them a little sooner keeps memory low, and
	// costs next to nothing.
	defer debug.SetGCPercent(debug.SetGCPercent(sooner))
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	var to opener = &textOpener{w: out, fields: d.fields, one: d.conn != 0}
	if d.json {
		to = &jsonOpener{out}
	}
	one := &chosen{dissection: d, keys: keys}
	tell := newTelling(one, to, out)
	r := capture.NewReader(in, &secretsAfter{keys, tell})
	err = opened(ctx, r, tell, name)
	if ctx.Err() != nil {
		return err
	}
	if failed := one.page(name, r.Seen().Start); failed != nil && err == nil {
		return failed
	}
	return err
}

// sooner is how much of the heap may be new, in percent, until garbage is collected.
const sooner = 60

// An opener prints the connections of a capture.
type opener interface {
	begin(labs.Settings)
	connection([]labs.Event)
	end(*capture.Seen)
}

// opened prints all that a capture gives, each connection as soon as it is there.
// Of a file that is no capture there is nothing to print.
func opened(ctx context.Context, r *capture.Reader, tell *telling, name string) error {
	begun := r.Seen().Format != ""
	if begun {
		tell.prints(func() { tell.to.begin(labs.Settings{"path": name}) })
	}
	for {
		c, err := nextConn(ctx, r, tell.connection)
		if ctx.Err() != nil {
			tell.end(nil)
			return stopped(ctx)
		}
		if err == nil && tell.connection(c) {
			continue
		}
		var last func()
		if seen := r.Seen(); err != nil && begun {
			last = func() { tell.to.end(&seen) }
		}
		if failed := tell.end(last); failed != nil {
			return fmt.Errorf("writing what was captured: %w", failed)
		}
		switch {
		case err == io.EOF: // and not what wraps it
			return nil
		case begun:
			return hint(fmt.Errorf("reading %s: %w", clean(name), reason(err)), "what was readable is printed")
		}
		return hint(fmt.Errorf("reading %s: %w", clean(name), reason(err)), "dissect reads pcap, pcapng and bare TLS records")
	}
}

// A textOpener prints connections as lines.
type textOpener struct {
	w      *bufio.Writer
	p      *labs.Printer
	fields bool
	one    bool // only one is wanted
	n      int  // how many so far
}

func (t *textOpener) begin(set labs.Settings) {
	t.p = labs.NewPrinter(t.w, labs.Dissect, set)
	t.p.Fields = t.fields
}

func (t *textOpener) connection(events []labs.Event) {
	t.n++
	t.p.Connection(events) // a write that fails is found at the flush
}

func (t *textOpener) end(seen *capture.Seen) {
	lines := seen.Lines()
	if t.n == 0 && !t.one {
		lines = append([]string{"no connection with TLS"}, lines...)
	}
	for i, line := range lines {
		if i == 0 {
			fmt.Fprintln(t.w)
		}
		fmt.Fprintln(t.w, line)
	}
}

// A jsonOpener prints connections as JSON values, one per line.
type jsonOpener struct{ w *bufio.Writer }

func (j *jsonOpener) begin(set labs.Settings) {
	j.w.Write(labs.AppendStart(j.w.AvailableBuffer(), labs.Dissect, set))
}

// connection gives the connection its number as its name: it stands in each line.
// The last one tells how the connection ended, as that of a run does.
func (j *jsonOpener) connection(events []labs.Event) {
	events[0].Conn.Name = events[0].Tree.Value
	j.print(events)
	j.w.Write(labs.AppendEnding(j.w.AvailableBuffer(), events))
}

func (j *jsonOpener) print(events []labs.Event) {
	for i := range events {
		j.w.Write(labs.AppendEvent(j.w.AvailableBuffer(), &events[i]))
	}
}

func (j *jsonOpener) end(seen *capture.Seen) {
	j.print(labs.SeenEvents(seen))
	j.w.Write(labs.AppendGoals(j.w.AvailableBuffer(), nil))
}

// secrets reads a key log: the one that is named, or else the user's, which need
// not be there. Lines that mean nothing are passed over.
func secrets(ctx context.Context, keys *dissect.Keys, name string) error {
	users := name == ""
	if users {
		if name = os.Getenv("SSLKEYLOGFILE"); name == "" || name == "-" {
			return nil
		}
	}
	in, err := reach(ctx, "dissect", name)
	if users && err != nil {
		return stopped(ctx)
	}
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = await(ctx, func() (int64, error) { return io.Copy(keys, io.LimitReader(in, logLimit)) })
	switch {
	case ctx.Err() != nil:
		return stopped(ctx)
	case err != nil:
		return fmt.Errorf("reading %s: %w", in.name, hinted("dissect", reason(err)))
	case len(keys.Labels()) == 0 && !users:
		return hint(fmt.Errorf("reading %s: it has no secret that is understood", in.name), "a line of a key log is CLIENT_RANDOM or another label, 64 hexadecimal digits, and the secret in such digits")
	}
	return nil
}

// logLimit is how much of a key log is read: more than all the lines that are
// kept.
const logLimit = 256 << 20

// clean names what is read as it may be printed.
func clean(name string) string {
	if name == "-" {
		return "standard input"
	}
	return wire.Clean(name, 200)
}
