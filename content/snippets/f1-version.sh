#!/bin/sh
# Connects to a server and prints what was agreed on:
#
#     sh f1-version.sh ADDRESS PORT NAME CAFILE
if [ $# -ne 4 ]; then
	echo "usage: sh f1-version.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4

# --- shown ---
# address, port, name and cafile come from the command line
openssl s_client -brief -connect "$address:$port" \
  -servername "$name" -verify_hostname "$name" \
  -CAfile "$cafile" -verify_return_error </dev/null
# --- end ---
