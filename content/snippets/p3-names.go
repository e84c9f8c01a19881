//go:build ignore

// Connects to a server, has its name checked, and prints the names it has:
//
//	go run p3-names.go ADDRESS PORT NAME CAFILE
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
		log.Fatal("usage: go run p3-names.go ADDRESS PORT NAME CAFILE")
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
	// ServerName is sent as SNI, and checked against the certificate
	config := &tls.Config{ServerName: name, RootCAs: roots}
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		log.Fatal(err)
	}
	leaf := conn.ConnectionState().PeerCertificates[0]
	fmt.Println(leaf.DNSNames, leaf.IPAddresses)
	fmt.Println(leaf.VerifyHostname("www." + name)) // the check alone
	// --- end ---
	if err := conn.Close(); err != nil {
		log.Fatal(err)
	}
}
