package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tlstutor/labs"
)

// connects is the command connect. It is the one that leaves this machine, and
// only for the host that was named.
func (s *shell) connects() *cobra.Command {
	var asJSON, fields bool
	var keep keeper
	flags := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "connect HOST[:PORT]",
		Short: "Make one handshake with a host you name, and open it",
		Long: "Make one handshake with a server that you name, and print what happened, one line for each record, and whether its certificate is good. " +
			"Exit status: 0 the handshake is complete and the certificate verified, 1 it is not, 2 the line cannot be meant, 3 the server could not be reached or a file not be read.",
		Example: "tlstutor connect example.com\ntlstutor connect mail.example.com --starttls smtp\ntlstutor connect 127.0.0.1:8443 --name app.example.com --ca roots.pem --fields",
		Args:    cobra.ArbitraryArgs,

		ValidArgsFunction: cobra.NoFileCompletions,
	}
	for i := range labs.Connect.Knobs {
		k := &labs.Connect.Knobs[i]
		if k.Kind == labs.Address {
			continue
		}
		doc := k.Doc
		if k.Kind == labs.Choice {
			doc += ": " + strings.Join(k.Choices, ", ")
		}
		flags[k.Name] = cmd.Flags().String(k.Name, k.Start(), doc)
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per line: the settings, each event, the goals")
	cmd.Flags().BoolVar(&fields, "fields", false, "below each record all its fields")
	keep.flags(cmd)
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) != 1:
			return hint(misuse(fmt.Errorf("connect takes one server, here are %d", len(args))), "write HOST or HOST:PORT")
		case args[0] == "":
			return unnamed("connect", "write HOST or HOST:PORT")
		case asJSON && fields:
			return misuse(errors.New("--json has all the fields already; leave --fields out"))
		case *flags["min"] > *flags["max"]:
			return hint(misuse(fmt.Errorf("no version of TLS is at least %s and at most %s", quote(*flags["min"]), quote(*flags["max"]))), "--min and --max are 1.0, 1.1, 1.2 or 1.3")
		}
		given := labs.Settings{"host": args[0]}
		for name, value := range flags {
			given[name] = *value
		}
		set, err := labs.Connect.Settings(given)
		if err != nil {
			return misuse(err)
		}
		if err := keep.check(cmd); err != nil {
			return err
		}
		began := time.Now()
		events, err := visit(cmd.Context(), set, asJSON, fields)
		if err != nil {
			return err
		}
		if err := keep.keep(&labs.Kept{Lab: labs.Connect, Settings: set, Events: events, Page: labs.Page{Made: began}}); err != nil {
			return err
		}
		bad, _ := labs.Verdict(events)
		return unverified(bad)
	})
}

// visit connects, prints what happens while it does, and returns that.
func visit(ctx context.Context, set labs.Settings, asJSON, fields bool) ([]labs.Event, error) {
	out := bufio.NewWriter(os.Stdout)
	var to printer = &jsonPrinter{w: out}
	if asJSON {
		out.Write(labs.AppendStart(nil, labs.Connect, set))
	} else {
		p := labs.NewPrinter(out, labs.Connect, set)
		p.Fields = fields
		to = p
	}
	r := labs.Start(ctx, labs.Connect, set, labs.Options{})
	if err := follow(r, to, out); err != nil {
		r.Stop()
		return nil, fmt.Errorf("writing what happened: %w", err)
	}
	if err := stopped(ctx); err != nil {
		return nil, err
	}
	if err := r.Err(); err != nil {
		return nil, unreached(err)
	}
	events, _ := r.Since(0)
	return events, nil
}

// unreached is a failure to hear anything of a server, and what to do.
func unreached(err error) error {
	if report := broke(err); report != err {
		return report
	}
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return hint(err, "is the name spelt right, and is there a network?")
	case errors.As(err, &timeout) && timeout.Timeout():
		return hint(err, "is the port right? A server that speaks something else first needs --starttls")
	case strings.Contains(err.Error(), "reading the roots"):
		if errors.Is(err, fs.ErrNotExist) {
			return hint(err, "is the name spelt right? --ca takes a file of certificates as PEM")
		}
		return hint(err, "--ca takes a file of certificates as PEM")
	}
	return hint(err, "is the port right?")
}

// unverified is a verdict that is no, and what to do.
func unverified(err error) error {
	switch {
	case err == nil:
		return nil
	case strings.HasPrefix(err.Error(), "not verified"):
		return hint(verdict(err), "--ca FILE trusts other roots, --name asks for another name")
	case strings.Contains(err.Error(), "does not start TLS"):
		return hint(verdict(err), "--starttls names what this server speaks before TLS, or is left out where that is nothing")
	case strings.HasPrefix(err.Error(), "no TLS"):
		return hint(verdict(err), "some servers speak something else first: --starttls smtp, imap, pop3, ftp or postgres")
	}
	return hint(verdict(err), "--min, --max, --name and --alpn change what is offered")
}
