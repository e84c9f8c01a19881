package pki

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"math/big"
	"time"

	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// A Responder answers OCSP requests for the certificates of one authority. Its
// zero settings are those of an honest one that knows of no revocation. It must
// not be changed while it answers.
type Responder struct {
	Of     *Authority
	Signer *Issued                      // one with the profile Delegate; nil: the authority itself signs
	Status func(serial *big.Int) Status // nil: all are good
	Fault  string                       // one of ResponderFaults, or ""
	Wait   func(context.Context) error  // is called before each HTTP answer: for a late responder, or with an error a dead one
	Life   time.Duration                // between thisUpdate and nextUpdate; zero: four days
}

// ResponderFaults returns what a responder can do wrong, each with a sentence.
func ResponderFaults() [][2]string {
	return [][2]string{
		{"malformed", "its answer is not DER at all"},
		{"malformed-request", "it says that the request is malformed"},
		{"internal-error", "it says that something broke inside"},
		{"try-later", "it says to try later"},
		{"sig-required", "it says that requests must be signed"},
		{"unauthorized", "it says that it does not answer for this issuer"},
		{"expired", "its answer was for last month"},
		{"future", "its answer is for next month"},
		{"no-nonce", "it leaves the nonce out, as answers made in advance do"},
		{"wrong-nonce", "it answers with a nonce of its own"},
		{"wrong-serial", "it answers for another certificate"},
		{"stranger", "a key that nobody vouches for signs its answer"},
		{"tampered", "one bit of its signature is flipped"},
	}
}

// Revocations turns a list of entries into a Responder's Status.
func Revocations(list ...Revoked) func(*big.Int) Status {
	return func(serial *big.Int) Status {
		for _, r := range list {
			if r.Serial.Cmp(serial) == 0 {
				return Status{Withdrawn, r.At, r.Reason}
			}
		}
		return Status{}
	}
}

// The response statuses of RFC 6960, Section 4.2.1.
const (
	malformedRequest = 1
	internalError    = 2
	tryLater         = 3
	sigRequired      = 5
	unauthorized     = 6
)

// refusal is a response without a body.
func refusal(status byte) []byte { return sequence([]byte{byte(tag.ENUM), 1, status}) }

// respond answers one request in DER with one response in DER. It answers
// whatever it is asked: what cannot be read with malformedRequest.
func (r *Responder) respond(request []byte) []byte {
	switch r.Fault {
	case "malformed":
		return []byte("the dog ate the answer")
	case "malformed-request":
		return refusal(malformedRequest)
	case "internal-error":
		return refusal(internalError)
	case "try-later":
		return refusal(tryLater)
	case "sig-required":
		return refusal(sigRequired)
	case "unauthorized":
		return refusal(unauthorized)
	}
	// From here on it answers, if only for certificates of its own authority.
	// Whoever asks needs no signature and no name.
	q, err := readQuestion(request)
	if err != nil {
		return refusal(malformedRequest)
	}
	for i := range q.ids {
		if !q.ids[i].by(r.Of.Cert()) {
			return refusal(unauthorized)
		}
	}
	response, err := r.answer(q)
	if err != nil {
		return refusal(internalError)
	}
	r.Of.made(pemResponse, response, nil)
	return response
}

// Staple makes the answer for a certificate that nobody asked for yet: what its
// server hands out (RFC 6066, Section 8).
func (r *Responder) Staple(cert *x509.Certificate) ([]byte, error) {
	request, err := Ask(cert, r.Of.Cert(), nil)
	if err != nil {
		return nil, err
	}
	return r.respond(request), nil
}

// answer signs a BasicOCSPResponse (RFC 6960, Section 4.2.1).
func (r *Responder) answer(q *question) ([]byte, error) {
	signer, public, certs, err := r.signer()
	if err != nil {
		return nil, err
	}
	_, bits, err := keyInfo(public)
	if err != nil {
		return nil, err
	}
	now := r.Of.now()
	// ResponseData: who answers (byKey [2], for which RFC 6960 prescribes SHA-1), when,
	// what, and the extensions.
	data := sequence(element(0xa2, element(tag.OCTET_STRING, digest(crypto.SHA1, bits))),
		stamp(now), r.singles(q, now), r.echo(q))
	alg, err := algorithmFor(signer.Public(), 0)
	if err != nil {
		return nil, err
	}
	sum, err := alg.sign(signer, data)
	if err != nil {
		return nil, err
	}
	// All but the signature is genuine then.
	if r.Fault == "tampered" {
		sum[len(sum)-1] ^= 1
	}
	if certs != nil {
		certs = element(0xa0, sequence(certs))
	}
	// The certificate of a delegate goes along, so that clients can check that it may.
	basic := sequence(data, alg.der, element(tag.BIT_STRING, []byte{0}, sum), certs)
	return sequence([]byte{byte(tag.ENUM), 1, 0}, element(0xa0, sequence(oidDER(ocspBasic()), element(tag.OCTET_STRING, basic)))), nil
}

// signer returns who signs, the public key that the answer names, and the
// certificate that goes with it.
func (r *Responder) signer() (crypto.Signer, crypto.PublicKey, []byte, error) {
	// A stranger signs, but the answer still names the authority: who looks at the
	// name only is deceived.
	if r.Fault == "stranger" {
		key, err := r.Of.keys.Key(Kinds()[0])
		return key, r.Of.Key.Public(), nil, err
	}
	if r.Signer == nil {
		return r.Of.Key, r.Of.Key.Public(), nil, nil
	}
	if r.Signer.Key == nil {
		return nil, nil, nil, errors.New("the responder's key is not here")
	}
	return r.Signer.Key, r.Signer.Key.Public(), r.Signer.Leaf.Raw, nil
}

// singles encodes one SingleResponse for each certificate that was asked for.
func (r *Responder) singles(q *question, now time.Time) []byte {
	life := r.Life
	if life == 0 {
		life = 4 * day
	}
	this := now.Add(-time.Hour)
	// The span keeps its length; it lies a month off.
	switch r.Fault {
	case "expired":
		this = now.Add(-30*day - life)
	case "future":
		this = now.Add(30 * day)
	}
	var all [][]byte
	for _, id := range q.ids {
		var s Status
		// A responder that is told nothing answers good, as many do for numbers that were
		// never issued.
		if r.Status != nil {
			s = r.Status(id.serial)
		}
		all = append(all, sequence(r.name(id), s.der(now), stamp(this), element(0xa0, stamp(this.Add(life)))))
	}
	return sequence(all...)
}

// name is the CertID that the answer is about.
func (r *Responder) name(id certID) []byte {
	if r.Fault != "wrong-serial" {
		return id.raw
	}
	// The next number: a certificate that may well exist.
	other, err := idFor(r.Of.Cert(), new(big.Int).Add(id.serial, big.NewInt(1)))
	if err != nil {
		return id.raw
	}
	return other.raw
}

// echo encodes the extensions of a response: the nonce of the request (RFC 9654,
// Section 2.1), when there was one.
func (r *Responder) echo(q *question) []byte {
	nonce := q.nonce
	if r.Fault == "wrong-nonce" {
		own := make([]byte, 32)
		if _, err := rand.Read(own); err == nil {
			nonce = element(tag.OCTET_STRING, own)
		}
	}
	// RFC 9654 lets a responder leave it out; clients decide what that is worth.
	if nonce == nil || r.Fault == "no-nonce" {
		return nil
	}
	return element(0xa1, sequence(extensionDER(ocspNonce(), false, nonce)))
}
