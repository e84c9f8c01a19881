//go:build ignore

// Connects to a server and writes its keys to keys.log:
//
//	go run h1-keylog.go ADDRESS PORT NAME CAFILE
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: go run h1-keylog.go ADDRESS PORT NAME CAFILE")
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
	// Whoever can read the file can read the connection.
	keys, err := os.OpenFile("keys.log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		log.Fatal(err)
	}
	// --- shown ---
	// address, name and roots come from the command line
	config := &tls.Config{ServerName: name, RootCAs: roots}
	config.KeyLogWriter = keys // a file; for tests only
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		log.Fatal(err)
	}
	cs := conn.ConnectionState()
	fmt.Println(tls.VersionName(cs.Version), cs.CurveID)
	fmt.Println(tls.CipherSuiteName(cs.CipherSuite))
	// --- end ---
	if err := errors.Join(conn.Close(), keys.Close()); err != nil {
		log.Fatal(err)
	}
}
