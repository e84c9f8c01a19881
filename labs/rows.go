package labs

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"tlstutor/labs/wire"
)

// This file puts pairs into rows: two columns, each in its own run's order of time.

// A Row is a line of two runs beside each other. Both halves of a pair stand in
// one row where both runs have it in that order; else each stands in a row of its
// own, and both rows are of the same pair.
type Row struct {
	*Pair
	Left, Right bool // which halves of the pair stand in this row
	Moved       bool // the other half stands elsewhere, and no accident of time has put it there
}

// Apart reports whether the other half of the pair stands in another row.
func (r *Row) Apart() bool { return r.A != nil && r.B != nil && r.Left != r.Right }

// Rows puts pairs into rows, so that as many as can be stand beside each other
// while each run keeps its own order.
func Rows(pairs []Pair) []Row {
	var left, right []*Pair
	for i := range pairs {
		if p := &pairs[i]; p.A != nil {
			left = append(left, p)
		}
		if p := &pairs[i]; p.B != nil {
			right = append(right, p)
		}
	}
	slices.SortFunc(left, func(x, y *Pair) int { return cmp.Compare(x.A.at, y.A.at) })
	slices.SortFunc(right, func(x, y *Pair) int { return cmp.Compare(x.B.at, y.B.at) })
	with := make([]int, len(left))
	for i, p := range left {
		if with[i] = -1; p.B != nil {
			with[i] = p.B.at
		}
	}
	var both []*Pair
	beside := map[*Pair]bool{}
	for i, is := range rising(with) {
		if is {
			both, beside[left[i]] = append(both, left[i]), true
		}
	}
	var rows []Row
	alone := func(column []*Pair, isLeft bool) []*Pair {
		for len(column) > 0 && !beside[column[0]] {
			p := column[0]
			rows = append(rows, Row{Pair: p, Left: isLeft, Right: !isLeft, Moved: p.moved(both)})
			column = column[1:]
		}
		return column
	}
	for _, p := range both {
		left, right = alone(left, true)[1:], alone(right, false)[1:]
		rows = append(rows, Row{Pair: p, Left: true, Right: true})
	}
	alone(left, true)
	alone(right, false)
	return rows
}

// moved reports whether a message of the handshake stands at another place against
// one of those that stand beside each other: in one run it can have been caused by
// that one, in the other it can have caused it. What was under way at the same time,
// and what comes after the handshake, may stand in either order.
func (p *Pair) moved(both []*Pair) bool {
	if p.A == nil || p.B == nil || !p.A.step() {
		return false
	}
	return slices.ContainsFunc(both, func(q *Pair) bool {
		return p.before(q, p.A, q.A) && p.before(q, q.B, p.B) || p.before(q, q.A, p.A) && p.before(q, p.B, q.B)
	})
}

// before reports whether x, of one of two pairs, had to be there before y, of the
// other: it was written before on the same way, or had arrived.
func (p *Pair) before(q *Pair, x, y *Half) bool {
	if p.Who == q.Who && p.Conn == q.Conn {
		return x.at < y.at
	}
	return x.came >= 0 && x.came <= y.wrote && x.at < y.at
}

// step reports whether this is a message that has its place in a handshake.
func (h *Half) step() bool {
	return h.OnWire && h.Name != "NewSessionTicket" && (h.Field.Kid("msg_type") != nil || h.Name == "ChangeCipherSpec")
}

// Moved names the messages that stand at another place in the second run, in words,
// or "" where there are none.
func Moved(rows []Row) string {
	var parts []string
	n := 0
	for _, who := range []Party{Client, Attacker, Server} {
		var names []string
		for i := range rows {
			if r := &rows[i]; r.Moved && r.Right && r.Who == who && !slices.Contains(names, r.B.Name) {
				names = append(names, r.B.Name)
			}
		}
		if n += len(names); len(names) > 0 {
			parts = append(parts, "the "+who.String()+"'s "+strings.Join(names, " and "))
		}
	}
	switch {
	case n == 0:
		return ""
	case n > 3:
		return wire.Count(n, "message") + " moved"
	}
	return "moved: " + strings.Join(parts, ", ")
}

// rising picks as many of the numbers as can be that each is greater than the one
// before; negative ones do not count.
func rising(of []int) []bool {
	var ends []int                 // by length: where the run of numbers that ends lowest ends
	before := make([]int, len(of)) // of each number: the one before it in its run, or -1
	for i, n := range of {
		if n < 0 {
			continue
		}
		at := sort.Search(len(ends), func(j int) bool { return of[ends[j]] >= n })
		if before[i] = -1; at > 0 {
			before[i] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, i)
		}
		ends[at] = i
	}
	picked := make([]bool, len(of))
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			picked[i] = true
		}
	}
	return picked
}
