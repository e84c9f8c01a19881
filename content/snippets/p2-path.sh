#!/bin/sh
# Connects to a server and prints the path from its certificate to the root:
#
#     sh p2-path.sh ADDRESS PORT NAME CAFILE
if [ $# -ne 4 ]; then
	echo "usage: sh p2-path.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4

# --- shown ---
# address, port, name and cafile come from the command line;
# depth=0 is the leaf, the highest depth is what was trusted;
# -showcerts prints what was sent, s: the subject, i: the issuer;
# -x509_strict checks what RFC 5280 asks for beyond the usual
openssl s_client -connect "$address:$port" -showcerts \
  -servername "$name" -verify_hostname "$name" -x509_strict \
  -CAfile "$cafile" -verify_return_error </dev/null 2>&1
# --- end ---
