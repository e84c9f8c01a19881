package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tlstutor/labs"
)

// runs is the command run: the labs without a screen, for pipes, for notes, for
// eyes that want lines of text.
func (s *shell) runs() *cobra.Command {
	var asJSON, fields bool
	var keep keeper
	cmd := &cobra.Command{
		Use:               "run LAB [knob=value ...]",
		Short:             "Run a lab here and now, and print what happened",
		Long:              "Run a lab here and now, and print what happened, one line for each event. A handshake that fails as intended is done: exit status 0.",
		Example:           "tlstutor run handshake\ntlstutor run handshake max=1.2 fault=expired\ntlstutor run handshake --fields\ntlstutor run wiretap --json say=hello\ntlstutor run handshake --html run.html",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: complete,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per line: the settings, each event, the goals")
	cmd.Flags().BoolVar(&fields, "fields", false, "below each record all its fields")
	keep.flags(cmd)
	keep.folder(cmd)
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		if asJSON && fields {
			return misuse(errors.New("--json has all the fields already; leave --fields out"))
		}
		l, given, err := place(args)
		if err != nil {
			return err
		}
		set, err := l.Settings(given)
		if err != nil {
			return misuse(err)
		}
		if err := keep.check(cmd); err != nil {
			return err
		}
		began := time.Now()
		out := bufio.NewWriter(os.Stdout)
		var to printer = &jsonPrinter{w: out}
		if asJSON {
			out.Write(labs.AppendStart(nil, l, set))
		} else {
			p := labs.NewPrinter(out, l, set)
			p.Fields = fields
			to = p
		}
		r, err := play(cmd.Context(), l, set, to, out)
		if err != nil {
			return err
		}
		events, _ := r.Since(0)
		return keep.keep(&labs.Kept{Lab: l, Settings: set, Events: events, Made: r.Made(), Page: labs.Page{Made: began}})
	})
}

// play runs a lab, prints it as it goes on, and returns the run. One that
// was stopped, and one that the machine or our own code made impossible, are
// failures; a handshake that failed is not.
func play(ctx context.Context, l *labs.Lab, set labs.Settings, to printer, out *bufio.Writer) (*labs.Run, error) {
	r := labs.Start(ctx, l, set, labs.Options{})
	// Nobody reads the rest: the run need not go on.
	if err := follow(r, to, out); err != nil {
		r.Stop()
		return nil, fmt.Errorf("writing what happened: %w", err)
	}
	if err := stopped(ctx); err != nil {
		return nil, err
	}
	err := r.Err()
	// Our own code broke; the report says more than advice could.
	if report := broke(err); report != err {
		return nil, report
	}
	if _, ok := errors.AsType[*labs.Refusal](err); ok {
		return nil, misuse(err)
	}
	return r, hint(err, "nothing was changed; tlstutor doctor shows more")
}

// A printer writes the events of a run as they come, and at the end what it all
// came to.
type printer interface {
	Print([]labs.Event)
	Close() error
}

// A jsonPrinter prints events as JSON values, one per line. It keeps them, since
// the last line judges all of them.
type jsonPrinter struct {
	w    *bufio.Writer
	seen []labs.Event // all so far, for the goals
}

// Print appends to what is buffered; a write that fails is found at the flush.
func (p *jsonPrinter) Print(events []labs.Event) {
	for i := range events {
		p.w.Write(labs.AppendEvent(p.w.AvailableBuffer(), &events[i]))
	}
	p.seen = append(p.seen, events...)
}

// Close writes the goals.
func (p *jsonPrinter) Close() error {
	_, err := p.w.Write(labs.AppendGoals(nil, p.seen))
	return err
}

// follow prints a run while it goes on, and returns when it has ended or its
// reader has gone.
func follow(r *labs.Run, p printer, out *bufio.Writer) error {
	// n is how many events have been printed.
	for n, ended := 0, false; !ended; {
		<-r.Changed()
		var events []labs.Event
		events, ended = r.Since(n)
		n += len(events)
		p.Print(events)
		// At each step, so that a pipe has them as they happen.
		if err := out.Flush(); err != nil {
			return err
		}
	}
	if err := p.Close(); err != nil {
		return err
	}
	return out.Flush()
}
