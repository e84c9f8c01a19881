package tui

import (
	"regexp"
	"testing"
)

// TestPlainLab turns knobs, holds a run, looks into messages and compares runs.
func TestPlainLab(t *testing.T) {
	k, _, _ := plainToy(t, "")
	k.play([]turn{
		{"messages", []string{`^That is for a lab, or for a page with a run`}},
		{"go handshake fault=none", []string{`^Lab handshake\. One TLS connection.* Run 1: handshake on 127\.0\.0\.1:[0-9]+\. Completed in [0-9.]+ ms\.`, `enter: open 1, ClientHello\. back: course\.$`}},
		{"changed", []string{`^There is no run before this one`}},
		{"compare", []string{`^compare takes two runs; there is 1`}},
		{"", []string{`^1 ClientHello`, `1\.1 msg_type: client_hello \(1\)`, `enter: open 2, ServerHello`}},
		{"]", []string{`^2 ServerHello: TLS 1\.3`}},
		{"[", []string{`^1 ClientHello`}},
		{"[", []string{`^That is the first message\.$`}},
		{"open .1", []string{`^1\.1 msg_type: client_hello \(1\)`, `Offset 5, length 1`}},
		{"open 2.1.1", []string{`^msg_type has 0 fields, and no number 1\.$`}},
		{"open 99", []string{`^There is no message 99; there are 16\.$`}},
		{"open subjectaltname", []string{`^5\.[0-9.]+ subjectAltName: app\.lab\.test`, `Offset [0-9]+, length [0-9]+, in: `}},
		{"hex", []string{`^subjectAltName, [0-9]+ bytes, from offset [0-9]+\. [0-9a-f]{4} 30 `}},
		{"open record", []string{`^record: What carries a message\.$`}},
		{"open nothing at all", []string{`^Nothing here is called nothing at all`}},
		{"2", []string{`^2 ServerHello: TLS 1\.3`}}, // no list was told: a message is meant
		{"preset 2", []string{`^Run 2: handshake fault=unknown-ca on `, `Since run 1: Client ends it with alert bad_certificate after the server's Finished; 4 messages fewer; light path now fails, anchor is not reached\.`,
			`Failed: the client ended it\. Alert bad_certificate, message 9 of 9, sealed with handshake keys, after the server's Finished\.`}},
		{"m", []string{`9 Alert bad_certificate, client to server, 24 bytes, sealed with handshake keys; new`}},
		{"w", []string{`^As an eavesdropper reads it: 1 ClientHello`, `5 sealed, server to client, 8[0-9]+ bytes`, `names among them: app\.lab\.test\.$`, `!Certificate`}},
		{"e", []string{`1 Message 9 ended it`, `2 The client says: .*unknown authority`, `3 It is about issuer.*; open 5\.[0-9.]+ shows it\. 4 Of the server's certificate, light path fails: .*; open 5\.[0-9.]+ shows it\. 5 Of .*, light anchor is not reached\. 6 Of .*, these lights hold: name, time, purpose\. 7 Goal open`}},
		{"changed", []string{`^Since run 1: Client ends it with alert`}},
		{"compare 1 2", []string{`^Run 2 against run 1: client ends it.* new: client's Alert bad_certificate gone: client's Finished`}},
		{"compare 2 2", []string{`^Run 2 against run 2: nothing .*\.$`}},
		{"compare 2 7", []string{`there is 1 and 2\.`}},
		{"<", []string{`^Run 1: handshake on`}},
		{">", []string{`^Run 2: `}},
		{">", []string{`^there is no newer run\.$`}},
		{"knobs", []string{`4 max=1\.3: the highest version the client offers; 1\.3, 1\.2, 1\.1 or 1\.0`, `15 fault=unknown-ca`}},
		{"presets", []string{`^0 as the lab opened: handshake 1 TLS 1\.2: handshake max=1\.2`}},
		{"hint", []string{`Goal: the handshake completes`}},
		{"copy", []string{`^tlstutor run handshake fault=unknown-ca$`}},
		{"9", []string{`^There are presets 0 to 5\.$`}}, // as they were listed
		{"preset 8", []string{`^There are presets 0 to 5\.$`}},
		{"run max=9", []string{`^max cannot be "9"; it is one of 1\.3, 1\.2, 1\.1, 1\.0$`}},
		{"run max='1.2", []string{`^A quote ' is not closed\.$`}},
		{"max=1.2", []string{`^Run 3: handshake max=1\.2 fault=unknown-ca`}},
		{"presets", []string{`A number runs one\.$`}},
		{"0", []string{`^Run 4: handshake on `}},
		{"0", []string{`^There is no message 0; there are 16\.$`}}, // the list was of the run before
		{"step", []string{`^Held at record 1, ClientHello, 15[0-9]+ bytes\. Client has: no keys\. Server has: no keys\. enter: let it go\. run: let all go\.$`}},
		{"messages", []string{`^1 ClientHello, client to server, 15[0-9]+ bytes, in the clear, not delivered`, `!ServerHello`}},
		{"why", []string{`^The run has not ended`}},
		{"1", []string{`^1 ClientHello`}},
		{"export", []string{`^A run is held`}},
		{"preset 1", []string{`^The knobs are locked`}},
		{"run max=1.2", []string{`^The knobs are locked`}},
		{"<", []string{`^A run is held`}},
		{"", []string{`^Delivered: record 1, ClientHello, 15[0-9]+ bytes\. Held at record 2, ServerHello, 1215 bytes\.`, `Server wrote 5 more\.`}},
		{"back", []string{`^This run is held, and back again drops it`}},
		{"step", []string{`^Delivered: record 2, ServerHello`}},
		{"run", []string{`^Run 5: handshake on .* Completed in`}},
		{"step", nil},
		{"back", nil},
		{"back", []string{`^Run 6 was dropped\.`}},
		{"where", []string{`^Lab handshake, run 6\.`}},
		{"again", []string{`^Lab handshake, run 6\.`}},
		{"r", []string{`^Run 7: `, `Since run 5: Nothing `}},
		{"go certificate", []string{`^Lab certificate`}},
		{"run flip=serial", []string{`^Run 2: `}},
		{"compare", []string{`^Run 2 against run 1: client ends it.* the attacker flips one bit in tbsCertificate\.serialNumber.* ca's served\.signature_check: fails, before valid$`}},
		{"go T1.1", []string{`^T1\.1`}},
		{"o", []string{`^Lab handshake\. .* T1\.1 looks at: open ServerHello, open ServerHello\.cipher_suite\. enter: open 1, ClientHello\. back: T1\.1\.$`}},
		{"back", []string{`^T1\.1, page 1 of 5\. A run and its words enter: go on to page 2`}},
		{"step", []string{`^Lab handshake, from T1\.1\. Held at record 1`}},
		{"go T1.1", []string{`^T1\.1`}},
		{"run max=1.2", []string{`^Lab handshake, from T1\.1\. Run 2: handshake max=1\.2 on `, `Since run 1: TLS 1\.2 instead of TLS 1\.3`}},
		{"q", []string{`^T1\.1, page 1 of 5`}},
		{"messages", []string{`EncryptedExtensions`}}, // the page has its own run, whatever was tried
	})
	if last := k.ends(); !regexp.MustCompile(`([0-9]+) connections made, [0-9]+ closed, nothing left running\.\n$`).MatchString(last) {
		t.Errorf("at the end it says %q", last)
	}
}

// TestPlainWords checks the words that lead elsewhere, and those that mean
// nothing.
func TestPlainWords(t *testing.T) {
	k, _, _ := plainToy(t, "")
	k.play([]turn{
		{"help", []string{`^enter: go on`, `open 5, open 5\.2, open san:`, `quit: the end; all is saved`}},
		{"?", []string{`^enter: go on`}},
		{"mesages", []string{`^There is no mesages here; did you mean messages\?$`}},
		{"h", []string{`^h can be hex, hint or help\.$`}},
		{"p", []string{`^p is for the screen\.`}},
		{"where", []string{`^The course\. enter: begin T1`}},
		{"back", []string{`^This is home\.`}},
		{"q", []string{`^This is home\.`}},
		{"hex", []string{`^That is for a lab`}},
		{"run", []string{`^Which lab\?`}},
		{"open", []string{`^Open what\?`}},
		{"open 3", []string{`^That is for a lab`}},
		{"open serverHello.random", []string{`^ServerHello\.random: `}},
		{"go", []string{`^Where to\?`}},
		{"go nowhere", []string{`^There is no place nowhere; the course lists the lessons, labs the labs\.$`}},
		{"go cuorse", []string{`^There is no place cuorse; did you mean course\?$`}},
		{"go T1.77", []string{`^Lesson T1 has pages T1\.1 to T1\.5\.$`}},
		{"go handshake max=5", []string{`^Max cannot be "5"`}},
		{"go labs", []string{`^Labs\. All of it runs on this machine\. 1 handshake: One TLS connection`, `enter: open handshake`}},
		{"77", []string{`^There are \d+ labs\.$`}},
		{"2", []string{`^Lab wiretap\. `}},
		{"run say='meet me  at six'", []string{`^Run 2: wiretap say='meet me at six'`}},
		{"back", []string{`^Labs\.`}},
		{"", []string{`^Lab wiretap\. .* Run 2: `}}, // it is as it was left
		{"go glossary", []string{`^Glossary, 2 words: hello, record\. open and a word explains it\.$`}},
		{"go course", []string{`^A toy course`}},
		{"find", []string{`^Find what\?`}},
		{"find prediction", []string{`page A prediction: go T1\.2`}},
		{"/hello", []string{`word: open hello`}},
		{"find xyzzyxyzzy", []string{`^Nothing here is called that`}},
		{"t1.4", []string{`^T1\.4, page 4 of 5`}},
		{"test T9", []string{`^There is no lesson T9\.$`}},
		{"test T1", []string{`^Test out of T1, page 1 of 3\. Question 1 of 2 A test is taken in one go: .* begins anew\. Question\.`}},
		{"where", []string{`^Test out of T1, page 1 of 3`}},
		{"go course", nil},
		{"99", []string{`^There is no line with that number\.$`}},
		{"3", []string{`^Before you start, page 1 of 4\. Question 1 of 3`}},
		{"1", nil},
		{"", []string{`^Answered\. The reasons are in the lessons\. Before you start, page 2 of 4`}},
	})
	k.ends()
}
