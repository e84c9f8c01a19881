package labs

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A Printer writes a run as plain lines, in its order, one for each event, so
// that a run can be read while it goes on. The first write that fails is
// remembered, and returned by Close.
type Printer struct {
	Fields bool // below each record its fields, indented

	w      io.Writer
	err    error          // of the first write that failed
	buf    []byte         // what is written next, kept for its room
	events []Event        // all so far, for what Close says
	conns  map[*Conn]bool // those that have had their line
}

// NewPrinter returns a printer for a run of the lab, which begins with the line
// that one types to have the same run.
func NewPrinter(w io.Writer, l *Lab, s Settings) *Printer {
	p := &Printer{w: w, conns: map[*Conn]bool{}}
	p.line("%s", l.Command(s))
	return p
}

// Connection writes a connection of a capture whole, as Replay tells of it: from
// the line that says which one it is to how it ended.
func (p *Printer) Connection(events []Event) error {
	p.events = events
	clear(p.conns)
	p.line("")
	p.print(events)
	return p.Close()
}

// line writes one line, unless a write has failed before.
func (p *Printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// Print writes the events that came since it was last called. A record stands
// where it was written, and not again where it was delivered; goals wait for
// Close.
func (p *Printer) Print(events []Event) {
	p.events = append(p.events, events...)
	p.print(events)
}

func (p *Printer) print(events []Event) {
	for i := range events {
		e := &events[i]
		if isConnection(e) {
			p.conns[e.Conn] = true
			p.line("%s", e.Text)
			if p.Fields {
				p.fields(e.Tree, nil, 1)
			}
			continue
		}
		if e.Conn != nil && !p.conns[e.Conn] {
			p.conns[e.Conn] = true
			p.line("%s", connLine(e.Conn))
		}
		// Off the wire somebody speaks; on it a direction ends, or a record passes.
		switch {
		case e.Kind == Delivered || e.Kind == Found && e.Tree != nil && e.Tree.Name == "goal", isVerdict(e):
		case e.Conn == nil || e.Kind == Said || e.Tree != nil && e.Tree.Src == nil:
			p.said(e)
		case e.Tree == nil:
			p.line("%s  %s%s", stamp(e.At), onConnection(e.Conn), e.Text)
		default:
			p.record(e)
		}
	}
}

// connLine says where a connection runs.
func connLine(c *Conn) string {
	name := "connection"
	if c.Name != "" {
		name += " " + c.Name
	}
	if c.Client == nil || c.Server == nil {
		return name
	}
	return fmt.Sprintf("%s: %s %s, %s %s", name, c.Party(dissect.ToServer), c.Client, c.Party(dissect.ToClient), c.Server)
}

// said writes what a party, or the run, says off the wire.
func (p *Printer) said(e *Event) {
	who := e.Who.String()
	if e.Who == Nobody {
		who = "run"
	}
	size := ""
	if e.Tree != nil && e.Tree.Src != nil && len(e.Tree.Src.From) == 0 {
		size = fmt.Sprintf(", %d bytes, not on a wire", e.Tree.N)
	}
	p.line("%s  %s%s: %s%s", stamp(e.At), onConnection(e.Conn), who, e.Text, size)
	if p.Fields && e.Tree != nil {
		p.fields(e.Tree, nil, 1)
	}
}

// record writes the line of one record: when, who to whom, how many bytes, under
// which keys, and what it is.
func (p *Printer) record(e *Event) {
	text := dissect.Label(e.Tree)
	// It was written sealed, has had its line, and its key has come since.
	if e.Kind == Found {
		text = "opened now: " + text
	}
	if e.Err != nil {
		text += ": " + wire.Clean(e.Err.Error(), wire.MaxValue)
	}
	p.line("%s  %s%s to %s  %5d bytes  %-16s  %s", stamp(e.At), onConnection(e.Conn), e.Who, e.To, e.Tree.N, Under(e), text)
	if p.Fields {
		p.fields(e.Tree, nil, 1)
	}
}

// Under says in words which keys the record of an event travels under.
func Under(e *Event) string {
	switch {
	// Nothing was opened yet that tells handshake keys from traffic keys.
	case e.Err != nil && !errors.Is(e.Err, errAltered) && e.Epoch == dissect.Handshake:
		return "unknown keys"
	}
	switch e.Epoch {
	case dissect.Early:
		return "early data keys"
	case dissect.Handshake:
		return "handshake keys"
	case dissect.Application:
		return "traffic keys"
	}
	return "in the clear"
}

// stamp writes when something happened, on the run's clock, in a column.
func stamp(at time.Duration) string {
	return fmt.Sprintf("%9.3f ms", float64(at)/float64(time.Millisecond))
}

// onConnection names the connection where a run has several.
func onConnection(c *Conn) string {
	if c == nil || c.Name == "" {
		return ""
	}
	return fmt.Sprintf("%-6s ", c.Name)
}

// fields writes a tree, two spaces deeper for each level: name, value, and
// where its bytes are. Bytes of another source than those above say which.
func (p *Printer) fields(f *wire.Field, in *wire.Source, depth int) {
	if p.err != nil {
		return
	}
	p.buf = appendFields(p.buf[:0], f, in, depth)
	_, p.err = p.w.Write(p.buf)
}

// appendFields appends the lines of a tree. A capture has millions of them.
func appendFields(b []byte, f *wire.Field, in *wire.Source, depth int) []byte {
	for range depth + 6 {
		b = append(b, "  "...)
	}
	b = append(b, f.Name...)
	if f.Value != "" {
		b = append(append(b, "  "...), f.Value...)
	}
	if f.Src != nil {
		b = strconv.AppendInt(append(b, "  ["...), int64(f.Off), 10)
		b = strconv.AppendInt(append(b, '+'), int64(f.N), 10)
		// The offset is one in the bytes of the field above, unless it says so.
		if f.Src != in && depth > 1 {
			b = append(append(b, " of "...), plainly(f.Src.Name)...)
		}
		b = append(b, ']')
	}
	if f.Err != nil {
		b = append(append(append(b, "  ("...), wire.Clean(f.Err.Error(), wire.MaxValue)...), ')')
	}
	b = append(b, '\n')
	for _, k := range f.Kids {
		b = appendFields(b, k, f.Src, depth+1)
	}
	return b
}

// plainly writes the name of a source without an arrow.
func plainly(name string) string {
	return strings.ReplaceAll(wire.Clean(name, wire.MaxValue), " → ", " to ")
}

// failed reports whether a run as a whole came to nothing, as its last event tells.
func failed(events []Event) bool {
	if len(events) == 0 {
		return false
	}
	last := &events[len(events)-1]
	return last.Kind == Found && last.Err != nil && last.Tree != nil && last.Tree.Name == "run"
}

// complaint writes what the one says who ended it, and what it is about.
func (p *Printer) complaint(end *Ending, of string) {
	if end.Err != nil && end.Who != Nobody {
		p.line("  %s%s says: %s", of, end.Who, wire.Clean(end.Err.Error(), wire.MaxValue))
	}
	if end.At == nil {
		return
	}
	about := head(end.Field) + "." + end.At.Name
	if end.At.Value != "" {
		about += ": " + end.At.Value
	}
	p.line("  %sit is about %s", of, about)
}

// Close writes how the run ended, and which of its goals are met.
func (p *Printer) Close() error {
	end := End(p.events)
	if how := end.How(); end.several() || end.Who != Nobody || !failed(p.events) { // else its own line says so already
		p.line("%s", how)
	}
	if end.several() {
		for i := range end.Tries {
			p.complaint(&end.Tries[i], end.Tries[i].Title(i)+": ")
		}
	} else {
		p.complaint(&end, "")
	}
	for _, e := range verdicts(p.events) {
		p.line("%s", e.Text)
	}
	for i := range p.events {
		if isVerdict(&p.events[i]) {
			p.line("%s", p.events[i].Text)
		}
	}
	return p.err
}
