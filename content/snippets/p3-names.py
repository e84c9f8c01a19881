"""Connects to a server, has its name checked, and prints the names it has:

    python3 p3-names.py ADDRESS PORT NAME CAFILE
"""
import socket
import ssl
import sys

if len(sys.argv) != 5:
    sys.exit("usage: python3 p3-names.py ADDRESS PORT NAME CAFILE")
address, port, name, cafile = sys.argv[1:]

# --- shown ---
# address, port, name and cafile come from the command line
context = ssl.create_default_context(cafile=cafile)
# by default verify_mode is CERT_REQUIRED, check_hostname is True
context.hostname_checks_common_name = False  # as Go and browsers
with socket.create_connection((address, port), timeout=10) as sock:
    # server_hostname is sent as SNI, and checked
    with context.wrap_socket(sock, server_hostname=name) as conn:
        print(conn.getpeercert()["subjectAltName"])
# --- end ---
