package dissect

import "net"

const (
	serve12  = "openssl s_server -accept 127.0.0.1:0 -tls1_2 -cert %d/rsa.pem -key %d/rsa.key "
	client12 = "openssl s_client -connect %s -servername app.lab.test -tls1_2 -keylogfile %d/keys.log "
	serve13  = "openssl s_server -accept 127.0.0.1:0 -tls1_3 -cert %d/ec.pem -key %d/ec.key "
	client13 = "openssl s_client -connect %s -servername app.lab.test -tls1_3 -keylogfile %d/keys.log "
	lax      = "-cipher ALL:@SECLEVEL=0 "
	hex32    = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f "
)

// recordings are the connections that are kept, each for what it has that others
// have not.
var recordings = []func(*bench) *recording{
	func(b *bench) *recording {
		return b.between("dhe", serve12+"-status_file "+b.file("staple.der", []byte("\x30\x03\x0a\x01\x03")),
			client12+"-cipher DHE-RSA-AES128-SHA256 -maxfraglen 1024 -status -alpn h2,http/1.1")
	},
	func(b *bench) *recording { // over TCP the server refuses it
		return b.between("srtp", serve12, client12+"-use_srtp SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM")
	},
	func(b *bench) *recording {
		return b.between("npn", serve12+"-nextprotoneg http/1.1", client12+"-cipher AES128-SHA -nextprotoneg http/1.1")
	},
	func(b *bench) *recording {
		return b.between("dh-anon", "openssl s_server -accept 127.0.0.1:0 -tls1_2 -nocert "+lax, client12+"-cipher ADH-AES128-GCM-SHA256:@SECLEVEL=0")
	},
	func(b *bench) *recording {
		return b.between("ecdh-anon", "openssl s_server -accept 127.0.0.1:0 -tls1_2 -nocert "+lax, client12+"-cipher AECDH-AES128-SHA:@SECLEVEL=0")
	},
	psk("psk", "PSK-AES128-GCM-SHA256"), psk("dhe-psk", "DHE-PSK-AES128-GCM-SHA256"),
	psk("ecdhe-psk", "ECDHE-PSK-AES128-CBC-SHA"), psk("rsa-psk", "RSA-PSK-AES128-GCM-SHA256"),
	func(b *bench) *recording { // s_server has lost the name when it looks for it
		return b.between("srp", serve12+lax, client12+"-srpuser alice -srppass pass:secret -cipher SRP-RSA-AES-128-CBC-SHA:@SECLEVEL=0")
	},
	old("tls10", "-tls1", "ECDHE-RSA-AES128-SHA"), old("tls11", "-tls1_1", "DHE-RSA-AES128-SHA"),
	func(b *bench) *recording {
		return b.between("mtls12", serve12+"-Verify 2 -CAfile %d/ec.pem", client12+"-cert %d/ec.pem -key %d/ec.key")
	},
	func(b *bench) *recording {
		return b.between("renegotiated", serve12+"-client_renegotiation -www", client12+"-cipher ECDHE-RSA-AES128-GCM-SHA256 <Verify return code|R\n|RENEGOTIATING|GET / HTTP/1.0\r\n\r\n")
	},
	func(b *bench) *recording {
		return b.between("hello-request", serve12, client12+"-msg <Verify return code|asking r\n|HelloRequest|asking answer\n|answer|.")
	},
	func(b *bench) *recording {
		return b.between("later", serve13+"-CAfile %d/ec.pem", client13+"-cert %d/ec.pem -key %d/ec.key -enable_pha -msg <Verify return code|asking c\n|CertificateRequest|asking answer\n|answer|.")
	},
	func(b *bench) *recording {
		return b.between("update", serve13, client13+"-bugs -alpn h2,http/1.1 <Verify return code|K\n|KEYUPDATE|asking answer\n|answer|.")
	},
	func(b *bench) *recording {
		return b.between("mtls13", serve13+"-Verify 2 -CAfile %d/ec.pem", client13+"-cert %d/ec.pem -key %d/ec.key -enable_pha")
	},
	func(b *bench) *recording {
		return b.between("cookie", serve13+"-stateless", client13)
	},
	func(b *bench) *recording {
		return b.between("psk13", "openssl s_server -accept 127.0.0.1:0 -tls1_3 -nocert -psk_identity alice -psk "+hex32, client13+"-psk_identity alice -psk "+hex32)
	},
	func(b *bench) *recording {
		early := b.file("early", []byte("too early"))
		return b.between("early", serve13+"-early_data", client13+"-sess_out %d/session.pem <Verify return code|asking answer\n|answer|.", client13+"-sess_in %d/session.pem -early_data "+early)
	},
	gnutls("raw13", "--priority NORMAL:-VERS-ALL:+VERS-TLS1.3:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK:-CTYPE-X509", "--rawpkkeyfile %d/ec.key --rawpkfile %d/ec.pub"),
	gnutls("raw12", "--priority NORMAL:-VERS-ALL:+VERS-TLS1.2:+CTYPE-CLI-RAWPK:+CTYPE-SRV-RAWPK:-CTYPE-X509", "--rawpkkeyfile %d/ec.key --rawpkfile %d/ec.pub"),
	gnutls("heartbeat", "--heartbeat --priority NORMAL:-VERS-ALL:+VERS-TLS1.3", "--x509certfile %d/ec.pem --x509keyfile %d/ec.key"),
	func(b *bench) *recording {
		_, server := settings(certified(b, "p256"))
		server.NextProtos = []string{"http/1.1"}
		return b.toGo("chromium", "chromium --headless --no-sandbox --disable-gpu --ignore-certificate-errors --user-data-dir=%d/chromium --host-resolver-rules=MAP~app.lab.test~127.0.0.1 --dump-dom https://app.lab.test:%p/", server)
	},
}

// psk records a key that both sides had before, with a hint at it.
func psk(name, cipher string) func(*bench) *recording {
	return func(b *bench) *recording {
		return b.between(name, serve12+lax+"-psk_hint hint-of-the-server -psk "+hex32, client12+"-psk_identity alice -psk "+hex32+" -cipher "+cipher+":@SECLEVEL=0")
	}
}

// old records a version without schemes of signatures, with a client's certificate.
func old(name, version, cipher string) func(*bench) *recording {
	return func(b *bench) *recording {
		return b.between(name, "openssl s_server -accept 127.0.0.1:0 -cert %d/rsa.pem -key %d/rsa.key -Verify 2 -CAfile %d/rsa.pem "+lax+version,
			"openssl s_client -connect %s -servername app.lab.test -keylogfile %d/keys.log -cert %d/rsa.pem -key %d/rsa.key -cipher "+cipher+":@SECLEVEL=0 "+version)
	}
}

// gnutls records GnuTLS's own client and server.
func gnutls(name, both, server string) func(*bench) *recording {
	return func(b *bench) *recording {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		l.Close()
		return b.between(name, "gnutls-serv --http --disable-client-cert --port "+port+" "+both+" "+server,
			"gnutls-cli --insecure --sni-hostname=app.lab.test --port %p "+both+" 127.0.0.1")
	}
}
