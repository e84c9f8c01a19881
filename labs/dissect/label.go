package dissect

import (
	"bytes"
	"fmt"
	"strings"

	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// OpenLeaf reports whether a field of that name may be a leaf of more than 8
// bytes, because its bytes have no parts that a specification names. It is the
// list for wire.Check, and holds that of the certificates inside.
func OpenLeaf(name string) bool {
	switch name {
	case "plaintext", "fragment", "encrypted_record", "application_data", "zeros", wire.Undecoded,
		"random", "legacy_session_id", "legacy_session_id_echo", "key_exchange", "cookie", "verify_data", "signature",
		"nonce_explicit", "ticket", "ticket_nonce", "identity", "binder", "certificate_request_context":
		return true
	// Key exchange before TLS 1.3.
	case "public", "ecdh_Yc", "EncryptedPreMasterSecret", "dh_p", "dh_g", "dh_Ys", "dh_Yc", "psk_identity_hint", "psk_identity",
		"rsa_modulus", "rsa_exponent", "srp_N", "srp_g", "srp_s", "srp_B", "srp_A", "md5_hash", "sha_hash":
		return true
	// Extensions.
	case "extension_data", "host_name", "ProtocolName", "ResponderID", "request_extensions",
		"client_verify_data", "server_verify_data", "padding", "payload", "enc", "confirmation", "public_key", "public_name", "contents", "data",
		"certificate_extension_values", "srtp_mki", "srp_I", "transport_parameter_value", "compressed_certificate_message":
		return true
	}
	// Records.
	switch name {
	case "IV", "MAC", "challenge", "session_id":
		return true
	}
	return der.OpenLeaf(name)
}

// Messages returns the messages in a record's tree, in order: what stands in
// its Msgs.
func Messages(tree *wire.Field) []*wire.Field {
	// Bytes that are not TLS count as one message, and so does SSL 2's hello.
	if tree.Name == "plaintext" || tree.Name == v2Name {
		return []*wire.Field{tree}
	}
	in := carrier(tree)
	if in == nil {
		return nil
	}
	var out []*wire.Field
	for _, k := range in.Kids {
		if !notMessage(k.Name) {
			out = append(out, k)
		}
	}
	return out
}

// notMessage reports whether what stands among messages is a part of one, or
// none.
func notMessage(name string) bool {
	return name == "fragment" || name == wire.Undecoded
}

// Where the messages stand depends on the version, and on whether the record was
// sealed; everybody else asks here.

// carrier returns the field whose kids are the messages of a record, or nil for
// one that is sealed.
func carrier(tree *wire.Field) *wire.Field {
	if tree.Name == "TLSPlaintext" {
		return tree.Kid("fragment")
	}
	// What is inside stands beside the sealed part, or, with no cipher, in it.
	for _, k := range tree.Kids {
		switch k.Name {
		case "content":
			return k
		case "TLSInnerPlaintext", "GenericBlockCipher", "GenericStreamCipher", "fragment":
			if content := k.Kid("content"); content != nil {
				return content
			}
		}
	}
	return nil
}

// maxLabel is where the text in a label is cut, in bytes.
const maxLabel = 60

// Label returns one short line that says what a record is.
func Label(r *wire.Field) string {
	switch r.Name {
	case "plaintext":
		return firstLine(r)
	case v2Name:
		return v2Name
	case wire.Undecoded:
		return fmt.Sprintf("undecoded, %s", wire.Count(r.N, "byte"))
	}
	if size, cut := announced(r); cut && size > 0 {
		return fmt.Sprintf("cut off, %d of %s", r.N, wire.Count(size, "byte"))
	} else if cut {
		return fmt.Sprintf("cut off in its header, %s", wire.Count(r.N, "byte"))
	}
	in := carrier(r)
	if in == nil {
		return fmt.Sprintf("sealed, %s", wire.Count(r.N, "byte"))
	}
	var parts words
	if len(in.Kids) == 0 && in.N > 0 {
		parts.add(partOf(in))
	}
	for i, k := range in.Kids {
		switch {
		case k.Name == "Alert":
			// The level says nothing any more (RFC 9846, Section 6).
			_, what, _ := strings.Cut(k.Value, " ")
			parts.add(strings.TrimSpace("Alert " + what))
		case k.Name == "application_data" || k.Name == "plaintext":
			parts.add(firstLine(k))
		case k.Name == wire.Undecoded:
			parts.add(fmt.Sprintf("undecoded, %s", wire.Count(k.N, "byte")))
		case k.Name == "fragment" && i+1 < len(in.Kids) && in.Kids[i+1].Src != k.Src:
			// The last part of the message that follows.
		case k.Name == "fragment":
			parts.add(partOf(k))
		default:
			parts.add(k.Name)
		}
	}
	return or(parts.joined(", "), "an empty record")
}

// announced reports whether there is only the beginning of a record, and how long
// it says it is, with its header; 0 where that is not there either.
func announced(r *wire.Field) (size int, cut bool) {
	n := r.Kid("length")
	if n == nil || n.Err != nil || !n.IsNum {
		return 0, r.Err != nil && r.N < 5
	}
	size = 5 + int(n.Code)
	return size, r.N < size
}

// partOf says of a piece of a message what it is a part of, from its value.
func partOf(piece *wire.Field) string {
	if i := strings.LastIndex(piece.Value, " of "); i >= 0 {
		return "part" + piece.Value[i:]
	}
	return "part of a message"
}

// firstLine returns the first line of a field's bytes as clean text, or, where
// they are not text, how many there are.
func firstLine(f *wire.Field) string {
	b := f.Bytes()
	b = b[:min(len(b), 4*maxLabel)]
	if i := bytes.IndexAny(b, "\r\n"); i >= 0 {
		b = b[:i]
	}
	// Each byte that is no text takes at least four to show.
	if line := wire.Clean(string(b), 4*len(b)); line == "" || f.Secret || len(line) >= 2*len(b) {
		return fmt.Sprintf("%s, %s", f.Name, wire.Count(f.N, "byte"))
	}
	return wire.Clean(string(b), maxLabel)
}
