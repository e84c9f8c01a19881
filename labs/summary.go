package labs

import (
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// lineLimit is how long a summary may get before it begins to count what else
// there is, and fieldLimit how many fields it tells of.
const (
	lineLimit  = 150
	fieldLimit = 3
)

// A Telling is what there is to say of how one run differs from another, in the
// order in which it is said.
type Telling struct {
	parts  []string // the most important first
	fields []clause // what is said of fields
	left   int      // how many fields there are besides
	last   []string // round trips, and time
}

// A clause is a part of a summary, and how many fields it tells of.
type clause struct {
	text string
	n    int
}

// Summary says in one line what changed; Tell has the rules.
func Summary(changes []Change) string { return Tell(changes, nil).String() }

// Tell puts what changed into words. Rows, where given, are those of the same two
// runs, and tell what has moved. The clauses stand in this order, and one that has
// nothing to tell is left out:
//
//   - who ended the run, where that is not as before;
//   - what an attacker did;
//   - the version of the protocol, which explains most of the rest;
//   - messages more or fewer;
//   - messages that moved;
//   - which lights of a certificate changed;
//   - what became readable or sealed;
//   - what was chosen, then other fields, then how many there are besides;
//   - round trips, and time.
func Tell(changes []Change, rows []Row) Telling {
	var t Telling
	ended := false
	for _, c := range changes {
		switch c.Kind {
		case Ended:
			t.parts, ended = append(t.parts, c.Text), true
		case Meddled:
			t.parts = append(t.parts, c.Text)
		case Trips, Delayed:
			t.last = append(t.last, c.Text)
		}
	}
	t.parts = append(t.parts, versionWords(changes)...)
	t.parts = append(t.parts, crowd(changes, ended)...)
	if moved := Moved(rows); moved != "" {
		t.parts = append(t.parts, moved)
	}
	for _, c := range changes {
		if c.Kind == Judged {
			t.parts = append(t.parts, c.Text)
		}
	}
	t.parts = append(t.parts, sealing(changes)...)
	t.fields, t.left = fieldWords(changes)
	return t
}

// String is all of it in one line: what is said of fields only while there is room
// for it, the rest of them as a number.
func (t Telling) String() string {
	size := len(strings.Join(append(slices.Clone(t.parts), t.last...), "; ")) + len("; 10 fields more")
	told := 0
	for told < len(t.fields) {
		size += len("; ") + len(t.fields[told].text)
		if told >= fieldLimit || told > 0 && size > lineLimit {
			break
		}
		told++
	}
	return t.with(len(t.parts), told)
}

// Fit is as much of it as fits, whole clauses only: the least important ones are
// left out first, fields before all else. The first clause is always there.
func (t Telling) Fit(fits func(string) bool) string {
	if all := t.String(); fits(all) {
		return all
	}
	for told := min(fieldLimit, len(t.fields)); told >= 0; told-- {
		if s := t.with(len(t.parts), told); fits(s) {
			return s
		}
	}
	// That there are other fields as well goes without saying where so much changed.
	t.fields, t.left = nil, 0
	for parts := len(t.parts); parts > 0; parts-- {
		if s := t.with(parts, 0); fits(s) {
			return s
		}
	}
	if len(t.parts) > 0 {
		return t.parts[0]
	}
	return t.with(0, 0)
}

// with joins so many of the parts, and so many of the clauses on fields, with the
// rest of them as a number.
func (t Telling) with(parts, told int) string {
	said, left := slices.Clone(t.parts[:parts]), t.left
	for i, f := range t.fields {
		if i < told {
			said = append(said, f.text)
		} else {
			left += f.n
		}
	}
	if left > 0 && len(said) > 0 {
		said = append(said, moreOf(left, "field"))
	} else if left > 0 {
		said = append(said, wire.Count(left, "field")+" changed")
	}
	if said = append(said, t.last...); len(said) == 0 {
		return "nothing but what is random each time"
	}
	return strings.Join(said, "; ")
}

// versionWords tells of another version of the protocol, which comes first as
// it explains most of the rest.
func versionWords(changes []Change) []string {
	for _, c := range changes {
		if c.version() {
			return []string{c.Text}
		}
	}
	return nil
}

// version reports whether this is the choice of the protocol's version.
func (c *Change) version() bool { return c.Kind == Chosen && slices.Contains(picks[0].paths, c.Path) }

// crowd tells of messages that are new or gone: by name where they are few, but
// when the run ended in another way, that explains the missing ones.
func crowd(changes []Change, ended bool) []string {
	fresh, gone := missing(changes, Added, Removed), missing(changes, Removed, Added)
	named := func(names []string, sign int, few bool) string {
		text := moreOf(sign*len(names), "message")
		if list := strings.Join(names, ", "); few && len(list) <= 50 {
			text += ": " + list
		}
		return text
	}
	switch {
	case len(fresh)+len(gone) == 0:
		return nil
	case ended && len(gone) == 1 && len(fresh) == 1 && fresh[0] == "Alert":
		return nil
	case ended && len(gone) > 0 && len(fresh) == 1 && fresh[0] == "Alert": // which has been told of
		return []string{moreOf(1-len(gone), "message")}
	case len(gone) == 0:
		return []string{named(fresh, 1, true)}
	case len(fresh) == 0:
		return []string{named(gone, -1, !ended)}
	case ended:
		return []string{named(fresh, 1, true) + fmt.Sprintf("; %d fewer", len(gone))}
	}
	return []string{named(fresh, 1, false) + fmt.Sprintf(", %d fewer", len(gone))}
}

// missing returns the names of the messages of one kind, in order. An alert that
// says something else than the same party's alert before is not counted.
func missing(changes []Change, kind, other ChangeKind) []string {
	type name struct {
		conn string
		who  Party
		path string
	}
	against := map[name]int{}
	for _, c := range changes {
		if c.Kind == other {
			against[name{c.Conn, c.Who, c.Path}]++
		}
	}
	var left []string
	inOrder := slices.Clone(changes)
	slices.SortStableFunc(inOrder, func(a, b Change) int { return a.order - b.order })
	for _, c := range inOrder {
		if c.Kind != kind {
			continue
		}
		n := name{c.Conn, c.Who, c.Path}
		if against[n]--; against[n] < 0 {
			left = append(left, c.Path)
		}
	}
	return left
}

// sealing tells what became readable to an eavesdropper, or is no longer: the
// certificates before all, or else the messages by name.
func sealing(changes []Change) []string {
	var parts []string
	for _, k := range []ChangeKind{Sealed, Opened} {
		var certs, names []string
		for _, c := range changes {
			switch {
			case c.Kind != k || slices.Contains(names, c.Path):
			case c.Path != "Certificate":
				names = append(names, c.Path)
			case c.Who == Client:
				certs = append(certs, "the client's certificate")
			default:
				certs = append(certs, "the certificate")
			}
		}
		verb := map[ChangeKind]string{Sealed: "sealed", Opened: "readable"}[k]
		switch {
		case len(certs) == 1:
			parts = append(parts, certs[0]+" is "+verb)
		case len(certs) > 1:
			parts = append(parts, "the certificates are "+verb)
		case len(names) == 1:
			parts = append(parts, names[0]+" is "+verb)
		case len(names) > 1:
			parts = append(parts, wire.Count(len(names), "message")+" are "+verb)
		}
	}
	return parts
}

// fieldWords tells of choices first, then of other fields. Left is how many are
// left to be counted.
func fieldWords(changes []Change) (words []clause, left int) {
	var chosen, rest []Change
	for _, c := range changes {
		if c.Kind == Chosen {
			chosen = append(chosen, c)
			// Several connections may tell the same.
			if said := (clause{c.Text, 1}); !c.version() && !slices.Contains(words, said) {
				words = append(words, said)
			}
		}
	}
	for _, c := range changes {
		if c.Kind == Changed && !slices.ContainsFunc(chosen, c.within) {
			rest = append(rest, c)
		}
	}
	if len(chosen) > 0 && chosen[0].version() {
		return words, len(rest) // another version changes too much to be told
	}
	slices.SortStableFunc(rest, func(a, b Change) int { return a.rank() - b.rank() })
	for i := 0; i < len(rest); {
		c, n, names := &rest[i], 1, rest[i].name()
		for i++; i < len(rest) && c.alike(&rest[i]); i++ {
			n, names = n+1, names+", "+rest[i].name()
		}
		said := clause{c.words(names), n}
		// Several connections may tell the same.
		if !slices.ContainsFunc(words, func(w clause) bool { return w.text == said.text }) {
			words = append(words, said)
		}
	}
	return words, 0
}

// rank puts the versions offered before all else, and what is said under the
// protocol behind it.
func (c *Change) rank() int {
	switch c.name() {
	case "supported_versions":
		return 0
	case "application_data":
		return 2
	}
	return 1
}

// alike reports whether two changes can be told in one go: fields of the same
// message that are new, or gone.
func (c *Change) alike(d *Change) bool {
	one := c.Rec == d.Rec && c.Who == d.Who && head(c.Path) == head(d.Path)
	return one && (c.was == nil && d.was == nil || c.At == nil && d.At == nil)
}

// head returns the message name that a path begins with.
func head(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}

// Marks says how each record of run b is marked: '+' when there is a message in
// it that is new, '~' when something else in it changed.
func Marks(changes []Change) map[int]rune {
	marks := map[int]rune{}
	for _, c := range changes {
		switch {
		case c.Rec < 0 || c.Kind == Ended:
		case c.Kind == Added || c.Kind == Meddled:
			marks[c.Rec] = '+'
		case marks[c.Rec] == 0:
			marks[c.Rec] = '~'
		}
	}
	return marks
}

// within reports whether a change is that of a choice, or of a part of it, or
// of what is all around it, or goes along with it.
func (c *Change) within(choice Change) bool {
	return slices.Contains(strings.Fields(choice.with), c.name()) || overlap(c.At, choice.At) || overlap(c.was, choice.was)
}

// overlap reports whether two fields share bytes.
func overlap(a, b *wire.Field) bool {
	return a != nil && b != nil && a.Src == b.Src && a.Off < b.Off+b.N && b.Off < a.Off+a.N
}

// words says how a field changed, or, with several names, that these are new
// or gone.
func (c *Change) words(names string) string {
	msg, field := head(c.Path), c.name()
	switch {
	case c.was == nil:
		return "new in " + msg + ": " + names
	case c.At == nil:
		return "gone from " + msg + ": " + names
	case field == "application_data" || field == "plaintext":
		return c.speech(field)
	case field == "supported_versions" && c.To == "":
		return "the client no longer offers " + brief(c.From)
	case field == "supported_versions" && c.From == "":
		return "the client offers " + brief(c.To) + " too"
	case c.To == "":
		return lost(msg, field, c.From, "no", "fewer")
	case c.From == "":
		return lost(msg, field, c.To, "also", "more")
	}
	// A number, or a name that stands alone.
	return fmt.Sprintf("%s.%s: %s instead of %s", msg, field, brief(c.To), brief(c.From))
}

// lost tells of items that a list has lost or gained.
func lost(msg, field, items, word, sign string) string {
	if n := 1 + strings.Count(items, ", "); n > 2 || len(items) > 40 {
		return fmt.Sprintf("%d %s %s", n, field, sign)
	}
	return fmt.Sprintf("%s.%s has %s %s", msg, field, word, items)
}

// speech tells what a side now says under the protocol: the first line of it.
func (c *Change) speech(field string) string {
	from, to := firstLine(c.From), firstLine(c.To)
	switch {
	case to == "" || from == to:
		return fmt.Sprintf("other %s from the %s", field, c.Who)
	case from == "" || len(from)+len(to) > 50:
		return fmt.Sprintf(`the %s says "%s"`, c.Who, to)
	}
	return fmt.Sprintf(`the %s says "%s" instead of "%s"`, c.Who, to, from)
}

// firstLine returns the text before the first control character in a clean
// value, cut to what a line has room for.
func firstLine(value string) string {
	line, _, _ := strings.Cut(value, `\x`)
	return wire.Clean(line, 40)
}

// brief cuts a value down to what one line has room for: of a list the first
// and how many more there are.
func brief(value string) string {
	const limit = 48
	if len(value) <= limit {
		return value
	}
	if first, rest, ok := strings.Cut(value, ", "); ok && len(first) <= limit {
		return fmt.Sprintf("%s and %d more", first, 1+strings.Count(rest, ", "))
	}
	return wire.Clean(value, limit)
}

// name returns the name of the field that changed.
func (c *Change) name() string {
	if c.At != nil {
		return c.At.Name
	}
	return c.was.Name
}

// moreOf writes a difference: "2 messages more", "1 message fewer".
func moreOf(n int, noun string) string {
	if n < 0 {
		return wire.Count(-n, noun) + " fewer"
	}
	return wire.Count(n, noun) + " more"
}
