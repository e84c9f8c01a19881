package labs

import (
	"crypto/sha256"
	_ "embed" // the style and the script
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

//go:embed page/page.css
var pageCSS string

//go:embed page/page.js
var pageJS string

// source returns what stands between the tags of the style or the script. A
// browser reads a line's end as \n, whatever a checkout made of it, and hashes
// that.
func pageSource(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// pageHash is the name that a policy has for a style or a script in the page
// (CSP Level 3, Section 2.3.1).
func pageHash(s string) string {
	sum := sha256.Sum256([]byte(pageSource(s)))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// head begins the page. Its policy comes before everything that it is for.
func (sh *sheet) head() {
	sh.raw("<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n" +
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ` + pageHash(pageCSS) +
		"; script-src " + pageHash(pageJS) + "; base-uri 'none'; form-action 'none'\">\n" +
		"<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<meta name=color-scheme content=\"light dark\">\n" +
		"<meta name=referrer content=no-referrer>\n")
	sh.put("<meta name=generator content=\"tlstutor %s\">\n<title>%s: %s</title>\n", sh.Version, sh.lab.Name, sh.end.Text)
	sh.raw("<style>" + pageSource(pageCSS) + "</style>\n</head>\n<body>\n")
}

// raw writes our own markup as it is.
func (sh *sheet) raw(s string) {
	n, _ := sh.out.WriteString(s)
	sh.n += n
}

// foot says what the page is made of, and ends it.
func (sh *sheet) foot() {
	sh.put("</main>\n<footer>\n<p>Every byte here was read in this run, or worked out by code from what was read. " +
		"Sealed records were opened with the keys that the run's own sides logged; the keys are not in this page, and secret values are withheld.</p>\n")
	if sh.cut > 0 {
		sh.put("<p class=cut>%d fields were left out: a page holds about %d MB of them.</p>\n", sh.cut, pageTrees>>20)
	}
	sh.put("<p>The page is one file. It fetches nothing and sends nothing; a policy in its head forbids both.</p>\n</footer>\n" +
		"<p id=live class=vh aria-live=polite></p>\n")
	sh.raw("<script>" + pageSource(pageJS) + "</script>\n</body>\n</html>\n")
}

// pageTime writes when something happened, on the run's clock.
func pageTime(at time.Duration) string {
	return fmt.Sprintf("%.3f ms", float64(at)/float64(time.Millisecond))
}
