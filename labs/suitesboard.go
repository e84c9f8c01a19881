package labs

import (
	"crypto/tls"
	"runtime"
	"slices"

	"golang.org/x/sys/cpu"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// This file is the board of the lab suites: its words, and what stands behind them.

// A stance is what one side brings.
type stance struct {
	min, max uint16
	suites   []uint16 // never nil, which would be Go's own list
	groups   []tls.CurveID
	alpn     []string
}

// A board is what both sides bring, and what only the server has.
type board struct {
	client, server stance
	schemes        []tls.SignatureScheme // of the server; never nil
	key            string
}

// A boardSuite is a cipher suite of the board. Auth is who proves what: ECDSA and RSA
// sign an ephemeral exchange, kRSA is encrypted to; "" is a suite of TLS 1.3, which
// says neither.
type boardSuite struct {
	word   string
	id     uint16
	auth   string
	only12 bool // it is of TLS 1.2, and of no version before (RFC 5246, Section 1.2)
	gcm    bool
}

// boardSuites are the suites of the board, in the order in which Go prefers them
// where there is AES in hardware.
var boardSuites = []boardSuite{
	{"1.3-AES128-GCM", tls.TLS_AES_128_GCM_SHA256, "", false, true},
	{"1.3-AES256-GCM", tls.TLS_AES_256_GCM_SHA384, "", false, true},
	{"1.3-CHACHA20", tls.TLS_CHACHA20_POLY1305_SHA256, "", false, false},
	{"ECDSA-AES128-GCM", tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDSA", true, true},
	{"RSA-AES128-GCM", tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "RSA", true, true},
	{"ECDSA-AES256-GCM", tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDSA", true, true},
	{"RSA-AES256-GCM", tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "RSA", true, true},
	{"ECDSA-CHACHA20", tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDSA", true, false},
	{"RSA-CHACHA20", tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "RSA", true, false},
	{"ECDSA-AES128-CBC", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDSA", false, false},
	{"RSA-AES128-CBC", tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "RSA", false, false},
	{"ECDSA-AES256-CBC", tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDSA", false, false},
	{"RSA-AES256-CBC", tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "RSA", false, false},
	{"kRSA-AES128-GCM", tls.TLS_RSA_WITH_AES_128_GCM_SHA256, "kRSA", true, false},
	{"kRSA-AES128-CBC", tls.TLS_RSA_WITH_AES_128_CBC_SHA, "kRSA", false, false},
	{"RSA-3DES", tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, "RSA", false, false},
}

// usualSuites is what Go lists when it is not told: all but static RSA and 3DES.
const usualSuites = "1.3-AES128-GCM,1.3-AES256-GCM,1.3-CHACHA20,ECDSA-AES128-GCM,RSA-AES128-GCM,ECDSA-AES256-GCM,RSA-AES256-GCM," +
	"ECDSA-CHACHA20,RSA-CHACHA20,ECDSA-AES128-CBC,RSA-AES128-CBC,ECDSA-AES256-CBC,RSA-AES256-CBC"

// boardSchemes are the signature schemes of the board, in the order in which Go
// offers them.
var boardSchemes = []choice[tls.SignatureScheme]{
	{"rsa_pss_rsae_sha256", tls.PSSWithSHA256}, {"ecdsa_secp256r1_sha256", tls.ECDSAWithP256AndSHA256}, {"ed25519", tls.Ed25519},
	{"rsa_pss_rsae_sha384", tls.PSSWithSHA384}, {"rsa_pss_rsae_sha512", tls.PSSWithSHA512},
	{"rsa_pkcs1_sha256", tls.PKCS1WithSHA256}, {"rsa_pkcs1_sha384", tls.PKCS1WithSHA384}, {"rsa_pkcs1_sha512", tls.PKCS1WithSHA512},
	{"ecdsa_secp384r1_sha384", tls.ECDSAWithP384AndSHA384}, {"ecdsa_secp521r1_sha512", tls.ECDSAWithP521AndSHA512},
}

// groupOrder is the order in which Go prefers groups: those with ML-KEM first.
func groupOrder() []tls.CurveID {
	return []tls.CurveID{tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024, tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
}

// boardWords are the words for suites.
func boardWords() []string {
	var words []string
	for _, s := range boardSuites {
		words = append(words, s.word)
	}
	return words
}

// boardSuiteName is the registered name of a suite's word.
func boardSuiteName(word string) string {
	for _, s := range boardSuites {
		if s.word == word {
			return suiteName(s.id)
		}
	}
	return ""
}

// boardSchemeWords are the words for signature schemes, which are their names.
func boardSchemeWords() []string {
	var words []string
	for _, c := range boardSchemes {
		words = append(words, c.name)
	}
	return words
}

// boardGroups are the words for groups: those of the lab handshake.
func boardGroups() []string {
	var words []string
	for _, id := range groupOrder() {
		for _, g := range groups {
			if g.is == id {
				words = append(words, g.name)
			}
		}
	}
	return words
}

// boardALPN are the application protocols of the board, as they are registered
// (RFC 7301, Section 6).
func boardALPN() []string { return []string{"h2", "http/1.1", "http/1.0"} }

// suiteOnBoard returns the suite of a number; nil if it is not on the board.
func suiteOnBoard(id uint16) *boardSuite {
	for i := range boardSuites {
		if boardSuites[i].id == id {
			return &boardSuites[i]
		}
	}
	return nil
}

// boardOf reads settings of the lab, which are checked.
func boardOf(s Settings) *board {
	in := func(knob string, choices []string) []string {
		k := Knob{Kind: Set, Choices: choices}
		return k.Members(s[knob])
	}
	side := func(prefix, lists string) stance {
		at := stance{min: version(s[prefix+"min"]), max: version(s[prefix+"max"]), suites: []uint16{}, alpn: in(lists+"-alpn", boardALPN())}
		for _, word := range in(lists+"-suites", boardWords()) {
			i := slices.IndexFunc(boardSuites, func(l boardSuite) bool { return l.word == word })
			at.suites = append(at.suites, boardSuites[i].id)
		}
		for _, word := range in(lists+"-groups", boardGroups()) {
			at.groups = append(at.groups, chosen(groups, word)...)
		}
		return at
	}
	on := &board{client: side("", "client"), server: side("server-", "server"), schemes: []tls.SignatureScheme{}, key: s["key"]}
	for _, word := range in("server-schemes", boardSchemeWords()) {
		on.schemes = append(on.schemes, chosen(boardSchemes, word)...)
	}
	return on
}

// aesHardware reports whether Go finds AES-GCM in this machine's processor, which
// decides its order of suites.
func aesHardware() bool {
	amd := cpu.X86.HasAES && cpu.X86.HasPCLMULQDQ && cpu.X86.HasSSE41 && cpu.X86.HasSSSE3
	arm := cpu.ARM64.HasAES && cpu.ARM64.HasPMULL
	ibm := cpu.S390X.HasAES && cpu.S390X.HasAESCTR && cpu.S390X.HasGHASH
	return amd || arm || ibm || runtime.GOARCH == "ppc64" || runtime.GOARCH == "ppc64le"
}

// The names of numbers, as the registries have them.
func suiteName(id uint16) string               { return wire.Bare(dissect.SuiteName(uint64(id))) }
func groupName(id tls.CurveID) string          { return wire.Bare(dissect.GroupName(uint64(id))) }
func schemeName(id tls.SignatureScheme) string { return wire.Bare(dissect.SchemeName(uint64(id))) }
func versionName(id uint16) string             { return wire.Bare(dissect.VersionName(uint64(id))) }
