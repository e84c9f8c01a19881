package labs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"

	"tlstutor/labs/capture"
	"tlstutor/labs/pki"
)

// A Format is a kind of file that a run can be kept in.
type Format struct {
	Name string // "HTML page"
	Ext  string // how such a file's name ends, without a dot
	Doc  string // what it is good for, in a few words

	// Folder: it is a new folder of files, for SaveFiles and not for Write.
	Folder bool

	write func(*Kept, io.Writer) error
}

// Formats are the kinds of files that a run can be kept in, in the order in
// which they are offered.
func Formats() []Format {
	return []Format{
		{Name: "capture", Ext: "pcapng", Doc: "for Wireshark, with the secrets inside", write: (*Kept).capture},
		{Name: "key log", Ext: "keys", Doc: "the secrets alone, as SSLKEYLOGFILE has them", write: (*Kept).keylog},
		{Name: "HTML page", Ext: "html", Doc: "to read in a browser, print, or send; no secrets", write: (*Kept).page},
		{Name: "text", Ext: "txt", Doc: "every event and field, as lines", write: (*Kept).text},
		{Name: "JSON", Ext: "jsonl", Doc: "the same for programs, one value per line", write: (*Kept).json},
		{Name: "certificates", Ext: "certs", Doc: "PEM, DER, PKCS #12 (password " + MadePassword + "), and private keys", Folder: true, write: (*Kept).noFile},
	}
}

// Kept is a run that has ended, and what a file of it is to say besides.
type Kept struct {
	Lab      *Lab
	Settings Settings
	Events   []Event
	Made     []pki.Made // what was signed in it: Run.Made
	Page     Page       // of which a capture, too, takes when the run was made
}

// Files are those of the folder of what was signed in the run.
func (k *Kept) Files() []File { return Files(k.Made, k.Events) }

// noFile is what writes a folder as one file.
func (k *Kept) noFile(io.Writer) error { return errors.New("it is a folder, and not one file") }

// Write writes a run in this format. What w has taken when it fails is not a
// whole file.
func (f Format) Write(w io.Writer, k *Kept) error {
	out := bufio.NewWriter(w)
	if err := f.write(k, out); err != nil {
		return fmt.Errorf("writing the %s: %w", f.Name, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the %s: %w", f.Name, err)
	}
	return nil
}

// capture writes what crossed as packets.
func (k *Kept) capture(w io.Writer) error {
	var conns []capture.Conn
	number := map[*Conn]int{}
	for i := range k.Events {
		e := &k.Events[i]
		// A capture is of what was written: what a relay then did is not on that wire.
		if e.Conn == nil || e.Kind != Written {
			continue
		}
		at, seen := number[e.Conn]
		if !seen {
			client, isTCP := e.Conn.Client.(*net.TCPAddr)
			server, isToo := e.Conn.Server.(*net.TCPAddr)
			if !isTCP || !isToo {
				return errors.New("a connection has no addresses")
			}
			// All the secrets go in at once: a reader needs them before the packets.
			at = len(conns)
			number[e.Conn] = at
			conns = append(conns, capture.Conn{Client: client.AddrPort(), Server: server.AddrPort(), Keys: e.Conn.Keys()})
		}
		c := capture.Chunk{At: e.At, Dir: e.Dir(), Fin: e.Tree == nil}
		if e.Tree != nil {
			c.Data = e.Tree.Bytes()
		}
		conns[at].Chunks = append(conns[at].Chunks, c)
	}
	return capture.Write(w, k.Page.Made, conns)
}

// keylog writes the secrets of all connections, each connection's once.
func (k *Kept) keylog(w io.Writer) error {
	seen := map[*Conn]bool{nil: true}
	for i := range k.Events {
		c := k.Events[i].Conn
		if seen[c] {
			continue
		}
		seen[c] = true
		if _, err := w.Write(c.Keys()); err != nil {
			return err
		}
	}
	return nil
}

// page writes the HTML page.
func (k *Kept) page(w io.Writer) error { return k.Page.Write(w, k.Lab, k.Settings, k.Events) }

// text writes what tlstutor run --fields prints.
func (k *Kept) text(w io.Writer) error {
	p := NewPrinter(w, k.Lab, k.Settings)
	p.Fields = true
	p.Print(k.Events)
	return p.Close()
}

// json writes what tlstutor run --json prints.
func (k *Kept) json(w io.Writer) error {
	b := AppendStart(nil, k.Lab, k.Settings)
	for i := range k.Events {
		if _, err := w.Write(AppendEvent(b, &k.Events[i])); err != nil {
			return err
		}
		b = b[:0]
	}
	_, err := w.Write(AppendGoals(b, k.Events))
	return err
}
