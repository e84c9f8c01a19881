"""Connects to a server and prints what its certificate says:

    python3 p1-certificate.py ADDRESS PORT NAME CAFILE
"""
import hashlib
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 p1-certificate.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]

# --- shown ---
# address, port, name and cafile come from the command line
context = ssl.create_default_context(cafile=cafile)
with socket.create_connection((address, port), timeout=10) as sock:
    with context.wrap_socket(sock, server_hostname=name) as conn:
        cert = conn.getpeercert()
        der = conn.getpeercert(binary_form=True)
print(cert["subjectAltName"], cert["issuer"], cert["notAfter"])
print("SHA-256", hashlib.sha256(der).hexdigest())
# --- end ---
