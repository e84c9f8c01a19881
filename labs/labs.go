// Package labs runs experiments with TLS on real loopback connections and tells
// what happened as one stream of events.
//
// A Lab is a struct of data and a Run function, as an analysis is in
// go/analysis: settings in, events out. Start runs one; the screen, the plain
// text, the JSON, the goals, the difference between two runs and the tests all
// read the events of that run and nothing else.
//
// Its rules:
//
//   - Run is a function of its settings. A handshake that fails as intended is
//     an Event, not an error.
//   - What a lab needs is made on its Bench, which closes and joins all of it:
//     labs have no go statement, no net.Listen and no deadline of their own.
//   - Text in events is clean (wire.Clean); nothing after it escapes again.
//   - Every number in an event was measured or read by code in that run.
//
// Start reading at Lab and Event, then Run and Bench; handshake.go is a lab. Other
// people's programs are peers like Go's own: foreign.go runs them, and replay.go
// plays a recording where one is missing.
package labs

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tlstutor/labs/wire"
)

// A Lab is one experiment on real loopback sockets.
type Lab struct {
	Name    string   // as one types it: "handshake"
	Doc     string   // one sentence, a blank line, the rest
	Knobs   []Knob   // what can be set
	Presets []Preset // up to nine settings worth one digit each
	Goals   []Goal   // what the lab is for, at most five
	Look    []string // the messages that matter most, first the one to select when it opens
	Draw    Draw     // how a run is drawn first

	// Refuses returns why nobody could run the lab with these settings, or nil. Nil:
	// somebody always can.
	Refuses func(Settings) error

	// Endless: it goes on until it is stopped, and has no limit of time.
	Endless bool

	// Foresee says what the rules make of these settings before anything is run, for a
	// lab whose outcome can be worked out. Nil: only a run can tell.
	Foresee func(Settings) string

	// Run does the experiment. It returns when all it began has ended.
	Run func(ctx context.Context, b *Bench, s Settings) error

	command func(*Lab, Settings) string // of a lab that is a command of its own
}

// Draw says what of a run is seen first.
type Draw uint8

const (
	Lanes Draw = iota // what crossed, between the two sides
	Chart             // the certificates of a verification, and who issued whom
)

// maxName is the longest name of a file, in bytes.
const maxName = 4096

// All returns the labs, in the order in which they are listed.
func All() []*Lab {
	return []*Lab{Handshake, Wiretap, MITM, Certificate, Suites, SNI, Revocation, Tamper, FaultBench, Chain, Names, Clock}
}

// Find returns the lab of that name, or an error that names those there are.
func Find(name string) (*Lab, error) {
	var names []string
	for _, l := range All() {
		if l.Name == name {
			return l, nil
		}
		names = append(names, l.Name)
	}
	return nil, fmt.Errorf("there is no lab %s; the labs are %s", quoted(name), strings.Join(names, ", "))
}

// A KnobKind says which values a knob takes. What reaches beyond the run, a path
// or an address, is only ever set by the user's own words: All has no lab with
// such a knob, so that a course cannot name one.
type KnobKind uint8

const (
	Choice  KnobKind = iota // one of Choices
	Number                  // a whole number from Min to Max
	Text                    // a line of text of Min to Max bytes
	Path                    // the name of a file, which is read
	Address                 // HOST or HOST:PORT, which is connected to
	Set                     // some of Choices, Min or more: "a,b", or the words all and none
)

// String is the kind as it stands in JSON.
func (k KnobKind) String() string {
	return [...]string{"choice", "number", "text", "path", "address", "set"}[k]
}

// A Knob is one thing about a lab that can be set.
type Knob struct {
	Name    string
	Doc     string // what it sets, in a few words
	Kind    KnobKind
	Choices []string // of a Choice, or a Set
	Min     int      // of a Number, or of a Set the least members
	Max     int      // of a Number, or of a Text in bytes
	Step    int      // how far one turn of a number goes
	Unit    string   // of a number: "ms"
	Default string   // else the first choice, the lower bound, or empty

	// Needs names the program of others without which there is no live run with a
	// value, or is "". Nil: none is needed.
	Needs func(value string) string

	// Stead is what is shown instead of the value, where with these settings another
	// one counts; "" where it is the value. Nil: it always is.
	Stead func(Settings) string

	// Says is what a choice stands for, where its word is short for something. Nil: it
	// stands for itself.
	Says func(choice string) string
}

// Shown is the value of the knob in these settings as anybody may see it.
func (k *Knob) Shown(s Settings) string {
	if word := k.instead(s); word != "" {
		return word
	}
	return s[k.Name]
}

// Overruled reports whether another value counts in these settings.
func (k *Knob) Overruled(s Settings) bool { return k.instead(s) != "" }

func (k *Knob) instead(s Settings) string {
	if k.Stead == nil {
		return ""
	}
	return k.Stead(s)
}

// Typed reports whether a value is typed, and not chosen by turning.
func (k *Knob) Typed() bool { return k.Kind == Text || k.Kind == Path }

// Room is how many bytes what is typed may have.
func (k *Knob) Room() int {
	if k.Kind == Path {
		return maxName
	}
	return k.Max
}

// Start returns the value the knob has when nobody set it.
func (k *Knob) Start() string {
	switch {
	case k.Default != "":
		return k.Default
	case k.Kind == Choice:
		return k.Choices[0]
	case k.Kind == Number:
		return strconv.Itoa(k.Min)
	case k.Kind == Set:
		return allOf
	}
	return ""
}

// mostListed is how many choices are listed to who has missed them; nobody reads a
// longer list.
const mostListed = 24

// unknown is the refusal of a value that is none of the choices.
func (k *Knob) unknown(value string) error {
	list := k.Choices
	if len(list) <= mostListed {
		return fmt.Errorf("%s cannot be %s; it is one of %s", k.Name, quoted(value), strings.Join(list, ", "))
	}
	near, rest := []string{}, slices.Clone(list)
	for n := wire.Nearest(value, rest); n != "" && len(near) < 3; n = wire.Nearest(value, rest) {
		near = append(near, n)
		rest = slices.DeleteFunc(rest, func(c string) bool { return c == n })
	}
	such := "like"
	if len(near) == 0 {
		near, such = list[:3], "such as"
	}
	return fmt.Errorf("%s cannot be %s; it is one of %d words, %s %s", k.Name, quoted(value), len(list), such, strings.Join(near, ", "))
}

// Check returns why the knob cannot have this value, or nil.
func (k *Knob) Check(value string) error {
	switch k.Kind {
	case Choice:
		if !slices.Contains(k.Choices, value) {
			return k.unknown(value)
		}
	case Number:
		if n, err := strconv.Atoi(value); err != nil || n < k.Min || n > k.Max {
			return fmt.Errorf("%s cannot be %s; it is a whole number from %d to %d", k.Name, quoted(value), k.Min, k.Max)
		}
	case Set:
		return k.checkSet(value)
	case Address:
		if _, _, err := hostPort(value); value != "" && err != nil {
			return err
		}
	case Path:
		if len(value) > maxName || strings.ContainsRune(value, 0) {
			return fmt.Errorf("%s cannot be %s; no name is like that", k.Name, quoted(value))
		}
	case Text:
		if strings.ContainsAny(value, "\r\n") {
			return fmt.Errorf("%s is one line of text", k.Name)
		}
		if len(value) < k.Min {
			return fmt.Errorf("%s cannot be empty", k.Name)
		}
		if len(value) > k.Max || !utf8.ValidString(value) {
			return fmt.Errorf("%s is too long or not UTF-8; it takes a line of at most %d bytes", k.Name, k.Max)
		}
	}
	return nil
}

// Turn returns the value that lies by steps (positive or negative) from value.
// A choice goes round; a number stops at its bounds; a text stays.
func (k *Knob) Turn(value string, by int) string {
	switch k.Kind {
	case Choice:
		i := max(0, slices.Index(k.Choices, value))
		n := len(k.Choices)
		// A remainder may be negative in Go.
		return k.Choices[((i+by)%n+n)%n]
	case Number:
		n, _ := strconv.Atoi(value)
		return strconv.Itoa(max(k.Min, min(n+by*max(1, k.Step), k.Max)))
	}
	return value
}

// Settings are the values of a lab's knobs by their names.
type Settings map[string]string

// A Preset is a named change of settings from the lab's own.
type Preset struct {
	Name string
	Set  Settings
}

// A Goal is something the lab is for. Met returns nil, or what is still missing.
type Goal struct {
	Name string
	Met  func(Settings, []Event) error
}

// Knob returns the lab's knob of that name, or nil.
func (l *Lab) Knob(name string) *Knob {
	for i := range l.Knobs {
		if l.Knobs[i].Name == name {
			return &l.Knobs[i]
		}
	}
	return nil
}

// Settings returns a value for each knob of the lab: those given, which it
// checks, and the knobs' own for the rest.
func (l *Lab) Settings(given Settings) (Settings, error) {
	all := Settings{}
	for i := range l.Knobs {
		all[l.Knobs[i].Name] = l.Knobs[i].Start()
	}
	for name, value := range given {
		k := l.Knob(name)
		if k == nil {
			return nil, fmt.Errorf("lab %s has no knob %s; its knobs are %s", l.Name, quoted(name), strings.Join(l.knobNames(), ", "))
		}
		if err := k.Check(value); err != nil {
			return nil, err
		}
		all[name] = k.plain(value)
	}
	return all, nil
}

// knobNames are for the error about a name that is none of them.
func (l *Lab) knobNames() []string {
	var names []string
	for _, k := range l.Knobs {
		names = append(names, k.Name)
	}
	return names
}

// quoted writes a word from outside in an error: clean, and not at any length.
func quoted(word string) string { return `"` + wire.Clean(word, 80) + `"` }

// Words reads words such as "max=1.2" as settings of the lab, and checks them.
func (l *Lab) Words(words []string) (Settings, error) {
	given := Settings{}
	for _, w := range words {
		name, value, ok := strings.Cut(w, "=")
		if len(l.Knobs) == 0 {
			return nil, fmt.Errorf("%s has no knobs", l.Name)
		}
		if !ok {
			return nil, fmt.Errorf("%s is not a setting; write knob=value, such as %s=%s", quoted(w), l.Knobs[0].Name, l.Knobs[0].Start())
		}
		given[name] = value
	}
	if _, err := l.Settings(given); err != nil {
		return nil, err
	}
	for name, value := range given {
		given[name] = l.Knob(name).plain(value)
	}
	return given, nil
}

// Command is what follows "tlstutor" on the command line that does the same.
func (l *Lab) Command(s Settings) string {
	if l.command != nil {
		return l.command(l, s)
	}
	return "run " + l.Line(s)
}

// Opens is what follows "tlstutor" on the command line that opens the lab so.
func (l *Lab) Opens(s Settings) string {
	if l.command != nil {
		return l.command(l, s) + " --open"
	}
	return "open " + l.Line(s)
}

// Line names the lab and those settings that differ from its own, as a shell
// takes them after "tlstutor run".
func (l *Lab) Line(s Settings) string {
	words := []string{l.Name}
	for i := range l.Knobs {
		k := &l.Knobs[i]
		v, ok := s[k.Name]
		if !ok || v == k.Start() {
			continue
		}
		words = append(words, k.Name+"="+Word(v))
	}
	return strings.Join(words, " ")
}

// Word writes a setting's value as one word for a shell.
func Word(v string) string {
	clean := wire.Clean(v, wire.MaxValue)
	if clean != "" && !strings.ContainsAny(clean, " '\"\\$`&|;<>()*?[]#~!{}") {
		return clean
	}
	return "'" + strings.ReplaceAll(clean, "'", `'\''`) + "'"
}
