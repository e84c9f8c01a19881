package labs

import (
	"bytes"
	"encoding/hex"
	"io"

	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
	"tlstutor/labs/recorded"
)

// A part is one side of a recorded connection, as it is played.
type part struct {
	*Side
	b       *Bench
	lines   []recorded.Line // what it has still to say
	keys    [][]byte        // what it has still to log
	crossed int             // bytes so far, in both directions, the end of each counted as one
	wrote   bool            // it has written something
	heard   bool            // it has read something since, or, if it never wrote, at all
}

// plays returns the peer that plays either side of a recorded connection. It
// writes when it has read what had been written before that, and no sooner than it
// was then.
func (b *Bench) plays(take *recorded.Take, n int) Peer {
	return func(s *Side) error {
		defer s.End()
		chunks, clock := take.Conns[n].Chunks, b.run.clock
		p := &part{Side: s, b: b, keys: keysOf(take, n)}
		for _, l := range take.Lines {
			if l.Conn == n+1 && l.Who == s.Who.String() {
				p.lines = append(p.lines, l)
			}
		}
		began := clock.At()
		for i := range chunks {
			p.say()
			c := &chunks[i]
			if c.Dir == s.Dir {
				if err := clock.Wait(b.ctx, began+c.At-chunks[0].At); err != nil {
					return err
				}
			}
			if err := p.play(c); err != nil {
				return err
			}
		}
		p.say()
		return nil
	}
}

// play writes a chunk, or reads one.
func (p *part) play(c *capture.Chunk) error {
	p.crossed += len(c.Data)
	if c.Fin {
		p.crossed++
	}
	if c.Dir != p.Dir {
		p.heard = true
		_, err := io.ReadFull(p, make([]byte, len(c.Data)))
		if err == nil && c.Fin {
			_, err = io.Copy(io.Discard, p)
		}
		return err
	}
	p.log()
	p.wrote, p.heard = true, false
	_, err := p.Write(c.Data)
	if c.Fin {
		p.EndWrite()
	}
	return err
}

// say says what was said by now.
func (p *part) say() {
	for len(p.lines) > 0 && p.lines[0].After <= p.crossed {
		p.b.quote(p.Conn, p.lines[0])
		p.lines = p.lines[1:]
	}
}

// log logs the keys that a side has when it writes. When it logged them is not
// recorded, but it cannot have been later than what needs them, nor before it had
// read what they are made of: the other side's key share, or, for a server of
// TLS 1.2, the client's second flight.
func (p *part) log() {
	server := p.Dir == dissect.ToClient
	var later [][]byte
	for _, line := range p.keys {
		has := p.heard
		switch {
		case bytes.HasPrefix(line, []byte("CLIENT_EARLY_")):
			has = has || !server
		case bytes.HasPrefix(line, []byte("CLIENT_RANDOM ")):
			has = has && (p.wrote || !server)
		}
		if !has {
			later = append(later, line)
			continue
		}
		p.Log.Write(line)
	}
	p.keys = later
}

// keysOf returns the lines of a key log that may be for one of the connections, the
// n-th: all but those that name the random of another one's ClientHello. What is
// negotiated inside a connection has a random that is not to be seen.
func keysOf(take *recorded.Take, n int) [][]byte {
	var lines [][]byte
	for line := range bytes.Lines(take.Keys) {
		others := false
		for i, c := range take.Conns {
			random := clientRandom(c)
			others = others || i != n && random != nil && bytes.Contains(line, random)
		}
		if !others {
			lines = append(lines, line)
		}
	}
	return lines
}

// clientRandom is the random of a connection's ClientHello (RFC 9846, Section
// 4.2.2) in hexadecimal: it stands behind the heads of the record and the message,
// and the version.
func clientRandom(c *capture.Conn) []byte {
	const at = 5 + 4 + 2
	if len(c.Chunks) == 0 || len(c.Chunks[0].Data) < at+32 {
		return nil
	}
	return hex.AppendEncode(nil, c.Chunks[0].Data[at:at+32])
}
