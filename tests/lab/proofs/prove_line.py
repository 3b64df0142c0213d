"""Proofs: distances, hops, the home router, and that the world is as its picture says."""

import math
import socket
import time

from tools import FOREIGN, NEIGHBOUR, TARGET, swiftest

SCENARIO = """
world: {nat: {idle: 2s}}
censor:
  - name: cut
    at: border
    match: {window: {from: 300ms, to: 900ms}}
    act: {drop: packet}
"""


def _distance(lab, address, wanted):
    """The least round trip in milliseconds of some series of pings that are all answered. It is never
    below the path's, and not much above, even on a busy machine."""
    def attempt():
        answers, least = lab.ping(address)
        assert not answers or least >= wanted - 1, (address, least)
        return least if answers == 3 else math.inf
    return swiftest(attempt, wanted + 15, 3)


def prove_distances(lab):
    """round trips: 5 ms inland, 44 to 60 ms abroad by network, by both families"""
    for host, family, number, wanted in (
            ("www.baidu.com", 4, 0, 5), ("www.baidu.com", 6, 0, 5), (TARGET, 4, 0, 54),
            (TARGET, 4, 1, 44), (TARGET, 6, 0, 56), (TARGET, 6, 1, 42)):
        least = _distance(lab, lab.addresses(host, family)[number], wanted)
        assert least < wanted + 15, (host, family, number, least)


def prove_hops(lab):
    """the wires are no hops: one TTL for the router, one for the provider, and the server"""
    address = lab.addresses(TARGET)[0]
    assert lab.ping(address, 1, 1, options=("-t", "2"))[0] == 0
    assert lab.answers_pings(address, 1, options=("-t", "3"))


def prove_neighbourhood(lab):
    """an address that nobody has is silent; one without DNS answers pings and no queries"""
    assert lab.connect("81.2.251.1", patience=0.7)[0] == "timeout"
    assert lab.answers_pings("81.2.250.1", 3)
    assert lab.dig(TARGET, "81.2.250.1", patience=1).status is None
    assert lab.connect("31.13.94.37", patience=0.7)[0] == "timeout"


def prove_certificates(lab):
    """each site has a certificate of its own, in the trust of the vantage"""
    for host in (TARGET, NEIGHBOUR, "www.baidu.com", "www.iana.org"):
        assert lab.curl(host).exit == 0, host
        other = TARGET if host != TARGET else NEIGHBOUR
        assert lab.curl(host, address=lab.addresses(other)[0]).exit == 60, host


def prove_mail(lab):
    """IMAP and SMTP servers shake hands under their own names"""
    for host, port, options in (("imap.gmail.com", 993, ()),
                                ("smtp.gmail.com", 587, ("-starttls", "smtp"))):
        address = lab.addresses(host)[0]
        text = lab.openssl(address, host, "-connect", f"{address}:{port}", *options)
        assert "Verification: OK" in text, (host, text[-400:])


def prove_translation(lab):
    """the world sees the router's address, not the vantage's"""
    address = lab.addresses(TARGET)[0]
    with lab.capture(f"host {address}", "border", "abroad") as packets:
        lab.connect(address)
    assert packets and all("58.32.7.2." in p and "192.168." not in p for p in packets), packets


def prove_idle(lab):
    """the router forgets a connection that is idle for two seconds, and resets what comes of it"""
    with socket.create_connection((lab.addresses(TARGET)[0], 80), 10) as line:
        time.sleep(3.5)
        assert lab.exchange(line, b"GET / HTTP/1.0\r\n\r\n") == "reset"
    with socket.create_connection((lab.addresses(TARGET)[0], 80), 10) as line:
        assert lab.exchange(line, b"GET / HTTP/1.0\r\n\r\n") == "answer"


def _pings_at_the_cut(lab):
    """How many pings of the border's 40 and of the 20 inland are answered, each series in an epoch."""
    lab.epoch()
    border, _ = lab.ping(lab.addresses(TARGET)[0], 40, 1, 0.04)
    lab.epoch()
    inland, _ = lab.ping(lab.addresses("www.baidu.com")[0], 20, 1, 0.04)
    return border, inland


def prove_cut(lab):
    """the border is cut for a while; inland nobody notices; then it is back"""
    with lab.rule("cut"):
        for _ in range(3):  # a machine that stands still may have the cut pass unseen
            border, inland = _pings_at_the_cut(lab)
            if 15 <= border <= 35 and inland == 20:
                break
    assert 15 <= border <= 35 and inland == 20, (border, inland)
    assert lab.dig(TARGET, FOREIGN).status == "NOERROR"
