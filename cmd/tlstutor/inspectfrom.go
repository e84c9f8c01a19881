package main

// This file is where inspect takes things from that are not one file: folders,
// servers, and the password.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// Bounds of what is opened of a folder.
const (
	folderFiles = 10_000    // the rest is passed over
	folderDepth = 8         // of folders in folders
	folderBytes = 256 << 20 // of all files together
)

// folder opens every file in a folder, and in those below it, in the order of
// their names. What is none of ours is named in one line.
func (in *inspection) folder(ctx context.Context, root string) error {
	files, left, err := filesIn(ctx, root)
	if err != nil {
		return hint(fmt.Errorf("reading %s: %w", wire.Clean(root, 200), reason(err)), "name a folder that you may read")
	}
	for _, text := range left {
		in.note("passed over: " + text)
	}
	opened, size := 0, 0
	for _, path := range files {
		if err := stopped(ctx); err != nil {
			return err
		}
		clean := wire.Clean(path, 200)
		var found []der.Object
		_, data, err := slurp(ctx, "inspect", path, slurpWait)
		if size += len(data); size > folderBytes {
			return hint(fmt.Errorf("%s: more than %d MB; the rest was not opened", wire.Clean(root, 200), folderBytes>>20), "name a folder in it")
		}
		if err == nil {
			found, err = der.Objects(clean, data)
		}
		if ctx.Err() != nil {
			return stopped(ctx)
		}
		// One file that is none of ours is no reason to stop: folders have such.
		if err != nil {
			in.note("passed over: " + wire.Clean(err.Error(), wire.MaxValue))
			continue
		}
		in.note(clean)
		if err := in.print(found); err != nil && !errors.Is(err, errClosed) {
			in.note("passed over: " + wire.Clean(err.Error(), wire.MaxValue))
			continue
		}
		opened++
	}
	if opened == 0 {
		return hint(fmt.Errorf("in %s is nothing that can be opened: %s looked at", wire.Clean(root, 200), wire.Count(len(files), "file")), "certificates often end in .pem, .crt or .cer")
	}
	return nil
}

// filesIn lists the files in a folder. Links to files count, as such folders are
// full of them; links to folders do not, as they may lead round and round. What is
// left out is said as well.
func filesIn(ctx context.Context, root string) (all, left []string, err error) {
	closed, deep := 0, 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == root:
			return err
		case ctx.Err() != nil:
			return fs.SkipAll
		case err != nil:
			closed++
			return fs.SkipDir
		case d.IsDir() && depth(root, path) >= folderDepth:
			deep++
			return fs.SkipDir
		case d.IsDir():
			return nil
		case len(all) == folderFiles:
			left = append(left, fmt.Sprintf("what comes behind the first %d files", folderFiles))
			return fs.SkipAll
		}
		// Stat follows links, which in such folders lead to the files themselves.
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			all = append(all, path)
		}
		return nil
	})
	if closed > 0 {
		left = append(left, wire.Count(closed, "folder")+" that may not be read")
	}
	if deep > 0 {
		left = append(left, fmt.Sprintf("%s, %d deep or more", wire.Count(deep, "folder"), folderDepth))
	}
	return all, left, err
}

// depth is how many folders a path lies below another.
func depth(root, path string) int {
	// Both have one beginning, so only a broken path has none.
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == "." {
		return 0
	}
	n := 1
	for _, r := range rel {
		if r == filepath.Separator {
			n++
		}
	}
	return n
}

// server makes one handshake, and opens the certificates that the server shows.
// Whether they are good is said in one line; that the handshake fails is no reason
// not to look at them.
func (in *inspection) server(ctx context.Context, at string) error {
	set, err := labs.Connect.Settings(labs.Settings{"host": at, "starttls": in.starttls, "name": in.name})
	if err != nil {
		return misuse(err)
	}
	// The same handshake as that of connect, with its deadlines and bounds.
	r := labs.Start(ctx, labs.Connect, set, labs.Options{})
	events, err := r.Wait()
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	switch {
	// It was reached, and that is all.
	case errors.Is(err, os.ErrDeadlineExceeded) && !strings.HasPrefix(err.Error(), "connecting to "):
		return in.unshown(at, err, nil)
	case err != nil:
		return unreached(err)
	}
	shown := labs.Shown(events)
	if len(shown) == 0 {
		bad, _ := labs.Verdict(events)
		return in.unshown(at, bad, events)
	}
	// Opened anew, so that offsets count from where each certificate begins.
	var all bytes.Buffer
	for _, f := range shown {
		all.Write(f.Bytes())
	}
	found, err := der.Objects(at, all.Bytes())
	if err != nil {
		return err
	}
	unreadable := in.print(found)
	for i := range events {
		if e := &events[i]; e.Kind == labs.Found && e.Tree != nil && e.Tree.Name == "verification" {
			in.note(e.Text)
		}
	}
	return unreadable
}

// unshown says in one sentence why a server showed no certificate that could be read:
// it speaks something else, or what the client made of it.
func (in *inspection) unshown(at string, bad error, events []labs.Event) error {
	why, todo := "the handshake came to its end without one", "tlstutor connect "+labs.Word(at)+" says what happened"
	if bad != nil {
		why = strings.TrimSuffix(strings.TrimPrefix(bad.Error(), "refused: "), ": i/o timeout")
	}
	if alert, ok := strings.CutPrefix(why, "remote error: tls: "); ok {
		why = "the server refused the handshake: " + alert
	}
	// The system names both addresses, and then what happened.
	if strings.HasPrefix(why, "read tcp ") || strings.HasPrefix(why, "write tcp ") {
		why = "the connection broke: " + why[strings.LastIndex(why, ": ")+2:]
	}
	why = strings.Replace(why, "in the middle of it", "in the middle of the handshake", 1)
	if bad != nil && in.starttls == "none" && errors.Is(bad, os.ErrDeadlineExceeded) {
		todo = "is the port right? A server that speaks something else before TLS needs --starttls"
	}
	for _, r := range labs.Records(events) {
		if r.OnWire() && r.Event.Who == labs.Server && r.Event.Tree.Name == "plaintext" && in.starttls == "none" {
			why, todo = otherTongue(r.Event.Tree.Bytes())
			break
		}
	}
	return hint(fmt.Errorf("%s showed no certificate: %s", wire.Clean(at, 200), why), todo)
}

// otherTongue says what a server speaks that answers in the clear where TLS was
// expected, and what to do about that.
func otherTongue(said []byte) (why, todo string) {
	for _, t := range []struct{ begin, why, todo string }{
		{"HTTP/", "it speaks HTTP without TLS", "is the port right? That of HTTPS is often 443 or 8443"},
		{"SSH-", "it speaks SSH, not TLS", "is the port right?"},
		{"220", "it greets in the clear, as servers of mail and FTP do", "try --starttls smtp, or --starttls ftp"},
		{"* OK", "it greets in the clear, as servers of IMAP do", "try --starttls imap"},
		{"+OK", "it greets in the clear, as servers of POP3 do", "try --starttls pop3"},
	} {
		if bytes.HasPrefix(said, []byte(t.begin)) {
			return t.why, t.todo
		}
	}
	return "what it sends is not TLS", "is the port right? Some servers speak something else first: --starttls smtp, imap, pop3, ftp or postgres"
}

// readPassword reads the password, without the end of its line.
func (in *inspection) readPassword(ctx context.Context) error {
	if in.secret == "" {
		return nil
	}
	_, data, err := slurp(ctx, "inspect", in.secret, slurpWait)
	if err != nil {
		return err
	}
	// More is no password, and may be a file that was meant for something else.
	if len(data) > 4096 {
		return hint(fmt.Errorf("%s has more than a password", wire.Clean(in.secret, 200)), "the file has one line")
	}
	in.password = string(bytes.TrimRight(data, "\r\n"))
	return nil
}
