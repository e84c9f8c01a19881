package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
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
		if args[0] == "" {
			return unnamed("inspect", "name a file, or - for standard input")
		}
		name, data, err := slurp(cmd.Context(), args[0], slurpWait)
		if err != nil {
			return err
		}
		certs, err := der.Split(name, data)
		switch {
		case err != nil && args[0] == "-":
			return hint(err, "give it a certificate: tlstutor inspect - < cert.pem")
		case err != nil:
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
