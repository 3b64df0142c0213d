"""Proofs: the vantage's own line is down for a while, and what no line can carry."""

import time

from tools import TARGET

SCENARIO = """
world: {link: {down: {from: 200ms, to: 4s}}, ipv6: none}
"""


def prove_line_down(lab):
    """while the line is down nothing answers, inland or abroad; then all is well"""
    began = time.monotonic()
    lab.epoch()
    time.sleep(0.4)
    for host in ("www.baidu.com", TARGET):
        assert lab.ping(lab.addresses(host)[0], 2, 1)[0] == 0, host
    time.sleep(max(0.0, began + 4.3 - time.monotonic()))
    for host in ("www.baidu.com", TARGET):
        assert lab.ping(lab.addresses(host)[0], 2)[0] == 2, host
    lab.neighbour_is_well()


def prove_no_ipv6(lab):
    """without IPv6 there is no way to such addresses, told at once; IPv4 is as ever"""
    how, seconds = lab.connect(lab.addresses(TARGET, 6)[0])
    assert how == "unreachable" and seconds < 0.5, (how, seconds)
    assert lab.connect(lab.addresses(TARGET)[0])[0] == "stands"
