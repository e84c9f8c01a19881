package dissect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Bounds of a key log: how long a line may be, how many lines and how many
// tickets are kept, and how many bytes of ECHConfigs. One for a hybrid KEM is a line
// of nearly 4 KB; all others are short.
const (
	maxLine    = 1 << 12
	maxLines   = 1 << 18
	maxTickets = 1 << 15
	maxConfigs = 1 << 24
)

// The labels of the NSS key log format that are kept (RFC 9850, Section 2).
const (
	labelMaster          = "CLIENT_RANDOM"
	labelClientEarly     = "CLIENT_EARLY_TRAFFIC_SECRET"
	labelClientHandshake = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
	labelServerHandshake = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
	labelClientTraffic   = "CLIENT_TRAFFIC_SECRET_0"
	labelServerTraffic   = "SERVER_TRAFFIC_SECRET_0"
	labelExporter        = "EXPORTER_SECRET"
	labelEarlyExporter   = "EARLY_EXPORTER_SECRET"
	labelHello           = "ECH_SECRET"
	labelConfig          = "ECH_CONFIG"
)

// A logged is what a secret is filed under: its label, and the client random of
// its connection.
type logged struct {
	label  string
	random [32]byte
}

// Keys is what a key log said. It is an io.Writer that takes the log in the NSS
// format, as tls.Config.KeyLogWriter writes it; lines that are malformed, or
// carry an unknown label, are ignored. It is safe for concurrent use, as long as
// each writer writes whole lines; several connections may share one.
type Keys struct {
	mu      sync.Mutex            // over all below
	rest    []byte                // the beginning of an unfinished line
	skip    bool                  // the unfinished line is too long: ignore it to its end
	secrets map[logged][]byte     // as they were logged
	order   []logged              // as they came, for Bytes
	labels  []string              // each once, as they came
	tickets map[[32]byte][32]byte // hash of a TLS 1.2 ticket: client random of the session it resumes
	psks    map[[32]byte][]byte   // hash of a TLS 1.3 ticket: the key that it stands for, where that could be computed
	count   uint64                // of all secrets: a session sees by it that there are more
	missed  uint64                // see Missed
	hellos  []helloKey            // private keys of encrypted_client_hello
	configs int                   // how many bytes of ECHConfigs are kept
}

// NewKeys returns an empty key log.
func NewKeys() *Keys {
	return &Keys{secrets: map[logged][]byte{}, tickets: map[[32]byte][32]byte{}}
}

// Write takes a piece of a key log. It never fails.
func (k *Keys) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for rest := p; len(rest) > 0; {
		piece, after, whole := bytes.Cut(rest, []byte{'\n'})
		rest = after
		// Bytes beyond the longest line are dropped at once, the rest of it later.
		if room := maxLine - len(k.rest); len(piece) > room {
			k.skip, piece = true, piece[:room]
		}
		k.rest = append(k.rest, piece...)
		if !whole {
			break
		}
		if !k.skip {
			k.line(string(k.rest))
		}
		k.rest, k.skip = k.rest[:0], false
	}
	return len(p), nil
}

// line keeps one line "LABEL client-random secret", the last two in hex. What
// is not of that shape, or beyond the bounds, is left out.
func (k *Keys) line(s string) {
	part := strings.Fields(s)
	if len(part) != 3 || len(part[1]) != 64 || len(k.order) >= maxLines {
		return
	}
	label, ok := secretSizes(part[0], len(part[2])/2)
	if !ok {
		return
	}
	key := logged{label: label}
	if _, err := hex.Decode(key.random[:], []byte(part[1])); err != nil {
		return
	}
	secret, err := hex.DecodeString(part[2])
	if err == nil {
		k.keep(key, secret)
	}
}

// keep adds a secret. Both peers log the same ones: each is kept once.
func (k *Keys) keep(key logged, secret []byte) {
	if _, known := k.secrets[key]; known || len(k.order) >= maxLines {
		return
	}
	if key.label == labelConfig {
		if k.configs+len(secret) > maxConfigs {
			return
		}
		k.configs += len(secret)
	}
	k.secrets[key] = secret
	k.order = append(k.order, key)
	if !slices.Contains(k.labels, key.label) {
		k.labels = append(k.labels, key.label)
	}
	k.count++
}

// secretSizes reports whether a secret of n bytes fits the label, and returns
// the label as a constant, so that no part of a line stays in memory. A master
// secret has 48 bytes (RFC 5246, Section 8.1), a secret of TLS 1.3 as many as
// its hash (RFC 9846, Section 7.1), that of a hello as many as its KEM makes (RFC
// 9180, Section 7.1).
func secretSizes(label string, n int) (string, bool) {
	switch label {
	case labelMaster:
		return labelMaster, n == 48
	case labelHello:
		return labelHello, n == 32 || n == 48 || n == 64
	case labelConfig:
		return labelConfig, n >= minConfig
	}
	for _, known := range []string{labelClientEarly, labelClientHandshake, labelServerHandshake,
		labelClientTraffic, labelServerTraffic, labelExporter, labelEarlyExporter} {
		if label == known {
			return known, n == 32 || n == 48
		}
	}
	return "", false
}

// secret returns a logged secret, or nil.
func (k *Keys) secret(label string, clientRandom []byte) []byte {
	if len(clientRandom) != 32 {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.secrets[logged{label, [32]byte(clientRandom)}]
}

// Labels returns the labels seen so far, each once, in order of arrival.
func (k *Keys) Labels() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.labels)
}

// Bytes returns all lines that were kept, as a key log in the NSS format.
func (k *Keys) Bytes() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	var b []byte
	for _, key := range k.order {
		b = append(append(b, key.label...), ' ')
		b = append(hex.AppendEncode(b, key.random[:]), ' ')
		b = append(hex.AppendEncode(b, k.secrets[key]), '\n')
	}
	return b
}

// Merge returns one key log of what both sides logged. Where they disagree, as
// they do when somebody changed what was said between them, the secret of each
// direction is that of the side that writes with it: what both sides wrote can
// then be opened with it.
func Merge(client, server *Keys) *Keys {
	all := NewKeys()
	for _, k := range []struct {
		log   *Keys
		first bool // what this side writes with; else the rest
	}{{client, true}, {server, true}, {client, false}, {server, false}} {
		for line := range bytes.Lines(k.log.Bytes()) {
			if bytes.HasPrefix(line, []byte("SERVER_")) == (k.log == server) || !k.first {
				all.Write(line)
			}
		}
	}
	return all
}

// Resume takes over what was learned of sessions in an earlier log, if tickets
// and session IDs that were given out there may come back: nobody need log the
// master secret of a resumed TLS 1.2 connection again.
func (k *Keys) Resume(earlier *Keys) {
	if k == earlier {
		return
	}
	earlier.mu.Lock()
	tickets, psks, masters := maps.Clone(earlier.tickets), maps.Clone(earlier.psks), map[logged][]byte{}
	var order []logged
	for _, key := range earlier.order {
		if key.label == labelMaster {
			order, masters[key] = append(order, key), earlier.secrets[key]
		}
	}
	earlier.mu.Unlock()
	used := map[[32]byte]bool{}
	for _, random := range tickets {
		used[random] = true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.psks == nil {
		k.psks = psks
	}
	for _, key := range order {
		if used[key.random] {
			k.keep(key, masters[key])
		}
	}
	for ticket, random := range tickets {
		if len(k.tickets) < maxTickets {
			k.tickets[ticket] = random
		}
	}
}

// news returns a number that grows with every secret. A session that has seen
// the same number before need not try again.
func (k *Keys) news() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.count
}

// issued remembers that a TLS 1.2 ticket stands for the session that began with
// this client random. crypto/tls logs no key for a resumed TLS 1.2 session, but
// its master secret is that of the session the ticket came from.
func (k *Keys) issued(ticket, clientRandom []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(clientRandom) == 32 && len(k.tickets) < maxTickets {
		k.tickets[sha256.Sum256(ticket)] = [32]byte(clientRandom)
	}
}

// origin returns the client random of the session that a ticket resumes, or nil.
func (k *Keys) origin(ticket []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r, ok := k.tickets[sha256.Sum256(ticket)]; ok {
		return r[:]
	}
	k.missed++
	return nil
}

// Missed returns how often a session that is resumed was looked up and not found.
// Who dissects several connections at once sees by it that one may have begun too
// early.
func (k *Keys) Missed() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.missed
}
