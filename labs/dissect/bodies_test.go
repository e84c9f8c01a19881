package dissect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// bodies is what stands where: the source (a recording, a run of Go with itself,
// or "made" and a name), the path of a field in the first message that has it, and
// its value.
const bodies = `
dhe | ClientHello.extensions.server_name | app.lab.test
dhe | ClientHello.max_fragment_length.max_fragment_length | 1024 bytes (2)
dhe | ServerHello.extensions.max_fragment_length | 1024 bytes
made encrypted | EncryptedExtensions.max_fragment_length | 1024 bytes
made hello | ClientHello.client_certificate_url | offered
made hello | ClientHello.truncated_hmac | offered
dhe | ClientHello.status_request.status_type | ocsp (1)
dhe | ClientHello.status_request.responder_id_list | any
dhe | ServerHello.extensions.status_request | agreed
made filters | CertificateRequest.status_request | wanted
go 1.3 | Certificate.CertificateEntry.status_request.response | tryLater
made hello | ClientHello.status_request_v2 | ocsp, ocsp_multi
made hello | ClientHello.status_request_v2.CertificateStatusRequestItemV2.request.responder_id_list | any
made hello | ClientHello.cert_type | X509, OpenPGP
raw13 | ClientHello.client_certificate_type.certificate_types | RawPublicKey
raw13 | ClientHello.server_certificate_type.certificate_types.certificate_type | RawPublicKey (2)
raw13 | EncryptedExtensions.server_certificate_type.certificate_type | RawPublicKey (2)
raw12 | ServerHello.server_certificate_type.certificate_type | RawPublicKey (2)
go retry | ClientHello.supported_groups.named_group | X25519MLKEM768 (0x11ec)
go retry | HelloRetryRequest.key_share.selected_group | secp384r1 (0x0018)
go retry | ServerHello.key_share.server_share.group | secp384r1 (0x0018)
go retry | ClientHello.key_share.client_shares.KeyShareEntry.key_exchange | 1216 bytes: 1184 of ML-KEM-768 key, then 32 of X25519
chromium | ClientHello | for app.lab.test, TLS 1.3 or 1.2
chromium | ClientHello.supported_groups.named_group_list.named_group | GREASE
chromium | ClientHello.key_share.client_shares.KeyShareEntry | GREASE
chromium | ClientHello.supported_versions.versions.version | GREASE
chromium | ClientHello.cipher_suites.cipher_suite | GREASE
chromium | ClientHello.extensions.GREASE.extension_data | empty
chromium | ClientHello.compress_certificate.algorithms | brotli
chromium | ClientHello.application_settings.extension_data | 5 bytes
chromium | ClientHello.encrypted_client_hello.type | outer (0)
chromium | ClientHello.encrypted_client_hello.HpkeSymmetricCipherSuite | HKDF-SHA256, AES-128-GCM
chromium | ClientHello.encrypted_client_hello.enc | 32 bytes
chromium | ClientHello.signed_certificate_timestamp | offered
chromium | ClientHello.psk_key_exchange_modes.ke_modes | psk_dhe_ke
made hello | ClientHello.psk_key_exchange_modes | psk_dhe_ke, GREASE
made hello | ClientHello.signature_algorithms_cert | rsa_pss_rsae_sha256, GREASE
made hello | ClientHello.application_layer_protocol_negotiation | GREASE, h2
made hello | ClientHello.protocol_name_list.ProtocolName | GREASE (0x0a0a)
made hello | ClientHello.compress_certificate | zlib, brotli, zstd
made hello | ClientHello.delegated_credential | 4 bytes
made hello | ClientHello.unknown_extension | 9 bytes
go 1.3 | ClientHello.ec_point_formats.ec_point_format | uncompressed (0)
srp | ClientHello.srp.srp_I | alice
dhe | ClientHello.signature_algorithms.supported_signature_algorithms.signature_scheme | ecdsa_secp256r1_sha256 (0x0403)
srtp | ClientHello.use_srtp | SRTP_AES128_CM_HMAC_SHA1_80, SRTP_AEAD_AES_128_GCM
srtp | ClientHello.use_srtp.srtp_mki | empty
made encrypted | EncryptedExtensions.use_srtp.SRTPProtectionProfile | SRTP_AEAD_AES_128_GCM (0x0007)
heartbeat | ClientHello.heartbeat.mode | peer_allowed_to_send (1)
heartbeat | EncryptedExtensions.heartbeat | peer_allowed_to_send
heartbeat | EncryptedExtensions.record_size_limit | 16385 bytes
dhe | ClientHello.application_layer_protocol_negotiation | h2, http/1.1
go 1.3 | EncryptedExtensions.protocol_name_list.ProtocolName | http/1.1
go 1.3 | Certificate.signed_certificate_timestamp.SerializedSCT.sct_version | v1 (0)
go 1.2 | ServerHello.signed_certificate_timestamp.sct_list.SerializedSCT.timestamp | 1970-01-01 00:00:00.000 UTC
made filters | CertificateRequest.signed_certificate_timestamp | wanted
update | ClientHello.padding.extension_data.padding |
made hello | ClientHello.padding | 30 bytes
dhe | ClientHello.encrypt_then_mac | offered
dhe | ServerHello.encrypt_then_mac | agreed
dhe | ServerHello.extended_master_secret | agreed
made hello | ClientHello.tls_cert_with_extern_psk | offered
dhe | ClientHello.session_ticket | asks for a ticket
dhe | ServerHello.session_ticket | a new ticket will come
dhe | ServerHello.renegotiation_info.renegotiated_connection | empty
psk13 | ClientHello.pre_shared_key | offers 1 key known before
psk13 | ClientHello.pre_shared_key.PskIdentity.identity | alice
psk13 | ServerHello.pre_shared_key.selected_identity | 0
early | ClientHello.pre_shared_key | resumes with 1 ticket
early | ClientHello.pre_shared_key.binders | 1 binder
early | ClientHello.extensions.early_data | offered
early | EncryptedExtensions.extensions.early_data | agreed
update | NewSessionTicket.ticket_lifetime | 2 hours (7200)
go resumed | NewSessionTicket.ticket_nonce | empty
cookie | HelloRetryRequest.cookie.extension_data.cookie | 120 bytes
go 1.3 | ServerHello.supported_versions.selected_version | TLS 1.3 (0x0304)
go retry | HelloRetryRequest.supported_versions.selected_version | TLS 1.3 (0x0304)
mtls13 | CertificateRequest.certificate_authorities.DistinguishedName.RDNSequence | CN=app.lab.test
made filters | CertificateRequest.oid_filters | extKeyUsage
made filters | CertificateRequest.OIDFilter.certificate_extension_values | 12 bytes
mtls13 | ClientHello.post_handshake_auth | offered
made hello | ClientHello.quic_transport_parameters | 4 parameters
made hello | ClientHello.quic_transport_parameters.TransportParameter | max_idle_timeout 30000
made hello | ClientHello.TransportParameter.transport_parameter_id | max_idle_timeout (1)
made hello | ClientHello.ticket_request | 2 tickets, or 1 when resuming
made encrypted | EncryptedExtensions.ticket_request | 2 tickets
made hello | ClientHello.ech_outer_extensions | supported_groups, key_share
made inner hello | ClientHello.encrypted_client_hello | the inner hello
made retry | HelloRetryRequest.encrypted_client_hello.confirmation |
go hidden | ClientHello.server_name | public.lab.test
go hidden | ClientHello.payload.ClientHelloInner.extensions.server_name | app.lab.test
go hidden, refused | EncryptedExtensions.encrypted_client_hello | configurations to try again with: public.lab.test
go hidden, refused | EncryptedExtensions.retry_configs.ECHConfig.contents.key_config.kem_id | DHKEM X25519, HKDF-SHA256 (0x0020)
npn | ServerHello.next_protocol_negotiation | 9 bytes
chromium | ClientHello.trust_anchors.extension_data | 186 bytes
`

// messages is the same for messages.
const messages = `
dhe | ServerKeyExchange | a share for MODP group 14, 2048 bits, signed with rsa_pss_rsae_sha256
dhe | ServerKeyExchange.dh_g | 2
dhe | ServerKeyExchange.dh_Ys | 2048 bits
dhe | ClientKeyExchange.dh_Yc | 256 bytes
dhe | CertificateStatus.response.OCSPResponse.responseStatus | tryLater (3)
dh-anon | ServerKeyExchange | a share for MODP group 2, 1024 bits
ecdh-anon | ServerKeyExchange | a share for x25519
psk | ServerKeyExchange.psk_identity_hint | hint-of-the-server
psk | ClientKeyExchange.psk_identity | alice
dhe-psk | ServerKeyExchange | a hint at a shared key: hint-of-the-server, a share for MODP group 2, 1024 bits
dhe-psk | ClientKeyExchange | the shared key of alice, a share of 128 bytes
ecdhe-psk | ServerKeyExchange | a hint at a shared key: hint-of-the-server, a share for x25519
ecdhe-psk | ClientKeyExchange | the shared key of alice, a share of 32 bytes
rsa-psk | ServerKeyExchange | a hint at a shared key: hint-of-the-server
rsa-psk | ClientKeyExchange | the shared key of alice, a secret in 256 bytes, encrypted to the server's key
npn | ClientKeyExchange | a secret in 256 bytes, encrypted to the server's key
npn | NextProtocol.msg_type | unknown (67)
go 1.2 | ServerKeyExchange.ECParameters.namedcurve | x25519 (0x001d)
go 1.2 | ClientKeyExchange.ecdh_Yc | 32 bytes
tls10 | ServerKeyExchange | a share for x25519, signed with the key of the certificate
tls10 | CertificateRequest.certificate_types | rsa_sign, dss_sign, ecdsa_sign
tls10 | CertificateRequest.certificate_authorities.DistinguishedName | CN=app.lab.test
tls10 | CertificateVerify | signed with the key of the certificate
tls10 | Finished | 12 bytes over every message before
tls11 | ServerKeyExchange | a share for MODP group 14, 2048 bits, signed with the key of the certificate
mtls12 | CertificateRequest.supported_signature_algorithms.signature_scheme | ecdsa_secp256r1_sha256 (0x0403)
mtls12 | CertificateVerify.algorithm | ecdsa_secp256r1_sha256 (0x0403)
mtls12 | ServerHelloDone.length | 0
mtls13 | CertificateRequest.certificate_request_context | empty
mtls13 | CertificateVerify | signed with ecdsa_secp256r1_sha256
later | CertificateRequest.certificate_request_context | 32 bytes
raw13 | Certificate | a raw public key
raw13 | Certificate.CertificateEntry.cert_data.subjectPublicKeyInfo | P-256 key
raw12 | Certificate.ASN1_subjectPublicKeyInfo.subjectPublicKeyInfo.algorithm | id-ecPublicKey, secp256r1
renegotiated | ClientHello.renegotiation_info.client_verify_data |
renegotiated | ServerHello.renegotiation_info.server_verify_data |
hello-request | HelloRequest.length | 0
early | EndOfEarlyData.length | 0
early | NewSessionTicket.extensions.early_data.max_early_data_size | 16384
update | KeyUpdate | update_requested
go 1.2 | NewSessionTicket.ticket_lifetime_hint | none
go 1.3 | Finished.verify_data | a MAC over every message before
made export | ServerKeyExchange | an RSA key of 505 bits, signed with the key of the certificate
made srp server | ServerKeyExchange.srp_N | 1017 bits
made srp client | ClientKeyExchange | a share of 128 bytes
made certified share | ClientKeyExchange | the share is in the client's certificate
made SSL 3.0 key | ClientKeyExchange.EncryptedPreMasterSecret | 128 bytes
made SSL 3.0 request | CertificateRequest.certificate_types | rsa_sign, dss_sign
made SSL 3.0 verify | CertificateVerify.signature | 128 bytes
made SSL 3.0 finished | Finished.sha_hash |
made packed | CompressedCertificate.Certificate | 1 certificate
made packed | CompressedCertificate.Certificate.certificate_list.Certificate.subject | CN=app.lab.test
made packed otherwise | CompressedCertificate.algorithm | brotli (2)
made several staples | CertificateStatus | 2 OCSP responses
made staples in 1.3 | Certificate.status_request | an OCSP response: tryLater
made datagrams | HelloVerifyRequest.cookie | 20 bytes
made url | CertificateURL.msg_type | certificate_url (21)
made supplement | SupplementalData.msg_type | supplemental_data (23)
made hash | MessageHash.msg_type | message_hash (254)
`

// sources are all connections and messages that the tables draw on.
func sources(t *testing.T) map[string][]Record {
	all := goRuns(t)
	for name, r := range recorded(t) {
		all[name] = r.records()
	}
	for name, m := range made(t) {
		all["made "+name] = m.read()
	}
	return all
}

// notOpened are the messages that have a name, and no more.
var notOpened = []string{"CertificateURL", "SupplementalData", "MessageHash", "NextProtocol"}

// TestBodies: each extension and each message that is to be known stands in the
// tables, with a real source, and says what it should.
func TestBodies(t *testing.T) {
	all := sources(t)
	covered := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(bodies) + messages) {
		part := strings.Split(strings.TrimSpace(line), "|")
		source, path, want := strings.TrimSpace(part[0]), strings.TrimSpace(part[1]), strings.TrimSpace(part[2])
		if all[source] == nil {
			t.Errorf("no source %s", source)
			continue
		}
		f := lookup(all[source], path)
		switch {
		case want == "none":
			if f != nil {
				t.Errorf("%s: %s is %q", source, path, f.Value)
			}
			continue
		case f == nil:
			t.Errorf("%s: no %s", source, path)
			continue
		case f.Value != want && wire.Bare(f.Value) != want:
			t.Errorf("%s: %s is %q, want %q", source, path, f.Value, want)
		}
		for name := range strings.SplitSeq(path, ".") {
			covered[name] = true
		}
	}
	for n := range uint64(1 << 16) {
		if name := wire.Bare(ExtensionName(n)); extensionBody(n) != nil && !covered[name] {
			t.Errorf("the table lacks %s", name)
		}
	}
	for n := range 256 {
		if name := messageName([]byte{byte(n)}); name != "Handshake" && !covered[name] {
			t.Errorf("the table lacks %s", name)
		}
	}
}

// lookup returns the first field of that path.
func lookup(records []Record, path string) *wire.Field {
	for _, r := range records {
		for _, m := range r.Msgs {
			if f := m.Match(path); f != nil && strings.HasPrefix(path, m.Name) {
				return f
			}
		}
	}
	return nil
}

// TestNoLeafLeft: in all sources there is no record that does not open, no error,
// and no field of more than 4 bytes that a specification would take apart: only
// numbers and what OpenLeaf allows.
func TestNoLeafLeft(t *testing.T) {
	for source, records := range sources(t) {
		for _, r := range records {
			if r.Why != nil {
				t.Errorf("%s: %s: %v", source, Label(r.Tree), r.Why)
			}
			sound(t, r.Tree)
			r.Tree.Walk(func(path []*wire.Field) {
				f := path[len(path)-1]
				named := slices.ContainsFunc(path, func(f *wire.Field) bool { return slices.Contains(notOpened, f.Name) })
				if f.Err != nil && !named {
					t.Errorf("%s: %s: %v", source, names(path), f.Err)
				}
				if len(f.Kids) == 0 && f.N-f.Head > 4 && !f.IsNum && !OpenLeaf(f.Name) {
					t.Errorf("%s: %s is a leaf of %d bytes", source, names(path), f.N-f.Head)
				}
				if f.Name == "extension_data" && len(f.Kids) == 0 && f.N > f.Head && extensionBody(path[len(path)-2].Code) != nil {
					t.Errorf("%s: %s is a leaf", source, names(path))
				}
			})
		}
	}
}

// names spells a path.
func names(path []*wire.Field) string {
	var all []string
	for _, f := range path {
		all = append(all, f.Name)
	}
	return strings.Join(all, ".")
}

// TestCutShort cuts each message short at every byte, and mends its length: there
// is no panic, the tree keeps the rules, and where what is left cannot be a whole
// message some field says what it lacks.
func TestCutShort(t *testing.T) {
	all := sources(t)
	done := map[string]bool{}
	for _, source := range slices.Sorted(maps.Keys(all)) {
		for _, r := range all[source] {
			for _, m := range r.Msgs {
				// One of a kind is enough where there are many.
				kind := fmt.Sprint(m.Name, strings.HasPrefix(source, "made"), m.Kid("extensions") == nil, len(m.Kids), m.N/256)
				if m.Kid("msg_type") == nil || done[kind] || m.N < 5 {
					continue
				}
				done[kind] = true
				s := New(nil)
				s.said.version, s.said.suite = saidIn(all[source])
				if cut, ok := strings.CutPrefix(source, "made "); ok {
					by := made(t)[cut]
					s = versioned(by.version, by.suite)
				}
				cutShort(t, source, s, m)
			}
		}
	}
	if len(done) < 60 {
		t.Errorf("only %d kinds of messages", len(done))
	}
}

// saidIn returns what the last ServerHello chose.
func saidIn(records []Record) (version, suite uint64) {
	for _, r := range records {
		for _, m := range r.Msgs {
			if m.Name != "ServerHello" {
				continue
			}
			version, suite = m.Kid("legacy_version").Code, m.Kid("cipher_suite").Code
			if v := m.Find("selected_version"); v != nil {
				version = v.Code
			}
		}
	}
	return version, suite
}

func cutShort(t *testing.T, source string, s *Session, m *wire.Field) {
	t.Helper()
	for n := 4; n < m.N; n++ {
		b := slices.Clone(m.Bytes()[:n])
		copy(b[1:], wide(b[4:])[:3])
		f := wire.ParseAll(m.Name, &wire.Source{Name: "cut", Data: b}, s.message)
		sound(t, f)
		err := ""
		f.Walk(func(path []*wire.Field) {
			if e := path[len(path)-1].Err; e != nil {
				err = e.Error()
			}
		})
		if err == "" && !whole(m, n) {
			t.Errorf("%s: %s cut to %d of %d bytes is said to be whole", source, m.Name, n, m.N)
		}
	}
}

// whole reports whether a message may end behind n of its bytes: before the
// extensions of a hello, in an encrypted secret of SSL 3.0, and where the client's
// certificate may hold its share.
func whole(m *wire.Field, n int) bool {
	switch list := m.Kid("extensions"); {
	case list != nil && (m.Name == "ClientHello" || m.Name == "ServerHello" || m.Name == "HelloRetryRequest"):
		return n == list.Off-m.Off
	case m.Name == "ClientKeyExchange":
		k := m.Kids[len(m.Kids)-1]
		return n == k.Off-m.Off || k.Head == 0
	}
	return false
}
