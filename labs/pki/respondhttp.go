package pki

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// maxRequest bounds the requests that are read.
const maxRequest = 64 << 10

// ServeHTTP answers requests that come by POST, and by GET with the request in
// the path (RFC 6960, Appendix A.1).
func (r *Responder) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	request, status := readRequest(hr)
	if status != 0 {
		if status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", "GET, POST")
		}
		http.Error(w, http.StatusText(status), status)
		return
	}
	if r.Wait != nil {
		if err := r.Wait(hr.Context()); err != nil {
			http.Error(w, "the responder is down", http.StatusServiceUnavailable)
			return
		}
	}
	response := r.respond(request)
	w.Header().Set("Content-Type", "application/ocsp-response")
	w.Header().Set("Content-Length", strconv.Itoa(len(response)))
	_, _ = w.Write(response) // a client that has gone needs no answer
}

// readRequest returns the OCSP request in an HTTP request, or the HTTP status
// that refuses it.
func readRequest(hr *http.Request) (request []byte, status int) {
	switch hr.Method {
	case http.MethodGet:
		request, err := pathRequest(hr.URL.Path)
		if err != nil {
			return nil, http.StatusBadRequest
		}
		return request, 0
	case http.MethodPost:
		request, err := io.ReadAll(http.MaxBytesReader(nil, hr.Body, maxRequest))
		// Told apart, so that who sends too much knows why.
		var big *http.MaxBytesError
		switch {
		case errors.As(err, &big):
			return nil, http.StatusRequestEntityTooLarge
		case err != nil:
			return nil, http.StatusBadRequest
		}
		return request, 0
	}
	return nil, http.StatusMethodNotAllowed
}

// pathRequest decodes the request in a path: base64 of DER, percent-encoded.
// Since base64 has slashes, escaped or not, all of the path behind the first one
// counts.
func pathRequest(path string) ([]byte, error) {
	// DER begins with 0x30, so that its base64 begins with M and never with a slash.
	text := strings.TrimLeft(path, "/")
	if len(text) > maxRequest {
		return nil, errors.New("this path holds no OCSP request")
	}
	return base64.StdEncoding.DecodeString(text)
}
