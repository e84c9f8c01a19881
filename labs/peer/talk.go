package peer

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// http2Hello is how an HTTP/2 connection begins (RFC 9113, Section 3.4): the
// client's preface, then an empty SETTINGS frame, which the server sends too.
const (
	http2Settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	http2Hello    = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2Settings
)

// body is what the servers answer.
const body = "hello\n"

// answer is the whole answer of a server over HTTP/1.1.
const answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n" + body

// request is what the clients ask.
func request(o Offer) string {
	return fmt.Sprintf("GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", o.host())
}

// host is how a client calls the server that it asks.
func (o Offer) host() string {
	if o.Name == "" {
		return "localhost"
	}
	return o.Name
}

// isName reports whether a text can be the name of a host, or an address: it means
// nothing else in a URL, or at the head of a request.
func isName(s string) bool {
	return len(s) <= 253 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") == ""
}

// holds reports whether what a program wrote has a text in it.
func holds(out []byte, text string) bool { return bytes.Contains(out, []byte(text)) }

// answered reports whether a whole answer is in what a client has written down:
// the head and so many bytes as it announces, or an HTTP/2 frame.
func answered(out []byte) bool {
	if holds(out, http2Settings) {
		return true
	}
	_, out, ok := bytes.Cut(out, []byte("HTTP/1."))
	head, rest, whole := bytes.Cut(out, []byte("\r\n\r\n"))
	if !ok || !whole {
		return false
	}
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if n, is := bytes.CutPrefix(bytes.ToLower(line), []byte("content-length:")); is {
			length, err := strconv.Atoi(string(bytes.TrimSpace(n)))
			return err != nil || len(rest) >= length
		}
	}
	return false // it is whole when the server closes
}

// asked returns how many requests a server has written down, and what answers the
// last one.
func asked(out []byte) (n int, reply string) {
	old := bytes.Count(out, []byte(" HTTP/1.1\r\n"))
	h2 := bytes.Count(out, []byte("PRI * HTTP/2.0\r\n"))
	if h2 > 0 && bytes.LastIndex(out, []byte("PRI * HTTP/2.0\r\n")) > bytes.LastIndex(out, []byte(" HTTP/1.1\r\n")) {
		return old + h2, http2Settings
	}
	return old + h2, answer
}
