package labs

import (
	"encoding/hex"
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"tlstutor/labs/wire"
)

// The JSON is appended, value by value: the trees are deep, and nested calls of
// MarshalJSON would copy each field once for every level above it. A member that
// has nothing to say is left out.

// A run is one JSON value per line: AppendStart, then AppendEvent for each of its
// events, and AppendGoals when it has ended, with one more event for how.

// AppendStart appends the first line of a run: {"lab","settings"}.
func AppendStart(b []byte, l *Lab, s Settings) []byte {
	b = append(b, `{"lab":`...)
	b = appendString(b, l.Name)
	b = append(b, `,"settings":{`...)
	first := true
	for i := range l.Knobs {
		if _, ok := s[l.Knobs[i].Name]; !ok {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, l.Knobs[i].Name)
		b = append(b, ':')
		b = appendString(b, l.Knobs[i].Shown(s))
	}
	return append(b, "}}\n"...)
}

// AppendEvent appends the line of one event. A Delivered event appends nothing:
// its record stands where it was written.
func AppendEvent(b []byte, e *Event) []byte {
	if e.Kind == Delivered {
		return b
	}
	b = append(b, `{"event":{"at_us":`...)
	b = strconv.AppendInt(b, e.At.Microseconds(), 10)
	b = appendMember(b, "kind", e.Kind.String())
	b = appendMember(b, "who", e.Who.String())
	if e.To != Nobody {
		b = appendMember(b, "to", e.To.String())
	}
	if e.Conn != nil && e.Conn.Name != "" {
		b = appendMember(b, "conn", e.Conn.Name)
	}
	if e.Conn != nil && e.Tree != nil {
		b = appendMember(b, "epoch", e.Epoch.String())
	}
	b = appendMember(b, "text", e.Text)
	if e.Err != nil {
		b = appendMember(b, "error", wire.Clean(e.Err.Error(), textLimit))
	}
	if e.Tree != nil {
		b = append(b, `,"tree":`...)
		b = AppendField(b, e.Tree)
	}
	return append(b, "}}\n"...)
}

// AppendGoals appends the last lines of a run: an event that tells how it ended,
// if there was anything, and its goals, as its events judged them.
func AppendGoals(b []byte, events []Event) []byte {
	b = append(AppendEnding(b, events), `{"goals":[`...)
	for i, e := range verdicts(events) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"name":`...)
		b = appendString(b, e.Tree.Value)
		b = append(b, `,"met":`...)
		b = strconv.AppendBool(b, e.Err == nil)
		if e.Err != nil {
			b = appendMember(b, "why", wire.Clean(e.Err.Error(), textLimit))
		}
		b = append(b, '}')
	}
	return append(b, "]}\n"...)
}

// AppendEnding appends the event that tells how a run ended, or one connection of a
// capture, if there was anything. One that came to nothing says so in its last event
// already.
func AppendEnding(b []byte, events []Event) []byte {
	if len(events) == 0 || failed(events) {
		return b
	}
	e := ended(events)
	if isConnection(&events[0]) {
		e.Conn = events[0].Conn
	}
	return AppendEvent(b, &e)
}

// ended is the event that tells how a run ended, as its text does: in the error what
// the one who ended it says, in the tree which field that is about.
func ended(events []Event) Event {
	end := End(events)
	tree := wire.Note("ending", end.How())
	if end.At != nil {
		tree.Kids = append(tree.Kids, wire.Note("about", end.Field, end.At))
	}
	e := Event{At: events[len(events)-1].At, Kind: Found, Text: tree.Value, Tree: tree}
	if end.Who != Nobody {
		e.Err = end.Err
	}
	return e
}

// AppendField appends a field and all that is in it. Offset and length are in
// the source that it names; hex is only for leaves, and not for what is secret.
func AppendField(b []byte, f *wire.Field) []byte { return appendField(b, f, false) }

// appendField is AppendField; what is inside a secret is secret too.
func appendField(b []byte, f *wire.Field, secret bool) []byte {
	secret = secret || f.Secret
	b = append(b, `{"name":`...)
	b = appendString(b, f.Name)
	if f.Value != "" {
		b = appendMember(b, "value", f.Value)
	}
	if f.IsNum {
		b = append(b, `,"code":`...)
		b = strconv.AppendUint(b, f.Code, 10)
	}
	// A finding has no bytes, and so neither source nor place.
	if f.Src != nil {
		b = appendMember(b, "source", f.Src.Name)
		b = appendInt(b, "offset", f.Off)
		b = appendInt(b, "length", f.N)
		if f.Head > 0 {
			b = appendInt(b, "head", f.Head)
		}
		if len(f.Kids) == 0 && !secret {
			b = append(b, `,"hex":"`...)
			b = hex.AppendEncode(b, f.Bytes())
			b = append(b, '"')
		}
	}
	if f.Err != nil {
		b = appendMember(b, "error", wire.Clean(f.Err.Error(), textLimit))
	}
	if len(f.Kids) > 0 {
		b = append(b, `,"kids":[`...)
		for i, k := range f.Kids {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendField(b, k, secret)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendMember appends a member that is a string, and is not the first.
func appendMember(b []byte, name, value string) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return appendString(b, value)
}

// appendInt appends a member that is a number, and is not the first.
func appendInt(b []byte, name string, n int) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return strconv.AppendInt(b, int64(n), 10)
}

// AppendString appends a JSON string.
func AppendString(b []byte, s string) []byte { return appendString(b, s) }

// appendString appends a JSON string (RFC 8259, Section 7). What is not UTF-8
// becomes U+FFFD; what a terminal does not show as a character is escaped.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == utf8.RuneError || !unicode.IsPrint(r):
			b = appendEscape(b, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// appendEscape appends a rune as \u and four hexadecimal digits, or, beyond U+FFFF, as two of these.
func appendEscape(b []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
		return appendEscape(appendEscape(b, hi), lo)
	}
	return append(b, '\\', 'u', digits[r>>12], digits[r>>8&0xf], digits[r>>4&0xf], digits[r&0xf])
}
