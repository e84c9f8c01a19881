package tui

import (
	"fmt"
	"runtime/debug"

	tea "charm.land/bubbletea/v2"
)

// This file is what happens when code of ours breaks, on a screen, in a command or
// in a run: the program ends, the terminal is restored, and main writes a report.

// fatalMsg ends the program: code of ours broke.
type fatalMsg struct{ err error }

// A Panic is a panic in a screen.
type Panic struct {
	Value string // what was given to panic, as text
	Stack []byte // of the goroutine that broke
}

// Error is one line; the stack is left to whoever reports it.
func (p *Panic) Error() string { return "a panic on a screen: " + p.Value }

// caught turns a panic of a screen into the program's end.
func (a *App) caught(cmd *tea.Cmd) {
	if v := recover(); v != nil {
		a.broke(v)
		*cmd = tea.Quit
	}
}

// guarded makes a panic in a command the program's end, as one in a screen is.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if v := recover(); v != nil {
				msg = fatalMsg{&Panic{Value: fmt.Sprint(v), Stack: debug.Stack()}}
			}
		}()
		msg = cmd()
		// Bubble Tea runs what is in a batch later, out of reach of the recover above.
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = guarded(batch[i])
			}
		}
		return msg
	}
}

// broke keeps the first panic. It is called while the panic is on the stack.
func (a *App) broke(v any) {
	if a.Fatal == nil {
		a.Fatal = &Panic{Value: fmt.Sprint(v), Stack: debug.Stack()}
	}
}
