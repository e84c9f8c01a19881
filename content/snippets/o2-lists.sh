#!/bin/sh
# Connects to a server, and refuses it if a certificate on the path was revoked:
#
#     sh o2-lists.sh ADDRESS PORT NAME CAFILE
#
# CAFILE holds the root and, in PEM as well, the list of each issuer.
if [ $# -ne 4 ]; then
	echo "usage: sh o2-lists.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4

# --- shown ---
# address, port, name and cafile come from the command line;
# cafile holds the root and, behind it, the list of each issuer
out=$(openssl s_client -connect "$address:$port" \
  -servername "$name" -verify_hostname "$name" -crl_check_all \
  -CAfile "$cafile" -verify_return_error </dev/null 2>&1) ||
  { echo "$out"; exit 1; }
serial=$(echo "$out" | openssl x509 -noout -serial)
echo "not revoked: $serial"
# --- end ---
