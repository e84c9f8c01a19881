package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// suite is the command suite: a cipher suite's name taken apart.
func (s *shell) suite() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "suite NAME|CODE",
		Short: "A cipher suite's name taken apart",
		Long: "Take the name of a cipher suite apart: what each word does and does not do, how the suite stands with IANA, and who on this machine speaks it. " +
			"A name may be IANA's or OpenSSL's, a number 0xC02F, C02F or C0,2F. Where there is no such suite the exit status is 1.",
		Example: "tlstutor suite TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\ntlstutor suite ECDHE-RSA-AES128-GCM-SHA256\ntlstutor suite 0x1301",
		Args:    cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return labs.SuiteNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		// 0xC0, 0x2F may come as two words.
		text := strings.Join(args, " ")
		if strings.TrimSpace(text) == "" {
			return hint(misuse(errors.New("suite needs a name or a number")), "write tlstutor suite TLS_AES_128_GCM_SHA256, or tlstutor suite 0x1301")
		}
		e, err := labs.FindSuite(text)
		if err != nil {
			return hint(verdict(err), otherSuites(text))
		}
		a := labs.AskSuite(cmd.Context(), e, new(peer.Finder))
		if err := stopped(cmd.Context()); err != nil {
			return err
		}
		out := bufio.NewWriter(os.Stdout)
		if asJSON {
			err = encode(out, suiteOf(a))
		} else {
			err = a.Print(out)
		}
		return errors.Join(err, out.Flush())
	})
}

// maxNear is how many names are suggested.
const maxNear = 3

// otherSuites says which suites may have been meant.
func otherSuites(text string) string {
	names := labs.SuiteNames()
	var near []string
	for len(near) < maxNear {
		n := wire.Nearest(text, names)
		if n == "" {
			break
		}
		near = append(near, n)
		names = slices.DeleteFunc(names, func(name string) bool { return name == n })
	}
	if near == nil {
		return "names are as IANA or OpenSSL spells them, numbers as 0xC02F; openssl ciphers lists some"
	}
	return "did you mean " + strings.Join(near, ", or ") + "?"
}

// The shapes of an answer in JSON.
type (
	partJSON struct {
		Word string `json:"word"`
		Role string `json:"role"`
		Does string `json:"does"`
		Not  string `json:"not"`
	}
	speakerJSON struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
		Speaks  string `json:"speaks"`
		Why     string `json:"why,omitempty"`
	}
	suiteJSON struct {
		Name     string        `json:"name"`
		Code     string        `json:"code"`
		OpenSSL  string        `json:"openssl,omitempty"`
		Versions string        `json:"versions"`
		Mark     string        `json:"mark"`
		Standing string        `json:"standing"`
		Parts    []partJSON    `json:"parts"`
		Speakers []speakerJSON `json:"speakers"`
	}
)

// suiteOf is an answer as JSON has it.
func suiteOf(a labs.SuiteAnswer) suiteJSON {
	all := suiteJSON{
		Name: a.Suite.Name, Code: fmt.Sprintf("0x%04X", a.Suite.Code), OpenSSL: a.OpenSSL,
		Versions: a.Versions, Mark: a.Suite.Mark.String(), Standing: a.Standing,
	}
	for _, p := range a.Parts {
		all.Parts = append(all.Parts, partJSON(p))
	}
	for _, s := range a.Speakers {
		all.Speakers = append(all.Speakers, speakerJSON{s.Name, s.Version, s.Speaks.String(), s.Why})
	}
	return all
}
