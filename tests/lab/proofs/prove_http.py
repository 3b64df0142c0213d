"""Proofs: requests in plain text, and slow, lossy or cut-off transfers."""

import concurrent.futures
import math
import socket
import time

from process import until
from tools import NEIGHBOUR, TARGET, swiftest

HOST = "www.google.com"

SCENARIO = """
censor:
  - name: host-reset
    at: border
    on_path: true
    match: {port: 80, http: {host: google-search/plain}}
    act: {reset: {to: both, count: 3}}
  - name: keyword
    at: border
    match: {port: 80, http: {keyword: falun}}
    act: [{reset: {to: both}}, {drop: flow}]
  - name: page
    at: border
    match: {port: 80, http: {host: google-search/plain}}
    act: {http: {status: 403, reason: Forbidden, headers: {Server: box}, body: "<iframe src='http://10.10.34.35'>"}}
  - name: page-raced
    at: border
    on_path: true
    match: {port: 80, http: {host: google-search/plain}}
    act: {http: {status: 302, reason: Found, headers: {Location: "http://blockpage.isp.lab/"}, body: ""}}
  - name: blockpage
    at: access
    match: {proto: tcp, dst: google-search/plain, port: 80}
    act: {redirect: blockpage}
  - name: rewrite
    at: border
    match: {proto: tcp, port: 80, host: target, payload: {contains: facebook}}
    act: {rewrite: {from: facebook, to: FaceBOOK}}
  - name: freeze
    at: border
    match: {proto: tcp, host: target, port: [80, 443]}
    act: {freeze: {after: 16KiB}}
  - name: policer
    at: border
    match: {proto: tcp, host: target, port: 443, from: server}
    act: {throttle: {rate: 800kbit, burst: 16KiB, mode: policer}}
  - name: shaper
    at: border
    match: {proto: tcp, host: target, port: 443, from: server}
    act: {throttle: {rate: 800kbit, burst: 4KiB, queue: 64KiB, mode: shaper}}
  - name: shared
    at: border
    match: {proto: tcp, host: target, port: 443, from: server}
    act: {throttle: {rate: 1600kbit, burst: 8KiB, mode: shaper, queue: 128KiB, per: rule}}
  - name: loss
    at: border
    match: {proto: icmp, host: target}
    act: {loss: 0.3}
  - name: delay
    at: border
    match: {proto: icmp, host: target, direction: out}
    act: {delay: 60ms}
  - name: large
    at: border
    match: {host: target, size: ">1000"}
    act: {drop: packet}
  - name: contains
    at: border
    match: {proto: tcp, port: 80, payload: {hex: "deadbeef", at: 4}}
    act: [{reset: {to: client}}, {drop: packet}]
  - name: shapes
    at: border
    match: {proto: tcp, port: [53, 80, 443], from: client, flags: data, looks_not: [tls, http, dns], flow: {nth: "<=2"}}
    act: {drop: packet}
    residual: {tuple: 4, for: 60s, act: {drop: packet}}
  - name: starttls
    at: border
    match: {proto: tcp, port: 587}
    act: {strip: starttls}
  - name: initial
    at: border
    match: {proto: udp, port: 4433, looks: [quic], flow: {first: true}}
    act: {delay: 1us}
    residual: {tuple: 3, for: 3s, delay: 300ms, act: {drop: packet}}
  - name: after-silence
    at: border
    match: {proto: udp, port: 4434, flow: {idle: 600ms}}
    act: {drop: packet}
  - name: upload
    at: border
    match: {proto: tcp, port: 8080, from: client, flow: {up: ">20000"}}
    act: {drop: packet}
"""


def prove_host(lab):
    """a plain request is reset at its Host, for one host only"""
    address = lab.addresses(HOST)[0]

    def attempt():
        fetch = lab.curl(HOST, "/generate_204", port=80)
        assert fetch.exit in (52, 56), fetch
        return fetch.total
    with lab.rule("host-reset"):
        took = swiftest(attempt, 0.3)
        assert took < 0.3, took
        assert lab.curl("example.org", "/", address=address, port=80).status == 404
        lab.neighbour_is_well(port=80)


def prove_keyword(lab):
    """a plain request is reset at a word in its path, whatever the host"""
    with lab.rule("keyword"):
        assert lab.curl(NEIGHBOUR, "/?q=falun", port=80).exit in (52, 56)
        assert lab.curl(NEIGHBOUR, "/?q=falcon", port=80).status == 404


def prove_page(lab):
    """a forged 403 takes the place of the answer, sooner than the server could"""
    def attempt():
        fetch = lab.curl(HOST, "/generate_204", port=80, options=("--include",))
        assert fetch.status == 403 and "10.10.34.35" in fetch.body and "Server: box" in fetch.body, fetch
        return fetch.total - fetch.connect
    with lab.rule("page"):
        took = swiftest(attempt, 0.04)
        assert took < 0.04, took
        lab.neighbour_is_well(port=80)


def prove_raced(lab):
    """on the path a forged redirect wins against the true answer, which comes as well"""
    address = lab.addresses(HOST)[0]
    with lab.rule("page-raced"), lab.capture(f"src host {address} and tcp[13] & 8 != 0") as packets:
        fetch = lab.curl(HOST, "/generate_204", port=80, options=("--include",))
    assert fetch.status == 302 and "blockpage.isp.lab" in fetch.body, fetch
    assert any("204 No Content" in p for p in packets), packets


def prove_blockpage(lab):
    """connections are led to the provider's block page"""
    def attempt():
        fetch = lab.curl(HOST, "/generate_204", port=80)
        assert fetch.status == 200 and "10.10.34.35" in fetch.body, fetch
        return fetch.connect
    with lab.rule("blockpage"):
        took = swiftest(attempt, 0.03)
        assert took < 0.03, took
        lab.neighbour_is_well(port=80)


def prove_rewrite(lab):
    """text is replaced on its way, both ways, and the checksums hold"""
    with lab.rule("rewrite"):
        fetch = lab.curl(TARGET, "/robots.txt", port=80)
        assert lab.counter("rewrite") >= 1
    assert fetch.exit == 0, fetch
    assert lab.curl(TARGET, "/robots.txt", port=80).exit == 0


def prove_freeze(lab):
    """a connection stands still after 16 KiB; a small page passes, and a neighbour's large one"""
    with lab.rule("freeze"):
        fetch = lab.curl(TARGET, "/large", port=80, patience=4)
        assert fetch.exit == 28 and 8000 < fetch.size <= 16384, fetch
        assert lab.curl(TARGET, "/large", patience=2).exit == 28
        assert lab.curl(TARGET).status == 200
        assert lab.curl(NEIGHBOUR, "/large").size == 256 << 10


def _rate(fetch):
    return fetch.size * 8 / (fetch.total - fetch.connect)


def _fastest(measure, least, most):
    """The greatest rate that `measure()` tells, of some tries: the first above the least is the last,
    and none may be above the most. A machine that stands still only makes one smaller."""
    rates = []
    while not rates or (max(rates) <= least and len(rates) < 8):
        rates.append(measure())
        assert rates[-1] < most, rates
    return max(rates)


def prove_policer(lab):
    """what exceeds 800 kbit/s is dropped, a neighbour is fast"""
    def measure(host):
        return _rate(lab.curl(host, "/large", patience=30))
    with lab.rule("policer"):
        # A policed TCP cannot use all of it.
        rate = _fastest(lambda: measure(TARGET), 300_000, 900_000)
        neighbour = _fastest(lambda: measure(NEIGHBOUR), 2_000_000, math.inf)
        assert lab.counter("policer", "dropped") > 0
    assert rate > 300_000, rate
    assert neighbour > 2_000_000, neighbour


def prove_shaper(lab):
    """a queue makes a rate of 800 kbit/s, within a tenth"""
    with lab.rule("shaper"):
        rate = _fastest(lambda: _rate(lab.curl(TARGET, "/large", patience=30)), 720_000, 880_000)
    assert rate > 720_000, rate


def prove_shared(lab):
    """one bucket for all connections: two at once get half each"""
    def measure():
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda _: lab.curl(TARGET, "/large", patience=30), range(2)))
        return sum(f.size for f in both) * 8 / max(f.total for f in both)
    with lab.rule("shared"):
        total = _fastest(measure, 1_000_000, 1_800_000)
    assert total > 1_000_000, total


def prove_loss(lab):
    """three packets of ten are lost, each way, and none of a neighbour's"""
    with lab.rule("loss"):
        answers, _ = lab.ping(lab.addresses(TARGET)[0], 100, 1, 0.02)
        assert lab.answers_pings(lab.addresses(NEIGHBOUR)[0], 20, 0.02)
    assert 29 <= answers <= 69, answers  # 49 expected, four deviations


def prove_delay(lab):
    """60 ms more for the target's packets"""
    before = lab.ping(lab.addresses(TARGET)[0])[1]
    with lab.rule("delay"):
        slower = lab.ping(lab.addresses(TARGET)[0])[1]
        neighbour = lab.ping(lab.addresses(NEIGHBOUR)[0])[1]
    assert 50 < slower - before < 90 and neighbour < before + 30, (before, slower, neighbour)


def prove_large(lab):
    """packets above a size are dropped"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("large"):
        assert lab.ping(address, 2, 1, options=("-s", "1200"))[0] == 0
        assert lab.answers_pings(address, options=("-s", "500"))
        assert lab.answers_pings(lab.addresses(NEIGHBOUR)[0], options=("-s", "1200"))


def prove_bytes(lab):
    """bytes at one place of a payload, and nowhere else"""
    address = lab.addresses(NEIGHBOUR)[0]
    with lab.rule("contains"):
        assert lab.connect(address, 80, sends=b"GET " + bytes.fromhex("deadbeef") + b"\r\n\r\n")[0] == "reset"
        assert lab.connect(address, 80, sends=b"GET /" + bytes.fromhex("deadbeef") + b"\r\n\r\n")[0] == "answer"


def prove_shapes(lab):
    """only what looks like a known protocol passes; what does not is punished with its connection"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("shapes"):
        assert lab.curl(TARGET).status == 200
        assert lab.curl(TARGET, port=80).status == 200
        assert lab.connect(address, 80, 1, sends=b"\x01random bytes\r\n\r\n")[0] == "silence"
        with socket.create_connection((address, 80), 10) as line:
            line.settimeout(1)
            assert lab.exchange(line, b"\x01random", b"GET / HTTP/1.0\r\n\r\n") == "silence"
    assert lab.connect(address, 80, sends=b"\x01random bytes\r\n\r\n")[0] == "answer"


def prove_strip(lab):
    """STARTTLS is struck out of what the mail server offers"""
    address = lab.addresses("smtp.gmail.com")[0]
    words = ["-starttls", "smtp", "-connect", f"{address}:587"]
    with lab.rule("starttls"):
        assert "find STARTTLS in server response" in lab.openssl(address, "smtp.gmail.com", *words)
        with socket.create_connection((address, 587), 10) as line:
            talk = line.makefile("rwb")
            talk.readline()
            talk.write(b"EHLO lab\r\n")
            talk.flush()
            offers = [line_ := talk.readline()]
            while line_[3:4] == b"-":
                offers.append(line_ := talk.readline())
        assert any(b"XXXXXXXX" in o for o in offers) and not any(b"STARTTLS" in o for o in offers), offers
    assert "find STARTTLS in server response" not in lab.openssl(address, "smtp.gmail.com", *words)


ECHO = """
import socket, threading
def serve(port):
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("81.2.17.1", port))
    while True:
        data, peer = line.recvfrom(2000)
        line.sendto(data, peer)
threads = [threading.Thread(target=serve, args=(p,)) for p in (4433, 4434)]
for thread in threads:
    thread.start()
print("ready")
"""
INITIAL = bytes.fromhex("c000000001") + b"\x08" + b"d" * 8 + b"\x00" + b"i" * 1190


def _echoes(line, data, patience=0.5):
    line.settimeout(patience)
    line.send(data)
    try:
        return line.recv(2000) == data
    except TimeoutError:
        return False


def prove_quic(lab):
    """a QUIC Initial marks the addresses and port; a third of a second later they fall silent"""
    server = lab.serve("abroad", ECHO)
    try:
        with lab.rule("initial"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            line.connect(("81.2.17.1", 4433))
            other.connect(("81.2.17.1", 4434))
            assert _echoes(line, INITIAL, 10)
            time.sleep(0.35)
            assert not _echoes(line, b"more") and _echoes(other, b"more", 10)
            assert until(lambda: _echoes(line, b"again"), 20)
    finally:
        server.stop()


def _falls_silent(lab):
    """Whether there was a conversation without a pause; after one, the next packet is dropped."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect(("81.2.17.1", 4434))
        began = time.monotonic()
        assert _echoes(line, b"one", 10)
        # Had the machine stood still for longer, the second packet would rightly be dropped.
        if not _echoes(line, b"two", 1) or time.monotonic() - began > 0.6:
            return False
        time.sleep(0.8)
        assert not _echoes(line, b"three")
        return True


def prove_idle(lab):
    """a packet after a silence is dropped, one in a lively conversation is not"""
    server = lab.serve("abroad", ECHO)
    try:
        with lab.rule("after-silence"):
            assert any(_falls_silent(lab) for _ in range(5)), "a lively conversation is cut off"
    finally:
        server.stop()


SINK = """
import socket
line = socket.create_server(("81.2.17.1", 8080))
print("ready")
while True:
    client, _ = line.accept()
    wanted = int(client.recv(8))
    while wanted > 0 and (data := client.recv(65536)):
        wanted -= len(data)
    client.sendall(b"all")
    client.close()
"""


def _uploads(lab, size, patience):
    return lab.connect("81.2.17.1", 8080, patience, sends=b"%8d" % size + b"x" * size)[0]


def prove_upload(lab):
    """what is sent is cut off after 20 kB, less is not"""
    server = lab.serve("abroad", SINK)
    try:
        with lab.rule("upload"):
            seen = [_uploads(lab, 10_000, 10), _uploads(lab, 100_000, 2)]
            assert seen == ["answer", "silence"], seen
    finally:
        server.stop()
