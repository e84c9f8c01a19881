package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// emptyFolder refuses a name under which there is something already: files, or a
// folder that holds some.
func emptyFolder(name string) error {
	// A folder that is empty will do: its owner has made it for this.
	there, err := os.ReadDir(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && len(there) == 0:
		return nil
	case err == nil:
		return hint(fmt.Errorf("%s holds files, which are left as they are", wire.Clean(name, wire.MaxValue)), "name a new folder")
	}
	// Something is there, a file or a link to nowhere; or the way there is barred.
	if _, err := os.Lstat(name); err == nil {
		return hint(fmt.Errorf("%s is there already, and is no folder that can be read", wire.Clean(name, wire.MaxValue)), "name a new folder")
	}
	return hint(fmt.Errorf("making %s: %w", wire.Clean(name, wire.MaxValue), reason(err)), "name a folder in one that you may write to")
}

// saveMade writes what was signed in a run to a folder and says to a reader of text
// which files these are, and which of them nobody else should have.
func saveMade(name string, files []labs.File, quiet bool) error {
	// The full path, as it is told where each file is.
	dir, err := filepath.Abs(name)
	if err != nil {
		return fmt.Errorf("making %s: %w", wire.Clean(name, wire.MaxValue), err)
	}
	if len(files) == 0 {
		return hint(errors.New("no certificate was made in this run, so there is nothing to write"), "leave --out out")
	}
	if err := labs.SaveFiles(dir, files); err != nil {
		// Somebody has made it while the run went on.
		if errors.Is(err, fs.ErrExist) {
			return emptyFolder(name)
		}
		return hint(roomless(fmt.Errorf("making %s: %w", wire.Clean(name, wire.MaxValue), reason(err))), "name a folder in one that you may write to")
	}
	if quiet {
		return nil
	}
	for _, f := range files {
		warning := ""
		if f.Secret {
			warning = " (secret)"
		}
		if _, err := fmt.Printf("%s  %s%s\n", wire.Clean(filepath.Join(dir, f.Name), wire.MaxValue), f.Doc, warning); err != nil {
			return fmt.Errorf("saying where the files are: %w", err)
		}
	}
	_, err = fmt.Print(keyWarning(files))
	return err
}

// keyWarning is a line about the files that nobody else should have; "" without such.
func keyWarning(files []labs.File) string {
	keys, hold := 0, "hold"
	for _, f := range files {
		if f.Secret {
			keys++
		}
	}
	switch keys {
	case 0:
		return ""
	case 1:
		hold = "holds"
	}
	return fmt.Sprintf("Warning: %s %s private keys. Only your account can read them; trust nothing that is signed with them, and delete them when you are done.\n", wire.Count(keys, "file"), hold)
}
