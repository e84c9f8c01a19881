package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// umlaut is a letter that is one cell wide everywhere, and two bytes in UTF-8. A
// terminal that takes bytes for letters draws two.
const umlaut = "ä"

// six are the glyphs of the program that differ most between fonts and between
// terminals. East Asian ones may draw them two cells wide.
func six(ascii bool) []string {
	g := theme.New(theme.For(true), ascii).Glyphs
	return []string{g.Single, g.Double, g.Right, g.Closed, g.Check, g.HeldEnd}
}

// questions are all that a terminal is asked, in one piece. Each glyph is drawn
// where the cursor is, and the cursor asked for; then the cursor goes back, and
// the line behind it is cleared of what a terminal may have drawn of a question
// that it did not know. Every terminal knows the last one.
func questions(glyphs []string) string {
	var b strings.Builder
	b.WriteString(ansi.SaveCursor + ansi.RequestCursorPositionReport)
	for _, g := range glyphs {
		b.WriteString(g + ansi.RequestCursorPositionReport + ansi.RestoreCursor)
	}
	b.WriteString(ansi.RequestModeMouseNormal + ansi.RequestModeMouseButtonEvent + ansi.RequestModeMouseExtSgr)
	b.WriteString(ansi.RequestBackgroundColor + ansi.XTGETTCAP("Ms"))
	b.WriteString(ansi.RestoreCursor + ansi.EraseLineRight + ansi.RequestPrimaryDeviceAttributes)
	return b.String()
}

// An answers is what a terminal said. What it did not say is the zero value.
type answers struct {
	whole bool         // it answered the last question
	cells []int        // how wide each glyph is
	modes map[int]bool // by mode, whether it has it; none for those it said nothing about
	back  string       // "dark" or "light"
	clip  bool         // it takes text for the clipboard
}

// attributes is the answer to the last question, DA1.
func attributes() *regexp.Regexp { return regexp.MustCompile(`\x1b\[\?([0-9;]*)c`) }

// understand finds the answers in what came in, between whatever was typed meanwhile.
func understand(heard []byte, glyphs int) answers {
	a := answers{modes: map[int]bool{}, cells: widths(heard, glyphs)}
	for _, m := range regexp.MustCompile(`\x1b\[\?([0-9]{1,5});([0-4])\$y`).FindAllSubmatch(heard, -1) {
		mode, _ := strconv.Atoi(string(m[1]))
		a.modes[mode] = m[2][0] != '0' && m[2][0] != '4' // 4: off for good
	}
	if m := regexp.MustCompile(`\x1b\]11;(rgba?:[0-9A-Fa-f]{1,4}(?:/[0-9A-Fa-f]{1,4}){2,3})(?:\x07|\x1b\\)`).FindSubmatch(heard); m != nil {
		if c := ansi.XParseColor(string(m[1])); c != nil {
			a.back = "light"
			if (tea.BackgroundColorMsg{Color: c}).IsDark() {
				a.back = "dark"
			}
		}
	}
	if m := attributes().FindSubmatch(heard); m != nil {
		a.whole = true
		a.clip = strings.Contains(";"+string(m[1])+";", ";52;")
	}
	// 4d73 is Ms: how text for the clipboard is sent, where it can be.
	a.clip = a.clip || regexp.MustCompile(`\x1bP1\+r4[dD]73[=\x1b]`).Match(heard)
	return a
}

// widths reads how far each glyph took the cursor from where it was.
func widths(heard []byte, glyphs int) []int {
	at := regexp.MustCompile(`\x1b\[([0-9]{1,4});([0-9]{1,4})R`).FindAllSubmatch(heard, -1)
	if len(at) != glyphs+1 {
		return nil // an answer is missing, or somebody pressed F3, which looks like one
	}
	from, _ := strconv.Atoi(string(at[0][2]))
	var cells []int
	for _, m := range at[1:] {
		to, _ := strconv.Atoi(string(m[2]))
		if string(m[1]) != string(at[0][1]) || to < from {
			return nil // it went on to the next line
		}
		cells = append(cells, to-from)
	}
	return cells
}

// A screenTrial is the terminal being asked, while the other things are tried.
type screenTrial struct {
	why   string // there is no terminal to ask, because
	mute  error  // it cannot be asked
	ascii bool   // the user wants ASCII
	talk  *talk
}

// tryTerminal asks the terminal, where there is one. Whoever calls it calls end.
func (s *shell) tryTerminal(stop context.CancelCauseFunc) *screenTrial {
	t := &screenTrial{why: undrawable(), ascii: s.ascii}
	if t.why != "" {
		return t
	}
	glyphs := append([]string{umlaut}, six(false)...)
	t.talk, t.mute = ask(os.Stdin, os.Stdout, questions(glyphs), attributes(), func() { stop(errInterrupt) })
	// One that has answered gets its input back before anything else is tried.
	if t.talk != nil && t.talk.wait(askTime) {
		t.talk.end()
	}
	return t
}

// end gives the terminal back.
func (t *screenTrial) end() {
	if t.talk != nil {
		t.talk.end()
	}
}

// findings are what the program would have to draw on.
func (t *screenTrial) findings() []finding {
	if t.why != "" {
		return []finding{{Check: "terminal", OK: true, Says: wire.Clean(t.why, 200), Do: asText, short: "no terminal"}}
	}
	var said answers
	if t.talk != nil {
		said = understand(t.talk.end(), 1+len(six(false)))
	}
	found := []finding{size(), colours(said), letters(t.ascii, said), glyphs(t.ascii, said)}
	if t.mute != nil {
		return append(found, finding{Check: "answers", Says: "the terminal cannot be asked: " + wire.Clean(t.mute.Error(), 200), Do: "if the screen looks broken: " + asText})
	}
	return append(found, mouse(said), clipboard(said))
}

// size says how large the window is. Below 60x18 the program draws nothing but
// the request for a larger one.
func size() finding {
	f := finding{Check: "size", Needed: true}
	w, h, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		f.Says, f.Do, f.short = "it cannot be asked for: "+wire.Clean(err.Error(), 200), asText, "size unknown"
		return f
	}
	f.OK, f.short = w >= 60 && h >= 18, strings.TrimSpace(fmt.Sprintf("%dx%d %s", w, h, wire.Clean(os.Getenv("TERM"), 20)))
	f.Says = f.short + "; the program needs 60x18"
	if !f.OK {
		f.Do = "make the window larger, or the letters smaller"
	}
	return f
}

// colours says how many colours there are, which is worked out from the
// environment as the program itself does, and on what background.
func colours(said answers) finding {
	p := colourProfile().String()
	f := finding{Check: "colours", OK: true, Says: p, short: p}
	if said.back == "" {
		f.Says, f.Do = f.Says+", background not known", "if it is light: --theme light"
		return f
	}
	f.Says += " on a " + said.back + " background"
	return f
}

// letters says whether text is UTF-8, as the locale has it and as the terminal
// draws it.
func letters(ascii bool, said answers) finding {
	f := finding{Check: "letters", OK: true, short: "UTF-8"}
	locale := "the locale is UTF-8"
	if !unicodeLocale() {
		locale = "the locale is not UTF-8"
	}
	if runtime.GOOS == "windows" {
		locale = "Windows is taken for UTF-8"
	}
	drawn := "; the terminal did not say how it draws " + umlaut
	if len(said.cells) > 0 {
		drawn = fmt.Sprintf("; %s takes %s", umlaut, cellsOf(said.cells[0]))
	}
	f.Says = locale + drawn
	switch {
	case ascii || asciiOnly():
		f.short = "ASCII"
		f.Says = locale + ", drawn in ASCII" + drawn
	case len(said.cells) > 0 && said.cells[0] != 1:
		f.OK, f.short, f.Do = false, "not UTF-8", "the terminal is not UTF-8: set it so, or use --ascii"
	}
	return f
}

// glyphs says how wide the glyphs are that the program draws with. Only the
// reader can tell whether the font has them.
func glyphs(ascii bool, said answers) finding {
	ascii = ascii || asciiOnly()
	row := strings.Join(six(ascii), " ")
	f := finding{Check: "glyphs", OK: true, Says: row + " are plain ASCII"}
	if ascii {
		return f
	}
	if len(said.cells) == 0 {
		f.Says, f.Do = row+"; the terminal did not say how wide they are", "if lines do not meet: --ascii"
		return f
	}
	wide := ""
	for i, n := range said.cells[1:] {
		if n != 1 {
			wide += " " + six(false)[i]
		}
	}
	if wide != "" {
		f.OK, f.short = false, "wide glyphs"
		f.Says, f.Do = "not one cell wide:"+wide, "have the terminal draw ambiguous characters narrow, or use --ascii"
		return f
	}
	f.Says, f.Do = row+" take 1 cell each", "boxes or gaps there: --ascii"
	return f
}

// cellsOf counts cells in words.
func cellsOf(n int) string {
	if n == 1 {
		return "1 cell"
	}
	return strconv.Itoa(n) + " cells"
}

// mouse says whether the terminal has the modes that the program turns on: drags
// (1002), in cells of any number (1006). 1000 is clicks alone.
func mouse(said answers) finding {
	f := finding{Check: "mouse", Do: "every click has a key"}
	drags, known := said.modes[1002]
	sgr, also := said.modes[1006]
	switch {
	case !known || !also:
		f.Says = "the terminal did not say"
	case drags && sgr:
		f.OK, f.Says, f.Do = true, "the terminal has it (modes 1002 and 1006); M frees it", ""
	case said.modes[1000]:
		f.Says = "the terminal has clicks of an old kind only"
	default:
		f.Says = "the terminal says that it has none"
	}
	return f
}

// clipboard says whether what y copies gets anywhere. A terminal that takes it
// need not say so, and what became of it cannot be looked at.
func clipboard(said answers) finding {
	if said.clip {
		return finding{Check: "clipboard", OK: true, Says: "the terminal says it takes what y copies (OSC 52)"}
	}
	return finding{Check: "clipboard", Says: "the terminal did not say", Do: "y copies, y again shows it as text"}
}
