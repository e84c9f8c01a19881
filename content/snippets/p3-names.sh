#!/bin/sh
# Connects to a server, has its name checked, and prints the names it has:
#
#     sh p3-names.sh ADDRESS PORT NAME CAFILE
if [ $# -ne 4 ]; then
	echo "usage: sh p3-names.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4

# --- shown ---
# address, port, name and cafile come from the command line
# -servername is sent as SNI, -verify_hostname is checked;
# of an address it is -verify_ip, and no -servername
cert=$(openssl s_client -connect "$address:$port" \
  -servername "$name" -verify_hostname "$name" \
  -CAfile "$cafile" -verify_return_error </dev/null) || exit 1
echo "$cert" | openssl x509 -noout -ext subjectAltName
echo "$cert" | openssl x509 -noout -checkhost "www.$name"
# --- end ---
