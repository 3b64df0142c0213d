"""Proofs: the vantage's own line is down for a while, and what no line can carry."""

import time

from tools import TARGET, swiftest

SCENARIO = """
world: {link: {down: {from: 200ms, to: 4s}}, ipv6: none}
"""


def _silent_while_down(lab):
    """Whether pings inland and abroad were over before the line came back; none is answered. Returns
    when it is back."""
    began = time.monotonic()
    lab.epoch()
    time.sleep(0.4)
    answers = [lab.ping(lab.addresses(host)[0], 2, 1)[0] for host in ("www.baidu.com", TARGET)]
    over = time.monotonic() - began
    assert over > 4 or answers == [0, 0], answers
    time.sleep(max(0.0, 4.3 - over))
    return over <= 4


def prove_line_down(lab):
    """while the line is down nothing answers, inland or abroad; then all is well"""
    assert any(_silent_while_down(lab) for _ in range(5)), "no ping is over before the line is up again"
    for host in ("www.baidu.com", TARGET):
        assert lab.answers_pings(lab.addresses(host)[0]), host
    lab.neighbour_is_well()


def prove_no_ipv6(lab):
    """without IPv6 there is no way to such addresses, told at once; IPv4 is as ever"""
    def attempt():
        how, seconds = lab.connect(lab.addresses(TARGET, 6)[0])
        assert how == "unreachable", how
        return seconds
    took = swiftest(attempt, 0.5)
    assert took < 0.5, took
    assert lab.connect(lab.addresses(TARGET)[0])[0] == "stands"
