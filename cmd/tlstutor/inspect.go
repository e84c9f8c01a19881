package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// Bounds of what inspect reads.
const (
	inspectLimit = 64 << 20         // bytes
	inspectWait  = 10 * time.Second // for a named file; a pipe that nobody writes to must not hold us
)

// inspect opens certificates that the user has. It takes whatever can be a file:
// what it cannot read, it says in one line, and what it can read only in part, it
// shows that far.
func (s *shell) inspect() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "inspect FILE|-",
		Short:   "Open certificates down to the byte",
		Long:    "Open the certificates of a file as a tree of fields: PEM or DER, one or several. With - it reads standard input.",
		Example: "tlstutor inspect cert.pem\ntlstutor inspect --json - < chain.pem",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per certificate")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return hint(misuse(fmt.Errorf("inspect takes one file, here are %d", len(args))), "- is standard input")
		}
		name, data, err := slurp(cmd.Context(), args[0], inspectWait)
		if err != nil {
			return err
		}
		certs, err := der.Split(name, data)
		if err != nil {
			return hint(err, "a certificate's file often ends in .pem, .crt or .cer")
		}
		out := bufio.NewWriter(os.Stdout)
		for i, src := range certs {
			c := der.Parse(src)
			if asJSON {
				line := append(out.AvailableBuffer(), `{"kind":"certificate","tree":`...)
				out.Write(append(labs.AppendField(line, c), "}\n"...))
				continue
			}
			if len(certs) > 1 {
				fmt.Fprintf(out, "certificate %d of %d\n", i+1, len(certs))
			}
			printField(out, c, 0)
		}
		return out.Flush()
	})
}

// printField writes a field and, deeper, what is in it: its name, its value,
// where its bytes are, and why decoding stopped in it.
func printField(w io.Writer, f *wire.Field, depth int) {
	line := strings.Repeat("  ", depth) + f.Name
	if f.Value != "" {
		line += "  " + f.Value
	}
	line += fmt.Sprintf("  [%d+%d]", f.Off, f.N)
	if f.Err != nil {
		line += "  (" + wire.Clean(f.Err.Error(), wire.MaxValue) + ")"
	}
	fmt.Fprintln(w, line)
	for _, k := range f.Kids {
		printField(w, k, depth+1)
	}
}

// slurp reads a file, or standard input where the name is -, and returns its
// name as it may be printed. It gives up when ctx ends, and, on a file with a
// name, when wait is over.
func slurp(ctx context.Context, name string, wait time.Duration) (string, []byte, error) {
	type result struct {
		data []byte
		err  error
	}
	clean := wire.Clean(name, 200)
	if name == "-" {
		// Whoever pastes may take any time.
		clean, wait = "standard input", 1<<62
		if term.IsTerminal(os.Stdin.Fd()) {
			fmt.Fprintln(os.Stderr, "tlstutor: reading a certificate from the keyboard; paste it, then end with ctrl+d on a line of its own")
		}
	}
	// Opening a pipe, or reading a file that lies on another machine, can take
	// for ever, and neither can be called off. What hangs then is this goroutine,
	// which ends with the command.
	done := make(chan result, 1)
	go func() {
		var r result
		r.data, r.err = read(name)
		done <- r
	}()
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case r := <-done:
		// The system's errors name the file once more, as it stands.
		var path *fs.PathError
		if errors.As(r.err, &path) {
			r.err = hinted(path.Err)
		}
		if r.err != nil {
			return "", nil, fmt.Errorf("reading %s: %w", clean, r.err)
		}
		return clean, r.data, nil
	case <-late.C:
		return "", nil, hint(fmt.Errorf("reading %s: nothing came for %v", clean, wait), "if it is a pipe, let something write to it")
	case <-ctx.Done():
		return "", nil, stopped(ctx)
	}
}

// read reads a whole file that is not too large for us. A regular file says its
// size before it is read; anything else is cut off when it becomes too large.
func read(name string) ([]byte, error) {
	in := os.Stdin
	if name != "-" {
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, err
		case info.IsDir():
			return nil, hint(errors.New("it is a folder"), "name a file in it")
		// Some devices have no end, and some do something when they are read.
		case info.Mode()&fs.ModeDevice != 0:
			return nil, hint(errors.New("it is a device"), "name a file, or - for standard input")
		case info.Size() > inspectLimit:
			return nil, tooLarge()
		}
		if in, err = os.Open(name); err != nil {
			return nil, err
		}
		defer in.Close()
	}
	// One byte beyond the limit tells too large from just fitting.
	data, err := io.ReadAll(io.LimitReader(in, inspectLimit+1))
	if err == nil && len(data) > inspectLimit {
		err = tooLarge()
	}
	return data, err
}

// tooLarge refuses what cannot be certificates.
func tooLarge() error {
	return hint(fmt.Errorf("it has more than %d MB", inspectLimit>>20), "certificates have a few kB: is this the right file?")
}

// hinted adds to what the system says of a file what to do about it.
func hinted(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hint(err, "is the name spelt right?")
	case errors.Is(err, fs.ErrPermission):
		return hint(err, "read it as a user who may, and pipe it in: tlstutor inspect -")
	}
	return err
}
