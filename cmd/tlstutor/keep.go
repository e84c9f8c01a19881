package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"tlstutor/content"
	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// A keeper writes a run to the files that flags name.
type keeper struct {
	html, pcap, keylog string
	out                string // a folder
	of                 string // of what these files are, where that has to be said: " of connection 2"
	quiet              bool   // standard output has JSON: a line of text among values would be no value
}

// flags adds its flags to a command.
func (k *keeper) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&k.html, "html", "", "write the run to a new file as a page for a browser")
	cmd.Flags().StringVar(&k.pcap, "pcap", "", "write it to a new file as pcapng, with the secrets inside")
	cmd.Flags().StringVar(&k.keylog, "keylog", "", "write its secrets to a new file, as SSLKEYLOGFILE has them")
}

// folder adds the flag for what was signed in the run.
func (k *keeper) folder(cmd *cobra.Command) {
	cmd.Flags().StringVar(&k.out, "out", "", "write the certificates, lists and responses that it made to a new folder, as PEM, DER and PKCS #12, with their private keys")
}

// files are the names that were given, by the end of the names of such files.
func (k *keeper) files() map[string]string {
	return map[string]string{"html": k.html, "pcapng": k.pcap, "keys": k.keylog, "certs": k.out}
}

// check refuses, before anything runs, names that cannot be written to.
func (k *keeper) check(cmd *cobra.Command) error {
	k.quiet = cmd.Flags().Changed("json")
	for _, f := range [][2]string{{"html", k.html}, {"pcap", k.pcap}, {"keylog", k.keylog}, {"out", k.out}} {
		if err := k.free(cmd, f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}

// free refuses the name of a flag if it cannot be written to.
func (k *keeper) free(cmd *cobra.Command, flag, name string) error {
	switch {
	case name == "" && flag == "out" && cmd.Flags().Changed(flag):
		return unnamed("--out", "name a new folder")
	case name == "" && cmd.Flags().Changed(flag):
		return unnamed("--"+flag, "name a new file")
	case name != "" && flag == "out":
		return emptyFolder(name)
	case name == "-":
		return hint(misuse(fmt.Errorf("--%s takes the name of a file: what happened goes to standard output", flag)), "name a new file")
	}
	if _, err := os.Lstat(name); name != "" && err == nil {
		return taken(name)
	}
	return nil
}

// taken says that a file is there already.
func taken(name string) error {
	return hint(fmt.Errorf("%s is there already, and is left as it is", wire.Clean(name, wire.MaxValue)), "name a new file")
}

// keep writes the files, and says to a reader of text which they are.
func (k *keeper) keep(run *labs.Kept) error {
	notes, err := lessons.LoadNotes(content.FS)
	if err != nil {
		return err
	}
	run.Page.Version = version()
	run.Page.Note = func(path string) string { n, _ := notes.For(path); return n.Text }
	files := k.files()
	for _, f := range labs.Formats() {
		name := files[f.Ext]
		if name == "" {
			continue
		}
		if f.Folder {
			if err := saveMade(name, run.Files(), k.quiet); err != nil {
				return err
			}
			continue
		}
		if err := create(name, f, run); err != nil {
			return err
		}
		if k.quiet {
			continue
		}
		if _, err := fmt.Println("The " + f.Name + k.of + " is in " + wire.Clean(name, wire.MaxValue) + "."); err != nil {
			return fmt.Errorf("saying where the files are: %w", err)
		}
	}
	return nil
}

// create writes one file, which is not there yet. Half a file is worse than
// none.
func create(name string, f labs.Format, run *labs.Kept) error {
	// O_EXCL follows no link either: what is there stays as it is.
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return taken(name)
	}
	if err != nil {
		return hint(fmt.Errorf("making %s: %w", wire.Clean(name, wire.MaxValue), reason(err)), "name a file in a folder that you may write to")
	}
	// Closing may be what fails: some disks say only then that they are full.
	if err := errors.Join(f.Write(out, run), out.Close()); err != nil {
		return errors.Join(roomless(err), os.Remove(name))
	}
	return nil
}
