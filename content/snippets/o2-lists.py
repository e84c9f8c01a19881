"""Connects to a server, and refuses it if a certificate on the path was revoked:

    python3 o2-lists.py ADDRESS PORT NAME CAFILE

CAFILE holds the root and, in PEM as well, the list of each issuer.
"""
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 o2-lists.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]

# --- shown ---
# address, port, name and cafile come from the command line;
# cafile holds the root and, behind it, the list of each issuer
context = ssl.create_default_context(cafile=cafile)
context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
with socket.create_connection((address, port), timeout=10) as sock:
    with context.wrap_socket(sock, server_hostname=name) as conn:
        print("not revoked:", conn.getpeercert()["serialNumber"])
# --- end ---
