package labs

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// TestFaults: the table is whole, and each word in it is one that is known.
func TestFaults(t *testing.T) {
	all, name := Faults(), regexp.MustCompile(`^[a-z][a-z0-9.-]*$`)
	if len(all) < 40 {
		t.Errorf("only %d faults", len(all))
	}
	seen, groups := map[string]bool{}, map[string]int{}
	for _, f := range all {
		if !name.MatchString(f.Name) || seen[f.Name] || FaultNamed(f.Name).Doc != f.Doc {
			t.Errorf("%q is no name, or there twice", f.Name)
		}
		seen[f.Name] = true
		groups[f.Group]++
		if !slices.Contains(mendWords(), f.Mend) || f.Check == "" || f.Rule == "" || f.Lesson == "" {
			t.Errorf("%s: %q, %q, %q, %q", f.Name, f.Mend, f.Check, f.Rule, f.Lesson)
		}
		if !strings.HasSuffix(f.Doc, ".") || strings.Count(f.Doc, ".") != 1 && f.Name != "no-common-version" && f.Name != "no-common-suite" && f.Name != "no-client-cert-1.2" && f.Name != "rsa-512" {
			t.Errorf("%s: %q is not one sentence", f.Name, f.Doc)
		}
	}
	for _, g := range FaultGroups() {
		if groups[g] < 3 {
			t.Errorf("group %s has %d faults", g, groups[g])
		}
	}
	if len(groups) != len(FaultGroups()) {
		t.Errorf("there are %d groups: %v", len(groups), groups)
	}
}

// names and numbers of the run, which no explanation is told apart by.
var ofTheCase = regexp.MustCompile(`"?[\w.*-]*(lab\.test|Lab \w+ CA|Root CA)"?|\d+`)

// TestExplained: what is worked out from each run is the check of the table, with the
// bytes it is about; Go refuses, but for what the table says it lets pass; and no
// two faults of different groups have the same explanation.
func TestExplained(t *testing.T) {
	said := map[string]*Fault{}
	for _, f := range Faults() {
		events := finish(t, FaultBench, "fault="+f.Name)
		check, at, _ := Lookup(events, "explanation")
		if check != f.Check {
			t.Errorf("%s: the explanation is %q, the table has %q", f.Name, check, f.Check)
			continue
		}
		why := value(at, "why")
		if at.Kid("about") == nil && at.Kid("about_certificate") == nil && f.Name != "rsa-512" || why == "" || value(at, "rule") == "" {
			t.Errorf("%s: the explanation %q has no evidence", f.Name, why)
		}
		if accepts := rowOf(events, "go").Value == "accepts"; accepts != f.Lax {
			t.Errorf("%s: Go accepts: %v; Lax is %v", f.Name, accepts, f.Lax)
		}
		told := check + ": " + ofTheCase.ReplaceAllString(why, "~")
		if before := said[told]; before != nil && before.Group != f.Group {
			t.Errorf("%s (%s) and %s (%s) have one explanation: %s", before.Name, before.Group, f.Name, f.Group, told)
		}
		said[told] = f
	}
	events := finish(t, FaultBench, "fault=none")
	if v, _, _ := Lookup(events, "explanation"); v != "no check fails" || rowOf(events, "go").Value != "accepts" {
		t.Errorf("without a fault: %s", v)
	}
}

// TestMends: the mend of the table mends, also in front of a server of TLS 1.2; one
// that is for something else does not; and to check nothing is never taken for one.
func TestMends(t *testing.T) {
	words := mendWords()[1:]
	for i, f := range Faults() {
		if f.Drill == 0 {
			continue
		}
		client := "client=go"
		if f.Lax { // Go's own sees nothing that could be mended
			client = "client=checking"
		}
		for _, max := range []string{"max=1.3", "max=1.2"} {
			events := finish(t, FaultBench, "fault="+f.Name, "mend="+f.Mend, max, client)
			if end := End(events); !end.OK || !strings.HasPrefix(end.Text, "mended completed in ") || len(end.Tries) != 2 || end.Tries[0].OK {
				t.Errorf("%s: with %s and %s it ends with %+v", f.Name, f.Mend, max, end)
			}
			if got, _, _ := Lookup(events, "goal(the mended handshake completes)"); got != "met" {
				t.Errorf("%s: with %s and %s: %s", f.Name, f.Mend, max, got)
			}
		}
		other := words[1+(i*7)%(len(words)-1)]
		alike := other == f.Mend || f.Name == "leaf-as-ca" || strings.HasPrefix(f.Name, "path-") || f.Name == "rsa-512" && other == "versions"
		if got, _, _ := Lookup(finish(t, FaultBench, "fault="+f.Name, "mend="+other, client), mendedNote); got != "refused" && !alike {
			t.Errorf("%s: %s mends it too: %q", f.Name, other, got)
		}
		events := finish(t, FaultBench, "fault="+f.Name, "mend="+noVerification, client)
		if got, _, _ := Lookup(events, "goal(the mended handshake completes)"); got == "met" || End(events).OK {
			t.Errorf("%s: without verification the goal is met, or the run ends well", f.Name)
		}
	}
}

// TestDrill: a drill tells nothing of its fault but what the wire and the client
// tell; a wrong word is refused, the right one is met with the explanation.
func TestDrill(t *testing.T) {
	met := map[string]bool{}
	for n := 1; n <= lastDrill(); n++ {
		f := hidden(n)
		met[f.Name] = true
		drill := "drill=" + strconv.Itoa(n)
		events := finish(t, FaultBench, drill)
		var out bytes.Buffer
		k := Kept{Lab: FaultBench, Settings: setting(t, FaultBench, drill), Events: events}
		k.json(&out)
		k.text(&out)
		if s := out.String(); strings.Contains(s, f.Doc) || strings.Contains(s, "explanation") || strings.Contains(s, `"name":"`+verificationNote+`"`) ||
			strings.Contains(f.Name, "-") && strings.Contains(s, f.Name) {
			t.Errorf("drill %d gives %s away", n, f.Name)
		}
		wrong := "check=validity"
		if f.Check == "validity" {
			wrong = "check=group"
		}
		events = finish(t, FaultBench, drill, wrong)
		if _, _, ok := Lookup(events, "explanation"); ok {
			t.Errorf("drill %d: a wrong word is met with the explanation", n)
		}
		if got, _, _ := Lookup(events, "goal(the failing check is named)"); got == "met" {
			t.Errorf("drill %d (%s): %s is taken for right", n, f.Name, wrong)
		}
		if v, _, _ := Lookup(events, OutcomeNote); !strings.HasPrefix(v, "still open: "+strings.TrimPrefix(wrong, "check=")+" is not") {
			t.Errorf("drill %d (%s): with %s it is %q", n, f.Name, wrong, v)
		}
		events = finish(t, FaultBench, drill, "check="+checkWord(f.Check), "mend="+f.Mend)
		for _, g := range FaultBench.Goals {
			if got, _, _ := Lookup(events, "goal("+g.Name+")"); got != "met" {
				t.Errorf("drill %d (%s): %s: %s", n, f.Name, g.Name, got)
			}
		}
		if v, _, _ := Lookup(events, "explanation"); v != f.Check {
			t.Errorf("drill %d: explained as %q", n, v)
		}
		if v, _, _ := Lookup(events, OutcomeNote); v != "solved: the check is "+checkWord(f.Check)+", and "+f.Mend+" mends it; the fault was "+f.Name+": "+strings.TrimSuffix(f.Doc, ".") || Outcome(Records(events)) < 0 {
			t.Errorf("drill %d: solved, it is %q", n, v)
		}
	}
	for _, f := range Faults() {
		// What Go takes can be found by a client that looks at revocation, or by nobody.
		if met[f.Name] != (!f.Lax || f.Group == "revocation") {
			t.Errorf("%s: drilled is %v", f.Name, met[f.Name])
		}
	}
}

// TestDrillNumbers holds the number of each drill: lessons and people name them. A new
// fault goes to the end.
func TestDrillNumbers(t *testing.T) {
	fixed := strings.Fields(`path-length no-client-cert spiffe-only tampered intermediate-expired unknown-critical plain-http unknown-ca
		rsa-512 wrong-name negative-serial wrong-key no-cert-sign no-common-suite wildcard-partial ip-five-bytes
		clock-behind no-basic-constraints unknown-name no-ip algorithms-differ backwards excluded strange-client
		intermediate-omitted md5 cross-signed duplicate-extension truncated intermediate-purpose no-common-version wildcard-deep
		utf8-name clock-ahead ca-false alpn-mismatch ip-as-name v1-intermediate not-yet-valid not-permitted
		no-client-cert-1.2 self-signed sha1 root-expired ct-poison starttls-wanted client-only ml-dsa
		cn-only padded-serial wrong-order leaf-as-ca no-common-group nul-name v1-leaf expired
		staple-expired revoked-list must-staple list-stale revoked-staple list-missing staple-stranger staple-garbage`)
	if lastDrill() != len(fixed) || hidden(0) != nil || hidden(lastDrill()+1) != nil {
		t.Errorf("there are %d drills, not %d", lastDrill(), len(fixed))
	}
	for i, name := range fixed {
		if f := hidden(i + 1); f == nil || f.Name != name {
			t.Errorf("drill %d is %v, not %s", i+1, f, name)
		}
	}
	numbers := map[int]string{}
	for _, f := range Faults() {
		if f.Drill > 0 && numbers[f.Drill] != "" {
			t.Errorf("%s and %s have one number", f.Name, numbers[f.Drill])
		}
		numbers[f.Drill] = f.Name
	}
}

// TestNearWords: a word that is as right as the check of the table is taken; one that
// is near is refused with what tells the two apart; and settings that mend it are mends
// whatever the table thinks of first.
func TestNearWords(t *testing.T) {
	for _, c := range []struct{ words, answer, says string }{
		{"drill=8 check=anchor", "right", "the client's store does not have Lab Root CA"},
		{"drill=8 check=issuer", "right", ""},
		{"drill=25 check=anchor", "wrong", "the root is in the client's store"},
		{"drill=42 check=issuer", "wrong", "every issuer is there"},
		{"drill=17 check=validity", "wrong", "at the time that everybody else has"},
		{"drill=38 check=basicConstraints", "wrong", "it fails too"},
		{"drill=10 check=clock", "wrong", ""},
	} {
		events := finish(t, FaultBench, strings.Fields(c.words)...)
		v, at, _ := Lookup(events, answerNote)
		if v != c.answer || !strings.Contains(value(at, "why"), c.says) || c.says == "" && value(at, "why") != "" {
			t.Errorf("%s: %s, %q", c.words, v, value(at, "why"))
		}
		if goal, _, _ := Lookup(events, "goal(the failing check is named)"); c.answer == "wrong" && !strings.Contains(goal, c.says) {
			t.Errorf("%s: the goal says %q", c.words, goal)
		}
	}
	for _, words := range []string{"fault=path-length mend=ca-profile", "fault=path-length mend=have-it-signed"} {
		if v, _, _ := Lookup(finish(t, FaultBench, strings.Fields(words)...), mendedNote); v != "accepted" {
			t.Errorf("%s: %s", words, v)
		}
	}
}

// TestHiddenKnob: while a drill hides a fault, the knob that has no part in it says so;
// and a word that is no fault is refused with a few that are near, not with all.
func TestHiddenKnob(t *testing.T) {
	k := FaultBench.Knob("fault")
	if got := k.Shown(setting(t, FaultBench, "drill=3")); got != "hidden" {
		t.Errorf("with a drill it reads %q", got)
	}
	if got := k.Shown(setting(t, FaultBench, "fault=sha1")); got != "sha1" {
		t.Errorf("without one it reads %q", got)
	}
	for word, want := range map[string]string{"nonsense": "such as expired", "wildcard-dep": "like wildcard-deep"} {
		if err := k.Check(word); err == nil || len(err.Error()) > 160 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", word, err)
		}
	}
}

// TestFaultTrees: what the lab finds keeps the rules of trees, with each client.
func TestFaultTrees(t *testing.T) {
	for _, words := range [][]string{{"client=all"}, {"client=all", "fault=no-client-cert", "mend=client-cert"}, {"client=all", "fault=plain-http"}, {"client=all", "fault=clock-ahead"}} {
		for _, e := range finish(t, FaultBench, words...) {
			if e.Tree == nil {
				continue
			}
			if err := wire.Check(e.Tree, openLeaf); err != nil {
				t.Errorf("%v: %s: %v", words, e.Text, err)
			}
		}
	}
}

// TestFaultStopped: wherever a run is stopped, held or not, nothing is left of it.
func TestFaultStopped(t *testing.T) {
	check := asBefore(t)
	here(t, "openssl")
	for _, words := range [][]string{{"client=openssl", "mend=renew-leaf"}, {"fault=starttls-wanted"}, {"fault=truncated", "mend=end-properly"}, {"drill=3"}, {"drill=57", "check=stapled-response", "mend=fresh-staple"}} {
		s := setting(t, FaultBench, words...)
		for i := 0; i < len(finish(t, FaultBench, words...)); i += 5 {
			for _, hold := range []bool{false, true} {
				stopAt(t, FaultBench, s, i, hold)
			}
		}
		check(strings.Join(words, " "))
	}
}

// TestCases: the cases of two hosts do not share names, and those that say that any
// server would do have a chain that a client of today accepts.
func TestCases(t *testing.T) {
	w, err := NewWorld(ring, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Faults() {
		c, err := w.Case(f, "shop")
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		if !strings.Contains(c.Host, "shop") && c.Host != "127.0.0.1" {
			t.Errorf("%s: the host is %s", f.Name, c.Host)
		}
		if c.ClientOnly() {
			c.Roots = append(c.Roots, w.Root())
			if a := c.explain(w.now()); !a.OK {
				t.Errorf("%s: %s", f.Name, a.Why)
			}
		}
	}
}

// TestFaultField: what a refusal is said to be about is the field that is wrong, also
// where the words of the client say no more than that no authority was found.
func TestFaultField(t *testing.T) {
	for fault, want := range map[string]string{
		"expired": "Certificate.validity.notAfter", "intermediate-expired": "Certificate.validity.notAfter", "root-expired": "root.notAfter", "cross-signed": "root.notAfter",
		"ca-false": "basicConstraints", "leaf-as-ca": "basicConstraints", "no-cert-sign": "keyUsage", "sha1": "signatureAlgorithm", "md5": "signatureAlgorithm",
		"tampered": "signatureValue", "unknown-ca": "issuer", "intermediate-omitted": "issuer", "wrong-name": "subjectAltName", "wrong-order": "subject",
		"no-common-group": "supported_groups", "rsa-512": "signature_algorithms", "no-common-suite": "cipher_suites",
		"negative-serial": "serialNumber", "padded-serial": "serialNumber", "duplicate-extension": "keyUsage", "ip-five-bytes": "iPAddress", "utf8-name": "dNSName", "algorithms-differ": "signatureAlgorithm",
		"must-staple": "tlsfeature", "list-missing": "serialNumber", "list-stale": "serialNumber",
	} {
		end := End(finish(t, FaultBench, "fault="+fault, "client="+checking))
		if end.At == nil || !strings.HasSuffix(end.Field, want) {
			t.Errorf("%s: it is about %q, and not %s", fault, end.Field, want)
		}
	}
	// Which of two certificates is meant: the intermediate's purpose is the wrong one.
	if end := End(finish(t, FaultBench, "fault=intermediate-purpose")); end.At == nil || !strings.Contains(end.At.Value, "emailProtection") {
		t.Errorf("intermediate-purpose is about %s", end.Field)
	}
}

// TestCheckSays: each word of knob check says what it asks, and there is none besides.
func TestCheckSays(t *testing.T) {
	words := FaultBench.Knob("check").Choices
	for _, w := range words {
		if checkSays(w) == "" {
			t.Errorf("%s is not explained", w)
		}
	}
	if n := len(checkMeanings()); n != len(words) {
		t.Errorf("%d words are explained; the knob has %d", n, len(words))
	}
}
