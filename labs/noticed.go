package labs

import (
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// The finding of who noticed, and the checks that are named more than once.
const (
	noticedNote = "noticed"
	nobody      = "nobody"

	checkNone      = "each side waited for the other until the client gave up, as a length promises more than there is"
	checkAEAD      = "AEAD: the record does not open"
	checkKeys      = "keys: the two sides have different ones, so that no record opens"
	checkFinished  = "Finished: the transcripts differ"
	checkHandshake = "handshake signature"
	checkRead      = "certificate: it cannot be read"
	checkSigned    = "certificate: its signature does not fit"
	checkPath      = "certificate: its path"
)

// noticed tells who noticed, and by which check.
func (k *strike) noticed() {
	events, _ := k.b.run.Since(0)
	end := End(events)
	if end.Who == Nobody || !k.done {
		text := "nobody noticed anything"
		if !k.done {
			text = "there was nothing to notice"
		}
		k.b.Emit(Event{Kind: Said, Who: Observer, Text: text, Tree: wire.Note(noticedNote, nobody)})
		return
	}
	said := ""
	if end.Err != nil {
		said = wire.Clean(end.Err.Error(), wire.MaxValue)
	}
	check := checkOf(end.Alert, said)
	if check == checkAEAD && k.clear {
		check = checkKeys
	}
	who, text := end.Who.String(), fmt.Sprintf("the %s noticed: %s", end.Who, check)
	if k.late.Load() {
		who, check = nobody, checkNone
		text = "nobody noticed: " + check
	}
	note := wire.Note(noticedNote, who, wire.Note("check", check), wire.Note("says", said))
	if end.Alert != "" {
		alert := wire.Note("alert", end.Alert)
		if end.Rec >= 0 {
			if at := Records(events)[end.Rec].Event.Tree.Find("Alert"); at != nil {
				alert.Kids = append(alert.Kids, at)
			}
		}
		note.Kids = append(note.Kids, alert)
		text += "; its alert is " + end.Alert
	}
	k.b.Emit(Event{Kind: Said, Who: Observer, Text: text, Tree: note})
}

// A sign is a part of what programs say, in small letters, and the check that it
// is of.
type sign struct{ word, check string }

// signs are in the order in which they count: what names a check comes before what
// names no more than a part of the certificate.
func signs() []sign {
	return []sign{
		{"finished", checkFinished},
		{"digest check failed", checkFinished},
		// Libraries use the name of a MAC for AEAD too (RFC 9846, Section 6.2).
		{"bad record mac", checkAEAD},
		{"decryption failed", checkAEAD},
		{"bad_record_mac", checkAEAD},
		{"decryption has failed", checkAEAD},
		{"invalid signature by the server", checkHandshake},
		{"bad signature", checkHandshake},
		{"public key signature verification", checkHandshake},
		{"failed to parse certificate", checkRead},
		// The check of a signature in OpenSSL's words, and then all else of ASN.1.
		{"asn1 encoding routines::evp lib", checkSigned},
		{"asn1", checkRead},
		{"error in the certificate.", checkRead},
		{"verification failure", checkSigned},
		{"certificate signature failure", checkSigned},
		{"signature in the certificate is invalid", checkSigned},
	}
}

// checkOf says which check failed: by the words of who noticed, else by the alert.
func checkOf(alert, said string) string {
	said = strings.ToLower(said)
	for _, s := range signs() {
		if strings.Contains(said, s.word) {
			return s.check
		}
	}
	if g := groundIn(said); g != nil {
		return "certificate: " + g.check
	}
	if strings.Contains(said, "x509:") {
		return checkPath
	}
	switch alert {
	case "decode_error", "unexpected_message", "record_overflow":
		return "parsing"
	case "bad_certificate", "unknown_ca", "certificate_unknown":
		return checkPath
	case "bad_record_mac":
		return checkAEAD
	case "decrypt_error":
		return checkHandshake
	case "":
		return "it left without a reason"
	}
	// What is left is about what one side offers and the other picks.
	return "negotiation"
}
