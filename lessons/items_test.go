package lessons

import (
	"slices"
	"testing"
)

// TestItems splits lists, whose entries may go on in a next line and hold links.
func TestItems(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"no list", nil},
		{"- one", []string{"one"}},
		{"- one\n- two", []string{"one", "two"}},
		{"- one\n  and more\n- two", []string{"one and more", "two"}},
		{"- a {{x}} - b\n- [c](#d) e", []string{"a {{x}} - b", "c e"}},
		{"- {{x}}\n- {{y}}", []string{"{{x}}", "{{y}}"}},
		{"- a {{x}}\n  b\n- c", []string{"a {{x}} b", "c"}},
	} {
		text, bad := parseText(c.text, 1)
		if bad != nil {
			t.Fatalf("%q: %v", c.text, bad)
		}
		var got []string
		for _, item := range text.Items() {
			got = append(got, item.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q gives %q, want %q", c.text, got, c.want)
		}
	}
}
