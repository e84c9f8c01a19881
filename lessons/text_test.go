package lessons

import (
	"fmt"
	"strings"
	"testing"
)

// TestParts: a text is cut where it leads elsewhere, and each part knows its line.
func TestParts(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		"words":                        "5:words",
		"{{a.b}}":                      "5:Q a.b",
		"a {{ len(x) }} b":             "5:a |5:Q len(x)|5: b",
		"{{fact:x}}{{fact: y }}":       "5:D x|5:D y",
		"one\ntwo [a b](#a-b)\nthree":  "5:one\ntwo |6:T a b>a-b|6:\nthree",
		"[over\nlines](#x) then {{y}}": "5:T over lines>x|6: then |6:Q y",
		"[`code`](#x)":                 "5:T `code`>x",
		"[a] (#b) [c]":                 "5:[a] (#b) [c]",
		"`[a](b)` `<b>` `{{`":          "5:`[a](b)` `<b>` `{{`",
		"a < b > c":                    "5:a < b > c",
		"{a}} was":                     "!5:not opened",
		"one\n{{a":                     "!6:not closed",
		"{{a\nb}}":                     "!5:not closed",
		"one\n\ntwo {{}}":              "!7:names nothing",
		"[x](#)":                       "!5:names nothing",
		"one\n[x](y)":                  "!6:does not lead to a term",
		"`a`\n`b`\n<b>c</b>":           "!7:HTML",
		"a </b>":                       "!5:HTML",
	} {
		text, bad := parseText(in, 5)
		var got []string
		for _, p := range text {
			s := map[PartKind]string{Plain: p.Text, Quote: "Q " + p.Key, Dated: "D " + p.Key, Term: "T " + p.Text + ">" + p.Key}[p.Kind]
			got = append(got, fmt.Sprint(p.Line, ":", s))
		}
		said := strings.Join(got, "|")
		if bad != nil {
			said = fmt.Sprint("!", bad.Line, ":", bad.What)
		}
		if said != want && !(bad != nil && strings.HasPrefix(want, said[:3]) && strings.Contains(said, want[3:])) {
			t.Errorf("%q: %q, want %q", in, said, want)
		}
	}
}

// TestSay: a text is written with what is said for its parts, or as it was.
func TestSay(t *testing.T) {
	text, bad := parseText("A [hello](#hello) of {{len(x)}} lasts {{fact:days}}.", 1)
	if bad != nil {
		t.Fatal(bad)
	}
	if got := text.String(); got != "A hello of {{len(x)}} lasts {{fact:days}}." {
		t.Errorf("String: %q", got)
	}
	if got := text.Say(func(p Part) string { return "<" + p.Key + ">" }); got != "A <hello> of <len(x)> lasts <days>." {
		t.Errorf("Say: %q", got)
	}
	if got := text.words(); got != 7 {
		t.Errorf("%d words", got)
	}
	if Text(nil).String() != "" || Text(nil).words() != 0 {
		t.Error("no text is not empty")
	}
}

// TestTerms: the longest name is found, small letters in any case, capitals as
// they are, at the borders of words.
func TestTerms(t *testing.T) {
	var bad Mistakes
	glossary := loadGlossary(folder("glossary.md", `# Glossary
## key | keys
x
## key share | key_share
x
## TLS
x
## TLS 1.3
x
## HTTP/2 | h2
x
## ClientHello
x
## man in the middle
x
`), &bad)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	terms := newTerms(glossary)
	for in, want := range map[string]string{
		"a key share and Keys":        "key share, key",
		"KEY\n  SHARE":                "key share",
		"monkey keyed key_shares":     "",
		"the key, sharing key":        "key, key",
		"TLS, tls and TLSv1":          "TLS",
		"TLS 1.3 is not TLS 1.2":      "TLS 1.3, TLS",
		"TLSs, HTTP/2 over HTTP":      "TLS, HTTP/2",
		"H2 and h2":                   "HTTP/2, HTTP/2",
		"ClientHello and clienthello": "ClientHello",
		"a man in the mid":            "",
		"Key-share":                   "key",
		"key_share":                   "key share",
	} {
		var got []string
		at := tokens(in)
		for i := 0; i < len(at); i++ {
			if w, n := terms.first(at[i:]); w != nil {
				got = append(got, w.Name)
				i += n - 1
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
	}
	if terms.whole("key share") == nil || terms.whole("a key share") != nil || terms.whole("key share x") != nil || terms.whole("") != nil {
		t.Error("a whole text is a name, or is none")
	}
}

// TestGlossary: words in the order of the file, by slug, with their spellings.
func TestGlossary(t *testing.T) {
	g := toy(t).Glossary
	w := g.Find("key-share")
	if len(g.All()) != 5 || w == nil || w.Name != "key share" || strings.Join(w.Aliases, ", ") != "key shares, key_share" || w.Line != 9 || w.Text.String() != "A public value that is sent along." {
		t.Errorf("%d words, %+v", len(g.All()), w)
	}
	if g.Find("key share") != nil || g.Find("") != nil {
		t.Error("a word is found by what is not its slug")
	}
	for name, want := range map[string]string{"Key Share": "key-share", "HTTP/2": "http-2", "127.0.0.1": "127.0.0.1", "  a  b ": "a-b", "é": "", "PKCS#12": "pkcs-12"} {
		if got := Slug(name); got != want {
			t.Errorf("Slug(%q) is %q", name, got)
		}
	}
}

// TestSnippets: what a page shows of a file, and what is too much.
func TestSnippets(t *testing.T) {
	for text, want := range map[string]string{
		"x\n# --- shown ---\n    a\n      b\n\n    c\n# --- end ---\ny\n": "a\n  b\n\nc",
		"a\nb\n":                                     "a\nb",
		"# --- shown ---\na\nb\n":                    "a\nb",
		"# --- shown ---\n# --- end ---\n":           "",
		"# --- shown ---\n\ta\n\t\tb\n# --- end ---": "a\n    b",
	} {
		files := sound(t)
		files["snippets/a.py"].Data = []byte(text)
		c, err := Load(files)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Lessons[0].Pages[2].Blocks[1].(*Code).Tabs[1].Shown; got != want {
			t.Errorf("%q shows %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{strings.Repeat("a\n", 12), strings.Repeat("a", 71)} {
		files := sound(t)
		files["snippets/b.py"] = files["snippets/a.py"]
		files[a].Data = []byte(strings.Replace(string(files[a].Data), "python: snippets/a.py", "python: snippets/b.py", 1))
		files["snippets/b.py"].Data = []byte(text)
		files["snippets/a.py"] = sound(t)["snippets/a.py"]
		bad := mistakes(t, files)
		if len(bad) != 1 || !strings.Contains(bad[0].What, "snippets/b.py shows") || bad[0].File != a || bad[0].Line != 66 {
			t.Errorf("%.20q: %v", text, bad)
		}
	}
	// More than a page could ever show is not even read.
	files := sound(t)
	files["snippets/a.py"].Data = []byte(strings.Repeat("a = 1\n", maxPara))
	if _, err := Load(files); err == nil || !strings.Contains(err.Error(), "snippets/a.py shows more than") {
		t.Errorf("a snippet of %d lines: %v", maxPara, err)
	}
}
