package labs

import (
	"regexp"
	"testing"
)

// Two stores crossed no wire: what can be told is which ways up they leave.
func TestPathsDiffer(t *testing.T) {
	a := finish(t, Chain, "cross=expired", "trust=both-roots", "client=go-first-path")
	b := finish(t, Chain, "cross=expired", "trust=old-root")
	if got := Summary(Diff(a, b)); got != "1 candidate path, 0 good, not 2 candidate paths, 1 good" {
		t.Error(got)
	}
}

// Where two runs differ in the dates of certificates alone, these are told of; else
// they are left to what they bring about.
func TestDates(t *testing.T) {
	for _, x := range []struct {
		from, to []string
		want     string
	}{
		{nil, []string{"days=48", "renewed=leaf"}, `^the server's certificate ends on 20\d\d-\d\d-\d\d, not on 20\d\d-\d\d-\d\d$`},
		{[]string{"days=48", "renewed=leaf"}, []string{"days=366", "renewed=intermediate"}, `^the server's certificate ends on .*; that of CN=Lab Issuing CA ends on [0-9-]+, not on [0-9-]+$`},
		{nil, []string{"days=48"}, `^client ends it with alert bad_certificate after the server's Finished; 4 messages fewer; light time now fails$`},
		{nil, nil, "^" + nothing + "$"},
	} {
		got := Summary(Diff(finish(t, Clock, x.from...), finish(t, Clock, x.to...)))
		if !regexp.MustCompile(x.want).MatchString(got) {
			t.Errorf("from %v to %v: %s", x.from, x.to, got)
		}
	}
}
