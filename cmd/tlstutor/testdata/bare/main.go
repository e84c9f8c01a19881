// Command bare imports bubbletea and glamour and does nothing: what a program
// made with them costs before it begins.
package main

import (
	_ "charm.land/bubbletea/v2"
	_ "charm.land/glamour/v2"
)

func main() {}
