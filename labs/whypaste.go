package labs

import (
	"regexp"
	"slices"
	"strings"
)

// This file is about how a text comes: coloured, quoted as JSON, on a page of others.

// colour is what makes text coloured in a terminal.
var colour = regexp.MustCompile(`\x1b\[[0-9;:]*[A-Za-z]`)

// unquoting undoes what JSON, and loggers, put for what stands in no line.
var unquoting = strings.NewReplacer(`\\n`, "\n", `\n`, "\n", `\r`, "", `\t`, " ", `\"`, `"`, `\/`, "/", `\u001b`, "\x1b", `\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\u0027`, "'", `\\`, `\`)

// inJSON tells that a text is quoted so.
var inJSON = regexp.MustCompile(`\\"|\\u00|" ?: ?"`)

// pasted is a text as somebody read it: of very much what may be about TLS and is
// last, without colours and quotes, each cause of a Java trace on a line of its own.
func pasted(text string) string {
	if len(text) > maxOutput {
		text = aboutTLS(text)
	}
	if inJSON.MatchString(text) {
		text = unquoting.Replace(text)
	}
	return strings.ReplaceAll(colour.ReplaceAllString(text, ""), " Caused by: ", "\nCaused by: ")
}

// tlsWords are in nearly every line about TLS, in small or capital letters.
var tlsWords = []string{"ssl", "SSL", "tls", "TLS", "x509", "cert", "CERT", "Cert", "PKIX"}

// hasTLSWord reports whether a text has one of them.
func hasTLSWord(text string) bool {
	return slices.ContainsFunc(tlsWords, func(w string) bool { return strings.Contains(text, w) })
}

// aboutTLS is the end of a long text, of those lines that have such a word where there
// are any.
func aboutTLS(text string) string {
	var kept []string
	size := 0
	for end := len(text); end > 0 && size < maxOutput && len(kept) < maxLines; {
		start := strings.LastIndexByte(text[:end], '\n') + 1
		line := text[start:min(end, start+maxPiece)]
		if hasTLSWord(line) {
			kept = append(kept, line)
			size += len(line)
		}
		end = max(start-1, 0)
	}
	if len(kept) == 0 {
		return text[len(text)-maxOutput:]
	}
	slices.Reverse(kept)
	return strings.Join(kept, "\n")
}

// deepest are the lines of a trace that say why, the first cause of all first: those
// of Java are last, and so is the only one of Python. Of other text there are none.
func deepest(text string) []string {
	python := strings.Contains(text, "Traceback (most recent call last)")
	if !python && !strings.Contains(text, "Caused by: ") {
		return nil
	}
	var all []string
	for l := range lastLines(text) {
		if strings.HasPrefix(strings.TrimSpace(l), "Caused by: ") || python && strings.TrimSpace(l) != "" && l[0] != ' ' {
			all = append(all, l)
		}
	}
	slices.Reverse(all)
	return all
}

// otherPaper is a certificate that has nothing to do with keys, or a signature that is on
// no certificate and in no handshake.
var otherPaper = regexp.MustCompile(`(?i)\b(gift|birth|death|marriage|medical|health|vaccin\w+|training|course|school|degree|stock|share|tax|insurance|fitness|first aid|food|airworthiness|apprenticeship) certificates?\b|\b(tokens?|jwt|jws|jwe|id[ _]token|cookie|session|webhook|payload|commit|git|gpg|pgp|package|apt|rpm|apk) signatures?\b`)

// tailOf is the last part of a text that says something: what stands before it is
// often the same for every reason.
func tailOf(plain string) string {
	parts := partEnd.Split(plain, -1)
	for _, p := range slices.Backward(parts) {
		p = strings.Trim(p, coreTrim+"~0")
		if len(p) >= minPiece {
			return p
		}
	}
	return plain
}

// good is a line that says that something went well; heading is one that tools print
// whatever comes of it.
var (
	good    = regexp.MustCompile(`(?i)^\W*(status: )?(the certificate is trusted|verification: ok|verify return code: 0 \(ok\)|verify return:1|ssl certificate verify ok|.{0,200}\.(pem|crt|cer): ok)\W*$`)
	heading = regexp.MustCompile(`(?i)^\W*(connected\(\d+\)|certificate chain|server certificate|no client certificate ca names sent)\W*$`)
)

// wrongs is a text without the lines that tell of nothing wrong.
func wrongs(text string) string {
	if !good.MatchString(text) && !heading.MatchString(text) && !strings.Contains(text, "\n") {
		return text
	}
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if l := strings.TrimSpace(line); len(l) > maxPiece || !good.MatchString(l) && !heading.MatchString(l) {
			kept = append(kept, line)
		}
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// WentWell reports whether a text says that a certificate was accepted, and nothing
// else.
func WentWell(text string) bool {
	text = pasted(text)
	return wrongs(text) == "" && slices.ContainsFunc(strings.Split(text, "\n"), func(l string) bool { return good.MatchString(strings.TrimSpace(l)) })
}
