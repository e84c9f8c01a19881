package labs

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A row is one thing that both tshark and we read. How says which part of it is
// compared: "number", "bytes", "text", "size" (how long its content is, where
// tshark reads a length of its own) or "span" (how long all of it is). Ours may
// begin with the name of the field above it.
type row struct{ ours, theirs, how string }

// rows are what is compared. Names are not: this tshark does not know the newer
// ones.
func rows() []row {
	return []row{
		{"msg_type", "handshake.type", "number"},
		{"length", "handshake.length", "number"},
		{"legacy_version", "handshake.version", "number"},
		{"random", "handshake.random", "bytes"},
		{"legacy_session_id", "handshake.session_id_length", "size"}, {"legacy_session_id", "handshake.session_id", "bytes"},
		{"legacy_session_id_echo", "handshake.session_id_length", "size"}, {"legacy_session_id_echo", "handshake.session_id", "bytes"},
		{"cipher_suites", "handshake.cipher_suites_length", "size"},
		{"cipher_suite", "handshake.ciphersuite", "number"},
		{"legacy_compression_methods", "handshake.comp_methods_length", "size"},
		{"compression_method", "handshake.comp_method", "number"},
		{"legacy_compression_method", "handshake.comp_method", "number"},
		{"extensions", "handshake.extensions_length", "size"},
		{"extension_type", "handshake.extension.type", "number"},
		{"extension_data", "handshake.extension.len", "size"},
		{"server_name_list", "handshake.extensions_server_name_list_len", "size"},
		{"name_type", "handshake.extensions_server_name_type", "number"},
		{"host_name", "handshake.extensions_server_name_len", "size"}, {"host_name", "handshake.extensions_server_name", "text"},
		{"named_group_list", "handshake.extensions_supported_groups_length", "size"},
		{"named_group", "handshake.extensions_supported_group", "number"},
		{"ec_point_format", "handshake.extensions_ec_point_format", "number"},
		{"supported_signature_algorithms", "handshake.sig_hash_alg_len", "size"},
		{"signature_scheme", "handshake.sig_hash_alg", "number"},
		{"algorithm", "handshake.sig_hash_alg", "number"},
		{"protocol_name_list", "handshake.extensions_alpn_len", "size"},
		{"ProtocolName", "handshake.extensions_alpn_str_len", "size"}, {"ProtocolName", "handshake.extensions_alpn_str", "text"},
		{"versions.version", "handshake.extensions.supported_version", "number"},
		{"selected_version", "handshake.extensions.supported_version", "number"},
		{"ke_mode", "extension.psk_ke_mode", "number"},
		{"client_shares", "handshake.extensions_key_share_client_length", "size"},
		{"group", "handshake.extensions_key_share_group", "number"},
		{"key_exchange", "handshake.extensions_key_share_key_exchange_length", "size"},
		{"key_exchange", "handshake.extensions_key_share_key_exchange", "bytes"},
		{"selected_group", "handshake.extensions_key_share_selected_group", "number"},
		{"curve_type", "handshake.server_curve_type", "number"},
		{"namedcurve", "handshake.server_named_curve", "number"},
		{"public", "handshake.server_point_len", "size"}, {"public", "handshake.server_point", "bytes"},
		{"ServerKeyExchange.signature", "handshake.sig_len", "size"}, {"ServerKeyExchange.signature", "handshake.sig", "bytes"},
		{"ecdh_Yc", "handshake.client_point_len", "size"}, {"ecdh_Yc", "handshake.client_point", "bytes"},
		{"certificate_request_context", "handshake.certificate_request_context_length", "size"},
		{"certificate_list", "handshake.certificates_length", "size"},
		{"cert_data", "handshake.certificate_length", "size"}, {"cert_data", "handshake.certificate", "bytes"},
		{"ASN.1Cert", "handshake.certificate_length", "size"}, {"ASN.1Cert", "handshake.certificate", "bytes"},
		{"certificate_type", "handshake.cert_type", "number"},
		{"CertificateVerify.signature", "handshake.client_cert_vrfy.sig_len", "size"},
		{"CertificateVerify.signature", "handshake.client_cert_vrfy.sig", "bytes"},
		{"verify_data", "handshake.verify_data", "span"},
		{"ticket_lifetime_hint", "handshake.session_ticket_lifetime_hint", "number"},
		{"ticket_lifetime", "handshake.session_ticket_lifetime_hint", "number"},
		{"ticket_age_add", "handshake.session_ticket_age_add", "number"},
		{"ticket_nonce", "handshake.session_ticket_nonce_length", "size"}, {"ticket_nonce", "handshake.session_ticket_nonce", "bytes"},
		{"ticket", "handshake.session_ticket_length", "size"}, {"ticket", "handshake.session_ticket", "bytes"},
		{"level", "alert_message.level", "number"},
		{"description", "alert_message.desc", "number"},
	}
}

// A reading is what one reader found in one record, in the order of the bytes:
// lines such as "handshake.type 1".
type reading []string

func (r *reading) say(name string, value any) { *r = append(*r, fmt.Sprintf("%s %v", name, value)) }

// A table finds the rows by our names and by tshark's, and remembers what there
// was to compare.
type table struct {
	ours   map[string][]row
	theirs map[string]row
	used   map[row]bool
	met    map[string]bool // each line of our readings
}

func newTable() *table {
	t := &table{map[string][]row{}, map[string]row{}, map[row]bool{}, map[string]bool{}}
	for _, r := range rows() {
		t.ours[r.ours] = append(t.ours[r.ours], r)
		t.theirs["tls."+r.theirs] = r
	}
	return t
}

// we read a record's tree.
func (t *table) we(tree *wire.Field) reading {
	var r reading
	if len(tree.Kids) < 3 {
		r.say("no record but", tree.Name)
		return r
	}
	head := tree.Kids[:3]
	if head[0].Name == "opaque_type" {
		r.say("record.opaque_type", head[0].Code)
	} else {
		r.say("record.content_type", head[0].Code)
	}
	r.say("record.version", head[1].Code)
	r.say("record.length", head[2].Code)
	if inner := tree.Kid("TLSInnerPlaintext"); inner != nil {
		r.say("record.content_type", inner.Kid("type").Code)
	}
	for _, m := range dissect.Messages(tree) {
		m.Walk(func(path []*wire.Field) { t.field(&r, path) })
	}
	for _, line := range r {
		t.met[line] = true
	}
	return r
}

// field adds what is compared of the field that the path leads to. Certificates
// are compared as a whole: their fields have another judge.
func (t *table) field(r *reading, path []*wire.Field) {
	f, above := path[len(path)-1], path[:len(path)-1]
	rows := t.ours[f.Name]
	for _, a := range above {
		if a.Name == "cert_data" || a.Name == "ASN.1Cert" {
			return
		}
	}
	if len(above) > 0 {
		rows = append(rows, t.ours[above[len(above)-1].Name+"."+f.Name]...)
	}
	for _, w := range rows {
		t.used[w] = true
		w.say(r, f)
	}
}

// say adds what the row compares of one of our fields.
func (w row) say(r *reading, f *wire.Field) {
	content := f.Bytes()[f.Head:]
	switch w.how {
	case "number":
		r.say(w.theirs, f.Code)
	case "size":
		r.say(w.theirs, len(content))
	case "span":
		r.say(w.theirs, f.N)
	case "text":
		r.say(w.theirs, string(content))
	case "bytes":
		if len(content) > 0 {
			r.say(w.theirs, hex.EncodeToString(content))
		}
	}
}

// A node is one field of tshark's.
type node struct {
	Name string `xml:"name,attr"`
	Show string `xml:"show,attr"`
	Size int    `xml:"size,attr"`
	Kids []node `xml:",any"`
}

// all returns the nodes of that name, n itself included.
func (n *node) all(name string) []*node {
	var found []*node
	if n.Name == name {
		found = append(found, n)
	}
	for i := range n.Kids {
		found = append(found, n.Kids[i].all(name)...)
	}
	return found
}

// text returns what the first node of that name shows, or nothing.
func (n *node) text(name string) string {
	if found := n.all(name); len(found) > 0 {
		return found[0].Show
	}
	return ""
}

// tshark reads what is below a tls.record in its own words.
func (t *table) tshark(n *node, r *reading) error {
	for i := range n.Kids {
		k := &n.Kids[i]
		w, ok := t.theirs[k.Name]
		if strings.HasPrefix(k.Name, "tls.record.") {
			w, ok = row{theirs: strings.TrimPrefix(k.Name, "tls."), how: "number"}, true
		}
		switch {
		case !ok:
		case w.how == "text":
			r.say(w.theirs, k.Show)
		case w.how == "bytes":
			if k.Size > 0 {
				r.say(w.theirs, strings.ReplaceAll(k.Show, ":", ""))
			}
		case w.how == "span":
			r.say(w.theirs, k.Size)
		default:
			v, err := strconv.ParseUint(k.Show, 0, 64)
			if err != nil {
				return fmt.Errorf("tshark's %s: %w", k.Name, err)
			}
			r.say(w.theirs, v)
		}
		if err := t.tshark(k, r); err != nil {
			return err
		}
	}
	return nil
}
