package peer

import (
	"fmt"
	"slices"
	"strings"
)

// curlCannot is what this curl cannot do of an offer.
func (p *Program) curlCannot(o Offer) string {
	new, _ := o.split()
	switch {
	case len(o.Suites) > 0 && !p.tls.openssl():
		return "choose its cipher suites with " + p.tls.name
	case o.unknownSuite() != "":
		return "use a cipher suite named " + o.unknownSuite()
	case len(new) > 0 && p.number.before(7, 61, 0):
		return "choose the cipher suites of TLS 1.3 below version 7.61"
	case o.old() && !p.tls.openssl():
		return "be told to speak versions below 1.2 with " + p.tls.name
	case len(o.Groups) > 0 && p.number.before(7, 73, 0):
		return "choose its groups below version 7.73"
	case len(o.Groups) > 0 && !p.tls.openssl():
		return "choose its groups with " + p.tls.name
	case o.unknownGroup() != "":
		return "use a group named " + o.unknownGroup()
	case o.Max != "" && p.number.before(7, 54, 0):
		return "be told the highest version below version 7.54"
	case curlALPN(o) == nil:
		return "offer " + strings.Join(o.ALPN, ", ") + ": it knows http/1.1 alone, or h2 before http/1.1"
	case o.Name == "":
		return "connect without the server's name"
	case o.Status && p.number.before(7, 41, 0):
		return "check a stapled OCSP response below version 7.41"
	}
	return ""
}

// curlALPN spells what is offered by ALPN; nil if that cannot be.
func curlALPN(o Offer) []string {
	switch {
	case o.NoALPN:
		return []string{"--http1.1", "--no-alpn"}
	case len(o.ALPN) == 0:
		return []string{}
	case slices.Equal(o.ALPN, []string{"http/1.1"}):
		return []string{"--http1.1"}
	case slices.Equal(o.ALPN, []string{"h2", "http/1.1"}):
		return []string{"--http2"}
	}
	return nil
}

// curlPlan lays out a run of curl. -q, which has to stand first, keeps it from its
// configuration file, and --noproxy from what the system may have set.
func (p *Program) curlPlan(w *writer) *plan {
	// --globoff: a name is a name, whatever brackets are in it.
	w.add("-q", "--silent", "--show-error", "--verbose", "--globoff", "--noproxy", "*")
	// Whatever the URL names is reached there: no resolver is asked.
	w.add("--connect-to", "::"+w.addr)
	w.when(w.Min != "", "--tlsv"+w.Min)
	w.when(w.Max != "", "--tls-max", w.Max)
	new, old := w.opensslSuites()
	w.when(new != "", "--tls13-ciphers", new)
	w.when(old != "", "--ciphers", old)
	var groups []string
	for _, name := range w.Groups {
		g, _ := groupOf(name)
		groups = append(groups, g.openssl)
	}
	w.list("--curves", groups, ":")
	w.add(curlALPN(w.Offer)...)
	// An empty file and an empty folder: else it would trust whom the machine does.
	w.add("--cacert", w.file("roots.pem", w.Roots), "--capath", w.dir.path("none"))
	if w.Lists != nil {
		w.add("--crlfile", w.file("lists.pem", w.Lists))
	}
	w.when(w.Check == Ignore, "--insecure")
	w.when(w.Status, "--cert-status")
	if w.Chain != nil {
		w.add("--cert", w.file("chain.pem", w.Chain), "--key", w.file("key.pem", w.Key))
	}
	// What is left is the request that the other clients send.
	w.add("--header", "User-Agent:", "--header", "Accept:", "--header", "Connection: close")
	w.add("https://" + w.Name + "/")
	made := &plan{offer: w.Offer, read: readCurl}
	if w.keys != "" {
		made.env = []string{"SSLKEYLOGFILE=" + w.keys}
	}
	return made
}

// curlTLS are the exit statuses of curl that have to do with TLS (curl's manual,
// EXIT CODES).
func curlTLS(status int) bool {
	return slices.Contains([]int{35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98}, status)
}

// readCurl reads what curl came to. It may have failed over HTTP after a good
// handshake; of TLS it has said nothing bad then.
func readCurl(v *Verdict, s said) {
	set := &v.Settled
	line, ok := s.last("* SSL connection using ")
	// "TLSv1.3 / TLS_AES_256_GCM_SHA384", and of late " / X25519 / id-ecPublicKey".
	parts := strings.Split(line, " / ")
	if ok && len(parts) > 1 {
		set.Version, set.Suite = versionName(parts[0]), fromOpenSSL(parts[1])
		if strings.HasPrefix(parts[1], "(") { // GnuTLS's description
			set.gnutlsDescription(line, "")
		}
	}
	if len(parts) > 2 {
		set.Group = groupName(parts[2])
	}
	for _, mark := range []string{"* ALPN: server accepted ", "* ALPN, server accepted to use "} {
		if name, ok := s.last(mark); ok {
			set.ALPN = strings.TrimSuffix(name, " ")
		}
	}
	for _, mark := range []string{"*  SSL certificate verify ", "* SSL certificate problem: "} {
		if said, ok := s.last(mark); ok {
			set.Checked = strings.TrimSuffix(said, ".")
		}
	}
	v.Lines = s.words("curl: (", "SSL connection using", "SSL certificate verify", "SSL certificate problem", "OCSP", "subject name")
	alert, _ := s.after("curl: (")
	v.OK = ok && !curlTLS(v.Exit) && v.Signal == "" && !strings.Contains(alert, " alert ")
	if v.Exit != 0 && len(v.Lines) == 0 {
		v.Lines = []string{fmt.Sprintf("curl: exit status %d", v.Exit)}
	}
}
