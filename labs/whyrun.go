package labs

import (
	"slices"

	"tlstutor/labs/peer"
	"tlstutor/labs/recorded"
)

// heardBy is who in the table hears of what clients refuse: Go's server.
const heardBy = "go as server"

// Run is the run of the fault bench in which a fault of the match has this very text
// said: by Go where Go says so, else by a program that does and is on this machine,
// else by one whose words are recorded. Of a text that is only documented it is one in
// which somebody refuses.
func (m *Match) Run(f *Fault) Cause { return metBy(f, m.told[f]) }

// Refused is the run of the fault bench in which a client refuses the fault: Go's,
// unless Go takes it.
func (f *Fault) Refused() Cause { return metBy(f, refusers(f)) }

// metBy is the run in which one of these meets a fault.
func metBy(f *Fault, by []string) Cause {
	c := Cause{Lab: FaultBench, Set: Settings{"fault": f.Name}}
	if len(by) == 0 || slices.Contains(by, "go") || slices.Contains(by, heardBy) {
		return c // Go's client is the lab's own
	}
	c.Set["client"] = by[max(0, slices.IndexFunc(by, peer.Here))]
	return c
}

// refusers are the clients that refuse a fault, as the table of verdicts has it.
func refusers(f *Fault) []string {
	rows, _ := recorded.Verdicts() // a test reads the table
	return refusals(rows)[f.Name]
}

// refusals are the clients that refuse each fault, by its name.
func refusals(rows []recorded.Verdict) map[string][]string {
	all := map[string][]string{}
	for _, row := range rows {
		if !row.Accepted && row.Peer != heardBy {
			all[row.Fault] = append(all[row.Fault], row.Peer)
		}
	}
	return all
}
