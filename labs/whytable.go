package labs

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"tlstutor/labs/recorded"
)

// A telling is a text with all who say so.
type telling struct {
	Match
	plain string
	core  string // the part of it that makes it this text
	grams map[string]bool
	rare  int // how unusual the most usual of its faults is

	own map[*Fault]string // what was said of a fault itself, where its names are others
}

// tellings are all texts that are known, and in how many of them each three letters
// stand.
type tellings struct {
	all   []*telling
	known map[string]int
	named map[string]*Fault

	by    map[string]*telling // by who states it, and what is left of it
	plain map[string]string   // what is left of each text; many are there often

	refuse map[string][]string // who refuses each fault
}

// tellingsOf reads the tables: of the fault bench's verdicts, of what was said in
// other labs, and of what is only documented.
func tellingsOf() *tellings {
	t := &tellings{known: map[string]int{}, named: map[string]*Fault{}, by: map[string]*telling{}, plain: map[string]string{}}
	for _, f := range Faults() {
		t.named[f.Name] = f
	}
	rows, _ := recorded.Verdicts() // tests read the tables, which are part of the program
	for _, row := range rows {
		if f := t.named[row.Fault]; f != nil && row.Line != "" {
			one := t.take(row.Line, "")
			one.say(row.Peer)
			one.blame(f, row.Peer)
			one.quote(f, row.Line)
		}
	}
	t.refuse = refusals(rows)
	said, _ := recorded.Sayings()
	for _, row := range said {
		t.saying(row)
	}
	for _, s := range statedTexts() {
		t.state(s)
	}
	for _, s := range ranTexts() {
		t.state(s).Ran = true
	}
	for _, m := range meantTexts() {
		t.take(m.text, m.by).meant = &m
	}
	t.finish()
	return t
}

// take returns the telling of a text, which may be there.
func (t *tellings) take(text, by string) *telling {
	plain, ok := t.plain[text]
	if !ok {
		plain = unnamed(text)
		t.plain[text] = plain
	}
	one := t.by[by+"\n"+plain]
	if one == nil {
		one = &telling{Match: Match{Text: text, By: by}, plain: plain, grams: grams(plain)}
		t.by[by+"\n"+plain] = one
		t.all = append(t.all, one)
		for g := range one.grams {
			t.known[g]++
		}
	}
	return one
}

// say adds one who says so.
func (one *telling) say(who string) {
	if !slices.Contains(one.Peers, who) {
		one.Peers = append(one.Peers, who)
	}
}

// blame adds a fault that has it said, by these.
func (one *telling) blame(f *Fault, by ...string) {
	if !slices.Contains(one.Faults, f) {
		one.Faults = append(one.Faults, f)
	}
	if one.told == nil {
		one.told = map[*Fault][]string{}
	}
	one.told[f] = append(one.told[f], by...)
}

// quote keeps what was said of a fault: texts that differ in names alone are one telling.
func (one *telling) quote(f *Fault, text string) {
	if one.own == nil {
		one.own = map[*Fault]string{}
	}
	if _, ok := one.own[f]; !ok && text != one.Text {
		one.own[f] = text
	}
}

// maxCauses is how many runs of other labs are kept of one text: there are labs in
// which nearly everything ends with it.
const maxCauses = 3

// saying takes a row of what was said in other labs.
func (t *tellings) saying(row recorded.Saying) {
	if c := causeOf(row.Lab + " " + row.Set); c != nil {
		one := t.take(row.Text, "")
		one.say(row.Who)
		if len(one.Causes) < maxCauses {
			one.Causes = append(one.Causes, *c)
		}
	}
}

// state takes a text that no lab had said. Tests hold that what it names is there.
func (t *tellings) state(s stated) *telling {
	one := t.take(s.text, s.by)
	if c := causeOf(s.faults); c != nil {
		one.Causes = append(one.Causes, *c)
		return one
	}
	for name := range strings.FieldsSeq(s.faults) {
		if f := t.named[name]; f != nil {
			one.blame(f, t.refuse[name]...)
		}
	}
	return one
}

// causeOf reads a run as one types it: a lab's name and its settings; nil, if there
// is no such lab.
func causeOf(run string) *Cause {
	words := strings.Fields(run)
	i := slices.IndexFunc(All(), func(l *Lab) bool { return len(words) > 0 && l.Name == words[0] })
	if i < 0 {
		return nil
	}
	c := &Cause{Lab: All()[i], Set: Settings{}}
	for _, word := range words[1:] {
		knob, value, _ := strings.Cut(word, "=")
		c.Set[knob] = value
	}
	return c
}

// String is the settings as one types them, in the order of the lab's knobs.
func (c Cause) String() string {
	words := []string{c.Lab.Name}
	for _, k := range c.Lab.Knobs {
		if v, ok := c.Set[k.Name]; ok {
			words = append(words, k.Name+"="+v)
		}
	}
	return strings.Join(words, " ")
}

// finish puts the faults of each text into the order of how usual they are, and
// finds what is its own.
func (t *tellings) finish() {
	use := usual()
	in := map[string]int{} // in how many texts a part stands
	parts := make([][]string, len(t.all))
	for i, one := range t.all {
		one.rare = math.MaxInt
		if one.By == "" { // those of a stated text have an order of their own
			byUse(one.Faults, use)
		}
		if len(one.Faults) > 0 {
			one.rare = use[one.Faults[0].Name]
		}
		parts[i] = partsOf(one.plain)
		for _, p := range parts[i] {
			in[p]++
		}
	}
	for i, one := range t.all {
		for _, p := range parts[i] {
			if in[p] > maxShared {
				continue // it is before every reason
			}
			if one.core == "" || in[p] < in[one.core] || in[p] == in[one.core] && len(p) > len(one.core) {
				one.core = p
			}
		}
	}
}

// maxShared is in how many texts a part may stand that one is known by.
const maxShared = 12

// minCore is the least length of a part by which a text is known.
const minCore = 14

// coreTrim is what does not count at both ends of a part.
const coreTrim = " .,;:'\"()[]-*"

// partEnd is where a text has its parts: programs put theirs before and behind
// those of others.
var partEnd = regexp.MustCompile(`:+|\. |["()\[\]]`)

// partsOf are the parts of a text that could be its own: those with what changes in
// them could not.
func partsOf(plain string) []string {
	var all []string
	for _, p := range partEnd.Split(plain, -1) {
		p = strings.Trim(p, coreTrim)
		if len(p) >= minCore && !strings.ContainsAny(p, "0~") && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// first is the name of the first fault, or else of the first lab.
func (m *Match) first() string {
	if len(m.Faults) > 0 {
		return m.Faults[0].Name
	}
	if len(m.Causes) > 0 {
		return m.Causes[0].String()
	}
	return m.Text
}
