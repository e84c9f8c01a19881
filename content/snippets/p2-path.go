//go:build ignore

// Connects to a server and prints the path from its certificate to the root:
//
//	go run p2-path.go ADDRESS PORT NAME CAFILE
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
		log.Fatal("usage: go run p2-path.go ADDRESS PORT NAME CAFILE")
	}
	address, name := net.JoinHostPort(os.Args[1], os.Args[2]), os.Args[3]
	pem, err := os.ReadFile(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	store := x509.NewCertPool()
	if !store.AppendCertsFromPEM(pem) {
		log.Fatalf("%s holds no certificate in PEM", os.Args[4])
	}
	// --- shown ---
	// address, name and store come from the command line
	config := &tls.Config{ServerName: name, RootCAs: store}
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		log.Fatal(err)
	}
	for _, cert := range conn.ConnectionState().VerifiedChains[0] {
		fmt.Println(cert.Subject, "by", cert.Issuer)
	}
	// --- end ---
	if err := conn.Close(); err != nil {
		log.Fatal(err)
	}
}
