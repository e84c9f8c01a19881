package dissect

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"

	"tlstutor/labs/wire"
)

// hello returns a record with a ClientHello around a list of extensions.
func hello(exts []byte) []byte {
	body := append([]byte{3, 3}, make([]byte, 32)...)
	body = append(body, 0, 0, 2, 0x13, 1, 1, 0)
	body = append(binary.BigEndian.AppendUint16(body, uint16(len(exts))), exts...)
	return plainRecord(typeHandshake, append([]byte{clientHelloType, 0, byte(len(body) >> 8), byte(len(body))}, body...))
}

// ext returns an extension.
func ext(typ uint16, data []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, typ)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
}

// long returns data behind its length in two bytes.
func long(data []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(data))), data...)
}

// costly is input that makes many fields of few bytes, in lists of size bytes,
// each with what has to stand before it.
func costly(size int) map[string][2][]byte {
	serverHello := func(version uint16, suite byte) []byte {
		body := append(binary.BigEndian.AppendUint16(nil, version), make([]byte, 32)...)
		body = append(body, 0, 0xc0, suite, 0)
		return plainRecord(typeHandshake, append([]byte{serverHelloType, 0, 0, byte(len(body))}, body...))
	}
	many := func(piece ...byte) []byte { return bytes.Repeat(piece, size/len(piece)) }
	list := []byte{certificateType, 0, byte((size + 3) >> 8), byte(size + 3), 0, byte(size >> 8), byte(size)}
	ccs := plainRecord(typeChangeCipherSpec, []byte{1})
	return map[string][2][]byte{
		"empty records":         {nil, plainRecord(typeHandshake, nil)},
		"empty sealed records":  {nil, plainRecord(typeApplicationData, nil)},
		"short sealed records":  {nil, plainRecord(typeApplicationData, []byte{1})},
		"empty alerts":          {nil, plainRecord(typeAlert, nil)},
		"alerts":                {nil, plainRecord(typeAlert, []byte{2, 40})},
		"change_cipher_spec":    {nil, ccs},
		"heartbeats":            {nil, plainRecord(typeHeartbeat, []byte{1, 0, 0})},
		"pieces of a message":   {nil, plainRecord(typeHandshake, []byte{255})},
		"TLS 1.2 sealed":        {append(serverHello(0x0303, 0x2b), ccs...), plainRecord(typeHandshake, nil)},
		"TLS 1.2 not opened":    {append(serverHello(0x0303, 0x09), ccs...), plainRecord(typeHandshake, nil)},
		"TLS 1.2 no suite":      {append(serverHello(0x0303, 0xff), ccs...), plainRecord(typeHandshake, []byte{1})},
		"clear data":            {serverHello(0x0303, 0x2b), plainRecord(typeApplicationData, []byte{65})},
		"empty messages":        {nil, plainRecord(typeHandshake, many(0, 0, 0, 0))},
		"unknown messages":      {nil, plainRecord(typeHandshake, many(99, 0, 0, 0))},
		"broken messages":       {nil, plainRecord(typeHandshake, many(13, 0, 0, 1, 7))},
		"empty certificates":    {nil, plainRecord(typeHandshake, append(slices.Clip(list), many(0)...))},
		"small certificates":    {nil, plainRecord(typeHandshake, append(slices.Clip(list), many(0, 0, 2, 48, 0)...))},
		"empty extensions":      {nil, hello(many(0, 0, 0, 0))},
		"unknown extensions":    {nil, hello(many(77, 77, 0, 0))},
		"broken extensions":     {nil, hello(many(0, 43, 0, 1, 9))},
		"broken names":          {nil, hello(many(0, 0, 0, 3, 0, 1, 9))},
		"shares":                {nil, hello(ext(51, long(many(0, 77, 0, 0))))},
		"broken shares":         {nil, hello(ext(51, long(many(0, 77, 0, 9))))},
		"protocols":             {nil, hello(ext(16, long(many(0))))},
		"one-byte protocols":    {nil, hello(ext(16, long(many(1, 27))))},
		"identities":            {nil, hello(ext(41, append(long(many(0, 0, 0, 0, 0, 0)), 0, 0)))},
		"binders":               {nil, hello(ext(41, append([]byte{0, 0}, long(many(0))...)))},
		"authorities":           {nil, hello(ext(47, long(many(0, 0))))},
		"server names":          {nil, hello(ext(0, long(many(0, 0, 0))))},
		"cipher suites":         {nil, hello(ext(10, long(many(9, 9))))},
		"single protocol lists": {nil, hello(many(ext(16, long([]byte{0}))...))},
		"single suites":         {nil, hello(many(ext(45, []byte{1, 9})...))},
	}
}

// TestMemory feeds 64 KB of each, and holds on to all records.
func TestMemory(t *testing.T) {
	const size = 1 << 16
	for name, parts := range costly(16000) {
		input := slices.Clone(parts[0])
		for len(input) < size {
			input = append(input, parts[1]...)
		}
		s := New(nil)
		before := heap()
		records := s.Feed(ToClient, input)
		used := heap() - before
		if used > 256*len(input) {
			t.Errorf("%s: %d bytes of memory for each of input", name, used/len(input))
		}
		for _, r := range records[:min(9, len(records))] {
			sound(t, r.Tree)
		}
		runtime.KeepAlive(s)
	}
}

// heap returns how many bytes are in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestLinear feeds byte by byte: twice the input takes about twice the memory to
// work through, where anything done again for every byte would take four times.
func TestLinear(t *testing.T) {
	parked := bytes.Repeat(plainRecord(typeApplicationData, make([]byte, 20)), 4000)
	piece := bytes.Repeat(plainRecord(typeHandshake, []byte{255}), 17000)
	whole := bytes.Repeat(plainRecord(typeApplicationData, make([]byte, 16000)), 7)
	for name, input := range map[string][]byte{
		"parked": parked, "joined": piece, "text": bytes.Repeat([]byte("text "), 20000), "long records": whole,
		"broken": append(plainRecord(typeAlert, nil), make([]byte, 100000)...),
	} {
		work := func(n int) uint64 {
			keys := NewKeys()
			s := New(keys)
			var a, b runtime.MemStats
			runtime.ReadMemStats(&a)
			for i := range n {
				s.Feed(ToServer, input[i:i+1])
				if i%64 == 0 { // a key of another connection
					fmt.Fprintf(keys, "CLIENT_RANDOM %064x %096x\n", i, i)
				}
			}
			s.Flush()
			runtime.ReadMemStats(&b)
			return b.TotalAlloc - a.TotalAlloc
		}
		half, full := work(50000), work(100000)
		if full > 3*half {
			t.Errorf("%s: %d bytes for half of the input, %d for all", name, half, full)
		}
	}
}

// weight estimates the memory of a tree.
func weight(f *wire.Field) int {
	n := 128 + 8*cap(f.Kids) + len(f.Value)
	if f.Err != nil {
		n += 64 + len(f.Err.Error())
	}
	for _, k := range f.Kids {
		n += weight(k)
	}
	return n
}

// older returns connections whose MAC is by itself, by what they log.
func older(t testing.TB) map[string][]chunk {
	out := map[string][]chunk{}
	cert := certified(t, "rsa2048")
	for version, suite := range map[uint16]uint16{
		tls.VersionTLS10: tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.VersionTLS11: tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, tls.VersionTLS12: tls.TLS_RSA_WITH_RC4_128_SHA,
	} {
		client, server := settings(cert)
		for _, c := range []*tls.Config{client, server} {
			c.MinVersion, c.MaxVersion, c.CipherSuites = version, version, []uint16{suite}
		}
		keys := NewKeys()
		seen := talk(t, client, server, keys)
		out[string(keys.Bytes())] = seen
	}
	return out
}

// unpacked returns how many bytes of a tree were made by unpacking fewer.
func unpacked(f *wire.Field) int {
	n := 0
	f.Walk(func(path []*wire.Field) {
		if at := path[len(path)-1]; at.Src != nil && at.Src.Name == "decompressed" && at.N == len(at.Src.Data) {
			n += at.N
		}
	})
	return n
}

// script writes a connection as FuzzFeed reads it: for each chunk a byte with its
// direction, its length, and its bytes. With 2 added to the byte the bytes are
// missing in what was captured, or, where there are none, all before.
func script(seen []chunk) []byte {
	var b []byte
	for _, c := range seen {
		b = append(b, byte(c.dir))
		b = append(b, long(c.data)...)
	}
	return b
}

// bared returns a trace as if nothing had been sealed, so that all of it can be
// changed.
func bared(tr *trace, seen []chunk) []chunk {
	keys := NewKeys()
	fmt.Fprint(keys, tr.log())
	var out []chunk
	for _, r := range replay(New(keys), seen) {
		data, typ := r.Tree.Bytes(), r.Tree.Find("TLSInnerPlaintext.type")
		if in := carrier(r.Tree); typ != nil {
			data = plainRecord(byte(typ.Code), in.Bytes())
		}
		out = append(out, chunk{r.Dir, data})
	}
	return out
}

// resumed returns, for each version, a connection that resumes one before it, and
// what both said of keys and tickets.
func resumed(t testing.TB) (*Keys, [][]chunk) {
	keys, all := NewKeys(), [][]chunk{}
	cert := certified(t, "p256")
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := settings(cert)
		client.MaxVersion, client.ClientSessionCache = v, tls.NewLRUClientSessionCache(1)
		replay(New(keys), talk(t, client, server, keys))
		all = append(all, talk(t, client, server, keys))
	}
	return keys, all
}

// FuzzFeed feeds any bytes in any pieces, with keys that fit the seeds known from
// the start or only at the end. Nothing panics; the records tile what was fed, and
// their trees keep the rules; memory is bounded; labels are safe to show.
func FuzzFeed(f *testing.F) {
	log := ""
	for log12, seen := range both(f) {
		f.Add(script(seen), true)
		log += log12
	}
	before, again := resumed(f)
	log += string(before.Bytes())
	for _, seen := range again {
		f.Add(script(seen), true)
		f.Add(script(seen), false)
	}
	for _, tr := range traces(f) {
		var seen []chunk
		for i, b := range tr.records {
			seen = append(seen, chunk{tr.dirs[i], b})
		}
		f.Add(script(seen), true)
		f.Add(script(seen), false)
		f.Add(script(bared(tr, seen)), false)
		log += tr.log()
	}
	for _, parts := range costly(60) {
		f.Add(script([]chunk{{ToClient, append(parts[0], parts[1]...)}, {ToServer, parts[1]}}), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, known bool) {
		keys := NewKeys()
		keys.tickets = maps.Clone(before.tickets)
		if known {
			fmt.Fprint(keys, log)
		}
		s := New(keys)
		var records []Record
		var fed [2]int
		for rest := data; len(rest) >= 3; {
			d := Dir(rest[0] & 1)
			n := min(int(binary.BigEndian.Uint16(rest[1:])), len(rest)-3)
			piece := rest[3 : 3+n]
			lost := rest[0]&2 != 0
			rest = rest[3+n:]
			if lost {
				records = append(records, s.Gap(d, n)...)
				continue
			}
			fed[d] += n
			records = append(records, s.Feed(d, piece)...)
		}
		// What waited for the keys comes once more.
		if !known {
			fmt.Fprint(keys, log)
			records = append(records, s.Feed(ToServer, nil)...)
		}
		for _, d := range []Dir{ToServer, ToClient} {
			records = append(records, s.Close(d)...)
			covered(t, records, d, fed[d])
		}
		total, grown := 0, 0
		for _, r := range append(records, s.Flush()...) {
			sober(t, r.Tree, len(data))
			total += weight(r.Tree)
			grown += unpacked(r.Tree)
			if label := Label(r.Tree); wire.Clean(label, 1<<20) != label || label == "" {
				t.Errorf("label %q", label)
			}
			if len(r.Msgs) != len(Messages(r.Tree)) {
				t.Errorf("%s: %d messages, %d in the tree", Label(r.Tree), len(r.Msgs), len(Messages(r.Tree)))
			}
		}
		if total > 512*(len(data)+grown)+64<<10 {
			t.Errorf("%d bytes make trees of %d", len(data), total)
		}
	})
}
