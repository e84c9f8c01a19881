//go:build ignore

// Says which version it is.
package main

import "fmt"

func main() {
	// --- shown ---
	config := "MinVersion"
	fmt.Println(config)
	// --- end ---
}
