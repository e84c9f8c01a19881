package labs

import (
	"slices"

	"tlstutor/labs/peer"
)

// A Refusal is why a run was not begun: nobody could do what its settings ask, or
// no program that is here. Turning a knob helps; the machine has nothing to do with
// it.
type Refusal struct{ Err error }

// Error says which knob, where it can.
func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap returns the reason.
func (r *Refusal) Unwrap() error { return r.Err }

// itself is for a knob whose values, but for the first, are programs.
func itself(value string) string {
	if value == "go" {
		return ""
	}
	return value
}

// openssl is for a knob of which these values need openssl.
func openssl(values ...string) func(string) string {
	return func(value string) string {
		if slices.Contains(values, value) {
			return "openssl"
		}
		return ""
	}
}

// errExposed is why gnutls-serv is never run here: labs listen on loopback alone.
var errExposed = &peer.MissingError{Name: "gnutls-serv", Why: "it would listen on every address"}

// find finds a program, unless none is to be run.
func (b *Bench) find(name string) (*peer.Program, error) {
	switch {
	case b.run.alone:
		return nil, &peer.MissingError{Name: name, Why: "nothing is run that a course asks for"}
	case name == errExposed.Name && !b.run.exposed:
		return nil, errExposed
	}
	return b.run.programs.Find(b.ctx, name)
}

// Lacks returns why there is no live run with a knob as it is set, or nil if there
// is one, or if nobody has looked for its program yet. It never waits.
func (l *Lab) Lacks(k *Knob, s Settings, found *peer.Finder) error {
	if k.Needs == nil || k.Needs(s[k.Name]) == "" {
		return nil
	}
	name := k.Needs(s[k.Name])
	// It may be here; that makes no difference.
	if name == errExposed.Name {
		return errExposed
	}
	if found != nil {
		if _, err, ok := found.Known(name); ok && err != nil {
			return err
		}
	}
	if l.Refuses != nil {
		return l.Refuses(s)
	}
	return nil
}

// Programs lists the programs that a lab can run.
func (l *Lab) Programs() []string {
	var all []string
	for _, k := range l.Knobs {
		for _, c := range k.Choices {
			if k.Needs == nil {
				break
			}
			if name := k.Needs(c); name != "" && name != errExposed.Name && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// cast finds the programs that play in a run with these settings, by role, and
// asks them whether they can.
func (b *Bench) cast(s Settings) (map[peer.Role]*peer.Program, error) {
	cast := map[peer.Role]*peer.Program{}
	// One that is missing decides, also where the other could not do what it is to:
	// then nothing is run at all.
	var missing error
	for role, name := range map[peer.Role]string{peer.Client: itself(s["client"]), peer.Server: itself(s["server"])} {
		if name == "" {
			continue
		}
		p, err := b.find(name)
		if err != nil {
			missing = err
			continue
		}
		cast[role] = p
	}
	if missing != nil {
		return nil, missing
	}
	for role, p := range cast {
		err := b.run.lab.blame(s, func(s Settings) error {
			if role == peer.Client {
				return p.Can(role, clientOffer(s))
			}
			o := serverOffer(s)
			o.Exposed = b.run.exposed
			return p.Can(role, o)
		})
		if err != nil {
			return nil, &Refusal{err}
		}
	}
	return cast, nil
}
