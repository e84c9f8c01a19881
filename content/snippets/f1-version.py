"""Connects to a server and prints what was agreed on:

    python3 f1-version.py ADDRESS PORT NAME CAFILE
"""
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 f1-version.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]

# --- shown ---
# address, port, name and cafile come from the command line
context = ssl.create_default_context(cafile=cafile)
with socket.create_connection((address, port), timeout=10) as sock:
    with context.wrap_socket(sock, server_hostname=name) as conn:
        print(conn.version())
        print(conn.cipher()[0])
# --- end ---
