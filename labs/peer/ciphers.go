package peer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"tlstutor/labs/wire"
)

// Ciphers are the numbers of the cipher suites that a program speaks: those that it
// has on by itself, and those that it can be told to speak.
type Ciphers struct{ Usual, Told []uint16 }

// errNoList is that of a program that does not say which suites it has.
var errNoList = errors.New("it does not list its cipher suites")

// Ciphers asks the program which cipher suites it speaks. Those of curl are those of
// the library in it, which nobody can ask.
func (p *Program) Ciphers(ctx context.Context) (Ciphers, error) {
	var c Ciphers
	var err error
	switch p.Name {
	case "openssl":
		if c.Usual, err = p.listed(ctx, opensslNumber, "ciphers", "-V", "-s"); err == nil {
			c.Told, err = p.listed(ctx, opensslNumber, "ciphers", "-V", "-ciphersuites", opensslNew, "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
		}
	case "gnutls-cli":
		if c.Usual, err = p.listed(ctx, gnutlsNumber, "--list", "--priority", "NORMAL"); err == nil {
			c.Told, err = p.listed(ctx, gnutlsNumber, "--list")
		}
	case "python3":
		c, err = p.pythonCiphers(ctx)
	default:
		return c, &CannotError{p.Name, "say which cipher suites it has"}
	}
	if err != nil {
		return Ciphers{}, fmt.Errorf("asking %s for its cipher suites: %w", p.Name, err)
	}
	// What is on by itself it also speaks when told to.
	for _, n := range c.Usual {
		if !slices.Contains(c.Told, n) {
			c.Told = append(c.Told, n)
		}
	}
	return c, nil
}

// opensslNew are the suites of TLS 1.3 that OpenSSL has, two of which are not on by
// themselves. The words of its other list do not reach them.
const opensslNew = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"

// Where a line has the number of a suite: " 0x13,0x02 - TLS_AES_256_GCM_SHA384 ..."
// in OpenSSL's, "TLS_AES_256_GCM_SHA384  0x13, 0x02  TLS1.3" in GnuTLS's.
const (
	opensslNumber = `(?m)^\s*0x([0-9A-F]{2}),0x([0-9A-F]{2}) `
	gnutlsNumber  = `(?m)^TLS_\S+\s+0x([0-9a-f]{2}), 0x([0-9a-f]{2})\b`
)

// listed runs the program, and reads the numbers in what it prints.
func (p *Program) listed(ctx context.Context, number string, args ...string) ([]uint16, error) {
	out, err := p.run(ctx, args...)
	if err != nil {
		return nil, errNoList
	}
	var all []uint16
	for _, m := range regexp.MustCompile(number).FindAllStringSubmatch(out, -1) {
		n, _ := strconv.ParseUint(m[1]+m[2], 16, 16) // the pattern lets nothing else through
		all = append(all, uint16(n))
	}
	if all == nil {
		return nil, errNoList
	}
	return all, nil
}

// pythonSuites has Python print the numbers of its suites, those of a context as
// most programs make it first.
const pythonSuites = `
import json, ssl
usual = ssl.create_default_context()
told = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
told.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
print(json.dumps([[c["id"] & 0xffff for c in x.get_ciphers()] for x in (usual, told)]))
`

// pythonCiphers is Ciphers for Python.
func (p *Program) pythonCiphers(ctx context.Context) (c Ciphers, err error) {
	out, err := p.run(ctx, "-I", "-c", pythonSuites)
	if err != nil {
		return c, errNoList
	}
	var lists [][]uint16
	if err := json.Unmarshal([]byte(out), &lists); err != nil || len(lists) != 2 || len(lists[0]) == 0 {
		return c, fmt.Errorf("%w: %s", errNoList, wire.Clean(out, 80))
	}
	return Ciphers{lists[0], lists[1]}, nil
}
