package labs

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tlstutor/labs/der"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// opened tells what the bytes of one direction mean: a question, an answer or a
// list, as fields, which lead back to the stream they stand in.
func (r *registry) opened(conn *Conn, d dissect.Dir) {
	events, _ := r.b.run.Since(0)
	var stream *wire.Source
	for _, rec := range Records(events) {
		if rec.OnWire() && rec.Event.Conn == conn && rec.Event.Dir() == d {
			stream = rec.Event.Tree.Src // that of the last one holds all before it
		}
	}
	if stream == nil {
		return
	}
	src := carried(stream)
	if src == nil {
		return
	}
	found, err := der.Objects(src.Name, src.Data)
	text := "bytes that mean nothing"
	if err != nil || !slices.Contains([]string{"crl", "ocsp-request", "ocsp-response"}, found[0].Kind) {
		r.b.Emit(Event{Kind: Said, Who: conn.Party(d), Text: "sends " + text})
		return
	}
	found[0].Src.From = src.From
	tree := found[0].Tree()
	text = map[string]string{"crl": "sends its list: ", "ocsp-request": "", "ocsp-response": "answers: "}[found[0].Kind]
	r.b.Emit(Event{Kind: Said, Who: conn.Party(d), Text: text + tree.Value, Tree: tree})
}

// carried is what an HTTP message carries: its body or, in a GET of OCSP, its path
// (RFC 6960, Appendix A.1); nil where it carries nothing.
func carried(stream *wire.Source) *wire.Source {
	head, body, ok := bytes.Cut(stream.Data, []byte("\r\n\r\n"))
	if !ok {
		return nil
	}
	if len(body) > 0 {
		return &wire.Source{Name: "HTTP body", Data: body, From: []wire.Span{{Src: stream, Off: len(head) + 4, N: len(body)}}}
	}
	words := strings.Fields(string(head[:min(len(head), 8<<10)]))
	if len(words) < 2 || words[0] != http.MethodGet {
		return nil
	}
	text, err := url.PathUnescape(strings.TrimLeft(words[1], "/"))
	if err != nil {
		return nil
	}
	asked, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(asked) == 0 {
		return nil
	}
	return &wire.Source{Name: "HTTP path", Data: asked, From: []wire.Span{{Src: stream, Off: len(words[0]) + 1, N: len(words[1])}}}
}
