#!/bin/sh
# Connects to a server, prints the messages, and writes the keys to keys.log:
#
#     sh h1-keylog.sh ADDRESS PORT NAME CAFILE
if [ $# -ne 4 ]; then
	echo "usage: sh h1-keylog.sh ADDRESS PORT NAME CAFILE" >&2
	exit 2
fi
address=$1 port=$2 name=$3 cafile=$4
umask 077 # whoever can read the file can read the connection

# --- shown ---
# address, port, name and cafile come from the command line
openssl s_client -msg -keylogfile keys.log \
  -connect "$address:$port" -servername "$name" \
  -verify_hostname "$name" -verify_return_error \
  -CAfile "$cafile" </dev/null
# --- end ---
