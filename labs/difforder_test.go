package labs

import (
	"strings"
	"testing"
)

// Certificates that only changed places are one change, and not most of their fields.
func TestOrder(t *testing.T) {
	for _, version := range []string{"1.3", "1.2"} {
		a, b := finish(t, Chain, "max="+version), finish(t, Chain, "max="+version, "send=intermediate-leaf")
		got := Summary(Diff(a, b))
		if want := "the same certificates in another order: CN=Lab Issuing CA, CN=app.lab.test"; !strings.Contains(got, want) || strings.Contains(got, "field") {
			t.Error(version, got)
		}
		if got := Summary(Diff(finish(t, Chain, "max="+version, "cross=valid"), a)); got != "the server no longer sends CN=Lab Root CA" {
			t.Error(version, got)
		}
		if got := Summary(Diff(b, a)); !strings.Contains(got, "another order: CN=app.lab.test, CN=Lab Issuing CA") {
			t.Error(version, got)
		}
	}
}
