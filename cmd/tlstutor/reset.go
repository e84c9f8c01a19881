package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"

	"tlstutor/lessons"
)

// resetProgress takes back a lesson or everything, once that is confirmed.
func resetProgress(ctx context.Context, p *lessons.Progress, args []string, yes bool) error {
	if p.Fresh() {
		_, err := fmt.Println("Nothing is kept, so nothing was removed.")
		return err
	}
	if err := p.Kept(); err != nil {
		// What cannot be written would be back at the next start.
		return hint(err, "nothing was removed")
	}
	// Worked out before anybody is asked, so that the question says what will go.
	lesson, items, what, err := removal(tallies(p), args)
	if err != nil {
		return err
	}
	// A script that forgot --yes is not to wait for an answer.
	switch {
	case yes:
	case !term.IsTerminal(os.Stdin.Fd()):
		return hint(misuse(errors.New("removing "+what+" has to be confirmed")), "add --yes")
	default:
		ok, err := confirm(ctx, "This removes "+what+". Type yes to go on: ")
		if err != nil {
			return err
		}
		// A no is an answer, not an error: the exit status is 0.
		if !ok {
			_, err = fmt.Println("Nothing was removed.")
			return err
		}
	}
	if err := p.Reset(lesson, items); err != nil {
		return err
	}
	_, err = fmt.Println("Removed: " + what + ".")
	return err
}

// removal says what the words of a command line mean to remove, also in words.
// Without one it is everything, and lesson is "".
func removal(all []*tally, args []string) (lesson string, items []string, what string, err error) {
	if len(args) == 0 {
		n := 0
		for _, t := range all {
			n += len(t.items)
		}
		return "", nil, fmt.Sprintf("everything: the places in %s, %s, scores and choices", count(len(all), "lesson"), count(n, "answer")), nil
	}
	t, err := pick(all, args[0])
	if err != nil {
		return "", nil, "", err
	}
	return t.lesson, t.items, fmt.Sprintf("the place in %s and %s", t.lesson, count(len(t.items), "answer")), nil
}

// pick finds a lesson that something is kept of.
func pick(all []*tally, word string) (*tally, error) {
	var names []string
	for _, t := range all {
		// Ids are typed by hand, and h1 is H1 to everybody.
		if strings.EqualFold(t.lesson, word) {
			return t, nil
		}
		names = append(names, t.lesson)
	}
	err := misuse(errors.New("nothing is kept of a lesson " + quote(word)))
	if len(names) == 0 {
		return nil, hint(err, "nor of another one")
	}
	return nil, hint(err, mean(word, names, "", "there is something of "+listed(names)))
}

// confirm asks for a yes. A signal ends it, although reading does not end.
func confirm(ctx context.Context, ask string) (bool, error) {
	if _, err := fmt.Print(ask); err != nil {
		return false, err
	}
	// Room for one, so that a line that comes too late holds nobody.
	said := make(chan string, 1)
	go func() {
		// The end of input ends an answer as well: what was read until then counts.
		line, _ := bufio.NewReader(io.LimitReader(os.Stdin, 100)).ReadString('\n')
		said <- line
	}()
	select {
	case line := <-said:
		return strings.TrimSpace(line) == "yes", nil
	case <-ctx.Done():
		// The question ended no line.
		fmt.Println()
		return false, stopped(ctx)
	}
}
