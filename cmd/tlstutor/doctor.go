package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// doctor tries, for real, what the labs need, so that a workshop does not begin
// with finding out. It looks at nothing of the user's beyond the terminal and
// PATH, and keeps nothing.
func (s *shell) doctor() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "What works on this machine, and what to do about the rest",
		Long:  "Try what the labs need on this machine, and say what works. The last line is made to be copied to whoever helps you.",
		Args:  cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per line")
	return s.does(cmd, alone(func(cmd *cobra.Command) error {
		found := s.examine(cmd.Context())
		if err := stopped(cmd.Context()); err != nil {
			return err
		}
		ok := true
		for _, f := range found {
			var err error
			if asJSON {
				err = encode(os.Stdout, f)
			} else {
				_, err = fmt.Println(f)
			}
			if err != nil {
				return err
			}
			ok = ok && f.OK
		}
		if !asJSON {
			if _, err := fmt.Println("\nto copy: " + summary(found)); err != nil {
				return err
			}
		}
		if !ok {
			return verdict(errors.New("not everything that the labs need works here; the lines marked NO say what"))
		}
		return nil
	}))
}

// A finding is what doctor found out about one thing. A terminal that cannot be
// drawn on is none of the labs' business, so it is not a no.
type finding struct {
	Check string `json:"check"` // what was looked at
	OK    bool   `json:"ok"`
	Says  string `json:"says"`         // what was found
	Do    string `json:"do,omitempty"` // what to do about it

	short string // for the last line
}

// String is the finding as a line: ok or NO, what about, what was found, and what
// to do.
func (f finding) String() string {
	mark := "ok"
	if !f.OK {
		mark = "NO"
	}
	line := fmt.Sprintf("%s  %-9s %s", mark, f.Check, f.Says)
	if f.Do != "" {
		line += "; " + f.Do
	}
	return line
}

// examine tries all there is to try: the cheap things first, then two handshakes,
// since an RSA key takes a while and some machines' Go cannot make one.
func (s *shell) examine(ctx context.Context) []finding {
	found := []finding{
		{Check: "program", OK: true, Says: "tlstutor " + version(), short: version()},
		s.terminal(),
		loopback(),
		keeping(),
	}
	found = append(found, trial(ctx, "p256"), trial(ctx, "rsa2048"))
	return append(found, peers(ctx))
}

// terminal says what the program would have to draw on.
func (s *shell) terminal() finding {
	f := finding{Check: "terminal", OK: true, short: "no terminal"}
	if why := undrawable(); why != "" {
		f.Says, f.Do = why, asText
		return f
	}
	name := wire.Clean(os.Getenv("TERM"), 40)
	ascii := s.ascii || !unicodeLocale()
	letters := "UTF-8"
	if ascii {
		letters = "drawn in ASCII"
	}
	profile := colorprofile.Detect(os.Stdout, os.Environ())
	w, h, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		f.Says = "its size cannot be asked for: " + wire.Clean(err.Error(), 200)
		return f
	}
	f.short = fmt.Sprintf("%dx%d %s %s", w, h, name, profile)
	g := theme.New(theme.For(true), ascii).Glyphs
	// Only the reader can tell whether the font has them.
	six := strings.Join([]string{g.Single, g.Double, g.Right, g.Closed, g.Check, g.HeldEnd}, " ")
	f.Says = fmt.Sprintf("%dx%d, TERM %s, colours %s, %s; it draws with %s", w, h, name, profile, letters, six)
	if !ascii {
		f.Says += " (boxes or gaps there: use --ascii)"
	}
	// Below that the program draws nothing but this request.
	if w < 60 || h < 18 {
		f.OK, f.Do = false, "the program needs 60x18: make the window larger, or the letters smaller"
	}
	return f
}

// keeping says where progress is kept, and whether what is there can be written.
// A machine where it cannot be is no hindrance to the labs.
func keeping() finding {
	f := finding{Check: "progress", OK: true, short: "progress not kept"}
	dir := stateDir()
	if dir == "" {
		f.Says, f.Do = "there is no folder to keep it in, so the course begins anew each time", homeless
		return f
	}
	name := lessons.ProgressFile(dir, ownCourse)
	shown := wire.Clean(name, 4*wire.MaxValue)
	if _, err := os.Lstat(name); err != nil { // it is made when there is something to keep
		f.Says, f.short = "will be kept in "+shown, "progress new"
		return f
	}
	p := lessons.OpenProgress(dir, ownCourse, time.Now)
	defer p.Close()
	if err := p.Kept(); err != nil {
		f.Says, f.Do = wire.Clean(err.Error(), 300), "look what is in the place of "+shown
		return f
	}
	f.Says, f.short = "is kept in "+shown, "progress ok"
	return f
}

// loopback tries what every lab begins with. A machine may allow the listener and
// still not let anybody in.
func loopback() finding {
	f := finding{Check: "loopback", short: "no loopback"}
	l, err := loop.Listen()
	if err != nil {
		f.Says = "this machine refused a listener: " + wire.Clean(err.Error(), 200)
		f.Do = "close a program that holds many connections, or wait a minute, then try again"
		return f
	}
	defer l.Close()
	c, err := loop.Dial(l.Addr())
	if err != nil {
		f.Says = "a listener stands, but connecting to it fails: " + wire.Clean(err.Error(), 200)
		f.Do = "a firewall may forbid connections on this machine to itself: allow them for tlstutor"
		return f
	}
	c.Close()
	f.OK, f.short = true, "loopback ok"
	f.Says = "a listener on " + l.Addr().String() + " answers"
	return f
}

// trial runs lab handshake for real, with a certificate of this kind of key.
func trial(ctx context.Context, key string) finding {
	f := finding{Check: "handshake", short: "no handshake with " + key, Do: "the line above may say why; tlstutor run handshake key=" + key + " shows more"}
	set, err := labs.Handshake.Settings(labs.Settings{"key": key})
	if err != nil {
		f.Says = err.Error()
		return f
	}
	events, err := labs.Start(ctx, labs.Handshake, set, labs.Options{}).Wait()
	// The answers come from the bytes that crossed, as on the screen.
	ask := func(path string) string {
		v, _, _ := labs.Lookup(events, path)
		return v
	}
	// To a run a failed handshake is a result; here it is a no.
	for _, who := range []string{"client", "server"} {
		if said := ask("error(" + who + ")"); err == nil && said != "none" {
			err = fmt.Errorf("the %s says: %s", who, said)
		}
	}
	if err != nil {
		f.Says = wire.Clean(err.Error(), 300)
		return f
	}
	version, group, suite := ask("ServerHello.supported_versions.selected_version"), ask("ServerHello.key_share.group"), ask("ServerHello.cipher_suite")
	f.OK, f.Do, f.short = true, "", version+" "+group+" "+key
	f.Says = fmt.Sprintf("%s, %s, %s, certificate with %s, in %.1f ms", version, group, suite, key, float64(events[len(events)-1].At.Microseconds())/1000)
	return f
}

// summary is the one line to copy: enough for somebody far away to know what this
// machine is, and nothing about its user.
func summary(found []finding) string {
	parts := []string{"tlstutor"}
	for _, f := range found {
		parts = append(parts, f.short)
	}
	return strings.Join(append(parts, runtime.GOOS), " | ")
}
