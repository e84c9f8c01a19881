package fieldview

import (
	"fmt"
	"strings"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// A page is the bytes that the hex shows: of the selected field's source, from
// base to end.
type page struct {
	src       *wire.Source
	base, end int
	per       int  // bytes in a row
	text      bool // the row ends in its bytes as text
}

// Widths of a hex row: the offset, three cells a byte, the text.
const offsetWidth = 6

// hexPage works out what is shown in w cells; false where there are no bytes.
func (v *View) hexPage(w int) (page, bool) {
	f := v.Selected()
	if f == nil || f.Src == nil {
		return page{}, false
	}
	p := page{src: f.Src, end: len(f.Src.Data), per: 8}
	// A source may hold more than one record: only the root's part is shown.
	if f.Src == v.root.Src {
		p.base, p.end = v.root.Off, v.root.Off+v.root.N
	}
	switch {
	case w >= offsetWidth+3*16+1+16:
		p.per, p.text = 16, true
	case w >= offsetWidth+3*16:
		p.per = 16
	case w >= offsetWidth+3*8+1+8:
		p.text = true
	case w < offsetWidth+3*8-1:
		p.per = max(1, (w-offsetWidth)/3)
	}
	return p, true
}

// lines is how many rows the page has.
func (p page) lines() int { return (p.end - p.base + p.per - 1) / p.per }

// hexAt is the row that would be drawn first in h lines for the selected field
// to stand in the middle; of a longer one, its beginning is in sight.
func (v *View) hexAt(p page, h int) int {
	f := v.Selected()
	at, last := (f.Off-p.base)/p.per, (f.Off+max(0, f.N-1)-p.base)/p.per
	return at - max(0, (h-(last-at+1))/2)
}

// hexFrom is the first row drawn, with what the wheel has turned.
func (v *View) hexFrom(p page, h int) int {
	return max(0, min(v.hexAt(p, h)+v.scroll[1], p.lines()-h))
}

// scrollHex makes top the first row drawn, whatever is selected.
func (v *View) scrollHex(p page, top, h int) { v.scroll[1] = top - v.hexAt(p, h) }

// Hex draws the bytes around the selected field in exactly w by h cells.
func (v *View) Hex(w, h int, focused bool) string {
	lines := blank(w, h)
	t := v.theme
	p, ok := v.hexPage(w)
	if h <= 0 || w <= 0 {
		return strings.Join(lines, "\n")
	}
	if !ok {
		if v.Selected() != nil {
			lines[0] = theme.Fit(t.Dim.Render("worked out by code; no bytes of its own"), w)
		}
		return strings.Join(lines, "\n")
	}
	lines[0] = theme.Fit(t.Dim.Render(fmt.Sprintf("%s, %d bytes", p.src.Name, p.end-p.base)), w)
	top := v.hexFrom(p, h-1)
	for i := 1; i < h && top+i-1 < p.lines(); i++ {
		lines[i] = theme.Fit(v.hexRow(p, top+i-1, focused), w)
	}
	return strings.Join(lines, "\n")
}

// digits write a byte half by half: a format for each would cost every frame.
const digits = "0123456789abcdef"

// hexRow draws one row of bytes, those of the selected field marked.
func (v *View) hexRow(p page, row int, focused bool) string {
	t, f := v.theme, v.Selected()
	from := p.base + row*p.per
	to := min(from+p.per, p.end)
	lo, hi := max(from, f.Off), min(to, f.Off+f.N)
	mark := t.Place
	if focused {
		mark = t.Selected
	}
	bytes := func(a, b int) string {
		var s strings.Builder
		for i := a; i < b; i++ {
			if i > a {
				s.WriteByte(' ')
			}
			if v.withheld(p.src, i) {
				s.WriteString("..")
			} else {
				s.WriteByte(digits[p.src.Data[i]>>4])
				s.WriteByte(digits[p.src.Data[i]&15])
			}
		}
		return s.String()
	}
	out := t.Dim.Render(fmt.Sprintf("%04x  ", from-p.base))
	if lo >= hi {
		out += t.Text.Render(bytes(from, to))
	} else {
		for _, part := range []struct {
			a, b   int
			marked bool
		}{{from, lo, false}, {lo, hi, true}, {hi, to, false}} {
			if part.a >= part.b {
				continue
			}
			style, space := t.Text, ""
			if part.marked {
				style = mark
			}
			if part.b < to {
				space = " "
			}
			out += style.Render(bytes(part.a, part.b)) + space
		}
	}
	if p.text {
		out += strings.Repeat(" ", 3*(p.per-(to-from))+2) + t.Dim.Render(v.asText(p, from, to))
	}
	return out
}

// asText is bytes as ASCII, with a dot for what is not.
func (v *View) asText(p page, from, to int) string {
	b := make([]byte, 0, to-from)
	for i := from; i < to; i++ {
		c := p.src.Data[i]
		if c < ' ' || c > '~' || v.withheld(p.src, i) {
			c = '.'
		}
		b = append(b, c)
	}
	return string(b)
}

// withheld reports whether a byte is in a field that is secret, whatever else
// it is in.
func (v *View) withheld(src *wire.Source, off int) bool {
	for _, f := range v.secret {
		if f.Src == src && off >= f.Off && off < f.Off+f.N {
			return true
		}
	}
	return false
}

// smallest returns the smallest field over a byte of a source, or nil.
func (v *View) smallest(src *wire.Source, off int) *wire.Field {
	var best *wire.Field
	var look func(f *wire.Field)
	look = func(f *wire.Field) {
		if f.Src == src {
			if off < f.Off || off >= f.Off+f.N {
				return
			}
			if best == nil || f.N <= best.N {
				best = f
			}
		}
		for _, k := range f.Kids {
			look(k)
		}
	}
	look(v.root)
	return best
}

// ClickHex selects the smallest field over the byte at x, y of a hex drawn at w
// by h. The byte stays where it is.
func (v *View) ClickHex(x, y, w, h int) {
	p, ok := v.hexPage(w)
	if !ok || y < 1 || y >= h || x < offsetWidth {
		return
	}
	col := (x - offsetWidth) / 3
	off := p.base + (v.hexFrom(p, h-1)+y-1)*p.per + col
	if col >= p.per || off >= p.end {
		return
	}
	if f := v.smallest(p.src, off); f != nil {
		top := v.hexFrom(p, h-1)
		v.reveal(f)
		v.scrollHex(p, top, h-1)
	}
}
