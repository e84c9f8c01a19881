package labs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// An opened is a gallery that a test has opened.
type opened struct {
	t   *testing.T
	run *Run
	Index
}

// openGallery opens one. It is closed with the test.
func openGallery(t *testing.T, words ...string) *opened {
	t.Helper()
	o := &opened{t: t, run: Start(t.Context(), Serve, setting(t, Serve, words...), Options{Keys: ring})}
	t.Cleanup(func() {
		if err := o.run.Stop(); err != nil {
			t.Errorf("closing the gallery: %v", err)
		}
	})
	e := o.await(func(e *Event) bool { return e.Tree != nil && e.Tree.Name == "gallery" })
	o.Servers, o.Pages = e.Tree.Kid("servers").Value, strings.Trim(strings.TrimPrefix(e.Tree.Kid("pages").Value, "http:"), "/")
	return o
}

// await returns the first event that is wanted.
func (o *opened) await(wanted func(*Event) bool) Event {
	o.t.Helper()
	for n, ended := 0, false; !ended; {
		select {
		case <-o.run.Changed():
		case <-time.After(20 * time.Second):
			o.t.Fatal("the gallery says nothing")
		}
		var events []Event
		events, ended = o.run.Since(n)
		n += len(events)
		for i := range events {
			if wanted(&events[i]) {
				return events[i]
			}
		}
	}
	o.t.Fatalf("the gallery has ended: %v", o.run.Err())
	return Event{}
}

// guests returns what was told of connections so far.
func (o *opened) guests() []Event {
	var all []Event
	events, _ := o.run.Since(0)
	for _, e := range events {
		if e.Tree != nil && e.Tree.Name == guestNote {
			all = append(all, e)
		}
	}
	return all
}

// get fetches a page.
func (o *opened) get(path string) string {
	o.t.Helper()
	r, err := http.Get("http://" + o.Pages + path)
	if err != nil {
		o.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		o.t.Fatalf("%s: %s, %v", path, r.Status, err)
	}
	return string(body)
}

// TestGalleryCommands types each command of the index, and compares what the tool
// says with what the index says.
func TestGalleryCommands(t *testing.T) {
	o := openGallery(t)
	dir := t.TempDir()
	fetched := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(o.get("/"+name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fetched("root.pem")
	same := map[string]bool{}
	for _, name := range append(peer.Names(peer.Client), "go") {
		same[name] = name == "go" || here(t, name) && sameEdition(t, name)
	}
	tried := map[string]int{}
	events, _ := o.run.Since(0)
	for _, e := range events {
		if e.Tree == nil || e.Tree.Name != entryNote {
			continue
		}
		if files := e.Tree.Kid("files"); files != nil {
			for _, word := range strings.Fields(files.Value) {
				if path, ok := strings.CutPrefix(word, "http://"+o.Pages+"/"); ok {
					fetched(path)
				}
			}
		}
		for _, k := range e.Tree.Kids {
			if k.Kid("says") == nil || k.Name != "go" && !here(t, k.Name) {
				continue
			}
			tried[k.Name]++
			t.Run(e.Tree.Value+" "+k.Name, func(t *testing.T) {
				compareSaid(t, k, typed(t, dir, k.Value), same[k.Name])
			})
		}
	}
	for name, n := range tried {
		if n < 40 {
			t.Errorf("%s: only %d commands", name, n)
		}
	}
}

// sameEdition reports whether a program is of the edition that was recorded.
func sameEdition(t *testing.T, name string) bool {
	x, err := List(ring, time.Now, "expired", rootFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range x.Entries[1].Tries {
		if try.Tool == name {
			return try.By == edition(versionOf(t, name))
		}
	}
	return false
}

// A heard is what came of a command.
type heard struct {
	exit int
	text string
}

// typed runs a command as a user would. tlstutor connect is run here.
func typed(t *testing.T, dir, command string) heard {
	t.Helper()
	if words := strings.Fields(command); words[0] == "tlstutor" {
		set := []string{"host=" + words[2]}
		for i := 3; i+1 < len(words); i += 2 {
			value := words[i+1]
			if words[i] == "--ca" {
				value = filepath.Join(dir, value)
			}
			set = append(set, strings.TrimPrefix(words[i], "--")+"="+value)
		}
		events, err := Start(t.Context(), Connect, setting(t, Connect, set...), Options{Keys: ring}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		bad, known := Verdict(events)
		if bad != nil || !known {
			return heard{1, fmt.Sprint(bad)}
		}
		return heard{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", command)
	c.Dir = dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LANG=C.UTF-8"}
	out, err := c.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("%s: it does not end", command)
	}
	h := heard{text: wire.Clean(strings.Join(strings.Fields(string(out)), " "), 1<<20)}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		h.exit = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return h
}

// compareSaid compares what a tool said with what the index says it does. Another
// edition may have other words; what it decides has to be the same.
func compareSaid(t *testing.T, index *wire.Field, got heard, same bool) {
	t.Helper()
	exit, line := index.Kid("exit"), index.Kid("line")
	switch {
	case exit == nil && got.exit != 0, exit != nil && got.exit == 0:
		t.Errorf("the index: %s, and it ends with %d: %.300s", index.Kid("says").Value, got.exit, got.text)
	case exit != nil && same && (fmt.Sprint(got.exit) != exit.Value || !strings.Contains(sameWords(got.text), sameWords(line.Value))):
		t.Errorf("the index: %s, and it ends with %d:\n%.900s", index.Kid("says").Value, got.exit, got.text)
	}
}

// TestGalleryChooses: the name decides, in any case; who names nobody, or somebody
// else, gets what the gallery says it gets. Each is told of in one event.
func TestGalleryChooses(t *testing.T) {
	o := openGallery(t, "only=expired,wrong-name,no-ip")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(o.get("/root.pem")))
	for i, test := range []struct{ sni, served, cert, end string }{
		{"good.lab.test", "good", "good.lab.test", "it asked, was answered, and left"},
		{"EXPIRED.lab.test", "expired", "expired.lab.test", "alert bad_certificate by the client"},
		{"wrong-name.lab.test", "wrong-name", "other.lab.test", "alert bad_certificate by the client"},
		{"stranger.lab.test", "good, as nobody here has that name", "good.lab.test", "alert bad_certificate by the client"},
		{"127.0.0.1", "no-ip", "no-ip.lab.test", "alert bad_certificate by the client"},
	} {
		c, err := tls.Dial("tcp", o.Servers, &tls.Config{ServerName: test.sni, RootCAs: roots})
		if err == nil {
			_, err = io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
			body, _ := io.ReadAll(c)
			if c.Close(); err != nil || !strings.Contains(string(body), "hello") {
				t.Errorf("%s: %q, %v", test.sni, body, err)
			}
		}
		e := o.await(func(e *Event) bool { return len(o.guests()) > i })
		e = o.guests()[i]
		if got := e.Tree.Kid("served").Value; got != test.served {
			t.Errorf("%s: served %s, want %s", test.sni, got, test.served)
		}
		if got := e.Tree.Kid("certificate").Value; got != test.cert {
			t.Errorf("%s: certificate for %s, want %s", test.sni, got, test.cert)
		}
		if got := e.Tree.Kid("end").Value; got != test.end {
			t.Errorf("%s: it ended so: %s, want %s", test.sni, got, test.end)
		}
	}
	events, _ := o.run.Since(0)
	if v, _, ok := Lookup(events, "ClientHello.server_name"); !ok || v != "good.lab.test" {
		t.Errorf("what crossed is not told of: %q", v)
	}
}

// TestGalleryPages: the page escapes what it shows, fetches nothing, and what it
// promises is there.
func TestGalleryPages(t *testing.T) {
	o := openGallery(t, "only=revoked-list,revoked-staple,strange-client")
	page := o.get("/")
	for _, want := range []string{"revoked-list.lab.test", "color-scheme", "http://" + o.Pages + "/root.pem", "openssl s_client", "curl: (60) SSL certificate problem: certificate revoked"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, never := range []string{"<script", "src=", "ZgotmplZ", "@import", "url("} {
		if strings.Contains(page, never) {
			t.Errorf("%q is on the page", never)
		}
	}
	if text := o.get("/index.txt"); !strings.Contains(text, "strange-client (protocol)") || !strings.Contains(text, "--cert strange-client-client.pem") {
		t.Errorf("the text is\n%s", text)
	}
	list, err := x509.ParseRevocationList([]byte(o.get("/crl/revoked-list.crl")))
	if err != nil || len(list.RevokedCertificateEntries) != 1 {
		t.Errorf("the list: %v", err)
	}
	o.asksResponder("revoked-list", ocsp.Revoked)
	var b strings.Builder
	x := Index{Servers: "<b>", Entries: []Entry{{Name: "<i>", Doc: "<script>alert(1)</script>", Tries: []Try{{Tool: "curl", Command: "<img src=x>"}}}}}
	if err := x.HTML(&b); err != nil || strings.Contains(b.String(), "<script") || strings.Contains(b.String(), "<img") || strings.Contains(b.String(), "<b>") {
		t.Errorf("it does not escape: %v\n%s", err, b.String())
	}
}

// asksResponder asks the responder that a certificate names about it.
func (o *opened) asksResponder(name string, want int) {
	o.t.Helper()
	c, err := tls.Dial("tcp", o.Servers, &tls.Config{ServerName: name + ".lab.test", InsecureSkipVerify: true})
	if err != nil {
		o.t.Fatal(err)
	}
	defer c.Close()
	chain := c.ConnectionState().PeerCertificates
	if len(chain[0].OCSPServer) != 1 || len(chain[0].CRLDistributionPoints) != 1 {
		o.t.Fatalf("%s does not say where to ask", name)
	}
	request, err := pki.Ask(chain[0], chain[1], nil)
	if err != nil {
		o.t.Fatal(err)
	}
	r, err := http.Post(chain[0].OCSPServer[0], "application/ocsp-request", strings.NewReader(string(request)))
	if err != nil {
		o.t.Fatal(err)
	}
	defer r.Body.Close()
	der, _ := io.ReadAll(r.Body)
	said, err := ocsp.ParseResponseForCert(der, chain[0], chain[1])
	if err != nil || said.Status != want {
		o.t.Errorf("%s: %v, %v", name, said, err)
	}
}

// TestGalleryBears: hostile clients, and many, are survived, and the gallery ends
// when it is told to, with those still there.
func TestGalleryBears(t *testing.T) {
	o := openGallery(t, "only=expired,truncated,plain-http")
	send := func(at string, data []byte) string {
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(15 * time.Second))
		c.Write(data)
		c.(*net.TCPConn).CloseWrite()
		back, _ := io.ReadAll(c)
		return string(back)
	}
	junk := [][]byte{nil, {22}, {22, 3, 1, 255, 255}, []byte(strings.Repeat("\x16\x03\x01\x00\x01\x01", 3000)), []byte(strings.Repeat("A", 1<<20)),
		slices.Concat([]byte{22, 3, 1, 0x40, 0}, make([]byte, 0x4000)), []byte(strings.Repeat("\x15\x03\x03\x00\x02\x01\x00", 2000))}
	for _, data := range junk {
		send(o.Servers, data)
		send(o.Pages, data)
	}
	if got := send(o.Servers, []byte("GET / HTTP/1.1\r\n\r\n")); !strings.Contains(got, "http://"+o.Pages+"/") {
		t.Errorf("HTTP to the TLS port is answered with %q", got)
	}
	for range guests + 10 { // who stay, and say nothing
		c, err := net.Dial("tcp", o.Servers)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if o.get("/root.pem") == "" {
		t.Error("the pages do not answer any more")
	}
	began := time.Now()
	if err := o.run.Stop(); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("it ends after %v: %v", time.Since(began), err)
	}
	events, _ := o.run.Since(0)
	if last := events[len(events)-1]; !strings.HasPrefix(last.Text, "it served ") {
		t.Errorf("the last it says is %q", last.Text)
	}
}

// TestGalleryForgets: when it has told of much it goes on, and does not grow.
func TestGalleryForgets(t *testing.T) {
	o := openGallery(t, "only=expired")
	dial := func() {
		if c, err := tls.Dial("tcp", o.Servers, &tls.Config{ServerName: "good.lab.test", InsecureSkipVerify: true}); err != nil {
			t.Error(err)
		} else {
			c.Close()
		}
	}
	grow := func(size int) {
		o.run.mu.Lock()
		defer o.run.mu.Unlock()
		o.run.size = size
	}
	count := func() int { events, _ := o.run.Since(0); return len(events) }
	grow(tellRecords)
	before := count()
	dial()
	o.await(func(*Event) bool { return len(o.guests()) == 1 })
	if n := count(); n != before+1 {
		t.Errorf("without records it told of %d events", n-before)
	}
	grow(tellLines)
	dial()
	o.await(func(e *Event) bool { return strings.Contains(e.Text, "only counts them") })
	before = count()
	dial()
	if err := o.run.Stop(); err != nil {
		t.Error(err)
	}
	events, _ := o.run.Since(0)
	if len(events) > before+1 || !strings.Contains(events[len(events)-1].Text, "connections: good") {
		t.Errorf("at the end it says %q", events[len(events)-1].Text)
	}
}

// TestGalleryRefuses: what cannot be served is said before anything listens.
func TestGalleryRefuses(t *testing.T) {
	for words, want := range map[string]string{
		"listen=0.0.0.0:0": "other machines can reach 0.0.0.0:0", "listen=[::]:0": "other machines can reach", "listen=192.0.2.1:0": "other machines",
		"listen=[::ffff:192.0.2.1]:0": "other machines", "listen=example.com:1": "is no address to listen at", "listen=127.0.0.1": "is no address",
		"listen=:0": "is no address", "only=nothing": `there is no fault "nothing"`,
	} {
		events, err := Start(t.Context(), Serve, setting(t, Serve, words), Options{Keys: ring}).Wait()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v (%d events)", words, err, len(events))
		}
	}
	o := openGallery(t, "listen=0.0.0.0:0", "expose=yes", "only=expired")
	events, _ := o.run.Since(0)
	if !slices.ContainsFunc(events, func(e Event) bool { return strings.HasPrefix(e.Text, "WARNING: other machines") }) {
		t.Error("it does not warn")
	}
	if !strings.HasPrefix(o.Servers, "127.0.0.1:") {
		t.Errorf("the commands dial %s", o.Servers)
	}
}
