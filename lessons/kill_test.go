package lessons

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// childDir is the variable that makes a test play the part of another program:
// it names the folder that progress is kept in.
const childDir = "TLSTUTOR_PROGRESS_CHILD"

// child returns this test again, as a program of its own.
func child(t *testing.T, dir string, more ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self, "-test.run=^"+t.Name()+"$")
	cmd.Env = append(append(os.Environ(), childDir+"="+dir), more...)
	return cmd
}

// answering is a learner who answers for ever, and shows a mark after each answer
// that is kept. It ends only when it is killed, or when something is not kept.
func answering(dir, name string) {
	p := OpenProgress(dir, "tlstutor", time.Now)
	for n := 1; ; n++ {
		item := fmt.Sprintf("%s.q%d", name, n)
		if err := p.Answer(item, n, true); err != nil {
			fmt.Println("failed:", err)
			return
		}
		fmt.Println("mark", item, n)
		// Both learners answer this one.
		if err := p.Answer("both", n, false); err != nil {
			fmt.Println("failed:", err)
			return
		}
	}
}

// TestKilled kills 200 learners at random moments, two at a time on one file.
// Each mark that was shown is in the file.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		answering(dir, os.Getenv("NAME"))
		return
	}
	total := 0
	for round := range 20 {
		dir := t.TempDir()
		if round%4 == 0 {
			// The first who opens this rewrites it, unless that is when it is killed.
			must(t, os.WriteFile(ProgressFile(dir, "tlstutor"), []byte(superseded()), 0o600))
		}
		marks := make([]map[string]int, 2)
		var both sync.WaitGroup
		for who := range marks {
			marks[who] = map[string]int{}
			both.Go(func() {
				for life := range 5 {
					live(t, dir, fmt.Sprintf("L%d-%d", who, life), marks[who])
				}
			})
		}
		both.Wait()
		p := opened(t, dir, time.Now)
		for _, shown := range marks {
			total += len(shown)
			for item, option := range shown {
				if a, ok := p.Last(item); !ok || a.Option != option {
					t.Fatalf("round %d: the mark of %s was shown, and the file says %+v, %v", round, item, a, ok)
				}
			}
		}
		if round%4 == 0 && p.Pref("old") != "last" {
			t.Fatal("what was kept before is lost")
		}
		must(t, p.Close())
	}
	if total < 200 {
		t.Errorf("only %d marks were shown: the learners were killed too soon to say anything", total)
	}
}

// live starts a learner, kills it at a random moment, and notes its marks. Half
// of the moments are counted from its first mark.
func live(t *testing.T, dir, name string, marks map[string]int) {
	cmd := child(t, dir, "NAME="+name)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Error(err)
		return
	}
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return
	}
	kill := func(within time.Duration) {
		time.AfterFunc(rand.N(within), func() { cmd.Process.Kill() })
	}
	begun := rand.IntN(2) == 0
	if begun {
		kill(50 * time.Millisecond)
	}
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			break // a mark that is not whole was not seen
		}
		var item string
		var option int
		if n, _ := fmt.Sscanf(line, "mark %s %d\n", &item, &option); n == 2 {
			marks[item] = option
		} else if strings.HasPrefix(line, "failed") {
			t.Error(name, line)
		}
		if !begun {
			begun = true
			kill(15 * time.Millisecond)
		}
	}
	io.Copy(io.Discard, out)
	cmd.Wait() // it was killed, so this is an error
}
