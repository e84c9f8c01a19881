package labs

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// revocationRows are the rows of the truth table: what the authority tells of the
// server's certificate, and how.
func revocationRows() []string {
	rows := []string{"none revoked up"}
	for _, method := range []string{"crl", "ocsp", "stapled", "must-staple"} {
		rows = append(rows, method+" good up", method+" revoked up", method+" unknown up", method+" good down")
		for _, how := range []string{"down", "lying", "slow", "stale", "garbage"} {
			rows = append(rows, method+" revoked "+how)
		}
	}
	return rows
}

// revocationColumns are the clients of the table, each told to look as hard as it can.
func revocationColumns() []string {
	return append([]string{"go hard", "checking soft", "checking hard"}, foreignHard()...)
}

func foreignHard() []string {
	var all []string
	for _, name := range peer.Names(peer.Client) {
		all = append(all, name+" hard")
	}
	return all
}

// cell is what a client makes of a row: A where it goes on, R where it refuses,
// with the exit code of a program; and a + where it came to the responder.
func cell(t *testing.T, row, column string) string {
	t.Helper()
	r, c := strings.Fields(row), strings.Fields(column)
	events := finish(t, Revocation, "method="+r[0], "status="+r[1], "responder="+r[2], "client="+c[0], "policy="+c[1])
	out := "A"
	if complaint(events, Client, nil) != nil {
		out = "R"
		for _, e := range events {
			if _, code, ok := strings.Cut(e.Text, c[0]+" ended with exit code "); ok && e.Who == Client {
				out += code
			}
		}
	}
	if n, _, ok := Lookup(events, "asked.client"); !ok {
		t.Errorf("%s, %s: nobody has counted", row, column)
	} else if n != "0" {
		out += "+"
	}
	return out
}

// TestRevocationTable: the table of testdata is what runs of today say. With -update
// it is made anew, for those clients that are here.
func TestRevocationTable(t *testing.T) {
	const file = "recorded/revocation.txt"
	then := map[string][]string{}
	old, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(old)) {
		row, cells, ok := strings.Cut(line, "|")
		if ok {
			then[strings.Join(strings.Fields(row), " ")] = strings.Fields(cells)
		}
	}
	var out bytes.Buffer
	columns := revocationColumns()
	fmt.Fprintf(&out, "What clients make of a revocation, by runs of lab revocation (TestRevocationTable -update).\n"+
		"A accepts, R refuses (and the program's exit code), + it came to the responder; each is told to look as hard as it can, but for the one that is soft.\n%s\n\n%-28s|", madeBy(t, string(old)), "method status responder")
	for _, column := range columns {
		fmt.Fprintf(&out, " %-10s", strings.TrimSuffix(strings.Replace(column, "checking soft", "soft", 1), " hard"))
	}
	out.WriteString("\n")
	rows := revocationRows()
	if len(then) != len(rows)+1 && !*update {
		t.Errorf("the table has %d rows, want %d", len(then)-1, len(rows))
	}
	for _, row := range rows {
		var cells []string
		for i, column := range columns {
			name, _, _ := strings.Cut(column, " ")
			want := "?"
			if have := then[row]; i < len(have) {
				want = have[i]
			}
			got := want
			if name == "go" || name == "checking" || here(t, name) {
				got = cell(t, row, column)
			}
			if got != want && !*update {
				t.Errorf("%s: %s: %s, the table has %s", row, column, got, want)
			}
			cells = append(cells, fmt.Sprintf(" %-10s", got))
		}
		fmt.Fprintf(&out, "%-28s|%s\n", row, strings.TrimRight(strings.Join(cells, ""), " "))
	}
	if *update {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// madeBy is the line of the table that says of when it is and by whom: that of the old
// one, or with -update of today.
func madeBy(t *testing.T, old string) string {
	t.Helper()
	if !*update {
		for line := range strings.Lines(old) {
			if strings.HasPrefix(line, "made ") {
				return strings.TrimSpace(line)
			}
		}
	}
	by := []string{strings.Replace(runtime.Version(), "go", "Go ", 1)}
	for _, name := range peer.Names(peer.Client) {
		p, err := programs.Find(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		by = append(by, p.Version)
	}
	return "made " + time.Now().UTC().Format(time.DateOnly) + " by " + strings.Join(by, "; ")
}

// TestAsked: questions, answers and lists open as fields, which lead back to the
// streams that they crossed in, from whoever asked.
func TestAsked(t *testing.T) {
	for line, want := range map[string]map[string]string{
		"client=checking": {"OCSPRequest": "any", "certStatus": "revoked", "asked.client": "1", "asked.server": "0",
			"status_check": "revoked", "goal(the client takes a good certificate, and no other)": "met"},
		"client=checking status=good":                {"certStatus": "good", "status_check": "good", "goal(the handshake completes)": "met"},
		"client=checking method=crl":                 {"CertificateList": "any", "reasonCode": "keyCompromise", "status_check": "revoked"},
		"client=checking method=stapled":             {"OCSPRequest": "any", "certStatus": "revoked", "asked.client": "0", "asked.server": "1", "status_check": "revoked, stapled"},
		"client=go method=must-staple":               {"certStatus": "revoked", "asked.server": "1", "status_check": "none", "goal(the handshake completes)": "met"},
		"client=go":                                  {"OCSPRequest": "-", "asked.client": "0", "asked.server": "0"},
		"client=checking policy=off":                 {"OCSPRequest": "-", "asked.client": "0", "goal(the responder does not hear from the client)": "met"},
		"client=checking method=none":                {"status_check": "nobody to ask", "error(client)": "none"},
		"client=checking responder=garbage":          {"OCSPResponse": "-", "asked.client": "1", "alert(client)": "bad_certificate"},
		"client=checking responder=down policy=soft": {"OCSPRequest": "-", "asked.client": "1", "error(client)": "none"},
	} {
		events := finish(t, Revocation, strings.Fields(line)...)
		for path, value := range want {
			got, at, ok := Lookup(events, path)
			if value == "any" && (!ok || at == nil || len(at.Src.From) == 0 || !bytes.Contains(at.Src.From[0].Src.Data, []byte("HTTP/1.1"))) {
				t.Errorf("%s: %s does not lead to the wire", line, path)
			} else if value != "any" && value != "-" && !strings.HasPrefix(got, value) || value == "-" && ok {
				t.Errorf("%s: %s is %q, want %q", line, path, got, value)
			}
		}
	}
}

// TestLate: who asks a slow responder waits for so long on the run's clock and no
// longer, and a hold does not count.
func TestLate(t *testing.T) {
	events := finish(t, Revocation, "client=checking", "responder=slow")
	asks(t, "slow", events, map[string]string{"error(client)": fmt.Sprintf("there was no answer within %v", patience), "alert(client)": "bad_certificate"})
	if last := events[len(events)-1].At; last < patience || last >= tooLong {
		t.Errorf("it took %v", last)
	}
}

// TestStatusEvidence: what the client says leads to the bytes that say so.
func TestStatusEvidence(t *testing.T) {
	for line, name := range map[string]string{
		"client=checking": "certStatus", "client=checking method=crl": "revokedCertificate", "client=checking method=stapled": "OCSPResponse",
	} {
		_, at, _ := Lookup(finish(t, Revocation, strings.Fields(line)...), "status_check")
		if len(at.Kids) != 1 || !strings.HasPrefix(at.Kids[0].Name, name) {
			t.Errorf("%s: it leads to %v", line, at.Kids)
		}
	}
}

// TestInstructed: what another program is said to be told stands on its command line,
// and nothing else does.
func TestInstructed(t *testing.T) {
	options := []string{" -status", " --cert-status", " --crlfile", " -crl_check"}
	for _, name := range peer.Names(peer.Client) {
		if !here(t, name) {
			continue
		}
		for _, method := range Revocation.Knob("method").Choices {
			for _, policy := range Revocation.Knob("policy").Choices {
				events := finish(t, Revocation, "client="+name, "method="+method, "policy="+policy, "status=good")
				var line, told string
				for _, e := range events {
					if e.Who == Client && e.Tree != nil && e.Tree.Name == statusNote {
						told = e.Text
					}
					if e.Who == Client && strings.Contains(e.Text, ": ") && strings.HasPrefix(e.Text, "is ") && line == "" && told != "" && e.Text != told {
						line = e.Text
					}
				}
				asked := ""
				for _, o := range options {
					if strings.Contains(line, o) {
						asked = o
					}
				}
				lists := strings.Contains(told, "looks at lists")
				says := strings.Contains(told, "(-status)") && asked == " -status" || strings.Contains(told, "(--cert-status)") && asked == " --cert-status" ||
					lists && (asked == " --crlfile" || asked == " -crl_check" || name == "python3")
				if line == "" || says != (asked != "" || lists) || policy == "off" && asked != "" {
					t.Errorf("%s, %s, %s: %q, and runs %q", name, method, policy, told, line)
				}
			}
		}
	}
}

// TestAlone: where no program is run, Go's client stands in, and looks at nothing.
func TestAlone(t *testing.T) {
	events, err := Start(t.Context(), Revocation, setting(t, Revocation, "client=curl", "method=crl"), Options{Keys: ring, Alone: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	asks(t, "alone", events, map[string]string{"status_check": "none", "asked.client": "0", "error(client)": "none"})
}

// TestCarried: whatever stands in an HTTP message, it is read without trouble.
func TestCarried(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "GET": "", "GET \r\n\r\n": "", "GET /AQID HTTP/1.1\r\n\r\n": "\x01\x02\x03", "GET /%41QID HTTP/1.1\r\n\r\n": "\x01\x02\x03", "GET /%zz HTTP/1.1\r\n\r\n": "",
		"POST / HTTP/1.1\r\n\r\nbody": "body", "HTTP/1.1 200 OK\r\n\r\n": "", "GET /- HTTP/1.1\r\n\r\n": "",
	} {
		got := ""
		if src := carried(&wire.Source{Data: []byte(text)}); src != nil {
			got = string(src.Data)
		}
		if got != want {
			t.Errorf("%q carries %q, want %q", text, got, want)
		}
	}
}
