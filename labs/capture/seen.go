package capture

import (
	"fmt"
	"slices"
	"time"
)

// Seen is what a file holds beside the connections that are given.
type Seen struct {
	Format  string    // "pcap", "pcapng", "TLS records"
	Comment string    // the first section's, clean
	Start   time.Time // of the first packet; zero if there is none
	Packets int64
	Conns   int // TCP connections, of which
	Plain   int // so many have no TLS that was recognised, as far as they were read

	DTLS, QUIC Other
	Cut        int64    // TCP segments that were not captured to their end
	Fragments  int64    // IP fragments that were not put together
	Bad        int64    // packets whose headers make no sense
	Foreign    int64    // packets that are not of IP, or of a link type that is not read
	Links      []uint16 // the link types that are not read, at most 16
}

// foreign counts a packet of a link type that is not read.
func (s *Seen) foreign(link uint16) {
	if s.Foreign++; len(s.Links) < 16 && !slices.Contains(s.Links, link) {
		s.Links = append(s.Links, link)
	}
}

// Lines says what there is beside the connections that are given, one sentence
// a line without a full stop; nothing where there is nothing to say.
func (s *Seen) Lines() []string {
	var lines []string
	say := func(n int64, one, many string) {
		if n == 1 {
			lines = append(lines, "1 "+one)
		} else if n > 1 {
			lines = append(lines, fmt.Sprintf("%d %s", n, many))
		}
	}
	say(int64(s.Plain), "TCP connection without TLS", "TCP connections without TLS")
	for _, o := range []struct {
		Other
		name string
	}{{s.DTLS, "DTLS"}, {s.QUIC, "QUIC"}} {
		from := fmt.Sprintf(", which is named here and not read; the first is packet %d, from %v to %v", o.First, o.From, o.To)
		say(o.Packets, "packet of "+o.name+from, "packets of "+o.name+from)
	}
	say(s.Cut, "packet was not captured to its end", "packets were not captured to their ends")
	say(s.Fragments, "IP fragment could not be put together with its others", "IP fragments could not be put together")
	say(s.Bad, "packet with headers that make no sense", "packets with headers that make no sense")
	say(s.Foreign, "packet of something other than IP", "packets of something other than IP")
	if len(s.Links) > 0 {
		lines = append(lines, fmt.Sprintf("link types that are not read: %v", s.Links))
	}
	return lines
}
