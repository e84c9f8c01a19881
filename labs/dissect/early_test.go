package dissect

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// offersEarly returns a ClientHello's record with the extension early_data in it.
func offersEarly(t *testing.T, record []byte) []byte {
	t.Helper()
	list := New(nil).Feed(ToServer, record)[0].Tree.Find("ClientHello.extensions")
	if list == nil {
		t.Fatal("no extensions")
	}
	b := slices.Clone(record)
	// The lengths of the record, of the message (its last two bytes), and of the list.
	for _, at := range []int{3, 7, list.Off} {
		binary.BigEndian.PutUint16(b[at:], binary.BigEndian.Uint16(b[at:])+4)
	}
	return append(b, 0, 42, 0, 0)
}

// TestEarlyDataAskedAgain has a server that wants another hello, and by that
// refuses early data (RFC 9846, Section 4.3.10). What the client had sent of it
// disturbs nothing that follows, whether its key is in the log or not.
func TestEarlyDataAskedAgain(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	server.CurvePreferences = []tls.CurveID{tls.CurveP384}
	log := NewKeys()
	all := cut(talk(t, client, server, log))
	all[0].data = offersEarly(t, all[0].data)
	suite, _ := suiteOf(0x1301)
	secret := make([]byte, 32)
	p, err := suite.protect(secret)
	if err != nil {
		t.Fatal(err)
	}
	head := []byte{typeApplicationData, 3, 3, 0, byte(len("too soon") + 17)}
	early := chunk{ToServer, p.cipher.Seal(head, p.nonce(), []byte("too soon\x17"), head)}
	line := fmt.Sprintf("%s %x %x\n", labelClientEarly, all[0].data[11:43], secret)
	for _, at := range []int{1, 2} { // before and behind the HelloRetryRequest
		for _, logged := range []string{"", line} {
			for _, late := range []bool{false, true} {
				keys := NewKeys()
				s := New(keys)
				if !late {
					fmt.Fprintf(keys, "%s%s", logged, log.Bytes())
				}
				records := replay(s, slices.Insert(slices.Clone(all), at, early))
				fmt.Fprintf(keys, "%s%s", logged, log.Bytes())
				records = append(records, s.Feed(ToServer, nil)...)
				records = slices.DeleteFunc(records, func(r Record) bool { return r.Why != nil })
				what := fmt.Sprintf("at %d, logged %v, late %v", at, logged != "", late)
				said := strings.Join(lines(records, ToServer), ", ")
				if !strings.Contains(said, "handshake Finished, application GET / HTTP/1.1") || strings.Contains(said, "early too soon") != (logged != "") {
					t.Errorf("%s: %s", what, said)
				}
				left := s.Flush()
				if len(left) != map[bool]int{true: 0, false: 1}[logged != ""] {
					t.Errorf("%s: %d records stayed sealed", what, len(left))
				} else if len(left) == 1 && left[0].Why.Error() != "the key log has no "+labelClientEarly {
					t.Errorf("%s: %v", what, left[0].Why)
				}
			}
		}
	}
}
