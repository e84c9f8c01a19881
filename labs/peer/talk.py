# One side of a connection with Python's ssl module. Its settings are a file of
# JSON, named by its argument; what it says of them are lines "name: value", and,
# of what goes wrong, the exception as Python prints it.
import json
import socket
import ssl
import sys
import traceback

want = json.load(open(sys.argv[1]))
versions = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1,
            "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def say(name, value):
    print(name + ": " + str(value), flush=True)


def context():
    server = want["server"]
    if server:
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    elif want["roots"]:
        c = ssl.create_default_context(cafile=want["roots"])  # as programs do; of late it is strict
    else:
        c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the default would trust whom the machine does
    if want["ciphers"]:
        c.set_ciphers(want["ciphers"])
    if want["min"]:
        c.minimum_version = versions[want["min"]]
    if want["max"]:
        c.maximum_version = versions[want["max"]]
    if want["group"]:
        c.set_ecdh_curve(want["group"])
    if want["alpn"]:
        c.set_alpn_protocols(want["alpn"])
    if server and want["roots"]:
        c.load_verify_locations(want["roots"])
    if want["lists"]:
        c.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if want["chain"]:
        c.load_cert_chain(want["chain"], want["key"])
    if want["keys"]:
        c.keylog_filename = want["keys"]
    if want["no_tickets"]:
        c.options |= ssl.OP_NO_TICKET
        if server:
            c.num_tickets = 0
    if server:
        c.verify_mode = {"request": ssl.CERT_OPTIONAL, "require": ssl.CERT_REQUIRED}.get(
            want["check"], ssl.CERT_REQUIRED if want["later_auth"] else ssl.CERT_NONE)
    elif want["check"] == "ignore":
        c.check_hostname = False
        c.verify_mode = ssl.CERT_NONE
    elif not want["name"]:
        c.check_hostname = False
    if want["no_cn"]:
        c.hostname_checks_common_name = False
    if want["later_auth"]:
        c.post_handshake_auth = True
    return c


def settled(s):
    suite = s.cipher()
    say("version", s.version())
    say("cipher", suite[0] if suite else "")
    say("alpn", s.selected_alpn_protocol() or "")
    say("resumed", s.session_reused)
    if hasattr(s, "group"):
        say("group", s.group())
    peer(s)


def peer(s):
    cert = s.getpeercert()
    if cert:
        say("peer", ", ".join("=".join(part) for rdn in cert.get("subject", ()) for part in rdn)
            or ", ".join(name for _, name in cert.get("subjectAltName", ())))


def read_all(s, enough):
    got = b""
    while not enough(got):
        more = s.recv(4096)
        if not more:
            break
        got += more
    return got


def closed(s):
    # close_notify goes out; that of the other side is waited for, if it comes.
    try:
        s.unwrap().close()
    except (ssl.SSLError, OSError):
        s.close()


def answered(got):
    if got.startswith(b"\0\0\0\4\0"):
        return len(got) >= 9
    head, end, rest = got.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if end and line.startswith(b"content-length:"):
            return len(rest) >= int(line.split(b":")[1])
    return False


def ask(c):
    raw = socket.create_connection((want["host"], want["port"]))
    s = c.wrap_socket(raw, server_hostname=want["name"] or None)
    settled(s)
    h2 = s.selected_alpn_protocol() == "h2"
    s.sendall((want["h2_hello"] if h2 else want["request"]).encode())
    say("answer", repr(read_all(s, answered)))
    closed(s)


def serve(c, raw):
    s = c.wrap_socket(raw, server_side=True)
    settled(s)
    h2 = s.selected_alpn_protocol() == "h2"
    got = read_all(s, lambda b: b"\r\n\r\n" in b)
    say("request", repr(got))
    if want["later_auth"]:
        s.verify_client_post_handshake()  # asks when it next writes
    s.sendall((want["h2_settings"] if h2 else want["reply"]).encode())
    if want["later_auth"]:
        read_all(s, lambda b: False)  # the certificate comes before the client's end
        peer(s)
    closed(s)


def told(act):
    try:
        act()
        return True
    except Exception as e:
        print("".join(traceback.format_exception_only(type(e), e)).strip(), flush=True)
        return False


def main():
    c = context()
    if not want["server"]:
        ask(c)
        return True
    with socket.socket() as l:
        l.bind(("127.0.0.1", 0))
        l.listen(want["connections"])
        say("port", l.getsockname()[1])
        fine = True
        for _ in range(want["connections"]):
            raw, _ = l.accept()
            fine = told(lambda: serve(c, raw)) and fine
            raw.close()
        return fine


ends = []
told(lambda: ends.append(main()))
sys.exit(0 if ends == [True] else 1)
