"""A server that says what nobody should: markup, controls, marks that turn text around, endless lines."""

import asyncio
import multiprocessing
import sqlite3
import time

from browser import look
from loopback import Daemon
from process import until

NASTY = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\u202egnp.\x1b[31m\x07\"'&"
LINE = "\u202e<b>" + "A" * (1 << 20)


def page(path):
    """Status line, headers and body, as bytes."""
    title = f"<title>{NASTY}{LINE}</title>"
    if path == "/header":
        head = f"HTTP/1.1 503 {NASTY}\r\nServer: {NASTY}\r\nX-Long: {'B' * 3000}\r\n"
    elif path == "/line":
        head = f"HTTP/1.1 200 OK\r\nX-Line: {LINE}\r\n"
    elif path == "/away":
        head = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\"><script>x</script>%E2%80%AE{'C' * 900}\r\n"
    else:
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    return (head + f"Connection: close\r\n\r\n<html>{title}").encode("utf-8", "surrogateescape")


async def answer(reader, writer):
    try:
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        writer.write(page(asked))
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, IndexError):
        pass
    finally:
        writer.close()


async def greet(reader, writer):
    """A mail server with a banner of the same kind."""
    writer.write(f"220 {NASTY}{LINE}\r\n".encode())
    try:
        await writer.drain()
        await reader.read()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve(ports):
    web = await asyncio.start_server(answer, "127.0.0.1", 0)
    mail = await asyncio.start_server(greet, "127.0.0.1", 0)
    ports.put([server.sockets[0].getsockname()[1] for server in (web, mail)])
    await asyncio.Event().wait()


def configuration(web, mail):
    targets = "".join(f"      - {{name: {name}, url: 'http://127.0.0.1:{web}/{name}'}}\n"
                      for name in ("title", "header", "line", "away"))
    return (f"schedule: {{interval: 5s, timeout: 2s, confirm_after: 1s, rate: 100/s, address_rate: 600/min}}\n"
            f"services:\n  - name: hostile\n    targets:\n{targets}"
            f"      - {{name: mail, url: 'smtp://127.0.0.1:{mail}'}}\n"
            f"      - {{name: url, url: 'http://127.0.0.1:{web}/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE'}}\n")


def remember(daemon):
    """What a store could hold that somebody else has written to."""
    import json
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
    event = {"id": 7, "subject": "target", "ended": None, "members": [{
        "target": "hostile/title", "passage": "trouble", "from": "ok", "to": "blocked", "from_kinds": [],
        "kinds": ["tls.reset.sni", NASTY], "onset": {"after": moment, "before": moment}, "confirmed": moment,
        "rule": NASTY, "reason": NASTY + LINE, "flapping": True}, {
        "target": NASTY, "passage": "trouble", "from": "ok", "to": "blocked", "from_kinds": [], "kinds": [],
        "onset": {"after": None, "before": moment}, "confirmed": moment, "rule": "", "reason": "", "flapping": False}]}
    with sqlite3.connect(daemon.folder / "state/state.sqlite") as database:
        micros = int((time.time() - 600) * 1e6)
        database.execute("INSERT INTO events VALUES (7, ?, ?, ?, NULL)", (json.dumps(event), micros, micros))
    database.close()


def play(binary, logs, pictures):
    ports = multiprocessing.Queue()
    server = multiprocessing.Process(target=lambda: asyncio.run(serve(ports)), daemon=True)
    server.start()
    daemon = Daemon(binary, logs, "hostile", configuration(*ports.get(timeout=10)))
    daemon.start()
    daemon.stop()
    remember(daemon)
    daemon.start()

    def measured():
        told = daemon.ask("/api/v1/targets").get("targets", [])
        return told and all(t["last_round"] for t in told)
    print(f"{'ok' if until(measured, 60) else 'not ok'} - every hostile target is measured", flush=True)
    look("hostile", daemon.base, pictures, logs)
    print(f"{'ok' if daemon.stop() == 0 else 'not ok'} - the daemon outlives what is hostile", flush=True)
    server.kill()
