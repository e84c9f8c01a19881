#!/bin/sh
# Connects to a server with a list of cipher suites of its own for TLS 1.2, and
# prints the list and what was agreed on:
#
# OpenSSL has names of its own for suites, such as ECDHE-RSA-AES256-GCM-SHA384;
# ciphers -stdname has both. A list like HIGH:!aNULL keeps static RSA and CBC.
#
#     sh h3-suites.sh ADDRESS PORT NAME CAFILE
if [ $# -ne 4 ]; then
	echo "usage: sh h3-suites.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4

# --- shown ---
# address, port, name and cafile come from the command line
list='ECDHE+AESGCM:ECDHE+CHACHA20' # for TLS 1.2
openssl ciphers -V -stdname "$list"
openssl s_client -brief -connect "$address:$port" \
  -servername "$name" -verify_hostname "$name" \
  -cipher "$list" \
  -CAfile "$cafile" -verify_return_error </dev/null
# --- end ---
