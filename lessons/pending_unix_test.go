//go:build darwin || linux

package lessons

import (
	"os"
	"testing"
	"time"
)

// TestPendingCounts has another program say something about an item while an
// answer to it cannot be written: the next answer is counted from ours, which
// will be the last word. What was said twice is pending once.
func TestPendingCounts(t *testing.T) {
	dir := t.TempDir()
	c := &clock{at: noon}
	lock, err := openLock(ProgressFile(dir, "tlstutor"))
	must(t, err, tryLock(lock, true))
	p := OpenProgress(dir, "tlstutor", c.now)
	t.Cleanup(func() { p.Close() })
	for n := range 20 {
		if p.Visit("F1", n+1) == nil || p.Answer("q", 1, false) == nil {
			t.Fatal("written under a lock")
		}
	}
	if len(p.pending) != 2 {
		t.Errorf("%d lines are pending, of 2 keys", len(p.pending))
	}
	must(t, lock.Close())
	other := opened(t, dir, c.now)
	must(t, other.Answer("q", 2, true), other.Visit("F1", 1))
	must(t, p.Answer("q", 1, true))
	if a, ok := p.Last("q"); !ok || a.Stage != 1 || !a.Right {
		t.Errorf("%+v, %v: the miss before is forgotten", a, ok)
	}
	again := opened(t, dir, c.now)
	if a, _ := again.Last("q"); a.Stage != 1 || a.Option != 1 || again.Page("F1") != 20 {
		t.Errorf("the file says %+v, page %d", a, again.Page("F1"))
	}
}

// TestReplacedByNewer puts another file in the place of one that is open: of each
// key the later line counts, whichever file it is from.
func TestReplacedByNewer(t *testing.T) {
	c := &clock{at: noon}
	dir := t.TempDir()
	p := opened(t, dir, c.now)
	must(t, p.Keep("theirs", "old"), p.Keep("only", "mine"))
	must(t, os.Remove(p.journal.path))
	c.pass(1)
	other := opened(t, dir, c.now)
	must(t, other.Keep("theirs", "new"), other.Keep("ours", "old"))
	c.pass(1)
	must(t, p.Keep("ours", "new"))
	for _, x := range []*Progress{p, opened(t, dir, time.Now)} {
		if a, b, only := x.Pref("theirs"), x.Pref("ours"), x.Pref("only"); a != "new" || b != "new" || only != "mine" {
			t.Errorf("theirs %q, ours %q, only %q", a, b, only)
		}
	}
}
