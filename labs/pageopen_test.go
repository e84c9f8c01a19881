package labs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the tests read of a page: the name of the selected field, and the bytes
// that are lit, as hex without spaces.
const (
	jsFocus = `document.activeElement.getAttribute('role') === 'treeitem' ? document.activeElement.querySelector('.f > b').textContent : document.activeElement.tagName`
	jsLit   = `[...document.activeElement.closest('.panel').querySelectorAll('figure:not([hidden]) .h mark')].map(m => m.textContent).join('').replaceAll(' ', '')`
)

// pageFile writes the page of a run to a file.
func pageFile(t *testing.T, l *Lab, words ...string) (name string, events []Event) {
	t.Helper()
	events = finish(t, l, words...)
	name = filepath.Join(t.TempDir(), "run.html")
	if err := os.WriteFile(name, []byte(paged(t, l, setting(t, l, words...), events)), 0o644); err != nil {
		t.Fatal(err)
	}
	return name, events
}

// goTo presses down until the field of that name is selected.
func (b *browser) goTo(field string) {
	b.t.Helper()
	for range 60 {
		if b.eval(jsFocus) == field {
			return
		}
		b.press("ArrowDown")
	}
	b.t.Fatalf("no way down to %s", field)
}

// lit checks which bytes are lit, against those that the run has.
func (b *browser) lit(events []Event, path string) {
	b.t.Helper()
	_, f, ok := Lookup(events, path)
	if !ok {
		b.t.Fatalf("the run has no %s", path)
	}
	if got, want := b.eval(jsLit), fmt.Sprintf("%x", f.Bytes()); got != want {
		b.t.Errorf("%s: lit are %q, want %q", path, got, want)
	}
}

// TestPageByKeyboard opens messages of a page in a real browser, without a
// mouse, and looks at which bytes light up.
func TestPageByKeyboard(t *testing.T) {
	b := newBrowser(t)
	if b == nil {
		return
	}
	name, events := pageFile(t, Handshake)
	b.size(1280, 1000, false)
	b.open(name)
	b.keep("light.png")
	for i := 0; b.eval(`String(document.activeElement.closest('.rec')?.id)`) != "r1"; i++ {
		if i > 20 {
			t.Fatal("20 tabs do not lead to the first record")
		}
		b.press("Tab")
	}
	b.press("Enter", "ArrowRight")
	if got := b.eval(jsFocus); got != "ClientHello" {
		t.Fatalf("the way in leads to %s", got)
	}
	b.lit(events, "ClientHello")
	b.goTo("random")
	b.lit(events, "ClientHello.random")
	b.goTo("extensions")
	b.press("ArrowRight")
	b.goTo("server_name")
	b.lit(events, "ClientHello.server_name")
	b.keep("field.png")
	// Back to the lanes, and on to a record that was sealed: its bytes are those
	// that came out of it.
	b.press("Escape", "ArrowDown")
	for b.eval(`document.activeElement.querySelector('.label').textContent`) != "Certificate" {
		b.press("ArrowDown")
	}
	b.press("ArrowRight", "ArrowRight")
	b.goTo("certificate_list")
	b.lit(events, "Certificate.certificate_list")
	for _, next := range []string{"CertificateEntry", "cert_data", "Certificate", "tbsCertificate", "serialNumber"} {
		b.press("ArrowRight")
		b.goTo(next)
	}
	b.lit(events, "tbsCertificate.serialNumber")
	b.size(1280, 1000, true)
	b.keep("dark.png")
	// Of a tree folded and left, the way out is the lane.
	for i := 0; b.eval(jsFocus) != "SUMMARY"; i++ {
		if i > 40 {
			t.Fatal("40 times left do not lead out of the tree")
		}
		b.press("ArrowLeft")
	}
	b.quiet(name)
}

// quiet checks that the page broke no rule of its own policy, and that nothing
// was fetched but the page.
func (b *browser) quiet(name string) {
	b.t.Helper()
	for _, n := range b.noise {
		if !strings.Contains(n, "Network.requestWillBeSent") || !strings.Contains(n, `"url":"file://`+name+`"`) {
			b.t.Errorf("the browser says: %.600s", n)
		}
	}
}

// TestPageByMouse clicks a byte, which leads to its field; and a link of the
// verdict, which leads to the field it is about.
func TestPageByMouse(t *testing.T) {
	b := newBrowser(t)
	if b == nil {
		return
	}
	name, events := pageFile(t, Handshake, "fault=unknown-ca")
	b.size(1280, 1000, false)
	b.open(name)
	at := func(sel string, dx string) string {
		return `(() => { const e = document.querySelector('` + sel + `'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return (r.left + ` + dx + `) + ' ' + (r.top + r.height / 2) })()`
	}
	b.click(at(".ending a", "5"))
	if got := b.eval(jsFocus); got != "issuer" {
		t.Errorf("the verdict leads to %s", got)
	}
	if got, want := b.eval(jsLit), fmt.Sprintf("%x", End(events).At.Bytes()); got != want {
		t.Errorf("lit are %s, want %s", got, want)
	}
	b.keep("verdict.png")
	b.eval(`location.hash = '#r1'; new Promise(done => setTimeout(() => done(''), 50))`)
	b.click(at("#r1 pre .h", "r.width * 4 / 47")) // the second byte of 16 in a row
	if got := b.eval(`document.querySelector('#r1 [aria-selected=true] b').textContent`); got != "legacy_record_version" {
		t.Errorf("the second byte leads to %s", got)
	}
	b.quiet(name)
}

// TestPageFits opens all of a page in a narrow window, and prints it: nothing is
// wider than the window, all that can be reached has a name, and on paper, or
// without a script, every field is there.
func TestPageFits(t *testing.T) {
	b := newBrowser(t)
	if b == nil {
		return
	}
	name, _ := pageFile(t, Handshake)
	b.size(400, 900, true)
	b.open(name)
	b.keep("narrow.png")
	b.eval(`document.querySelector('[data-do=open]').click(); document.querySelector('#r5 .tree').scrollIntoView(); ''`)
	if got := b.eval(`document.documentElement.scrollWidth`); got != "400" {
		t.Errorf("in a window of 400 the page is %s wide", got)
	}
	b.keep("narrow-open.png")
	var tree struct {
		Nodes []struct {
			Role, Name struct{ Value any }
			Properties []struct {
				Name  string
				Value struct{ Value any }
			}
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	items := 0
	for _, n := range tree.Nodes {
		if n.Role.Value == "treeitem" {
			items++
		}
		for _, p := range n.Properties {
			if p.Name == "focusable" && p.Value.Value == true && (n.Name.Value == nil || n.Name.Value == "") {
				t.Errorf("a %v that can be reached has no name", n.Role.Value)
			}
		}
	}
	if items < 100 {
		t.Errorf("a screen reader finds %d fields", items)
	}
	b.eval(`document.querySelector('[data-do=close]').click(); ''`)
	b.keep("print.pdf")
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.size(794, 2000, true) // as wide as paper
	b.open(name)
	b.eval(`document.querySelector('.rec > details').open = true`)
	b.keep("noscript.png")
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	if got := b.eval(`[...document.querySelectorAll('.tree li')].filter(e => e.getClientRects().length === 0 || !e.checkVisibility({contentVisibilityAuto: true})).length`); got != "0" {
		t.Errorf("on paper %s fields are missing", got)
	}
	b.keep("print.png")
}
