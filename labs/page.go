package labs

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A Page writes a run as one HTML file that needs nothing else: to be mailed,
// printed, and read years later.
//
// Its rules:
//
//   - Everything is in the text of the file. The script adds keys, light and one
//     selection shared by tree and hex; without it, details still fold.
//   - Nothing is fetched: the policy of the page forbids all but its own style and
//     its own script, by their hashes.
//   - All that comes from the run passes through put, which escapes it.
//   - What is secret stays out: the key log, and the secrets in what was found
//     of keys.
//   - A page has a size that a browser can open. What does not fit is counted.
//
// Start reading at Write; pagelane.go draws records, pagefield.go what is in
// them, pagesaid.go what stands below; the folder page holds style and script.
type Page struct {
	Version string                   // of the program
	Made    time.Time                // when the run took place
	Note    func(path string) string // what a field means, by its path; "" where there is nothing to say
}

// The limits of a page, in bytes of HTML, in lanes, and in lines of what was
// said and found.
const (
	pageTrees = 12 << 20
	pageLanes = 20000
	pageSaid  = 5000
)

// A sheet is a page being written.
type sheet struct {
	Page
	lab    *Lab
	set    Settings
	events []Event
	recs   []Rec
	end    Ending

	out   *bufio.Writer          // remembers the first write that failed
	n     int                    // bytes written so far
	cut   int                    // fields left out, as the page is full
	ids   map[*wire.Field]string // of fields in records that something else leads to
	notes map[string]int         // by text, an index into said
	said  []pageNote
}

// A pageNote is one note, and the names of the fields that it is about.
type pageNote struct {
	names []string
	text  string
}

// Write writes the page of a run of the lab, with all of its events.
func (p Page) Write(w io.Writer, l *Lab, s Settings, events []Event) error {
	sh := &sheet{
		Page: p, lab: l, set: s, events: events, recs: Records(events), end: End(events),
		out: bufio.NewWriterSize(w, 1<<16), notes: map[string]int{},
	}
	sh.mark()
	sh.head()
	sh.top()
	sh.sums()
	sh.lanes()
	sh.goals()
	sh.found()
	sh.knobs()
	sh.meanings()
	sh.foot()
	return sh.out.Flush()
}

// put writes markup, with what stands for %s escaped: nothing that comes from a
// run gets into a page in another way.
func (sh *sheet) put(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = pageText(s)
		}
	}
	n, _ := fmt.Fprintf(sh.out, format, args...)
	sh.n += n
}

// escapes are the characters that mean something in HTML, in text and in
// attributes with either quotation mark.
var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// pageText escapes text for HTML. Text in events is clean already, and stays as
// it is; settings and errors may not be.
func pageText(s string) string { return escapes.Replace(wire.Clean(s, 1<<20)) }

// full reports whether the page has no room for more fields.
func (sh *sheet) full() bool { return sh.n >= pageTrees }

// mark names the fields that the verdict and the findings lead to, as far as
// they stand in a record.
func (sh *sheet) mark() {
	wanted := map[*wire.Field]bool{}
	if sh.end.At != nil {
		wanted[sh.end.At] = true
	}
	for i := range sh.events {
		if e := &sh.events[i]; e.Kind != Delivered && e.Tree != nil && e.Tree.Src == nil {
			e.Tree.Walk(func(path []*wire.Field) {
				if f := path[len(path)-1]; f.Src != nil {
					wanted[f] = true
				}
			})
		}
	}
	sh.ids = make(map[*wire.Field]string, len(wanted))
	if len(wanted) == 0 {
		return
	}
	for i := range sh.recs {
		if sh.recs[i].Event.Tree.Src == nil {
			continue
		}
		sh.recs[i].Event.Tree.Walk(func(path []*wire.Field) {
			if f := path[len(path)-1]; wanted[f] && sh.ids[f] == "" {
				sh.ids[f] = fmt.Sprintf("f%d", len(sh.ids)+1)
			}
		})
	}
}

// top is what a reader sees first: what was run, how it ended, and who says so.
func (sh *sheet) top() {
	sh.put("<header class=top>\n<p class=brand>tlstutor</p>\n<h1>%s</h1>\n", sh.lab.Name)
	doc, _, _ := strings.Cut(sh.lab.Doc, "\n")
	sh.put("<p class=doc>%s</p>\n", doc)
	class, sign := "bad", "✗"
	if sh.end.OK {
		class, sign = "good", "✓"
	}
	sh.put("<p class=\"verdict %s\"><span class=sign aria-hidden=true>%s</span> %s</p>\n", class, sign, sh.end.Text)
	if sh.end.Who != Nobody {
		sh.ending()
	}
	sh.put("<p class=line><code>tlstutor %s</code></p>\n", sh.lab.Command(sh.set))
	sh.put("<p class=meta><time datetime=\"%s\">%s</time>, tlstutor %s</p>\n",
		sh.Made.UTC().Format(time.RFC3339), sh.Made.UTC().Format("2006-01-02 15:04 UTC"), sh.Version)
	sh.put("<p class=tools hidden><button type=button data-do=open>Open all</button> <button type=button data-do=close>Close all</button> " +
		"<button type=button data-do=theme>Colours: as the system</button> <button type=button data-do=keys aria-expanded=false aria-controls=keys>Keys</button></p>\n" +
		"<div id=keys hidden>\n" + pageKeys + "</div>\n</header>\n<main>\n")
}

// pageKeys is the help of the script.
const pageKeys = `<dl><dt>↑ ↓</dt><dd>the message, or the field, before and after</dd>
<dt>enter</dt><dd>open or close it</dd>
<dt>→</dt><dd>open it, then go in</dd>
<dt>←</dt><dd>close it, then go out</dd>
<dt>[ ]</dt><dd>the message before and after, from anywhere</dd>
<dt>tab</dt><dd>from the fields to their bytes; there the arrows go from byte to byte</dd>
<dt>esc</dt><dd>back to the message</dd></dl>
`

// ending tells who ended the run, in whose words, and which field it is about.
func (sh *sheet) ending() {
	end := &sh.end
	sh.put("<p class=ending>Ended by the %s", end.Who.String())
	switch {
	case end.Alert != "" && end.After != "":
		sh.put(": alert %s, after %s.", end.Alert, end.After)
	case end.Alert != "":
		sh.put(": alert %s.", end.Alert)
	default:
		sh.put(", without an alert.")
	}
	if end.Err != nil {
		sh.put(" The %s says: <q>%s</q>.", end.Who.String(), end.Err.Error())
	}
	if end.At != nil {
		sh.put(" It is about ")
		sh.leads(end.At, head(end.Field)+"."+end.At.Name)
		if end.At.Value != "" {
			sh.put(": %s", end.At.Value)
		}
		sh.put(".")
	}
	sh.put("</p>\n")
}

// leads writes words that lead to a field, where the page has it.
func (sh *sheet) leads(f *wire.Field, words string) {
	if id := sh.ids[f]; id != "" {
		sh.put("<a href=\"#%s\">%s</a>", id, words)
		return
	}
	sh.put("%s", words)
}

// sums says how much crossed, and how much of it anyone could read; it is also
// the legend of the lanes.
func (sh *sheet) sums() {
	var total int
	var by [4]int
	for i := range sh.recs {
		if r := &sh.recs[i]; r.OnWire() {
			total += r.Event.Tree.N
			by[r.Event.Epoch] += r.Event.Tree.N
		}
	}
	if total == 0 {
		return
	}
	sh.put("<section class=sums aria-labelledby=h-sums>\n<h2 id=h-sums>%s crossed the wire</h2>\n", wire.Count(total, "byte"))
	sh.put("<svg class=bar viewBox=\"0 0 1000 10\" preserveAspectRatio=none aria-hidden=true>")
	x := 0
	for e, n := range by {
		w := n * 1000 / total
		sh.put("<rect class=%s x=%d width=%d height=10 />", dissect.Epoch(e).String(), x, w)
		x += w
	}
	sh.put("</svg>\n<ul class=legend>\n")
	for e, n := range by {
		if n == 0 {
			continue
		}
		words := Under(&Event{Epoch: dissect.Epoch(e)})
		if e != int(dissect.Clear) {
			words = "under " + words
		} else {
			words += ", for anyone to read"
		}
		sh.put("<li class=%s><span class=stroke aria-hidden=true></span>%d %s</li>\n", dissect.Epoch(e).String(), n, words)
	}
	sh.put("</ul>\n</section>\n")
}
