package labs

import (
	_ "embed" // the style and the page
	"errors"
	"fmt"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"

	"tlstutor/labs/wire"
)

// indexHTML is the page of the gallery.
//
//go:embed page/gallery.html
var indexHTML string

// An Index is what the page of a gallery shows.
type Index struct {
	Servers string // their address
	Pages   string // that of the pages
	Root    string // the file in which the commands have the root
	Entries []Entry
}

// answerPages serves the pages until the run is over.
func (g *gallery) answerPages(door net.Listener) error {
	mux, err := g.pagesMux()
	if err != nil {
		return err
	}
	s := &http.Server{
		Handler: mux, ErrorLog: log.New(io.Discard, "", 0), MaxHeaderBytes: 16 << 10,
		ReadTimeout: guestLimit, WriteTimeout: guestLimit, IdleTimeout: guestLimit,
	}
	g.b.keep(s) // its own goroutines end when it is closed
	if err := s.Serve(door); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) && g.b.ctx.Err() == nil {
		return fmt.Errorf("serving the pages: %w", err)
	}
	return nil
}

// pagesMux says what stands where.
func (g *gallery) pagesMux() (*http.ServeMux, error) {
	index := g.index()
	for _, x := range g.exhibits {
		index.Entries = append(index.Entries, x.Entry)
	}
	// Both are written once: nothing on them changes while the gallery is open.
	var page, text strings.Builder
	if err := index.HTML(&page); err != nil {
		return nil, err
	}
	if err := index.Text(&text); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", sends("text/html; charset=utf-8", page.String()))
	mux.Handle("GET /index.txt", sends("text/plain; charset=utf-8", text.String()))
	mux.Handle("GET /root.pem", sends("application/x-pem-file", string(g.root)))
	for _, x := range g.exhibits {
		for _, f := range x.Files {
			mux.Handle("GET /"+f.Name, sends("application/x-pem-file", string(f.Data)))
		}
		if x.status() {
			mux.HandleFunc("GET "+listPath(x), func(w http.ResponseWriter, _ *http.Request) {
				der, err := x.list()
				if err != nil {
					http.Error(w, "there is no list now", http.StatusServiceUnavailable)
					return
				}
				answerWith(w, "application/pkix-crl", string(der))
			})
			// GET has the request in the path behind this one, POST in the body.
			path := responderPath(x)
			mux.Handle(path, http.StripPrefix(strings.TrimSuffix(path, "/"), x.responder()))
		}
	}
	return mux, nil
}

// sends answers with a text that does not change.
func sends(kind, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerWith(w, kind, text) })
}

// answerWith answers with a text, which a browser is to take for what it is said to
// be, and from which it is to fetch nothing.
func answerWith(w http.ResponseWriter, kind, text string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	_, _ = io.WriteString(w, text) // who has gone needs no answer
}

// Apart says how one comes to the servers that no name chooses; "" when there is none.
func (x Index) Apart() string {
	var b strings.Builder
	for _, e := range x.Entries {
		apart(&b, e.Name, e.Host, e.Addr, x.Servers)
	}
	return b.String()
}

// Groups are the entries, by group.
func (x Index) Groups() [][]Entry {
	var all [][]Entry
	for _, e := range x.Entries {
		if n := len(all); n > 0 && all[n-1][0].Group == e.Group {
			all[n-1] = append(all[n-1], e)
			continue
		}
		all = append(all, []Entry{e})
	}
	return all
}

// Fetch is the command that gets the root, and with it what an entry needs; "" where
// nothing is to be got, as the root was written to a file of its own.
func (x Index) Fetch(files []File) string {
	if x.Root == rootFile {
		files = append([]File{{Name: rootFile}}, files...)
	}
	if len(files) == 0 {
		return ""
	}
	words := []string{"curl", "-sS"}
	for _, f := range files {
		words = append(words, "-O", "http://"+x.Pages+"/"+f.Name)
	}
	return strings.Join(words, " ")
}

// Label is what a tool is called in a heading.
func (t Try) Label() string {
	if t.Tool == "go" {
		return "tlstutor (Go)"
	}
	return t.Tool
}

// HTML writes the page: one file that fetches nothing, in light and dark.
func (x Index) HTML(w io.Writer) error {
	t, err := template.New("gallery").Parse(indexHTML)
	if err == nil {
		err = t.Execute(w, x)
	}
	if err != nil {
		return fmt.Errorf("writing the page of the gallery: %w", err)
	}
	return nil
}

// Text writes the same as lines.
func (x Index) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The servers listen at %s; the name that a client sends says which one it gets.\n", x.Servers)
	b.WriteString(x.Apart())
	if get := x.Fetch(nil); get != "" {
		fmt.Fprintf(&b, "Get the root first: %s\n", get)
	} else {
		fmt.Fprintf(&b, "The root is in %s.\n", wire.Clean(x.Root, wire.MaxValue))
	}
	for _, e := range x.Entries {
		b.WriteString("\n")
		x.entry(&b, &e)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// entry writes one of them.
func (x Index) entry(b *strings.Builder, e *Entry) { entryLines(b, x.tree(e)) }

// tree is an entry as fields.
func (x Index) tree(e *Entry) *wire.Field {
	tree := wire.Note(entryNote, e.Name, wire.Note("group", e.Group), wire.Note("fault", e.Doc), wire.Note("host", e.Host), wire.Note("address", e.Addr))
	if len(e.Files) > 0 {
		tree.Kids = append(tree.Kids, wire.Note("files", x.Fetch(e.Files)))
	}
	for i := range e.Tries {
		t := &e.Tries[i]
		k := wire.Note(t.Tool, t.Command, wire.Note("says", t.Said()))
		if !t.Accepts {
			k.Kids = append(k.Kids, wire.Note("exit", strconv.Itoa(t.Exit)), wire.Note("line", t.Says))
		}
		tree.Kids = append(tree.Kids, k)
	}
	return tree
}

// entryLines writes an entry as text.
func entryLines(b *strings.Builder, tree *wire.Field) {
	told := values(tree)
	fmt.Fprintf(b, "%s (%s): %s\n  https://%s/ at %s\n", tree.Value, told["group"], told["fault"], told["host"], told["address"])
	for _, k := range tree.Kids {
		says := k.Kid("says")
		switch {
		case k.Name == "files":
			fmt.Fprintf(b, "  %-10s %s\n", k.Name, k.Value)
		case says != nil:
			fmt.Fprintf(b, "  %-10s %s\n  %-10s   %s\n", k.Name, k.Value, "", says.Value)
		}
	}
}
