//go:build ignore

// Connects to a server, and refuses it if a certificate on the path was revoked:
//
//	go run o2-lists.go ADDRESS PORT NAME CAFILE
//
// CAFILE holds the root and, in PEM as well, the list of each issuer.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	if len(os.Args) != 5 {
		log.Fatal("usage: go run o2-lists.go ADDRESS PORT NAME CAFILE")
	}
	address, name := net.JoinHostPort(os.Args[1], os.Args[2]), os.Args[3]
	file, err := os.ReadFile(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(file) {
		log.Fatalf("%s holds no certificate in PEM", os.Args[4])
	}
	lists, err := readLists(file)
	if err != nil {
		log.Fatal(err)
	}
	config := &tls.Config{ServerName: name, RootCAs: roots}
	config.VerifyConnection = func(c tls.ConnectionState) error {
		path := c.VerifiedChains[0]
		for i, cert := range path[:len(path)-1] { // all but the root
			list := lists[string(cert.RawIssuer)]
			if list == nil {
				return fmt.Errorf("no list of %s", cert.Issuer)
			}
			if err := check(cert, path[i+1], list); err != nil {
				return fmt.Errorf("%x: %w", cert.SerialNumber, err)
			}
			fmt.Printf("not revoked: %x, by %s\n", cert.SerialNumber, cert.Issuer)
		}
		return nil
	}
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		log.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		log.Fatal(err)
	}
}

// check looks for a certificate on the list of its issuer.
func check(cert, issuer *x509.Certificate, list *x509.RevocationList) error {
	// --- shown ---
	// for each but the root, in VerifyConnection of tls.Config
	if err := list.CheckSignatureFrom(issuer); err != nil {
		return err
	} else if time.Now().After(list.NextUpdate) {
		return errors.New("the list is stale")
	}
	for _, e := range list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(cert.SerialNumber) == 0 {
			return errors.New("the certificate is revoked")
		}
	}
	// --- end ---
	return nil
}

// readLists reads the lists of a file, by the name of their issuer. Of one that
// has a critical extension nobody here knows what it covers.
func readLists(file []byte) (map[string]*x509.RevocationList, error) {
	lists := map[string]*x509.RevocationList{}
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "X509 CRL" {
			continue
		}
		list, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			return nil, err
		}
		for _, e := range list.Extensions {
			if e.Critical {
				return nil, fmt.Errorf("the list of %s has a critical extension, %s", list.Issuer, e.Id)
			}
		}
		lists[string(list.RawIssuer)] = list
	}
	return lists, nil
}
