package labs

// A choice is one of a knob's words, and what a lab makes of it: a number of
// crypto/tls, or what an attacker does.
type choice[T any] struct {
	name string
	is   T
}

// names lists the words of a knob, the default first.
func names[T any](first string, of []choice[T]) []string {
	list := []string{first}
	for _, c := range of {
		list = append(list, c.name)
	}
	return list
}

// chosen returns what a setting's word stands for, as a list of one; nil for
// the default.
func chosen[T any](of []choice[T], name string) []T {
	for _, c := range of {
		if c.name == name {
			return []T{c.is}
		}
	}
	return nil
}
