package dissect

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rc4"
	"encoding/binary"
	"hash"
)

// A bulk is what a direction needs where encryption and MAC are two things (RFC
// 5246, Sections 6.2.3.1 and 6.2.3.2).
type bulk struct {
	version uint64
	block   cipher.Block
	stream  cipher.Stream
	mac     hash.Hash // with its key; nil where that is not known
	last    bool      // encrypt-then-MAC (RFC 7366): the MAC is over the ciphertext, and in the clear
}

// An inside is what a sealed record held.
type inside struct {
	data         []byte
	off, n       int  // which bytes of the record it was decrypted from
	content, mac int  // how much of it is content, and how much behind that is a MAC
	checked      bool // the MAC fits; false only where no key is known, and none needed
}

// chained reports whether a record's iv is the end of the record before, as it
// was before TLS 1.1 (RFC 2246, Section 6.2.3.2).
func (b *bulk) chained() bool { return b.version < 0x0302 }

// openBulk decrypts a record, and checks its MAC.
func (p *protection) openBulk(record []byte) (inside, bool) {
	switch p.kind {
	case cbc:
		return p.openCBC(record)
	case rc4Stream:
		data := make([]byte, len(record)-5)
		p.bulk.stream.XORKeyStream(data, record[5:])
		return p.macked(record, data)
	}
	// The bytes are as they were written.
	in, ok := p.macked(record, record[5:])
	in.data = nil
	return in, ok
}

// macked checks content with a MAC behind it, which is all of data. Without a key,
// as only a suite without a cipher may be, it takes the MAC for what it is.
func (p *protection) macked(record, data []byte) (inside, bool) {
	size := p.suite.mac().Size()
	n := len(data) - size
	if n < 0 {
		return inside{}, false
	}
	in := inside{data: data, off: 5, n: len(data), content: n, mac: size, checked: p.bulk.mac != nil}
	return in, !in.checked || p.fits(record, n, data[:n], data[n:])
}

// openCBC decrypts a chain of blocks (RFC 5246, Section 6.2.3.2). How long the
// padding is, its last byte says.
func (p *protection) openCBC(record []byte) (inside, bool) {
	size, mac := p.bulk.block.BlockSize(), p.bulk.mac.Size()
	body, iv := record[5:], p.iv
	in := inside{off: 5, mac: mac, checked: true}
	if p.last {
		n := len(body) - mac
		if n < 0 || !p.fits(record, n, body[:n], body[n:]) {
			return inside{}, false
		}
		body, in.mac = body[:n], 0
	}
	if !p.chained() && len(body) >= size {
		iv, body, in.off = body[:size], body[size:], 5+size
	}
	if len(body) == 0 || len(body)%size != 0 || len(iv) != size {
		return inside{}, false
	}
	in.data, in.n = make([]byte, len(body)), len(body)
	cipher.NewCBCDecrypter(p.bulk.block, iv).CryptBlocks(in.data, body)
	padding := in.data[len(body)-1]
	in.content = len(body) - 1 - int(padding) - in.mac
	if in.content < 0 {
		return inside{}, false
	}
	behind := in.data[in.content:]
	for _, b := range behind[in.mac:] {
		if b != padding {
			return inside{}, false
		}
	}
	return in, p.last || p.fits(record, in.content, in.data[:in.content], behind[:mac])
}

// fits reports whether tag is the MAC over the record's number, its type and
// version, a length of n, and body (RFC 5246, Section 6.2.3.1; RFC 7366,
// Section 3).
func (p *protection) fits(record []byte, n int, body, tag []byte) bool {
	p.bulk.mac.Reset()
	p.bulk.mac.Write(p.additional(record, n))
	p.bulk.mac.Write(body)
	return hmac.Equal(p.bulk.mac.Sum(nil), tag)
}

// additional returns what is authenticated besides the content of n bytes:
// seq_num, type, version, length (RFC 5246, Section 6.2.3.3).
func (p *protection) additional(record []byte, n int) []byte {
	ad := binary.BigEndian.AppendUint64(make([]byte, 0, 13), p.seq)
	return binary.BigEndian.AppendUint16(append(ad, record[:3]...), uint16(n))
}

// pass counts a record that did not open: what follows it may still do so.
func (p *protection) pass(record []byte) {
	p.seq++
	p.chain(record)
}

// chain keeps the end of a record for the next one, where that needs it.
func (p *protection) chain(record []byte) {
	if p.kind != cbc || !p.chained() {
		return
	}
	end := len(record)
	if p.last {
		end -= p.bulk.mac.Size()
	}
	if size := p.bulk.block.BlockSize(); end >= 5+size {
		p.iv = record[end-size : end]
	}
}

// bulkKeys makes the keys that CBC, RC4 and suites without a cipher need.
func (s suite) bulkKeys(version uint64, last bool, macKey, key []byte) (bulk, error) {
	b := bulk{version: version, last: last && s.kind == cbc, mac: hmac.New(s.mac, macKey)}
	var err error
	switch s.kind {
	case cbc:
		b.block, err = s.block(key)
	case rc4Stream:
		b.stream, err = rc4.NewCipher(key)
	}
	return b, err
}
