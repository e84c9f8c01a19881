package labs

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/dissect"
)

// TestRowsOrder checks that each run keeps its own order, whatever it is beside,
// and that each message stands in its column once.
func TestRowsOrder(t *testing.T) {
	runs := [][]Event{
		finish(t, Handshake), finish(t, Handshake, "max=1.2"), finish(t, Handshake, "group=P-384", "ticket=on"),
		finish(t, Handshake, "max=1.2", "ticket=on"), finish(t, Wiretap), finish(t, MITM), finish(t, Certificate),
	}
	for i, a := range runs {
		for j, b := range runs {
			var columns [2][]string
			for _, r := range Rows(Align(a, b)) {
				if !r.Left && !r.Right || r.Left && r.A == nil || r.Right && r.B == nil {
					t.Fatalf("%d, %d: a row without what stands in it: %+v", i, j, r)
				}
				if r.Left {
					columns[0] = append(columns[0], r.A.Name)
				}
				if r.Right {
					columns[1] = append(columns[1], r.B.Name)
				}
			}
			for side, events := range [][]Event{a, b} {
				var want []string
				all := listed(events)
				for k := range all {
					want = append(want, all[k].key())
				}
				if got := strings.Join(columns[side], " "); got != strings.Join(want, " ") {
					t.Errorf("%d, %d: column %d is\n%s, its run\n%s", i, j, side, got, strings.Join(want, " "))
				}
			}
		}
	}
}

// TestRowsMoved checks what TLS 1.2 has at another place than TLS 1.3, that the
// summary names it, and that nothing is marked for that.
func TestRowsMoved(t *testing.T) {
	a, b := finish(t, Handshake), finish(t, Handshake, "max=1.2")
	for _, x := range []struct {
		a, b []Event
		want string
	}{
		{a, b, "ChangeCipherSpec 3rd to 9th, Finished 7th to 10th, "},
		{b, a, "ChangeCipherSpec 9th to 3rd, Finished 10th to 7th, "},
		{a, finish(t, Handshake), ""},
		{b, finish(t, Handshake, "max=1.2", "rtt=20"), ""},
	} {
		got := ""
		rows := Rows(Align(x.a, x.b))
		for _, r := range rows {
			if r.Moved && r.Right {
				got += fmt.Sprintf("%s %s to %s, ", r.B.Name, ordinal(r.A.Place), ordinal(r.B.Place))
			}
			if r.Moved && (!r.Apart() || r.Mark.Marked()) {
				t.Errorf("%s is marked %d, apart: %v", r.B.Name, r.Mark, r.Apart())
			}
		}
		if got != x.want {
			t.Errorf("moved: got %q, want %q", got, x.want)
		}
		told := Tell(Diff(x.a, x.b), rows).String()
		if strings.Contains(told, "moved: the server's ChangeCipherSpec and Finished") != (x.want != "") {
			t.Errorf("the summary says %q", told)
		}
	}
}

// ordinal writes 3rd, and every other number as 4th.
func ordinal(n int) string { return fmt.Sprint(n, map[bool]string{true: "rd", false: "th"}[n == 3]) }

// TestRowsCrossed checks that what was under way at the same time has moved only
// where it can have been the cause in one run and the effect in the other.
func TestRowsCrossed(t *testing.T) {
	conn := &Conn{}
	msg := func(who Party, at int, name string, kids ...string) Event {
		f := leaf(name, "")
		for _, k := range kids {
			f.Kids = append(f.Kids, leaf(k, ""))
		}
		return Event{Kind: Written, At: time.Duration(at), Who: who, Conn: conn, Tree: tree("TLSPlaintext", tree("fragment", f)), Epoch: dissect.Clear}
	}
	run := func(written ...Event) []Event {
		all := written
		for _, e := range written {
			e.Kind, e.At = Delivered, e.At+15
			all = append(all, e)
		}
		return all
	}
	both := func(client, server int, kids ...string) []Event {
		c, s := msg(Client, client, "Hi", kids...), msg(Server, server, "Ho", kids...)
		if client < server {
			return run(c, s)
		}
		return run(s, c)
	}
	for _, x := range []struct {
		a, b []Event
		want string
	}{
		{both(10, 40, "msg_type"), both(40, 10, "msg_type"), "moved"},
		{both(10, 20, "msg_type"), both(40, 10, "msg_type"), "crossed"}, // in a neither waited
		{both(10, 20, "msg_type"), both(20, 10, "msg_type"), "crossed"},
		{both(10, 40), both(40, 10), "crossed"}, // no message of the handshake
		{both(10, 40, "msg_type"), both(10, 20, "msg_type"), "beside"},
	} {
		got := "beside"
		for _, r := range Rows(Align(x.a, x.b)) {
			if r.Moved {
				got = "moved"
			} else if r.Apart() && got == "beside" {
				got = "crossed"
			}
		}
		if got != x.want {
			t.Errorf("%v, %v beside %v, %v: %s, want %s", x.a[0].Who, x.a[1].At, x.b[0].Who, x.b[1].At, got, x.want)
		}
	}
}

// TestTellFit checks that a summary that has to be short has whole clauses only, the
// most important first, and that it never grows with less room.
func TestTellFit(t *testing.T) {
	base := finish(t, Handshake)
	for _, words := range []string{"max=1.2", "fault=unknown-ca", "group=P-384", "key=rsa2048 alpn=h2", "rtt=40", ""} {
		run := finish(t, Handshake, strings.Fields(words)...)
		told := Tell(Diff(base, run), Rows(Align(base, run)))
		whole := told.Fit(func(string) bool { return true })
		if whole != told.String() {
			t.Fatalf("%s: with all the room it says %q", words, whole)
		}
		known := map[string]bool{} // clauses; some have two halves
		texts := append(append([]string{}, told.parts...), told.last...)
		for _, f := range told.fields {
			texts = append(texts, f.text)
		}
		for _, text := range texts {
			for half := range strings.SplitSeq(text, "; ") {
				known[half] = true
			}
		}
		for room := len(whole); room >= 76; room-- {
			said := told.Fit(func(s string) bool { return len(s) <= room })
			if len(said) > room {
				t.Fatalf("%s: %d bytes of room, and %q", words, room, said)
			}
			for clause := range strings.SplitSeq(said, "; ") {
				if counted := strings.HasSuffix(clause, " more") || strings.HasSuffix(clause, " changed"); !known[clause] && !counted && said != whole {
					t.Fatalf("%s: %d bytes of room, and half a clause %q in %q", words, room, clause, said)
				}
			}
		}
		if least := told.Fit(func(string) bool { return false }); least == "" || !strings.HasPrefix(whole, least) && len(told.parts) > 0 {
			t.Errorf("%s: without any room it says %q", words, least)
		}
	}
}
