"""Proofs: a box in the house that opens every TLS connection, a line that loses large packets, a NAT
with few ports."""

import socket

from tools import FOREIGN, NEIGHBOUR, SILENCE, TARGET

SCENARIO = """
world: {interception: all, ipv6: broken, nat: {ports: 16}, pmtu: {at: domestic, size: 900}}
"""


def prove_every_name(lab):
    """every site shows a certificate of the same authority, for its own name"""
    for host in (TARGET, NEIGHBOUR, "www.iana.org"):
        text = lab.openssl(lab.addresses(host)[0], host)
        assert "inspection-intermediate" in text, (host, text[:500])
        assert lab.curl(host).exit == 60 and lab.curl(host, options=("--insecure",)).exit == 0, host


def prove_plain(lab):
    """plain requests and resolvers' HTTPS are left alone"""
    assert lab.curl(TARGET, port=80).status == 200
    assert lab.dig(TARGET, FOREIGN, "A", "+https").status == "NOERROR"


def prove_ipv6(lab):
    """IPv6 has addresses and a route, and leads nowhere"""
    assert lab.dig(TARGET, FOREIGN, "AAAA").addresses
    assert lab.connect(lab.addresses(TARGET, 6)[0], patience=SILENCE)[0] == "timeout"
    assert lab.connect(lab.addresses(TARGET)[0])[0] == "stands"


def prove_large(lab):
    """packets above 900 bytes vanish inland without a word, smaller ones pass; abroad all do"""
    inland = lab.addresses("www.baidu.com")[0]
    with lab.capture("icmp[0] == 3") as told:
        assert lab.ping(inland, 2, 1, options=("-s", "1000"))[0] == 0
    assert lab.answers_pings(inland, options=("-s", "800")) and not told, told
    assert lab.answers_pings(lab.addresses(TARGET)[0], options=("-s", "1000"))


def prove_ports(lab):
    """the NAT has sixteen ports: the connections beyond get nowhere"""
    address, lines, stood = lab.addresses(TARGET)[0], [], 0
    try:
        for _ in range(20):
            line = socket.socket()
            lines.append(line)
            line.settimeout(0.5)
            try:
                line.connect((address, 80))
                stood += 1
            except OSError:
                pass
    finally:
        for line in lines:
            line.close()
    assert 10 <= stood <= 16, stood  # some may still be held by what was before
