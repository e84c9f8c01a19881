package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// serves is the command serve: the gallery of good and bad servers, until it is
// stopped.
func (s *shell) serves() *cobra.Command {
	var asJSON, fields, list, expose bool
	var listen, root string
	var keep keeper
	cmd := &cobra.Command{
		Use:   "serve [FAULT ...]",
		Short: "Serve a good server and many bad ones, for your own clients",
		Long: "Serve a good server and the bad ones on one port of this machine, until ctrl+c. The name that a client sends says which one it gets; ip-as-name, which no name chooses, has a port of its own. " +
			"What to type for openssl, python3, curl, gnutls-cli and tlstutor, and what each will say, stands on a page over plain HTTP; of a few servers that are named it is printed as well. Each connection is told of in one line. " +
			"The servers' keys and root are made now and never touch a disk, unless --root or --out says so; with --root the commands read that file.",
		Example: "tlstutor serve\ntlstutor serve expired wrong-name --root root.pem\ntlstutor serve --list\ntlstutor serve --listen 0.0.0.0:8443 --expose",
		Args:    cobra.ArbitraryArgs,

		ValidArgsFunction: completeFaults,
	}
	cmd.Flags().StringVar(&listen, "listen", labs.Serve.Knob("listen").Start(), "where the servers listen: IP:PORT, and port 0 is one that is free")
	cmd.Flags().BoolVar(&expose, "expose", false, "allow --listen to name an address that other machines can reach")
	cmd.Flags().StringVar(&root, "root", "", "write the root that clients are to trust to a new file, as PEM")
	cmd.Flags().BoolVar(&list, "list", false, "only list the servers and the commands; nothing is served")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per line: the settings, each server, each record and connection")
	cmd.Flags().BoolVar(&fields, "fields", false, "tell of each record of each connection, with all its fields")
	keep.folder(cmd)
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		keep.quiet = asJSON
		if asJSON && fields {
			return misuse(errors.New("--json has all the fields already; leave --fields out"))
		}
		var err error
		only := strings.Join(args, ",")
		asked := labs.Settings{"listen": listen, "only": only, "expose": map[bool]string{true: "yes", false: "no"}[expose]}
		if root != "" {
			// Whoever types the commands may stand in another folder.
			if asked["root"], err = filepath.Abs(root); err != nil {
				return fmt.Errorf("finding the folder of %s: %w", wire.Clean(root, wire.MaxValue), err)
			}
		}
		set, err := labs.Serve.Settings(asked)
		if err != nil {
			return misuse(err)
		}
		// A list needs no port, and so no file can be in the way.
		if list {
			return listGallery(set, asJSON)
		}
		for _, f := range [][2]string{{"root", root}, {"out", keep.out}} {
			if err := keep.free(cmd, f[0], f[1]); err != nil {
				return err
			}
		}
		return serve(cmd.Context(), set, &servePrinter{out: bufio.NewWriter(os.Stdout), root: root, keep: &keep, json: asJSON, fields: fields})
	})
}

// completeFaults completes the names of faults.
func completeFaults(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names := []string{"good"}
	for _, f := range labs.Faults() {
		names = append(names, f.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// listGallery prints what would be served.
func listGallery(set labs.Settings, asJSON bool) error {
	index, err := labs.List(pki.NewKeyring(), time.Now, set["only"], set["root"])
	if err != nil {
		return galleryRefused(err)
	}
	out := bufio.NewWriter(os.Stdout)
	if !asJSON {
		if err := index.Text(out); err != nil {
			return err
		}
		return out.Flush()
	}
	for i := range index.Entries {
		if err := encode(out, entryOf(&index.Entries[i])); err != nil {
			return err
		}
	}
	return out.Flush()
}

// serve opens the gallery, prints what it tells, and returns when it is stopped:
// that is how it ends when all is well.
func serve(ctx context.Context, set labs.Settings, p *servePrinter) error {
	// The first line says what was asked for, before anything can fail.
	if p.json {
		p.out.Write(labs.AppendStart(nil, labs.Serve, set))
	} else if p.fields {
		p.all = labs.NewPrinter(p.out, labs.Serve, set)
		p.all.Fields = true
	} else {
		fmt.Fprintf(p.out, "%s\n\n", labs.Serve.Command(set))
	}
	r := labs.Start(ctx, labs.Serve, set, labs.Options{})
	p.run, p.began = r, time.Now()
	if err := p.follow(); err != nil {
		r.Stop()
		return err
	}
	// Nil after ctrl+c: a gallery has no other end.
	err := r.Err()
	if report := broke(err); report != err {
		return report
	}
	return galleryRefused(err)
}

// galleryRefused says of an error of the gallery what to do.
func galleryRefused(err error) error {
	// The advice depends on what was refused; the words are the gallery's own.
	if r, ok := errors.AsType[*labs.Refusal](err); ok {
		if strings.Contains(err.Error(), "other machines") {
			return hint(misuse(r), "--expose allows that; what is served then is for everybody on the network")
		}
		return misuse(r)
	}
	return hint(err, "--listen 127.0.0.1:0 takes a port that is free")
}

// A servePrinter prints what a gallery tells while it is open. It keeps none of it,
// but its entries until it opens.
type servePrinter struct {
	out    *bufio.Writer
	run    *labs.Run
	root   string  // where the root is to be written; "": nowhere
	keep   *keeper // and what else was made
	json   bool
	fields bool
	all    *labs.Printer // of all that crosses, with fields

	began   time.Time
	entries []labs.Event
}

// follow prints until the gallery is closed.
func (p *servePrinter) follow() error {
	// n is how many events have been printed.
	for n, ended := 0, false; !ended; {
		<-p.run.Changed()
		var events []labs.Event
		events, ended = p.run.Since(n)
		n += len(events)
		for i := range events {
			if err := p.print(&events[i]); err != nil {
				return err
			}
		}
		if err := p.out.Flush(); err != nil {
			return fmt.Errorf("writing what happened: %w", err)
		}
	}
	return nil
}

// print prints one event, and writes the files that are asked for once there is
// something to write.
func (p *servePrinter) print(e *labs.Event) error {
	if e.Tree != nil && e.Tree.Src != nil && e.Tree.Name == "root" && e.Who == labs.CA && p.root != "" {
		if err := newFile(p.root, pki.PEM(pki.PEMCertificate, e.Tree.Bytes())); err != nil {
			return err
		}
	}
	// By now all servers are made, and so is whatever they need.
	if labs.IsOpening(e) && p.keep.out != "" {
		if err := p.save(); err != nil {
			return err
		}
	}
	switch {
	case p.json:
		_, err := p.out.Write(labs.AppendEvent(p.out.AvailableBuffer(), e))
		return err
	// What crossed is for --fields alone; the rest reads better as the gallery has it.
	case p.fields && e.Conn != nil:
		p.all.Print([]labs.Event{*e})
		return nil
	}
	lines := ""
	switch {
	case labs.IsEntry(e): // told of together, once the gallery is open
		p.entries = append(p.entries, *e)
	case labs.IsOpening(e):
		lines, p.entries = labs.GalleryOpening(p.entries, e), nil
	default:
		lines, _ = labs.GalleryLine(e, p.began)
	}
	_, err := p.out.WriteString(lines)
	return err
}

// save writes what was made, with a list of it: of all the servers together there
// are hundreds of files, and nobody looks through so many lines for an address.
func (p *servePrinter) save() error {
	const index = "index.txt"
	files := labs.Files(p.run.Made(), nil)
	var list strings.Builder
	for _, f := range files {
		fmt.Fprintf(&list, "%s  %s%s\n", f.Name, f.Doc, map[bool]string{true: " (secret)"}[f.Secret])
	}
	all := append(files, labs.File{Name: index, Data: []byte(list.String())})
	if err := saveMade(p.keep.out, all, true); err != nil || p.json {
		return err
	}
	dir, err := filepath.Abs(p.keep.out)
	if err != nil {
		return fmt.Errorf("finding the folder of %s: %w", wire.Clean(p.keep.out, wire.MaxValue), err)
	}
	_, err = fmt.Fprintf(p.out, "%s written to %s; %s there says what each is.\n%s\n", wire.Count(len(files), "file"), wire.Clean(dir, wire.MaxValue), index, keyWarning(files))
	return err
}

// newFile writes a file that is not there yet.
func newFile(name string, data []byte) error {
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return taken(name)
	}
	if err != nil {
		return hint(fmt.Errorf("making %s: %w", wire.Clean(name, wire.MaxValue), reason(err)), "name a file in a folder that you may write to")
	}
	// Half a file is worse than none.
	_, err = out.Write(data)
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(roomless(err), os.Remove(name))
	}
	return nil
}

// The shapes of an entry in JSON.
type (
	entryJSON struct {
		Name    string    `json:"name"`
		Group   string    `json:"group"`
		Doc     string    `json:"doc"`
		Host    string    `json:"host"`
		Address string    `json:"address"`
		Files   []string  `json:"files,omitempty"`
		Tries   []tryJSON `json:"tries"`
	}
	tryJSON struct {
		Tool    string `json:"tool"`
		Command string `json:"command"`
		Accepts bool   `json:"accepts"`
		Exit    int    `json:"exit"`
		Says    string `json:"says,omitempty"`
		By      string `json:"by,omitempty"`
		Made    string `json:"made,omitempty"`
	}
)

// entryOf is an entry as JSON has it.
func entryOf(e *labs.Entry) entryJSON {
	one := entryJSON{Name: e.Name, Group: e.Group, Doc: e.Doc, Host: e.Host, Address: e.Addr}
	for _, f := range e.Files {
		one.Files = append(one.Files, f.Name)
	}
	for _, t := range e.Tries {
		one.Tries = append(one.Tries, tryJSON(t))
	}
	return one
}
