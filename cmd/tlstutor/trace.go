package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"tlstutor/labs/capture"
)

// A trace is a capture that the screen is opened at.
type trace struct {
	*source
	name   string // as it was given
	index  *capture.Index
	size   int64
	keylog string // as it was given
}

// isFile reports whether there is something of that name that can be read.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// openTrace opens a capture that is to be looked at anywhere, which needs a file,
// and reads the key log that goes with it.
func openTrace(ctx context.Context, name, keylog string) (*trace, error) {
	in, err := reach(ctx, "dissect", name)
	if err != nil {
		return nil, err
	}
	info, err := in.file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		in.Close()
		return nil, hint(fmt.Errorf("reading %s: %w", in.name, reason(err)), "tlstutor dissect - prints what comes through a pipe")
	}
	t := &trace{source: in, name: name, index: capture.NewIndex(in.file, info.Size()), size: info.Size(), keylog: keylog}
	if err := secrets(ctx, t.index.Keys(), keylog); err != nil {
		in.Close()
		return nil, err
	}
	return t, nil
}
