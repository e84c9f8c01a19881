package tui

import (
	"fmt"
	"net"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// This file is the first line of a lab.

// title says what is shown: the lab, the run, its port, how it went. How it went
// stays in a narrow window: what stands before it is said shorter, or left out.
func (s *labScreen) title(w int) string {
	t := s.env.Theme
	name := " " + t.Title.Render(s.lab.Name)
	if s.from != "" {
		name = " " + t.Dim.Render(s.from+" "+t.Glyphs.Chevron) + name
		if f := s.fields.Selected(); f != nil && s.opened == bytesPane && s.focus == bytesPane {
			name += " " + t.Dim.Render(t.Glyphs.Chevron) + " " + t.Title.Render(f.Name)
		}
	}
	if s.tapped {
		name = " " + t.Eavesdropper.Render(" EAVESDROPPER ") + " " + t.Title.Render(s.lab.Name)
	}
	c := s.cur()
	if c == nil {
		return theme.Fit(name+"   "+t.Dim.Render("the first run is beginning"), w)
	}
	parts := fmt.Sprintf("run %d", c.n)
	if s.past != "" {
		parts = s.past
	}
	if n := len(s.changed()); n > 0 && s.same() == nil {
		parts += ", before " + plural(n, "change")
	}
	conn := s.titled(c)
	wheres := []string{""}
	if conn != nil {
		wheres = where(c.events, conn, w)
	}
	text, style := s.verdict(c)
	if s.tapped {
		return s.headed(name, parts, wheres, "", w)
	}
	if w < wideFrom {
		return s.headed(name, parts, wheres, style.Render(text), w)
	}
	// The lights are said whole: the place makes room for them.
	head, lamps := "", s.lamps(w/2)
	for i := range wheres {
		head = strings.TrimRight(s.headed(name, parts, wheres[i:], style.Render(text), w), " ")
		room := w - ansi.StringWidth(head) - len(" · ")
		if lamps = s.lamps(min(w/2, room)); !strings.HasSuffix(ansi.Strip(lamps), t.Glyphs.Ellipsis) {
			break
		}
	}
	line := head
	if lamps != "" {
		line += t.Dim.Render(" · ") + lamps
	}
	// A path into a named connection begins with its name; a record without a
	// connection leaves that to the first.
	in := ""
	if r := s.rec(); r != nil && r.Event.Conn != nil && conn.Name != "" {
		in = conn.Name + ":"
	}
	var both []string
	if !s.unlit {
		both = agreed(c.events, in)
	}
	for _, v := range both {
		if more := t.Dim.Render(" · ") + t.Text.Render(v); ansi.StringWidth(line+more) <= w { // whole, or not at all
			line += more
		}
	}
	return theme.Fit(line, w)
}

// titled is the connection whose place the title says: that of the selected record
// or, where it crossed none, the run's first. It is nil where there was none.
func (s *labScreen) titled(c *shown) *labs.Conn {
	if r := s.rec(); r != nil && r.Event.Conn != nil {
		return r.Event.Conn
	}
	for i := range c.events {
		if conn := c.events[i].Conn; conn != nil && conn.Server != nil {
			return conn
		}
	}
	return nil
}

// headed puts a title together in w cells, with the first of the places that
// leaves room for how it went. Where none does the name is cut.
func (s *labScreen) headed(name, parts string, wheres []string, how string, w int) string {
	t := s.env.Theme
	rest := ""
	for _, at := range wheres {
		rest = parts
		if at != "" {
			rest += " · " + at
		}
		if how != "" {
			rest += " · "
		}
		if ansi.StringWidth(name)+3+ansi.StringWidth(rest)+ansi.StringWidth(how) <= w {
			break
		}
	}
	const least = 12 // cells of a name, below which it says nothing
	if room := w - 3 - ansi.StringWidth(rest) - ansi.StringWidth(how); ansi.StringWidth(name) > max(room, least) {
		name = ansi.Truncate(name, max(room, least), t.Glyphs.Ellipsis)
	}
	return theme.Fit(name+"   "+t.Dim.Render(rest)+how, w)
}

// where is where a connection runs or, of a recording, where it comes from: whole,
// and then ever shorter. That it is a recording is always said.
func where(events []labs.Event, c *labs.Conn, w int) []string {
	rec := labs.Recording(events)
	if c.Server == nil {
		return []string{"no addresses", ""}
	}
	if rec == "" {
		all := []string{c.Server.String(), "", ""}
		if _, port, err := net.SplitHostPort(all[0]); err == nil {
			all[1] = "port " + port
		}
		// Of programs that are not here, it is said as long as there is room for a word.
		if absent := labs.Absent(events); absent != "" {
			short, _, marked := strings.Cut(absent, " ")
			if !marked || short != "REC" {
				short = absent
			}
			all = []string{all[0] + " · " + absent, all[1] + " · " + short, short}
		}
		return all
	}
	// In a narrow window of which program and when, without its libraries.
	parts := strings.Split(rec, ", ")
	by, _, _ := strings.Cut(parts[0], " (")
	short := []string{"REC " + by + ", " + parts[len(parts)-1], "REC"}
	if w < wideFrom {
		return short
	}
	return append([]string{"REC " + rec}, short...)
}

// agreed is what the two sides of a connection settled: the version, and the
// group of the key exchange where the ServerHello names it. TLS 1.3 has its
// version in an extension, with TLS 1.2 in the old place (RFC 9846, Section
// 4.3.1).
func agreed(events []labs.Event, conn string) []string {
	var list []string
	version, _, ok := labs.Lookup(events, conn+"ServerHello.supported_versions.selected_version")
	if !ok {
		version, _, ok = labs.Lookup(events, conn+"ServerHello.legacy_version")
	}
	if ok {
		list = append(list, version)
	}
	if group, _, ok := labs.Lookup(events, conn+"ServerHello.key_share.group"); ok {
		list = append(list, group)
	}
	return list
}
