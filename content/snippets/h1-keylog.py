"""Connects to a server and writes the keys of the connection to keys.log:

    python3 h1-keylog.py ADDRESS PORT NAME CAFILE
"""
import os
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 h1-keylog.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]
os.umask(0o077)  # whoever can read the file can read the connection

# --- shown ---
# address, port, name and cafile come from the command line
context = ssl.create_default_context(cafile=cafile)
context.keylog_filename = "keys.log"  # for tests only
with socket.create_connection((address, port), timeout=10) as sock:
    with context.wrap_socket(sock, server_hostname=name) as conn:
        print(conn.version(), conn.cipher()[0])
# --- end ---
