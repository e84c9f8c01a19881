#!/bin/sh
# Connects to a server, and prints the protocol that it has picked and the names in
# its certificate:
#
#     sh h5-alpn.sh ADDRESS PORT NAME CAFILE
if [ $# -ne 4 ]; then
	echo "usage: sh h5-alpn.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4

# --- shown ---
# address, port, name and cafile come from the command line
out=$(openssl s_client -alpn h2,http/1.1 \
  -connect "$address:$port" -servername "$name" \
  -verify_hostname "$name" -verify_return_error \
  -CAfile "$cafile" </dev/null 2>&1) || { echo "$out"; exit 1; }
echo "$out" | grep ALPN
echo "$out" | openssl x509 -noout -ext subjectAltName
# --- end ---
