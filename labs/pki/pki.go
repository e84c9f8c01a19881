// Package pki is the certificate authority of the labs: keys, roots,
// intermediates and leaves, what revokes them, and what is wrong with them.
//
// Its rules:
//
//   - Keys are made here, live in memory and are written nowhere; what encodes
//     one for a file says so in its name.
//   - Every date follows the clock that the authority was given, so that a lab can
//     move in time.
//   - Certificates follow RFC 5280 and the habits of the public web: a name is
//     a subjectAltName, a leaf may only sign, an identifier of the key is in
//     every certificate.
//   - Every authority is new, also where two have the same names: they do not
//     trust each other.
//   - There is one way to a certificate: a Spec becomes parts, parts are encoded
//     and signed. What is deliberately bad is a good one taken apart again, with
//     one part changed (forge.go).
//   - Nothing listens here. A Responder answers whoever a lab lets in.
//
// Start reading at New and Leaf for the usual chain; at Spec and Authority for
// any other; at Change and Forge for bad ones.
package pki
