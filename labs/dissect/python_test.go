package dissect

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
)

// laterAuth is a client and a server of Python in one: the server asks for the
// client's certificate when the handshake is over.
const laterAuth = `
import socket, ssl, sys, threading
front, back = socket.create_server(("127.0.0.1", 0)), None
def server():
    s = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    s.load_cert_chain("ec.pem", "ec.key")
    s.verify_mode, s.post_handshake_auth = ssl.CERT_OPTIONAL, True
    s.load_verify_locations("ec.pem")
    c = s.wrap_socket(front.accept()[0], server_side=True)
    c.recv(100)
    c.verify_client_post_handshake()
    c.send(b"who are you?\n")
    c.recv(100)
    c.send(b"welcome, " + c.getpeercert()["subject"][0][0][1].encode() + b"\n")
    c.unwrap()
t = threading.Thread(target=server)
t.start()
print("at", front.getsockname()[1], flush=True)
port = int(sys.stdin.readline())
c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
c.post_handshake_auth, c.keylog_filename = True, "keys"
c.load_cert_chain("ec.pem", "ec.key")
c.load_verify_locations("ec.pem")
c = c.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="app.lab.test")
c.send(b"hello\n")
print(c.recv(100))
c.send(b"look\n")
print(c.recv(100))
try: c.unwrap()
except (ssl.SSLError, OSError): pass
t.join()
`

// TestPython has Python's server ask Python's client who it is when the handshake
// is over (RFC 9846, Section 4.7.2): the client's Finished there changes no keys.
func TestPython(t *testing.T) {
	path, ok := program(t, "python3")
	if !ok {
		return
	}
	dir := t.TempDir()
	credentials(t, dir, certified(t, "p256"), "ec")
	p := start(t, dir, path, "-I", "-c", laterAuth)
	p.says("at ")
	r := newProxy(t, "127.0.0.1:"+p.says("\n"))
	_, port, _ := net.SplitHostPort(r.ln.Addr().String())
	p.say(port)
	p.says("welcome, app.lab.test")
	p.end()
	for _, seen := range r.passed() {
		records := replay(New(secrets(t, dir)), seen)
		for _, r := range records {
			sound(t, r.Tree)
			decoded(t, r.Tree)
			if r.Why != nil {
				t.Errorf("%s: %v", Label(r.Tree), r.Why)
			}
		}
		for d, want := range map[Dir]string{
			ToClient: "application CertificateRequest, application who are you?, application welcome, app.lab.test",
			ToServer: "application hello, application Certificate, application CertificateVerify, application Finished, application look",
		} {
			got := strings.Join(lines(records, d), ", ")
			if got = strings.ReplaceAll(got, "application NewSessionTicket, ", ""); !strings.Contains(got, want) {
				t.Errorf("%s: %s, want in it %s", d, got, want)
			}
		}
	}
}

// TestOpenSSLToGo has openssl choose the suites of TLS 1.3, which Go leaves to no
// caller, with each kind of certificate.
func TestOpenSSLToGo(t *testing.T) {
	path, ok := program(t, "openssl")
	if !ok {
		return
	}
	for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
		cert := certified(t, kind)
		for _, suite := range []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"} {
			t.Run(kind+" "+suite, func(t *testing.T) {
				dir := t.TempDir()
				_, server := settings(cert)
				ln, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer ln.Close()
				served := make(chan error, 1)
				go func() { served <- serving(ln, server, func(c *tls.Conn) { io.WriteString(c, answer) }) }()
				r := newProxy(t, ln.Addr().String())
				args := fmt.Sprintf("s_client -connect %s -servername app.lab.test -ciphersuites %s -keylogfile %s", r.ln.Addr(), suite, filepath.Join(dir, "keys"))
				client := start(t, dir, path, strings.Fields(args)...)
				client.says("---\n")
				io.WriteString(client.in, question)
				client.says("hello")
				client.say("Q")
				client.end()
				if err := <-served; err != nil {
					t.Error(err)
				}
				for _, seen := range r.passed() {
					records := heardAll(t, seen, secrets(t, dir))
					if got := first(records, "ServerHello").Kid("cipher_suite").Value; !strings.HasPrefix(got, suite) {
						t.Errorf("the server chose %s", got)
					}
				}
			})
		}
	}
}
