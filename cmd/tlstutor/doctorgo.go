package main

import (
	"context"
	"crypto/fips140"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// golang says which Go this is, and what was set that changes what its TLS does.
// A build for FIPS 140-3 refuses some of what the labs offer; the lines below it
// say what.
func golang() finding {
	f := finding{Check: "Go", OK: true, Says: fmt.Sprintf("%s %s/%s, FIPS mode ", runtime.Version(), runtime.GOOS, runtime.GOARCH)}
	switch {
	case fips140.Enforced():
		f.Says, f.short = f.Says+"only", "FIPS only"
	case fips140.Enabled():
		f.Says, f.short = f.Says+"on", "FIPS"
	default:
		f.Says += "off"
	}
	if set := os.Getenv("GODEBUG"); set != "" {
		f.Says += ", GODEBUG " + wire.Clean(set, 60)
	}
	return f
}

// abilities tries what the labs need of Go's TLS, each by a handshake.
func abilities(ctx context.Context) []finding {
	b := &bench{ctx, pki.NewKeyring()}
	return []finding{
		b.trial("TLS 1.3", labs.Settings{"min": "1.3"}),
		b.trial("TLS 1.2", labs.Settings{"max": "1.2"}),
		// An RSA key takes a while, and some machines' Go cannot make one.
		b.choices("keys", "key", "kinds of key"),
		b.choices("groups", "group", "key exchanges"),
		b.hello(),
	}
}

// A bench is what handshakes are tried on.
type bench struct {
	ctx  context.Context
	keys *pki.Keyring
}

// trial runs lab handshake for real: what crossed is opened with the keys that
// both sides logged.
func (b *bench) trial(check string, given labs.Settings) finding {
	f := finding{Check: check, Needed: true}
	events, err := b.shake(given)
	if err != nil {
		f.Says, f.Do = wire.Clean(err.Error(), 300), "tlstutor run handshake max="+strings.TrimPrefix(check, "TLS ")+" shows more"
		return f
	}
	opened, sealed := 0, 0
	for _, r := range labs.Records(events) {
		t := r.Event.Tree
		if r.OnWire() && t != nil && t.Name == "TLSCiphertext" {
			sealed++
			if slices.ContainsFunc(t.Kids, func(k *wire.Field) bool { return k.Name == "TLSInnerPlaintext" || k.Name == "content" }) {
				opened++
			}
		}
	}
	suite, _, _ := labs.Lookup(events, "ServerHello.cipher_suite")
	if f.OK = sealed > 0 && opened == sealed; !f.OK && fips140.Enforced() {
		f.Do = "in FIPS mode only, Go does not let a program open records by hand: unset GODEBUG"
	}
	f.Says = fmt.Sprintf("%s; key log opened %d of %d", suite, opened, sealed)
	return f
}

// choices makes a handshake with each choice of a knob of lab handshake.
func (b *bench) choices(check, knob, what string) finding {
	f := finding{Check: check, Needed: check == "keys"}
	all := slices.DeleteFunc(slices.Clone(labs.Handshake.Knob(knob).Choices), func(c string) bool { return c == "default" })
	var not []string
	var why error
	for _, c := range all {
		if _, err := b.shake(labs.Settings{knob: c}); err != nil {
			not, why = append(not, c), err
		}
	}
	f.OK = len(not) == 0
	f.Says = fmt.Sprintf("all %d %s: %s", len(all), what, strings.Join(all, " "))
	if !f.OK {
		f.Says = fmt.Sprintf("%d of %d %s; not %s: %s", len(all)-len(not), len(all), what, strings.Join(not, " "), wire.Clean(why.Error(), 200))
	} else if len(f.Says) > 64 {
		f.Says = fmt.Sprintf("all %d %s, %s among them", len(all), what, all[0])
	}
	return f
}

// shake makes one handshake. To a run one that fails is a result; here it is an
// error.
func (b *bench) shake(given labs.Settings) ([]labs.Event, error) {
	set, err := labs.Handshake.Settings(given)
	if err != nil {
		return nil, err
	}
	events, err := labs.Start(b.ctx, labs.Handshake, set, labs.Options{Keys: b.keys}).Wait()
	for _, who := range []string{"client", "server"} {
		if said, _, _ := labs.Lookup(events, "error("+who+")"); err == nil && said != "none" {
			err = fmt.Errorf("the %s says: %s", who, said)
		}
	}
	return events, err
}
