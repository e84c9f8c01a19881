package pki

import "strings"

// lintField returns the path of the field that a lint is about: the first rule
// that fits its name.
func lintField(name string) string {
	for _, r := range lintRules() {
		if strings.Contains(name, r[0]) {
			return r[1]
		}
	}
	return ""
}

// lintRules lead from a part of a lint's name to a field. The special ones come
// before the general ones.
func lintRules() [][2]string {
	const (
		ext     = "extensions"
		san     = "extensions.subjectAltName"
		ian     = "extensions.issuerAltName"
		usage   = "extensions.keyUsage"
		purpose = "extensions.extKeyUsage"
		basic   = "extensions.basicConstraints"
		policy  = "extensions.certificatePolicies"
		within  = "extensions.nameConstraints"
		crls    = "extensions.cRLDistributionPoints"
		access  = "extensions.authorityInfoAccess"
		above   = "extensions.authorityKeyIdentifier"
		own     = "extensions.subjectKeyIdentifier"
		qc      = "extensions.qcStatements"
		sct     = "extensions.SignedCertificateTimestampList"
		subject = "tbsCertificate.subject"
		issuer  = "tbsCertificate.issuer"
		dates   = "tbsCertificate.validity"
		key     = "tbsCertificate.subjectPublicKeyInfo"
		alg     = "tbsCertificate.signature"
	)
	return [][2]string{
		// names of extensions that would be mistaken for others below
		{"ocsp_nocheck", "extensions.ocsp-nocheck"}, {"subject_info_access", "extensions.subjectInfoAccess"},
		{"subject_directory_attr", "extensions.subjectDirectoryAttributes"}, {"tor_service_descriptor", "extensions.2.23.140.1.31"},
		{"adobe_", "extensions.1.2.840.113583.1.1.9.1"}, {"legal_entity", "extensions.1.3.6.1.4.1.52266.1"},
		{"qcstatem", qc}, {"qc_statements", qc}, {"sct", sct}, {"cabf_org_identifier", "extensions.2.23.140.3.1"},
		{"orgid_inconsistent", "extensions.2.23.140.3.1"},
		{"freshest_crl", "extensions.freshestCRL"}, {"policy_map", "extensions.policyMappings"}, {"policy_constraints", "extensions.policyConstraints"},
		{"inhibit_any", "extensions.inhibitAnyPolicy"},
		// the extensions
		{"crl_dist", crls}, {"crlissuer", crls}, {"distribution_point", crls}, {"crl_sign", usage},
		{"aia", access}, {"authority_key_identifier", above}, {"subject_key_identifier", own},
		{"name_constraint", within}, {"_nc_", within}, {"technically_constrained", purpose},
		{"basic_constraints", basic}, {"path_len", basic}, {"is_ca", basic}, {"without_ca", usage},
		{"ext_ian", ian}, {"_ian_", ian},
		{"not_from_san", subject}, {"exactly_from_san", subject}, {"empty_without_san", subject},
		{"san_", san}, {"_san", san}, {"dnsname", san}, {"dns_name", san}, {"underscore", san}, {"ev_not_wildcard", san},
		{"mailbox_address", san}, {"single_email_if_present", san}, {"commonname_mailbox", subject},
		// what the key is for
		{"extended_key_usage_inconsistent", usage}, {"extended_key_usage", purpose}, {"eku", purpose},
		{"key_usage", usage}, {"_ku", usage}, {"key_cert_sign", usage}, {"digital_signature", usage},
		// policies
		{"cert_policy_iv_requires", subject}, {"cert_policy_ov_requires", subject}, {"cert_policy", policy}, {"certificate_policies", policy},
		{"policy_oids", policy}, {"policy_qualifiers", policy}, {"cps_uri", policy}, {"legacy_generation", policy}, {"contains_correct_policy", policy},
		// validity, and what else is dated
		{"valid_time", dates}, {"validity", dates}, {"utc_time", dates}, {"generalized_time", dates}, {"wrong_time", dates}, {"expiration", dates},
		// key and signature
		{"tbs_signature", alg}, {"signature_encoding", "signatureValue"}, {"sig_alg", "signatureAlgorithm"}, {"signature_algorithm", alg}, {"sha1", alg},
		{"mp_rsassa", alg}, {"algorithm_identifier", alg},
		{"rsa_", key}, {"_rsa", key}, {"dsa", key}, {"spki", key}, {"modulus", key}, {"exponent", key}, {"ec_improper", key}, {"public_key", key}, {"pub_key", key},
		// the rest of tbsCertificate
		{"unique_identifier", "tbsCertificate"}, {"subject_dn_serial", subject}, {"ev_serial", subject}, {"serial_number", "tbsCertificate.serialNumber"},
		{"extensions_version", "tbsCertificate.version"}, {"certificate_version", "tbsCertificate.version"},
		{"issuer", issuer}, {"ext_invalid_der", ext}, {"duplicate_extension", ext},
		{"subj", subject}, {"common_name", subject}, {"country", subject}, {"organization", subject}, {"org", subject}, {"_dv_", subject}, {"_iv_", subject},
		{"business", subject}, {"individual", subject}, {"rdn", subject}, {"attribs", subject}, {"email", subject}, {"locality", subject}, {"province", subject},
		{"postal_code", subject}, {"street", subject}, {"utf8", subject}, {"redacted", san}, {"international", san}, {"mailbox", subject},
	}
}
