// Command page shows one page, rendered with glamour, and waits for a key: the
// least that a program like ours can do.
package main

import (
	tea "charm.land/bubbletea/v2"
	"charm.land/glamour/v2"
)

type page string

func (p page) Init() tea.Cmd { return nil }

func (p page) Update(m tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := m.(tea.KeyPressMsg); ok {
		return p, tea.Quit
	}
	return p, nil
}

func (p page) View() tea.View {
	v := tea.NewView(string(p))
	v.AltScreen = true
	return v
}

func main() {
	text, err := glamour.Render("# ClientHello\n\nThe client speaks first. *Everything* in it is in the clear:\n\n- the name it wants\n- the suites it knows\n\nSee `server_name`.\n", "dark")
	if err != nil {
		panic(err)
	}
	if _, err := tea.NewProgram(page(text)).Run(); err != nil {
		panic(err)
	}
}
