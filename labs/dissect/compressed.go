package dissect

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"

	"tlstutor/labs/wire"
)

// What a compressed message may grow to. Real certificates shrink to a half; more
// is somebody who wants our memory, of which a tree takes many times its bytes.
const (
	maxUnpacked = 1 << 16
	maxGrowth   = 4
)

// compressedCertificate reads a CompressedCertificate (RFC 8879, Section 4). What
// zlib packed is unpacked, and read as the body of a Certificate.
func compressedCertificate(c *wire.Cursor) {
	how := c.Uint("algorithm", 2, compressorName)
	size := c.Uint("uncompressed_length", 3, nil)
	opaque(c, "compressed_certificate_message", 3)
	packed := c.Last()
	if c.Err() != nil {
		return
	}
	c.Say("%s, packed with %s: %d bytes for %d", "a Certificate", wire.Bare(compressorName(how)), packed.N-packed.Head, size)
	if how != 1 {
		return // brotli and zstd have names here, and that is all
	}
	data, err := unpack(content(packed), int(size))
	if err != nil {
		packed.Err = fmt.Errorf("%w (RFC 8879, Section 4)", err)
		return
	}
	from := []wire.Span{{Src: packed.Src, Off: packed.Off + packed.Head, N: packed.N - packed.Head}}
	c.Derive("Certificate", &wire.Source{Name: "decompressed", Data: data, From: from}, func(c *wire.Cursor) { certificate(c, true) })
}

// unpack returns what zlib made of size bytes (RFC 1950).
func unpack(packed []byte, size int) ([]byte, error) {
	if size > maxUnpacked || size > maxGrowth*len(packed) {
		return nil, fmt.Errorf("%d bytes that grow to %d are not unpacked here", len(packed), size)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	// One byte more than announced is enough to know that it lied.
	data, err := io.ReadAll(io.LimitReader(z, int64(size)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("unpacking: %w", err)
	case len(data) != size:
		return nil, fmt.Errorf("uncompressed_length says %d bytes, and it is another number", size)
	}
	return data, nil
}
