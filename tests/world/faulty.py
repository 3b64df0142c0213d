"""A server that fails in one set way: faulty.py MODE PORT CHAIN KEY ADDRESS…

    ACTION-STAGE    at a stage of the conversation: reset, stall (never another word) or close
                    hello: the client's first bytes are there, TLS has not begun
                    shake: TLS stands, not a word of the service's own
                    request: TLS stands, the request is there
                    answer: so is the head of an answer, and the first of its bytes
    slow:SECONDS    answers that much later
    alert:NUMBER    a fatal TLS alert instead of a ServerHello
    reset-alpn      resets at hello if the client offers HTTP/2, else answers

CHAIN may be -: without TLS. On SIGTERM it stops listening at once and leaves open what is open, so
that no client sees its end.
"""

import signal
import socket
import ssl
import struct
import sys
import threading
import time

LINGER_NOT = struct.pack("ii", 1, 0)
PATIENCE = 60  # seconds: nobody's connection is kept for longer
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20000\r\n\r\nsome"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
H2 = b"\x02h2"


def _fail(action, connection):
    if action == "stall":
        time.sleep(PATIENCE)
    if action == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    connection.close()


def _converse(mode, tls, connection):
    action, _, stage = mode.partition("-")
    action, _, value = action.partition(":")
    hello = connection.recv(4096, socket.MSG_PEEK)
    if stage == "hello" or (stage == "alpn" and H2 in hello):
        return _fail(action, connection)
    if action == "alert":
        connection.recv(4096)
        connection.sendall(bytes([21, 3, 3, 0, 2, 2, int(value)]))
        return connection.close()
    if tls:
        connection = tls.wrap_socket(connection, server_side=True)
    if stage == "shake":
        return _fail(action, connection)
    connection.recv(4096)
    if stage == "request":
        return _fail(action, connection)
    if action == "slow":
        time.sleep(float(value))
    connection.sendall(HEAD if stage == "answer" else ANSWER)
    if stage == "answer":
        time.sleep(0.3)  # a reset takes along what the client has not read yet
        return _fail(action, connection)
    return connection.close()


def _serve(mode, tls, connection):
    connection.settimeout(PATIENCE)
    try:
        _converse(mode, tls, connection)
    except OSError:  # of which ssl's errors are a kind: the client went away
        connection.close()


def _accept(mode, tls, listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # closed: the end has come
            return
        threading.Thread(target=_serve, args=(mode, tls, connection), daemon=True).start()


def main(mode, port, chain, key, *addresses):
    tls = None
    if chain != "-":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(chain, key)
    listeners = []
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.create_server((address, int(port)), family=family, backlog=128)
        listeners.append(listener)
        threading.Thread(target=_accept, args=(mode, tls, listener), daemon=True).start()
    signal.sigwait({signal.SIGTERM})
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    time.sleep(15)


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
main(*sys.argv[1:])
