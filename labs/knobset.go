package labs

import (
	"fmt"
	"slices"
	"strings"
)

// This file is about knobs of the kind Set. The value of one is the members that
// are in, in the order of Choices and with commas between them; all of them and
// none of them are the words all and none.

const (
	allOf  = "all"
	noneOf = "none"
)

// Members returns the members that a value of a Set has, in the order of Choices.
// What is no choice is left out.
func (k *Knob) Members(value string) []string {
	switch value {
	case allOf:
		return slices.Clone(k.Choices)
	case noneOf:
		return nil
	}
	words := strings.Split(value, ",")
	var in []string
	for _, c := range k.Choices {
		if slices.Contains(words, c) {
			in = append(in, c)
		}
	}
	return in
}

// Of is the value of a Set with these members.
func (k *Knob) Of(members []string) string {
	var in []string
	for _, c := range k.Choices {
		if slices.Contains(members, c) {
			in = append(in, c)
		}
	}
	switch len(in) {
	case 0:
		return noneOf
	case len(k.Choices):
		return allOf
	}
	return strings.Join(in, ",")
}

// Toggle is a value of a Set with one member put in, or taken out.
func (k *Knob) Toggle(value, member string) string {
	in := k.Members(value)
	if i := slices.Index(in, member); i >= 0 {
		return k.Of(slices.Delete(in, i, i+1))
	}
	return k.Of(append(in, member))
}

// Shorthand are the words of a Set for many members.
func (k *Knob) Shorthand() string {
	if k.Min > 0 {
		return allOf
	}
	return allOf + " or " + noneOf
}

// checkSet is Check for a Set.
func (k *Knob) checkSet(value string) error {
	if value != allOf && value != noneOf {
		for _, w := range strings.Split(value, ",") {
			if !slices.Contains(k.Choices, w) {
				return fmt.Errorf("%s cannot have %s; it takes some of %s, with commas between them, or %s", k.Name, quoted(w), strings.Join(k.Choices, ", "), k.Shorthand())
			}
		}
	}
	if n := len(k.Members(value)); n < k.Min {
		return fmt.Errorf("%s has to keep at least %d of its members", k.Name, k.Min)
	}
	return nil
}

// plain is a value that Check has passed in the one form in which it is kept, so
// that two that say the same are equal.
func (k *Knob) plain(value string) string {
	if k.Kind == Set {
		return k.Of(k.Members(value))
	}
	return value
}
