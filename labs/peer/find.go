package peer

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// findTime is how long a program may take to say what it is.
const findTime = 5 * time.Second

// Find looks a program up on PATH, as PATH is now, and asks it what it is. Its
// error is a *MissingError, or the context's. Of several programs of one name the
// first that answers counts: a launcher that needs its user's settings to find
// the real one does not.
func Find(ctx context.Context, name string) (*Program, error) {
	if !slices.Contains(Names(Client), name) && !slices.Contains(Names(Server), name) {
		return nil, &MissingError{name, "it is none of the programs that are known here"}
	}
	missing := &MissingError{Name: name}
	for _, dir := range searched() {
		path, err := exec.LookPath(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		p, err := ask(ctx, name, path)
		if err == nil {
			return p, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if missing.Why == "" {
			missing.Why = wire.Clean(err.Error(), 200)
		}
	}
	return nil, missing
}

// Here reports whether a program of that name is on PATH. It does not ask what the
// program is, so it never waits; Find does.
func Here(name string) bool {
	for _, dir := range searched() {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// ask runs a program once, for what it says of itself.
func ask(ctx context.Context, name, path string) (*Program, error) {
	p := &Program{Name: name, Path: path}
	args, is := []string{"--version"}, p.isGnuTLS
	switch name {
	case "openssl":
		args, is = []string{"version"}, p.isOpenSSL
	case "python3":
		args, is = []string{"-I", "-c", pythonAbout}, p.isPython
	case "curl":
		args, is = []string{"-q", "--version"}, p.isCurl
	}
	out, err := p.run(ctx, args...)
	if err != nil {
		return nil, err
	}
	return p, is(out)
}

// errMute is that of a program whose answer to the question for its version is
// none.
var errMute = errors.New("it does not say its version")

// run runs the program in a folder of its own, to its end, and returns what it
// writes to its standard output.
func (p *Program) run(ctx context.Context, args ...string) (string, error) {
	dir, err := newScratch()
	if err != nil {
		return "", err
	}
	defer dir.remove()
	ctx, cancel := context.WithTimeout(ctx, findTime)
	defer cancel()
	cmd, heard := p.command(ctx, dir, args, nil)
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", errors.New("it did not say its version in time")
		}
		return "", errMute
	}
	return heard.text(stdout), nil
}

// isOpenSSL reads "OpenSSL 3.0.22 25 Aug 2026 (Library: ...)".
func (p *Program) isOpenSSL(out string) error {
	line, _, _ := strings.Cut(out, " (")
	line, _, _ = strings.Cut(strings.TrimSpace(line), "\n")
	p.Version = wire.Clean(line, 80)
	p.number = versionOf(line)
	p.tls = library{"OpenSSL", p.number}
	switch {
	case line == "":
		return errMute
	case !strings.HasPrefix(line, "OpenSSL "):
		return errors.New("it is " + p.Version + ", and not OpenSSL")
	case p.number.before(1, 1, 1):
		return errors.New(p.Version + " has no TLS 1.3, and logs no keys")
	}
	return nil
}

// isPython reads what pythonAbout prints.
func (p *Program) isPython(out string) error {
	var says struct {
		Version, Library, Path string
		Groups                 []string
		Keys                   bool
	}
	if err := json.Unmarshal([]byte(out), &says); err != nil {
		return errMute
	}
	lib, _, _ := strings.Cut(says.Library, "  ") // before a date
	if words := strings.Fields(lib); len(words) > 1 {
		lib = words[0] + " " + words[1]
	}
	p.Version = wire.Clean("Python "+says.Version+", "+lib, 80)
	p.number = versionOf(says.Version)
	p.tls = library{strings.SplitN(lib, " ", 2)[0], versionOf(lib)}
	p.groups = says.Groups
	if p.groups == nil { // nil stands for any
		p.groups = []string{}
	}
	// A launcher has found the interpreter; from now on it is run directly.
	if filepath.IsAbs(says.Path) {
		p.Path = says.Path
	}
	if !says.Keys {
		return errors.New(p.Version + " does not log its keys")
	}
	return nil
}

// isCurl reads "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.22 ...".
// Of several libraries, those in brackets are not in use.
func (p *Program) isCurl(out string) error {
	line, _, _ := strings.Cut(out, "\n")
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "curl" {
		return errMute
	}
	p.number = versionOf(words[1])
	known := regexp.MustCompile(`^(OpenSSL|GnuTLS|LibreSSL|BoringSSL|quictls|AWS-LC|wolfSSL|mbedTLS|rustls-ffi|Schannel|SecureTransport)(/|$)`)
	for _, w := range words[2:] {
		if m := known.FindStringSubmatch(w); m != nil {
			p.tls = library{m[1], versionOf(w)}
			if m[1] == "quictls" {
				p.tls.name = "OpenSSL"
			}
			p.Version = wire.Clean("curl "+words[1]+" ("+w+")", 80)
			break
		}
	}
	switch {
	case p.Version == "":
		return errors.New("this curl has no TLS")
	case p.number.before(7, 52, 0):
		return errors.New(p.Version + " cannot be told a version of TLS")
	case !p.tls.openssl() && p.tls.name != "GnuTLS":
		return errors.New(p.Version + " does not log its keys")
	}
	return nil
}

// isGnuTLS reads "gnutls-cli 3.7.9".
func (p *Program) isGnuTLS(out string) error {
	line, _, _ := strings.Cut(out, "\n")
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != p.Name {
		return errMute
	}
	p.Version = wire.Clean("GnuTLS "+words[1], 80)
	p.number = versionOf(words[1])
	p.tls = library{"GnuTLS", p.number}
	if p.number.before(3, 6, 5) {
		return errors.New(p.Version + " has no TLS 1.3")
	}
	return nil
}

// versionOf reads the first number in a text: 7.88.1 in "curl/7.88.1-DEV".
func versionOf(s string) number {
	var v number
	m := regexp.MustCompile(`([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?`).FindStringSubmatch(s)
	if m == nil {
		return v
	}
	for i := range v {
		v[i], _ = strconv.Atoi(m[i+1]) // what is not there is 0
	}
	return v
}
