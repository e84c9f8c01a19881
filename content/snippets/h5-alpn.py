"""Connects to a server, and prints the protocol that it has picked and the names in
its certificate:

    python3 h5-alpn.py ADDRESS PORT NAME CAFILE
"""
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 h5-alpn.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]

# --- shown ---
# address, port, name and cafile come from the command line
context = ssl.create_default_context(cafile=cafile)
context.set_alpn_protocols(["h2", "http/1.1"])
with socket.create_connection((address, port), timeout=10) as sock:
    with context.wrap_socket(sock, server_hostname=name) as conn:
        print("ALPN:", conn.selected_alpn_protocol())
        print("SAN:", conn.getpeercert()["subjectAltName"])
# --- end ---
