"""Connects to a server with a list of cipher suites of its own for TLS 1.2, and
prints what was agreed on:

    python3 h3-suites.py ADDRESS PORT NAME CAFILE
"""
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 h3-suites.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]

# --- shown ---
# address, port, name and cafile come from the command line
context = ssl.create_default_context(cafile=cafile)
# for TLS 1.2; get_ciphers() lists these and those of TLS 1.3
context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
with socket.create_connection((address, port), timeout=10) as sock:
    with context.wrap_socket(sock, server_hostname=name) as conn:
        suite, version, bits = conn.cipher()
        print("agreed:", conn.version(), suite)
# --- end ---
