//go:build !unix

package main

// tools are the programs that the sessions use besides ours: none here.
func tools() map[string]func() { return map[string]func(){} }
