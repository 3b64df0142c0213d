"""An interceptor that chooses by name: sni_proxy.py OWN ORIGIN NAMES ADDRESS…

Listens on port 443 of each ADDRESS and reads the ClientHello. If it names one of NAMES (split at
commas), the connection goes on to OWN, who has a certificate of an authority of his own; any other
goes on to ORIGIN, the true server, byte by byte untouched.
"""

import socket
import sys
import threading

HELLO = 16384  # bytes of a ClientHello at most
PATIENCE = 60


def _hello(connection):
    """The ClientHello, with what was read of it: it must be handed on."""
    data = b""
    while len(data) < 5 or len(data) < min(HELLO, 5 + int.from_bytes(data[3:5], "big")):
        more = connection.recv(HELLO)
        if not more:
            break
        data += more
    return data


def _pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            end.close()


def _carry(own, origin, names, client):
    client.settimeout(PATIENCE)
    try:
        hello = _hello(client)
        named = any(name in hello for name in names)
        server = socket.create_connection((own if named else origin, 443), PATIENCE)
        server.sendall(hello)
    except OSError:
        client.close()
        return
    threading.Thread(target=_pump, args=(client, server), daemon=True).start()
    _pump(server, client)


def _accept(own, origin, names, listener):
    while True:
        client, _ = listener.accept()
        threading.Thread(target=_carry, args=(own, origin, names, client), daemon=True).start()


def main(own, origin, names, *addresses):
    names = [name.encode() for name in names.split(",")]
    threads = []
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.create_server((address, 443), family=family, backlog=128)
        threads.append(threading.Thread(target=_accept, args=(own, origin, names, listener)))
    for thread in threads:
        thread.start()


main(*sys.argv[1:])
