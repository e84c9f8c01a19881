package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNotesPickUp: who waits already, with the output going elsewhere, gets what
// is presented later, and its end; an interrupt ends it, and is no failure.
func TestNotesPickUp(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string // all that is printed
	}{
		{nil, nobody + "\nH1.1, page 1 of 2: A title\nelapsed T\nnext: More\n\nsay this\n\n" + nobody + "\n"},
		{[]string{"--plain", "--ascii"}, nobody + "\nH1.1, page 1 of 2: A title\nelapsed T\nnext: More\n\nsay this\n\n" + nobody + "\n"},
		{[]string{"--json"}, "null\n" + `{"place":"H1.1","title":"A title","notes":"say this","next":"More","page":1,"of":2,"began":"1970-01-01T00:00:01Z","planned":60000000000}` + "\nnull\n"},
	} {
		run := t.TempDir()
		cmd := exec.Command("tlstutor", append([]string{"notes"}, c.args...)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "XDG_RUNTIME_DIR=" + run, "TMPDIR=" + t.TempDir(), "LANG=C.UTF-8"}
		var complaint strings.Builder
		cmd.Stderr = &complaint
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		defer late.Stop()
		lines := bufio.NewReader(out)
		got := readUntil(t, lines, "\n") // it waits
		p := presenter(t, filepath.Join(run, "tlstutor"))
		cue := page("H1.1", 1)
		cue.Next, cue.Planned = "More", time.Minute
		p.tell(cue)
		got += readUntil(t, lines, "\n") + readUntil(t, lines, c.want[len(c.want)-5:len(c.want)-5])
		p.tell(nil)
		for !strings.HasSuffix(got, "null\n") && !strings.HasSuffix(got, "\n\n"+nobody+"\n") {
			got += readUntil(t, lines, "\n")
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(lines)
		if err != nil || cmd.Wait() != nil || complaint.Len() > 0 {
			t.Errorf("%v: %v, status %d, %q", c.args, err, cmd.ProcessState.ExitCode(), complaint.String())
		}
		if got = noTime(got + string(rest)); got != c.want {
			t.Errorf("%v: it prints\n%q, want\n%q", c.args, got, c.want)
		}
	}
}
