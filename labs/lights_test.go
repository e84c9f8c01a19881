package labs

import (
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// lightsOf runs a lab and returns the lights of each verification in it, as words,
// by whose certificates they are about and on which connection.
func lightsOf(t *testing.T, l *Lab, words ...string) (map[string]string, []Event) {
	t.Helper()
	events := ran(t, l, words...)
	got := map[string]string{}
	for _, v := range Verifications(Records(events)) {
		var said []string
		for _, l := range v.Lights {
			said = append(said, l.Name+" "+l.State)
		}
		got[connName(v.Conn)+":"+v.Whose] = strings.Join(said, ", ")
	}
	return got, events
}

// ran runs a lab with the settings that words give, on Go's own peers.
func ran(t *testing.T, l *Lab, words ...string) []Event {
	t.Helper()
	given, err := l.Words(words)
	if err != nil {
		t.Fatal(err)
	}
	set, err := l.Settings(given)
	if err != nil {
		t.Fatal(err)
	}
	events, err := Start(t.Context(), l, set, Options{}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return events
}

const allHold = "path holds, anchor holds, name holds, time holds, purpose holds"

// The lights say which of the five questions a certificate failed, and of whom.
func TestLights(t *testing.T) {
	for _, c := range []struct {
		lab   *Lab
		words string
		want  map[string]string
	}{
		{Handshake, "", map[string]string{":server": allHold}},
		{Handshake, "max=1.2", map[string]string{":server": allHold}},
		{Handshake, "fault=expired", map[string]string{":server": "path holds, anchor holds, name holds, time fails, purpose holds"}},
		{Handshake, "fault=wrong-name", map[string]string{":server": "path holds, anchor holds, name fails, time holds, purpose holds"}},
		{Handshake, "fault=unknown-ca", map[string]string{":server": "path fails, anchor not reached, name holds, time holds, purpose holds"}},
		{Handshake, "fault=no-common-version", map[string]string{}},
		{Handshake, "tamper=ServerHello", map[string]string{}},
		{Handshake, "auth=require client-cert=good", map[string]string{
			":server": allHold, ":client": "path holds, anchor holds, name not asked, time holds, purpose holds"}},
		{Handshake, "auth=require", map[string]string{":server": allHold}},
		{Handshake, "resume=on", map[string]string{"first:server": allHold}},
		{Wiretap, "", map[string]string{"tls12:server": allHold, "tls13:server": allHold}},
		{MITM, "", map[string]string{"near:attacker": "path fails, anchor not reached, name holds, time holds, purpose holds"}},
		{Certificate, "flip=signature", map[string]string{":server": "path fails, anchor not reached, name holds, time holds, purpose holds"}},
		{FaultBench, "fault=client-only", map[string]string{":server": "path holds, anchor holds, name holds, time holds, purpose fails"}},
		{FaultBench, "fault=intermediate-omitted", map[string]string{":server": "path fails, anchor not reached, name holds, time holds, purpose holds"}},
	} {
		t.Run(c.lab.Name+" "+c.words, func(t *testing.T) {
			got, events := lightsOf(t, c.lab, strings.Fields(c.words)...)
			for who, want := range c.want {
				if got[who] != want {
					t.Errorf("%s: %q, want %q", who, got[who], want)
				}
			}
			if len(got) != len(c.want) {
				t.Errorf("lights of %v", got)
			}
			decided(t, events)
		})
	}
}

// decided fails the test where a light that is lit leads to no bytes, or leads to
// bytes that are neither in the run's messages nor in a certificate of the graph.
func decided(t *testing.T, events []Event) {
	t.Helper()
	recs := Records(events)
	for _, v := range Verifications(recs) {
		for _, l := range v.Lights {
			if (l.State == Holds || l.State == Fails) && (l.Why == "" || l.At == nil) {
				t.Errorf("light %s %s: %q leads to %v", l.Name, l.State, l.Why, l.At)
			}
		}
		g := v.Graph()
		if len(g.Nodes) == 0 {
			t.Error("no graph")
		}
		for i := range g.Nodes {
			// What nobody sent is nowhere.
			if g.Nodes[i].From == "missing" {
				continue
			}
			rec, cert := g.Nodes[i].Certificate(recs)
			if cert == nil || cert.Kid("tbsCertificate") == nil {
				t.Errorf("%s has no bytes", g.Nodes[i].Title)
				continue
			}
			if onWire := strings.Contains(g.Nodes[i].From, "leaf"); onWire != (rec >= 0) && g.Nodes[i].From != "intermediate" {
				t.Errorf("%s (%s) is in record %d", g.Nodes[i].Title, g.Nodes[i].From, rec)
			}
		}
	}
}

// A client that does not look is told of what it would have seen.
func TestLightsUnseen(t *testing.T) {
	events := ran(t, MITM, "verify=off")
	said := slices.ContainsFunc(events, func(e Event) bool {
		return e.verifies() && e.Conn.Name == "near" && strings.Contains(e.Text, "the client does not look") && strings.HasPrefix(e.Tree.Value, "refused, had anybody looked")
	})
	if !said {
		t.Error("nobody says that the client does not look")
	}
}

// What is asked of a run leads to the lights.
func TestLightsLookup(t *testing.T) {
	events := ran(t, Handshake, "fault=expired")
	for path, want := range map[string]string{"verification": "refused", "verification.time": Fails, "verification.anchor": Holds} {
		if got, _, ok := Lookup(events, path); !ok || got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	// The first Certificate is still the server's message.
	if _, at, ok := Lookup(events, "Certificate.validity.notAfter"); !ok || at.Src == nil {
		t.Error("the certificate's date is not found")
	}
}

// The graph has the certificates, who issued whom, and which path was chosen.
func TestGraph(t *testing.T) {
	events := ran(t, FaultBench, "fault=cross-signed")
	all := Verifications(Records(events))
	if len(all) != 1 {
		t.Fatalf("%d verifications", len(all))
	}
	g := all[0].Graph()
	lit, dead := 0, 0
	for _, e := range g.Edges {
		if e.Lit {
			lit++
		}
		if !e.OK && e.Why == "" {
			t.Errorf("no reason why %s does not lead to %s", g.Nodes[e.Child].Title, g.Nodes[e.Parent].Title)
		}
	}
	for i, n := range g.Nodes {
		if !n.OK {
			dead++
			if n.Why == "" {
				t.Errorf("%s: no reason", &g.Nodes[i])
			}
		}
	}
	if lit < 2 || dead == 0 {
		t.Errorf("%d edges lit, %d certificates dead: %+v", lit, dead, g)
	}
}

// A finding that says nothing of lights has none.
func TestLightsNone(t *testing.T) {
	e := Event{Kind: Found, Tree: wire.Note(verificationNote, "refused")}
	for _, v := range Verifications([]Rec{{Event: e}}) {
		if v.OK || len(v.Lights) != 0 || len(v.Graph().Nodes) != 0 {
			t.Errorf("%+v", v)
		}
	}
}

// TestTimeLight: that the time holds is shown by the certificate that ends first, and
// that it fails by the one that failed.
func TestTimeLight(t *testing.T) {
	for words, want := range map[string]string{
		"fault=wrong-name":           "app.lab.test is valid until",
		"fault=expired":              "app.lab.test expired on",
		"fault=intermediate-expired": "Lab Issuing CA expired on",
		"fault=root-expired":         "Old Root CA expired on",
	} {
		_, events := lightsOf(t, FaultBench, words)
		l := Verifications(Records(events))[0].Lights[3]
		if l.Name != "time" || !strings.HasPrefix(l.Why, want) || l.At == nil {
			t.Errorf("%s: light %s says %q", words, l.Name, l.Why)
		}
	}
}

// TestApart: where a client has looked at revocation, or says that it does not, the
// lights say that it is none of them, and there is something to lead to.
func TestApart(t *testing.T) {
	for _, c := range []struct {
		lab   *Lab
		words string
		apart bool
		at    string
	}{
		{Revocation, "client=checking", true, "certStatus"},
		{Revocation, "client=checking method=crl", true, "revokedCertificate"},
		{Revocation, "client=checking method=stapled", true, "OCSPResponse"},
		{Revocation, "client=go", true, ""},
		{FaultBench, "fault=staple-expired client=checking check=stapled-response", true, "OCSPResponse"},
		{FaultBench, "fault=wrong-name", false, ""},
	} {
		_, events := lightsOf(t, c.lab, strings.Fields(c.words)...)
		recs := Records(events)
		v := Verifications(recs)[0]
		if v.Apart != c.apart {
			t.Errorf("%s: apart is %v", c.words, v.Apart)
		}
		_, at, ok := Revoked(recs)
		if ok != c.apart || c.at != "" && (at == nil || at.Name != c.at) {
			t.Errorf("%s: what told it is %v", c.words, at)
		}
	}
}
