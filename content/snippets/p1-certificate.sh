#!/bin/sh
# Connects to a server and prints what its certificate says:
#
#     sh p1-certificate.sh ADDRESS PORT NAME CAFILE
if [ $# -ne 4 ]; then
	echo "usage: sh p1-certificate.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4

# --- shown ---
# address, port, name and cafile come from the command line
cert=$(openssl s_client -connect "$address:$port" \
  -servername "$name" -verify_hostname "$name" \
  -CAfile "$cafile" -verify_return_error </dev/null) || exit 1
echo "$cert" | openssl x509 -noout -text -fingerprint -sha256
# --- end ---
