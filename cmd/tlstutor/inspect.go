package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// An inspection is the command inspect: how it opens what it is given, and how it
// prints that.
type inspection struct {
	json     bool   // values in place of lines
	lint     bool   // also where there is much
	secret   string // the file that has the password
	starttls string
	name     string // to ask a server for

	out      *bufio.Writer
	buf      []byte // kept for its room
	password string // of PKCS #12, beside the empty one
	linted   int    // how many certificates were looked into
	unlinted int    // and how many were not
	advised  bool   // it has said whom some rules bind
}

// inspect opens certificates, and their kin, that the user has. It takes whatever can be a file:
// what it cannot read, it says in one line, and what it can read only in part, it
// shows that far.
func (s *shell) inspect() *cobra.Command {
	var in inspection
	cmd := &cobra.Command{
		Use:   "inspect FILE|DIR|-|HOST:PORT",
		Short: "Open certificates down to the byte",
		Long: "Open what a file holds as a tree of fields: certificates, requests, CRLs, OCSP, keys, PKCS #7 and PKCS #12, in PEM or DER, one or several. " +
			"Below each certificate stands what zlint finds, with the field it is about. With - it reads standard input; of a folder it opens every file; " +
			"of HOST:PORT, which is no file here, it makes one handshake and opens what the server shows.",
		Example: "tlstutor inspect cert.pem\ntlstutor inspect --json - < chain.pem\ntlstutor inspect /etc/ssl/certs\ntlstutor inspect store.p12 --password-file secret.txt\ntlstutor inspect example.com:443",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&in.json, "json", false, "one JSON value per object")
	cmd.Flags().BoolVar(&in.lint, "lint", false, fmt.Sprintf("look for findings in all certificates, not in the first %d alone", lintedFirst))
	cmd.Flags().StringVar(&in.secret, "password-file", "", "the `file` with the password of a PKCS #12 file; - is standard input")
	cmd.Flags().StringVar(&in.starttls, "starttls", labs.Connect.Knob("starttls").Start(), "of HOST:PORT: what is spoken before TLS")
	cmd.Flags().StringVar(&in.name, "name", "", "of HOST:PORT: the `host` to ask for, instead of that one")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) != 1:
			return hint(misuse(fmt.Errorf("inspect takes one file, here are %d", len(args))), "- is standard input")
		case args[0] == "":
			return unnamed("inspect", "name a file, or - for standard input")
		case in.secret == "" && cmd.Flags().Changed("password-file"):
			return unnamed("--password-file", "name a file, or - for standard input")
		case in.secret == "-" && args[0] == "-":
			return misuse(errors.New("standard input can be the file or the password, not both"))
		}
		// Before anything is opened: who has mistyped its name wants to know at once.
		if err := in.readPassword(cmd.Context()); err != nil {
			return err
		}
		in.out = bufio.NewWriterSize(os.Stdout, 1<<16)
		err := in.open(cmd.Context(), args[0])
		in.closing() // also where something failed: what was printed is short of it
		if failed := in.out.Flush(); failed != nil {
			return fmt.Errorf("writing what was found: %w", failed)
		}
		return err
	})
}

// open opens what is named. What exists as a file is one, whatever its name looks
// like.
func (in *inspection) open(ctx context.Context, name string) error {
	info, err := os.Stat(name)
	switch {
	case name == "-":
	case err == nil && info.IsDir():
		return in.folder(ctx, name)
	// The network is reached only where there is no such file, and the name can be meant so.
	case err != nil && isServer(name):
		return in.server(ctx, name)
	case errors.Is(err, fs.ErrNotExist):
		if bad := serverMeant(name); bad != nil {
			return bad
		}
	}
	clean, data, err := slurp(ctx, "inspect", name, slurpWait)
	if err != nil {
		return err
	}
	found, err := der.Objects(clean, data)
	switch _, known := errors.AsType[*der.Foreign](err); {
	case known: // what to do is said
		return err
	case err != nil && name == "-":
		return hint(err, "give it a certificate: tlstutor inspect - < cert.pem")
	case err != nil && slices.Contains([]string{".pem", ".crt", ".cer"}, strings.ToLower(filepath.Ext(name))):
		return hint(err, "is it damaged, or something else under that name?")
	case err != nil:
		return hint(err, "a certificate's file often ends in .pem, .crt or .cer")
	}
	return in.print(found)
}

// serverMeant says of a name that no file has, and that was meant for a server, how
// one is named; nil where it looks like a file's.
func serverMeant(name string) error {
	scheme, rest, isURL := strings.Cut(name, "://")
	if isURL {
		rest, _, _ = strings.Cut(rest, "/")
		if _, _, err := net.SplitHostPort(rest); err != nil && scheme == "https" {
			rest = net.JoinHostPort(strings.Trim(rest, "[]"), "443")
		}
		return hint(fmt.Errorf("%s is a URL, and no file", quote(name)), "a server is named by its host and its port: "+wire.Clean(rest, 200))
	}
	if at, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		at = at.WithZone("")
		todo := "name the port too: " + net.JoinHostPort(at.String(), "443")
		// Its last group may be meant as one.
		if i := strings.LastIndex(name, ":"); i > 0 {
			if at, err := netip.ParseAddrPort("[" + name[:i] + "]" + name[i:]); err == nil {
				todo += ", or " + at.String()
			}
		}
		return hint(fmt.Errorf("there is no file %s, and an address alone is no server", at), todo)
	}
	host, port, err := net.SplitHostPort(name)
	switch {
	case err == nil && host == "":
		return hint(fmt.Errorf("there is no file %s, and a port alone is no server", quote(name)), "name the host too: localhost:"+wire.Clean(port, 20))
	case err == nil && len(host) > 1 && !strings.ContainsAny(name, `/\`): // C:cert is a file
		return hint(fmt.Errorf("there is no file %s, and as a server it has no port", quote(name)), "a port is a number, as in "+wire.Clean(net.JoinHostPort(host, "443"), 200))
	case err != nil && looksHost(name):
		return hint(fmt.Errorf("there is no file %s, and a host alone is no server", quote(name)), "is the name spelt right? A server has its port too: "+wire.Clean(name, 200)+":443")
	}
	return nil
}

// looksHost reports whether a name may be a host's: it has a dot, and does not end as
// the files do that are opened here.
func looksHost(name string) bool {
	if name == "localhost" {
		return true
	}
	switch end := strings.ToLower(filepath.Ext(name)); end {
	case "", ".", ".pem", ".crt", ".cer", ".der", ".key", ".csr", ".req", ".crl", ".p7b", ".p7c", ".p7s", ".p8", ".p12", ".pfx", ".ors", ".txt", ".bin":
		return false
	}
	return !strings.ContainsAny(name, `/\ `) && labs.Connect.Knob("host").Check(name) == nil
}

// isServer reports whether a name is meant as HOST:PORT, be it a good one or not.
// Without a port it is taken for a file whose name was mistyped.
func isServer(name string) bool {
	host, port, err := net.SplitHostPort(name)
	if err != nil || host == "" || strings.ContainsAny(host, `/\`) {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 32)
	return err == nil || port != "" && labs.Connect.Knob("host").Check(name) == nil
}
