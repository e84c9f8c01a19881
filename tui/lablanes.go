package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/tui/theme"
)

// A row of the wire pane: a record's lane, something off the wire, or the name
// of a connection.
type wireRow struct {
	rec  int    // index into recs, or -1
	conn string // the name, where rec is -1
}

// wireRows lists the rows of the wire pane: each named connection gets a line
// of its own above its lanes, which says who it is between where that is not the
// client and the server.
func wireRows(recs []labs.Rec) []wireRow {
	var rows []wireRow
	var last *labs.Conn
	for i, r := range recs {
		if c := r.Event.Conn; c != nil && c != last {
			if name := connTitle(c); name != "" {
				rows = append(rows, wireRow{rec: -1, conn: name})
			}
			last = c
		}
		rows = append(rows, wireRow{rec: i})
	}
	return rows
}

// connTitle is what stands over the lanes of a connection that has a name: that,
// and who it is between where that is not the client and the server.
func connTitle(c *labs.Conn) string {
	if c.Who[0] != labs.Nobody {
		return fmt.Sprintf("%s, %s to %s", c.Name, c.Who[0], c.Who[1])
	}
	return c.Name
}

// The widths of a lane's row: the marks before it, and the bytes behind it.
const (
	markWidth  = 3  // what changed, what is selected, a space
	bytesWidth = 6  // the size of the record, right-aligned
	wordsWidth = 18 // which keys it is sealed with, in words
)

// wire draws the wire pane into w by h cells, and says where its rows are.
func (s *labScreen) wire(w, h int) (string, []Hit) {
	t := s.env.Theme
	// Not everybody sees the colours: where there is room, words say the same.
	words := w >= 72
	lane := w - markWidth - bytesWidth
	if words {
		lane = min(lane-wordsWidth, 64)
	}
	crossed := !s.dry()
	lines := []string{s.wireHead(lane, words)}
	if !crossed {
		lines[0] = t.Dim.Render(strings.Repeat(" ", markWidth) + "nothing crosses a wire here")
	}
	rows := wireRows(s.recs())
	room := h - 1
	// The last line then says how many rows there are.
	if len(rows) > room {
		room--
	}
	from := s.wireFrom(rows, room)
	var hits []Hit
	for i := from; i < len(rows) && i < from+room; i++ {
		row := rows[i]
		if row.rec < 0 {
			lines = append(lines, strings.Repeat(" ", markWidth)+t.Strong.Render(row.conn))
			continue
		}
		rec := row.rec
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return laneMsg(rec) }})
		lines = append(lines, s.laneRow(rec, lane, words))
	}
	if len(rows) > room {
		lines = append(lines, t.Dim.Render("   "+s.more(from+room, len(rows))))
	} else if h-len(lines) >= 2 && len(rows) > 0 && crossed {
		lines = append(lines, "", s.legend(w))
	}
	return strings.Join(lines, "\n"), hits
}

// more says how far down a list that is longer than its pane has been shown, and in
// which direction the rest is.
func (s *labScreen) more(to, of int) string {
	arrow := "↓"
	if to >= of {
		arrow = "↑"
	}
	return fmt.Sprintf("%d of %d %s", min(to, of), of, s.env.Theme.Keys(arrow))
}

// wireFrom is the first row drawn, so that the selected lane is in sight. The
// wheel moves it from there, until something else is selected.
func (s *labScreen) wireFrom(rows []wireRow, room int) int {
	at := 0
	for i, r := range rows {
		if r.rec == s.sel {
			at = i
		}
	}
	return inSight(at+s.scroll, len(rows), room)
}

// wireHead stands over the lanes: who is left and who is right, and between
// them which connection the selected record is in.
func (s *labScreen) wireHead(lane int, words bool) string {
	t := s.env.Theme
	name, conn := "", new(labs.Conn)
	if r := s.rec(); r != nil && r.Event.Conn != nil {
		conn = r.Event.Conn
	}
	left, right := conn.Party(dissect.ToServer).String(), conn.Party(dissect.ToClient).String()
	if conn.Name != "" {
		name = theme.Fit(" "+conn.Name, min(12, max(0, lane-len(left+right)-1)))
	}
	head := strings.Repeat(" ", markWidth) + t.Client.Render(left) + t.Strong.Render(name) +
		strings.Repeat(" ", max(1, lane-len(left+right)-ansi.StringWidth(name))) + t.Server.Render(right)
	if words {
		return head + t.Dim.Render("  bytes on the wire")
	}
	return head + t.Dim.Render(" bytes")
}

// legend says in w cells what the lines of the lanes mean. A listener knows only
// two kinds.
func (s *labScreen) legend(w int) string {
	t := s.env.Theme
	key := func(e dissect.Epoch, word string) string {
		return t.Epoch(e.String()).Render(strings.Repeat(t.Line(e.String()), 2) + " " + word)
	}
	words := key(dissect.Clear, "clear") + " " + key(dissect.Handshake, "handshake") + " " + key(dissect.Application, "traffic")
	if s.tapped {
		words = key(dissect.Clear, "in the clear") + "  " + t.Dim.Render(strings.Repeat(t.Line("application"), 2)+" sealed")
	}
	// Below the lanes, where there is room.
	return strings.Repeat(" ", max(0, min(markWidth, w-ansi.StringWidth(words)))) + words
}

// laneRow draws one record: its marks, its lane, its bytes, and at width words
// for its keys. A listener gets no marks: the two runs were compared as the
// parties read them.
func (s *labScreen) laneRow(i, w int, words bool) string {
	t := s.env.Theme
	r := s.recs()[i]
	mark, place := " ", " "
	if !s.tapped {
		switch s.cur().marks[i] {
		case '+':
			mark = t.Added.Render("+")
		case '~':
			mark = t.Changed.Render("~")
		}
	}
	if i == s.sel {
		place = t.Strong.Render(t.Glyphs.Chevron)
	}
	if !r.OnWire() {
		return mark + place + " " + s.offWire(i, w, words)
	}
	row := mark + place + " " + s.laneText(i, w)
	row += t.Text.Render(fmt.Sprintf(" %*d", bytesWidth-2, r.Event.Tree.N)) + " "
	if words {
		row += " " + t.Dim.Render(epochWords(r.Event))
	}
	return row
}

// offWire draws what was made or done off the wire, where a lane would be: who,
// what, and how many bytes it has, if it has any.
func (s *labScreen) offWire(i, w int, words bool) string {
	t := s.env.Theme
	e := s.recs()[i].Event
	style := t.Text
	switch {
	case i == s.sel && s.focus == wirePane:
		style = t.Selected
	case i == s.sel:
		style = t.Place
	case e.Who == labs.Attacker || e.Refuted():
		style = t.Bad
	}
	text, size := strings.TrimSpace(e.Who.String()+" "+e.Text), ""
	// A finding has no bytes, and its text the room for them.
	if e.Tree.Src != nil {
		size = fmt.Sprintf(" %*d ", bytesWidth-2, e.Tree.N)
	} else {
		w += bytesWidth
	}
	row := style.Render(theme.Fit(ansi.Truncate(text, w, t.Glyphs.Ellipsis), w)) + t.Text.Render(size)
	if words {
		row += " " + t.Dim.Render("off the wire")
	}
	return row
}

// epochWords says in words what the colour and the line of a lane say. What
// could not be opened is sealed, whatever the keys.
func epochWords(e labs.Event) string {
	if e.Err != nil {
		return "sealed"
	}
	return map[dissect.Epoch]string{
		dissect.Clear: "in the clear", dissect.Early: "early keys",
		dissect.Handshake: "handshake keys", dissect.Application: "traffic keys",
	}[e.Epoch]
}

// A lane is how a record is drawn between the two sides.
type lane struct {
	label string
	line  string         // the sign it is drawn with
	style lipgloss.Style // which says the same in colour
	out   bool           // it goes to the server
	held  bool           // it has not arrived
}

// laneOf is the lane of a record with this label, whose first message is the one
// named.
func laneOf(t *theme.Theme, e *labs.Event, label, first string) lane {
	l := lane{label: label, line: t.Line(e.Epoch.String()), style: t.Epoch(e.Epoch.String()), out: e.Dir() == dissect.ToServer}
	switch {
	case e.Err != nil:
		l.line, l.style = t.Line("application"), t.Dim
	// It carries nothing; TLS 1.3 drops it (RFC 9846, Section 5).
	case first == "ChangeCipherSpec":
		l.line, l.style = t.Line("ccs"), t.Dim
	// close_notify is no error: every connection ends so (RFC 9846, Section 6.1).
	case first == "Alert" && !strings.Contains(label, "close_notify"):
		l.style = t.Bad
	}
	return l
}

// laneText is the lane of a record: ├── ClientHello ────▶│.
func (s *labScreen) laneText(i, w int) string {
	t := s.env.Theme
	e := &s.recs()[i].Event
	first := ""
	if msgs := dissect.Messages(e.Tree); len(msgs) > 0 {
		first = msgs[0].Name
	}
	l := laneOf(t, e, e.Text, first)
	c := s.cur()
	l.held = i < len(c.recs) && c.recs[i].Delivered < 0
	switch {
	case i == s.sel && s.focus == wirePane:
		l.style = t.Selected
	case i == s.sel:
		l.style = t.Place
	}
	left, body, right := l.draw(t, w)
	return t.Client.Render(left) + l.style.Render(body) + t.Server.Render(right)
}

// draw writes a lane in w cells: the client's side, what is between, the
// server's. One that is held stops short of the other side.
func (l lane) draw(t *theme.Theme, w int) (left, body, right string) {
	head := t.Glyphs.Right
	if !l.out {
		head = t.Glyphs.Left
	}
	if l.held {
		head = t.Glyphs.HeldEnd
	}
	label := " " + ansi.Truncate(l.label, max(1, w-6), t.Glyphs.Ellipsis) + " "
	stem := strings.Repeat(l.line, max(1, min(2, w-3-ansi.StringWidth(label))))
	fill := strings.Repeat(l.line, max(0, w-3-ansi.StringWidth(stem+label)))
	if l.out {
		return t.Glyphs.From, stem + label + fill + head, t.Glyphs.Post
	}
	return t.Glyphs.Post, head + fill + label + stem, t.Glyphs.To
}

// verdict is how the shown run went, for the title. What could not run, or was
// dropped, has no ending to tell of.
func (s *labScreen) verdict(c *shown) (string, lipgloss.Style) {
	t := s.env.Theme
	switch {
	case c.missed != nil:
		return t.Glyphs.Cross + " could not run", t.Bad
	case c.dropped:
		return t.Glyphs.Cross + " dropped", t.Dim
	case !c.ended && c.held:
		return "held", t.Strong
	case !c.ended && !s.waiting: // a short run shows no clock
		return "running", t.Dim
	case !c.ended:
		return fmt.Sprintf("running %.1f s", c.now.Sub(c.began).Seconds()), t.Strong
	case c.end.OK:
		text := t.Glyphs.Check + " " + c.end.Text
		if c.stepped {
			text += ", held time not counted"
		}
		return text, t.Good
	}
	if c.end.Shut { // nobody knows that it went wrong
		return c.end.Text, t.Dim
	}
	return t.Glyphs.Cross + " " + c.end.Text, t.Bad
}
