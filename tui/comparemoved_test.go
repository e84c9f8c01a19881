package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestCompareMoved checks that each run keeps its own order on the screen, and that
// what has moved stands at both places with a mark and a word; its fields open from
// either.
func TestCompareMoved(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		d, c := compareDrive(t, size[0], size[1])
		for _, want := range []string{"2 moved", "moved: now 9th", "moved: now 10th", "moved: was 3rd", "moved: was 7th", "moved: the server's ChangeCipherSpec and Finished"} {
			if !strings.Contains(d.flat(), want) {
				t.Errorf("%v: %q is not on the screen:\n%s", size, want, ansi.Strip(d.screen()))
			}
		}
		if l := d.lineWith("now 10th"); !strings.Contains(l, "= ") || strings.Count(l, "Finished") != 1 {
			t.Errorf("%v: the moved Finished is %q", size, l)
		}
		for _, word := range []string{"moved: now 10th", "moved: was 7th"} {
			d.clickOn(word)
			if p := c.row(); p.A == nil || p.B == nil || p.B.Name != "Finished" {
				t.Fatalf("%v: %s selects %+v", size, word, p)
			}
			if !strings.Contains(d.flat(), "7th in run 2, 10th in run 3; the same in both") {
				t.Errorf("%v: it does not say where it stands: %s", size, d.flat())
			}
			if i := slices.IndexFunc(c.fields, func(f fieldItem) bool { return f.name == "verify_data" }); i < 0 || c.fields[i].A == nil || c.fields[i].B == nil {
				t.Errorf("%v: of %s not both values are compared", size, word)
			}
		}
	}
}

// TestCompareWhole checks that no sentence below the lists is cut, whatever is
// selected, at 80 columns.
func TestCompareWhole(t *testing.T) {
	d, c := compareDrive(t, 80, 24)
	for range c.pairs {
		lines := d.lines()
		for _, l := range lines[len(lines)-5 : len(lines)-1] {
			if strings.Contains(l, "…") {
				t.Errorf("%s: %q is cut", c.called(c.row()), l)
			}
		}
		d.key("down")
	}
}

// TestNth writes places.
func TestNth(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 111: "111th", 122: "122nd"} {
		if got := nth(n); got != want {
			t.Errorf("%d is written %q", n, got)
		}
	}
}
