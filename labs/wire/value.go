package wire

import (
	"strconv"
	"strings"
)

// What a value looks like is the same everywhere: what the bytes mean, with the
// number, where there is one, in brackets at the end: "TLS 1.2 (0x0303)".

// Bare returns a value as it is compared and quoted: without the number that
// closes it in brackets.
func Bare(value string) string {
	if !strings.HasSuffix(value, ")") {
		return value
	}
	// From the end, as there may be brackets inside the last ones.
	for i, depth := len(value)-1, 0; i > 0; i-- {
		switch value[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 && value[i-1] == ' ' {
				return value[:i-1]
			}
		}
	}
	return value
}

// Count returns a number and its noun: "1 byte", "2 bytes".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
