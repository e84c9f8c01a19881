package tui

import (
	"bytes"
	"testing"

	"tlstutor/lessons"
)

// TestPlainOption checks that names and code are said letter for letter.
func TestPlainOption(t *testing.T) {
	p := &plain{}
	for _, c := range []struct{ text, want string }{
		{"`lab.test`", "lab.test"},
		{"`lab.test`: what is below is its own", "lab.test: what is below is its own."},
		{"`a*.lab.test`: app begins with a", "a*.lab.test: app begins with a."},
		{"`curl`", "curl"},
		{"www.shop.test", "www.shop.test"},
		{"iPAddress is the kind", "iPAddress is the kind."},
		{"python3 alone", "python3 alone."},
		{"TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"},
		{"The server refuses, with handshake_failure", "The server refuses, with handshake_failure"},
		{"To the address ::1", "To the address ::1"},
		{"To 127.0.0.1", "To 127.0.0.1"},
		{"the client", "The client."},
		{"It allows SSL 3.0 and TLS 1.0", "It allows SSL 3.0 and TLS 1.0."},
		{"The client’s own", "The client’s own."},
		{"Nobody: each says so.", "Nobody: each says so."},
		{"Why not?", "Why not?"},
		{"", ""},
	} {
		if got := p.option(lessons.Text{{Text: c.text}}); got != c.want {
			t.Errorf("%q is said as %q, want %q", c.text, got, c.want)
		}
	}
	term := lessons.Text{{Kind: lessons.Term, Text: "records", Key: "record"}, {Text: " and `server_name`"}}
	if got := p.option(term); got != "Records and server_name" {
		t.Errorf("it is said as %q", got)
	}
}

// TestPlainWordAndFact opens a name that is both a word's and a fact's: both are
// told, the word first.
func TestPlainWordAndFact(t *testing.T) {
	files := toyFiles()
	f := files["glossary.md"]
	f.Data = append(bytes.TrimSpace(f.Data), "\n\n## days\nA day has 24 hours, and each [record](#record) its own.\n"...)
	env := courseEnv(t, loaded(t, loading(files)), "", nil)
	k, _ := newTalk(t, env, NewCourse(env), NewLesson(env, env.Course.Lessons[0], 1))
	k.play([]turn{
		{"open days", []string{`^days: A day has 24 hours, and each record its own\. It names: open record\. 47 days\. As of 2026-11\. Source: `}},
		{"open hello", []string{`^hello: The first message`, `!As of`}},
	})
}
