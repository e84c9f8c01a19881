package main

// This file is the command verify: the flags, and the answer of the explainer as
// lines and as JSON. What is verified, and how files are read, is in labs.

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/chain"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// A verifier is the command verify: which files it is given, and how it tells.
type verifier struct {
	roots, intermediates, name, at, use string
	first, all, json, open              bool
}

// verifies is the command verify. Its verdict is Go's; its reasons are all there
// are.
func (s *shell) verifies() *cobra.Command {
	var v verifier
	cmd := &cobra.Command{
		Use:   "verify CHAIN --roots FILE",
		Short: "Say of a certificate whether it is trusted, by every path and for every reason",
		Long: "Walk every path from the first certificate in CHAIN towards the roots in FILE, check every rule on each certificate, and say what holds and what fails, by which rule. " +
			"Beside that stands what Go itself says. Nothing is connected to, and revocation is not looked at. " +
			"Exit status: 0 it is trusted, 1 it is not, 2 the line cannot be meant, 3 a file could not be read.",
		Example: "tlstutor verify chain.pem --roots ca.pem --name app.example.com\ntlstutor verify chain.pem --roots ca.pem --at +30d\ntlstutor verify client.pem --roots ca.pem --use client --json\ntlstutor verify chain.pem --roots ca.pem --open",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().StringVar(&v.roots, "roots", "", "the `file` with the roots to trust")
	cmd.Flags().StringVar(&v.intermediates, "intermediates", "", "a `file` with more certificates that may help")
	cmd.Flags().StringVar(&v.name, "name", "", "the `host` name or address that is meant")
	cmd.Flags().StringVar(&v.at, "at", "", "the `time` that counts: 2027-01-31, RFC 3339, or +30d; now, where it is not given")
	cmd.Flags().StringVar(&v.use, "use", "server", "what it is used for: server, client or any")
	cmd.Flags().BoolVar(&v.first, "first-path", false, "walk as verifiers once did: the first path that fits, and no way back")
	cmd.Flags().BoolVar(&v.all, "all", false, "the reason and the rule also of each check that holds")
	cmd.Flags().BoolVar(&v.json, "json", false, "one JSON value")
	cmd.Flags().BoolVar(&v.open, "open", false, "open it on the screen, with the graph of all certificates")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		if err := v.check(cmd, args); err != nil {
			return err
		}
		if v.open {
			return s.opensVerify(cmd.Context(), v, args[0])
		}
		return v.run(cmd.Context(), args[0])
	})
}

// check refuses what cannot be meant, before anything is read.
func (v *verifier) check(cmd *cobra.Command, args []string) error {
	// Shown wherever the line as a whole is wrong.
	const example = "tlstutor verify chain.pem --roots ca.pem"
	stdin := 0 // how many files are to be read from there
	for _, name := range append([]string{v.roots, v.intermediates}, args...) {
		if name == "-" {
			stdin++
		}
	}
	switch {
	case len(args) != 1:
		return hint(misuse(fmt.Errorf("verify takes one file with the chain, here are %d", len(args))), example)
	case args[0] == "":
		return unnamed("verify", "name the file with the chain, or - for standard input")
	// The system's own roots have no list that Go could walk, so a file has to be named.
	case v.roots == "" && !cmd.Flags().Changed("roots"):
		return hint(misuse(errors.New("no roots are named, and what is trusted decides")), "--roots FILE; those of this system often are in /etc/ssl/certs/ca-certificates.crt, /etc/pki/tls/certs/ca-bundle.crt or /etc/ssl/cert.pem")
	case v.roots == "":
		return unnamed("--roots", "name the file with the roots")
	case v.intermediates == "" && cmd.Flags().Changed("intermediates"):
		return unnamed("--intermediates", "name a file, or leave it out")
	case stdin > 1:
		return misuse(errors.New("standard input can be one of the files only"))
	case v.name == "" && cmd.Flags().Changed("name"):
		return hint(misuse(errors.New("--name names nothing, and without a name none is checked")), "leave --name out if that is meant")
	case v.at == "" && cmd.Flags().Changed("at"):
		return hint(misuse(errors.New("--at names no time")), "leave --at out to ask about now")
	case noFile(args[0]) && (isServer(args[0]) || strings.Contains(args[0], "://")):
		return hint(misuse(fmt.Errorf("%s is no file, and verify connects to nothing", wire.Clean(args[0], 100))), "tlstutor connect HOST:PORT --ca FILE asks a server for its certificates and verifies them")
	case v.open && v.json:
		return misuse(errors.New("--open draws on the screen, and --json prints; take one"))
	case v.open && stdin > 0:
		return hint(misuse(errors.New("--open reads the files anew for each run, and standard input only once")), "save it as a file")
	}
	// The lab's knobs know what else can be meant.
	given := labs.Settings{"name": v.name, "at": v.at, "use": v.use}
	if _, err := labs.VerifyChain.Settings(given); err != nil {
		return misuse(err)
	}
	if _, err := labs.Moment(v.at, time.Now()); err != nil {
		return misuse(err)
	}
	return nil
}

// noFile reports whether there is no file of a name.
func noFile(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// opensVerify opens the program at the verification of these files.
func (s *shell) opensVerify(ctx context.Context, v verifier, chain string) error {
	given := labs.Settings{"chain": chain, "roots": v.roots, "intermediates": v.intermediates, "name": v.name, "at": v.at, "use": v.use}
	if v.first {
		given["paths"] = "first"
	}
	return s.screen(ctx, func(*lessons.Course) (spot, error) { return spot{lab: labs.VerifyChain, given: given}, nil })
}

// run reads the files, judges, and prints.
func (v *verifier) run(ctx context.Context, name string) error {
	at, err := labs.Moment(v.at, time.Now())
	if err != nil {
		return misuse(err)
	}
	q := labs.Verifying{Name: v.name, Use: v.use, At: at, FirstPath: v.first}
	// In this order, so that of two bad files the chain is told of.
	for _, f := range []struct {
		name string
		to   *labs.Given
	}{{name, &q.Chain}, {v.roots, &q.Roots}, {v.intermediates, &q.Intermediates}} {
		if f.name == "" {
			continue
		}
		clean, data, err := slurp(ctx, "verify", f.name, slurpWait)
		if err != nil {
			return err
		}
		*f.to = labs.Given{Name: clean, Data: data}
	}
	a, notes, err := q.Answer()
	if err != nil {
		return hint(err, "verify takes certificates as PEM or DER; tlstutor inspect opens what else there is")
	}
	out := bufio.NewWriter(os.Stdout)
	if v.json {
		err = printAnswerJSON(out, a, notes)
	} else {
		printAnswer(out, a, notes, v.all)
	}
	if err := errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("writing the verdict: %w", err)
	}
	// The verdict stands on stderr too, for whoever keeps only that.
	if !a.OK {
		return hint(verdict(errors.New("not trusted: "+strings.TrimSuffix(a.Why, "."))), "each line that begins with FAILS has a reason"+v.more(a))
	}
	return nil
}

// more says which flag there is that would have let one of the lights hold.
func (v *verifier) more(a *chain.Answer) string {
	never := slices.ContainsFunc(a.Nodes, func(n chain.Node) bool {
		return n.Lit && n.Cert.X != nil && n.Cert.X.NotAfter.Before(n.Cert.X.NotBefore)
	})
	if a.Lights[chain.LightTime].State == chain.Red && v.at == "" && !never {
		return "; --at TIME asks about another day"
	}
	return ""
}

// The JSON of an answer. Members that have nothing to say are left out, except those
// that say whether something holds.
type (
	answerJSON struct {
		Verdict string            `json:"verdict"`
		Why     string            `json:"why"`
		Lights  map[string]string `json:"lights"`
		Paths   []pathJSON        `json:"paths"`
		GoError string            `json:"go_error,omitempty"`
		Limit   string            `json:"limit,omitempty"`
		Notes   []string          `json:"notes,omitempty"`
	}
	pathJSON struct {
		Certs  []string    `json:"certs"`
		OK     bool        `json:"ok"`
		Checks []checkJSON `json:"checks"`
	}
	checkJSON struct {
		Name   string   `json:"name"`
		Rule   string   `json:"rule"`
		Cert   string   `json:"cert"`
		OK     bool     `json:"ok"`
		Why    string   `json:"why"`
		Field  string   `json:"field,omitempty"`
		Beside string   `json:"beside,omitempty"`
		Names  []string `json:"names,omitempty"` // of the host name: each name of the certificate, and how it compares
	}
)

// printAnswerJSON prints an answer as one JSON value.
func printAnswerJSON(w io.Writer, a *chain.Answer, notes []string) error {
	// A list is never null: readers loop over it.
	j := answerJSON{Verdict: "fail", Why: a.Why, Lights: map[string]string{}, Paths: []pathJSON{}, GoError: a.GoSays(), Limit: a.Limit, Notes: notes}
	if a.OK {
		j.Verdict = "ok"
	}
	for i := range a.Lights {
		l := chain.Light(i)
		j.Lights[l.String()] = labs.LightWord(a, l)
	}
	for _, p := range a.Paths {
		one := pathJSON{OK: p.OK, Checks: []checkJSON{}}
		for _, c := range p.Certs {
			one.Certs = append(one.Certs, c.Title)
		}
		for _, k := range p.Checks {
			var names []string
			for _, part := range k.Parts {
				names = append(names, part.Why)
			}
			one.Checks = append(one.Checks, checkJSON{k.Name, k.Rule, p.Certs[k.Cert].Title, k.OK, k.Why, k.Field, k.Beside, names})
		}
		j.Paths = append(j.Paths, one)
	}
	// One value on one line; names may hold <, which is no danger here.
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(j)
}
