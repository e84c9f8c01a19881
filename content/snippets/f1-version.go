//go:build ignore

// Connects to a server and prints what was agreed on:
//
//	go run f1-version.go ADDRESS PORT NAME CAFILE
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: go run f1-version.go ADDRESS PORT NAME CAFILE")
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
	// address, name and roots (who is trusted) come from the command line
	config := &tls.Config{ServerName: name, RootCAs: roots}
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		log.Fatal(err)
	}
	cs := conn.ConnectionState()
	fmt.Println(tls.VersionName(cs.Version))
	fmt.Println(tls.CipherSuiteName(cs.CipherSuite))
	// --- end ---
	if err := conn.Close(); err != nil {
		log.Fatal(err)
	}
}
