package capture

// What reading keeps in memory at most, whatever a file holds. All in all it is
// maxHeld and what maxOpen connections weigh without their data, about 400 MB;
// of ordinary captures it is a few.
const (
	maxPacket  = 1 << 20   // the longest packet that is read; a longer one stops a pcap, and is passed over in a pcapng
	maxSecrets = 16 << 20  // the longest block of secrets
	maxIfaces  = 1 << 16   // interfaces, of all sections of a file
	maxConn    = 16 << 20  // of one connection: its data, and chunkCost for each chunk
	maxHeld    = 256 << 20 // the same of all that are open
	maxOpen    = 1 << 15   // connections that are followed, and pairs of ends that speak QUIC; beyond, the connection that was silent longest is let go
	maxHead    = 20 << 10  // of one direction: how much is searched for the beginning of TLS, and for a name
	maxPages   = 128       // of one connection: pieces of 1900 bytes that wait for what should be before them
	maxWaiting = 1 << 13   // the same of all
	maxNotes   = 256       // of one connection: what came once more
	maxFrags   = 4 << 20   // bytes of IP fragments that wait for others
	maxListed  = 1 << 20   // connections of an Index
	maxPlaces  = 256 << 20 // of an Index: bytes of where packets are
	chunkCost  = 96        // what a chunk weighs without its data
	fragCost   = 512       // what a fragment does
)
