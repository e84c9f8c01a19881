//go:build ignore

// Connects to a server with a list of cipher suites of its own for TLS 1.2, and
// prints what was agreed on:
//
//	go run h3-suites.go ADDRESS PORT NAME CAFILE
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: go run h3-suites.go ADDRESS PORT NAME CAFILE")
	}
	address, name := net.JoinHostPort(os.Args[1], os.Args[2]), os.Args[3]
	pem, err := os.ReadFile(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		log.Fatalf("%s holds no certificate in PEM", os.Args[4])
	}
	// --- shown ---
	// address, name and roots come from the command line
	config := &tls.Config{ServerName: name, RootCAs: roots}
	for _, s := range tls.CipherSuites() { // none with static RSA
		if !strings.Contains(s.Name, "_CBC_") {
			config.CipherSuites = append(config.CipherSuites, s.ID)
		}
	}
	conn, err := tls.Dial("tcp", address, config)
	// --- end ---
	if err != nil {
		log.Fatal(err)
	}
	cs := conn.ConnectionState()
	fmt.Println("agreed:", tls.VersionName(cs.Version), tls.CipherSuiteName(cs.CipherSuite))
	if err := conn.Close(); err != nil {
		log.Fatal(err)
	}
}
