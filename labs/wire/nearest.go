package wire

import "strings"

// longestSlip is how long a word may be that is compared: nobody mistypes a name
// as a page of text, and comparing costs the product of both lengths.
const longestSlip = 64

// Nearest returns the name that a word was probably meant to be, or "" when it is
// like none. A third of its letters may be wrong, and two of a short word; a name
// that the word begins will do as well. Case does not count.
func Nearest(word string, names []string) string {
	if len(word) > longestSlip {
		return ""
	}
	word = strings.ToLower(word)
	best, least := "", max(2, len(word)/3)+1
	for _, n := range names {
		name := strings.ToLower(n)
		if d := slips(word, name, least); d < least {
			best, least = n, d
		} else if best == "" && len(word) > 1 && strings.HasPrefix(name, word) {
			best = n
		}
	}
	return best
}

// slips counts the letters to insert, drop, change or swap with their neighbour to
// make b of a. It does not count further than enough. Letters are bytes here: the
// names of the program are ASCII.
func slips(a, b string, enough int) int {
	if len(a)-len(b) >= enough || len(b)-len(a) >= enough {
		return enough
	}
	// Three rows of the table are enough; the oldest is for swaps.
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		least := row[0]
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least >= enough {
			// The next rows are no better, even by a swap with the one before this.
			return enough
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], enough)
}
