package wire

import (
	"strings"
	"testing"
)

// TestNearest: slips are seen through, and a word that is another stays one.
func TestNearest(t *testing.T) {
	commands := []string{"run", "open", "lab", "inspect", "doctor", "version"}
	blocks := []string{"predict", "quiz", "exercise", "code", "notes"}
	for _, c := range []struct {
		names      []string
		word, want string
	}{
		{commands, "rnu", "run"}, {commands, "inspct", "inspect"}, {commands, "INSPECT", "inspect"}, {commands, "docter", "doctor"}, {commands, "vers", "version"},
		{commands, "frobnicate", ""}, {commands, "", ""}, {commands, "x", ""}, {commands, strings.Repeat("run", 1000), ""},
		{blocks, "Predict", "predict"}, {blocks, "predcit", "predict"}, {blocks, "predictt", "predict"}, {blocks, "edict", "predict"}, {blocks, "qiuz", "quiz"},
		{blocks, "node", "code"}, {blocks, "note", "notes"}, {blocks, "exrcse", "exercise"}, {blocks, "excs", ""}, {blocks, "frobnicates", ""},
	} {
		if got := Nearest(c.word, c.names); got != c.want {
			t.Errorf("nearest to %.20q: %q, want %q", c.word, got, c.want)
		}
	}
}

// TestSlips: what is enough does not change what is counted below it.
func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"ab", "ba", 1}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"kitten", "mitten", 1},
		{"abcdef", "bcdef", 1}, {"abcdef", "bcdefg", 2}, {"abcdef", "xyzdef", 3}, {"badcfe", "abcdef", 3}, {"xbadcfe", "abcdefx", 4},
	} {
		for enough := range 9 {
			if got := slips(c.a, c.b, enough); got != min(c.want, enough) {
				t.Errorf("%q to %q: %d slips where %d are enough, want %d", c.a, c.b, got, enough, min(c.want, enough))
			}
		}
	}
}
