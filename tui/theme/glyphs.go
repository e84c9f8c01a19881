package theme

// Glyphs are the signs the program draws with, each one cell wide.
type Glyphs struct {
	Single, Double, Triple, Dots string // the lines of a lane
	Left, Right                  string // its heads
	HeldEnd                      string // where an undelivered lane ends
	Post, From, To               string // the sides: in passing, where a lane leaves the client, the server
	Open, Closed                 string // a field unfolded, folded
	Check, Cross                 string // it held, it did not
	Chevron, ChevronLeft         string // turning a knob; the selected lane
	Ellipsis                     string
	Seen, Here, Ahead            string // the pages of a lesson
	Bar, Bullet                  string // how much is done; an entry of a list

	TopLeft, TopRight, LowLeft, LowRight, Across, Down string // boxes
}

// lines are the glyphs of a terminal with UTF-8.
var lines = Glyphs{
	Single: "─", Double: "═", Triple: "≡", Dots: "·", Left: "◀", Right: "▶", HeldEnd: "▌",
	Post: "│", From: "├", To: "┤", Open: "▾", Closed: "▸", Check: "✓", Cross: "✗",
	Chevron: "›", ChevronLeft: "‹", Ellipsis: "…",
	Seen: "●", Here: "◉", Ahead: "○", Bar: "━", Bullet: "•",
	TopLeft: "╭", TopRight: "╮", LowLeft: "╰", LowRight: "╯", Across: "─", Down: "│",
}

// plain are the glyphs of every terminal.
var plain = Glyphs{
	Single: "-", Double: "=", Triple: "#", Dots: ".", Left: "<", Right: ">", HeldEnd: "|",
	Post: "|", From: "+", To: "+", Open: "-", Closed: "+", Check: "*", Cross: "!",
	Chevron: ">", ChevronLeft: "<", Ellipsis: "~",
	Seen: "o", Here: "@", Ahead: ".", Bar: "=", Bullet: "-",
	TopLeft: "+", TopRight: "+", LowLeft: "+", LowRight: "+", Across: "-", Down: "|",
}
