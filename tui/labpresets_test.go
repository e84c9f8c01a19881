package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// bare is the screen without its colours.
func bare(d *drive) string { return ansi.Strip(d.screen()) }

// rowOf is a line of it.
func rowOf(d *drive, y int) string { return strings.Split(bare(d), "\n")[y] }

// TestPresetsInSight: in each window a preset stands under the title with its whole
// name; where not all do, it is said where the others are, and there they are.
func TestPresetsInSight(t *testing.T) {
	entry := regexp.MustCompile(`[0-9] \S+( \S+)*`)
	for _, size := range [][2]int{{60, 18}, {80, 24}, {100, 30}, {120, 40}, {140, 42}} {
		for _, lab := range labs.All() {
			d, s := labDrive(t, size[0], size[1], lab.Name)
			at := fmt.Sprintf("%s, %dx%d", lab.Name, size[0], size[1])
			names := s.presetNames()
			shown := entry.FindAllString(strings.Split(rowOf(d, 1)+" ", "…")[0], -1)
			if len(shown) < 2 && size[0] >= 80 || len(shown) > len(names) || !slices.Equal(shown, names[:len(shown)]) {
				t.Errorf("%s: the presets are %q", at, shown)
			}
			if len(shown) == len(names) {
				continue
			}
			where := fmt.Sprintf("…%d-%d in ", len(shown), len(lab.Presets))
			if len(shown) == len(lab.Presets) {
				where = fmt.Sprintf("…%d in ", len(shown))
			}
			if !strings.Contains(rowOf(d, 1), where+"knobs") {
				t.Errorf("%s: where the others are is not said:\n%s", at, rowOf(d, 1))
			}
			s.focus = knobsPane
			for _, n := range names {
				if !strings.Contains(bare(d), n) {
					t.Errorf("%s: %s is not to be read:\n%s", at, n, bare(d))
				}
			}
		}
	}
}

// TestPresetsLow: a low window with all panes has no room for the list beside the
// knobs, and says that the help page has it.
func TestPresetsLow(t *testing.T) {
	d, _ := labDrive(t, 112, 24, "chain")
	if !strings.Contains(rowOf(d, 1), "-9 in ?") {
		t.Fatalf("where the others are is not said:\n%s", bare(d))
	}
	d.key("?")
	if !strings.Contains(bare(d), "preset: ") {
		t.Errorf("the help page has no presets:\n%s", bare(d))
	}
}

// TestTitleNarrow: at 80 columns a title says how the run went, and its port where
// there is room for it, whatever record is selected.
func TestTitleNarrow(t *testing.T) {
	for _, lab := range labs.All() {
		d, s := labDrive(t, 80, 24, lab.Name)
		how, _ := s.verdict(s.cur())
		for i := range s.recs() {
			s.pick(i)
			room := ansi.StringWidth(" "+lab.Name+"   run 1 · port 12345 · ✓ "+how) <= 80
			if got := rowOf(d, 0); !strings.Contains(got, how) || room && !regexp.MustCompile(`:[0-9]+ ·|port [0-9]+ ·`).MatchString(got) {
				t.Errorf("%s: the title is %q", lab.Name, got)
			}
		}
	}
	d, s := labDrive(t, 80, 24, "faults")
	s.from, s.opened, s.focus = "H1.3", bytesPane, bytesPane
	s.fields.Set(&wire.Field{Name: "a name that is much longer than any that a record has, and then some"}, func(string) bool { return false })
	if how, _ := s.verdict(s.cur()); !strings.Contains(rowOf(d, 0), how) || ansi.StringWidth(rowOf(d, 0)) > 80 {
		t.Errorf("the title is %q", rowOf(d, 0))
	}
}
