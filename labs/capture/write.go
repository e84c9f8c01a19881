package capture

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// tlsSecrets is the type of secrets that are an NSS key log: "TLSK" (the pcapng
// specification, Section 4.7).
const tlsSecrets = 0x544c534b

// comment stands in the file's section header.
const comment = "The bytes in the TCP streams, their times and the addresses are as recorded. " +
	"The Ethernet, IP and TCP headers were made up around them."

// Write writes the connections as one pcapng file: first the secrets, since a
// reader needs them before the packets they open, then the packets by time.
// Start is when the recording began. Nothing is written if the connections
// cannot be; when w fails, what it took is not a whole file.
func Write(w io.Writer, start time.Time, conns []Conn) error {
	streams, order, err := schedule(conns)
	if err != nil {
		return err
	}
	out, err := open(w, conns)
	if err != nil {
		return fmt.Errorf("writing the capture: %w", err)
	}
	for _, e := range order {
		ci := gopacket.CaptureInfo{Timestamp: start.Add(e.at)}
		put := func(frame []byte) error {
			ci.CaptureLength, ci.Length = len(frame), len(frame)
			return out.WritePacket(ci, frame)
		}
		if err := streams[e.conn].chunk(&conns[e.conn].Chunks[e.chunk], put); err != nil {
			return fmt.Errorf("writing the capture: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the capture: %w", err)
	}
	return nil
}

// An entry is the place of one chunk in the file.
type entry struct {
	at          time.Duration
	conn, chunk int
}

// schedule checks the connections and puts their chunks in one order: that of
// time, and within a connection the order they came in, whatever their times.
func schedule(conns []Conn) ([]*stream, []entry, error) {
	streams := make([]*stream, len(conns))
	var order []entry
	for i := range conns {
		s, err := newStream(&conns[i])
		if err != nil {
			return nil, nil, fmt.Errorf("connection %d: %w", i+1, err)
		}
		streams[i] = s
		var last time.Duration
		for j, c := range conns[i].Chunks {
			last = max(last, c.At)
			order = append(order, entry{last, i, j})
		}
	}
	slices.SortStableFunc(order, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	return streams, order, nil
}

// open writes all that comes before the packets: the section, the interface,
// and the secrets.
func open(w io.Writer, conns []Conn) (*pcapgo.NgWriter, error) {
	on := pcapgo.NgInterface{Name: "tlstutor", LinkType: layers.LinkTypeEthernet, TimestampResolution: 9}
	section := pcapgo.NgSectionInfo{Application: "tlstutor", Comment: comment}
	out, err := pcapgo.NewNgWriterInterface(w, on, pcapgo.NgWriterOptions{SectionInfo: section})
	if err != nil {
		return nil, err
	}
	for _, c := range conns {
		if len(c.Keys) == 0 {
			continue
		}
		if err := out.WriteDecryptionSecretsBlock(tlsSecrets, c.Keys); err != nil {
			return nil, err
		}
	}
	return out, nil
}
