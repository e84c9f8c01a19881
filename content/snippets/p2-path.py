"""Connects to a server and prints who signed its certificate, and who is trusted:

    python3 p2-path.py ADDRESS PORT NAME CAFILE
"""
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 p2-path.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]

# --- shown ---
# address, port, name and cafile come from the command line
context = ssl.create_default_context(cafile=cafile)
flags = ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
context.verify_flags |= flags  # a newer Python sets them itself
with socket.create_connection((address, port), timeout=10) as sock:
    with context.wrap_socket(sock, server_hostname=name) as conn:
        leaf = conn.getpeercert()
print("signed by", leaf["issuer"])
print("trusted:", [ca["subject"] for ca in context.get_ca_certs()])
# --- end ---
