//go:build ignore

// Connects to a server and prints what its certificate says:
//
//	go run p1-certificate.go ADDRESS PORT NAME CAFILE
package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: go run p1-certificate.go ADDRESS PORT NAME CAFILE")
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
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		log.Fatal(err)
	}
	leaf := conn.ConnectionState().PeerCertificates[0]
	fmt.Println(leaf.DNSNames, leaf.Issuer, leaf.NotAfter)
	fmt.Printf("SHA-256 %x\n", sha256.Sum256(leaf.Raw))
	// --- end ---
	if err := conn.Close(); err != nil {
		log.Fatal(err)
	}
}
