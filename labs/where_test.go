package labs

import (
	"regexp"
	"strings"
	"testing"
)

// TestForeignSaysWhereAndWhen: once it is said which address is the program's and
// which the relay's; and what a program says of its handshake says why it comes late.
func TestForeignSaysWhereAndWhen(t *testing.T) {
	if !here(t, "openssl") {
		return
	}
	for words, where := range map[string]string{
		"client=openssl": `s_client -connect (127\.0\.0\.1:\d+) .*\(at (127\.0\.0\.1:\d+) is tlstutor, which takes what comes to the server of the connection\)$`,
		"server=openssl": `s_server -accept .*\(it listens at 127\.0\.0\.1:\d+, where tlstutor takes what comes for the server of the connection\)$`,
	} {
		who, _, _ := strings.Cut(words, "=")
		said, late := 0, 0
		for _, e := range finish(t, Handshake, words) {
			if e.Kind != Said || e.Who.String() != who {
				continue
			}
			if m := regexp.MustCompile(where).FindStringSubmatch(e.Text); m != nil {
				said++
				if len(m) == 3 && m[1] != m[2] {
					t.Errorf("%s: two addresses in %q", words, e.Text)
				}
			}
			if isDone(e) && strings.HasSuffix(e.Text, heardAtEnd) {
				late++
			}
		}
		if said != 1 || late != 1 {
			t.Errorf("%s: where it is was said %d times, and that it is late %d times", words, said, late)
		}
	}
}
