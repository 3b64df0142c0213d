"""Proofs: nameservers that are dead, lie or fail, and names that are gone."""

import concurrent.futures

from tools import FOREIGN, NEIGHBOUR, RESOLVER, TARGET, swiftest

SCENARIO = ""


def _resolver(lab, **trouble):
    lab.world.change({"resolver": trouble, "names": {}})


def _names(lab, **trouble):
    lab.world.change({"names": trouble, "resolver": {}})


def _foreign_is_right(lab):
    assert sorted(lab.dig(TARGET, FOREIGN).addresses) == sorted(lab.addresses(TARGET))


def prove_true(lab):
    """the provider's resolver and those abroad and inland agree, by UDP, TCP, TLS and HTTPS"""
    for server, option in ((RESOLVER, "+notcp"), (RESOLVER, "+tcp"), ("223.5.5.5", "+notcp"),
                           (FOREIGN, "+tls"), ("1.1.1.1", "+https")):
        answer = lab.dig(TARGET, server, "A", option)
        assert sorted(answer.addresses) == sorted(lab.addresses(TARGET)), (server, option, answer)


def prove_far(lab):
    """the provider's resolver is near, and what it has cached is there at once; others are far"""
    lab.dig(TARGET, RESOLVER)
    took = swiftest(lambda: lab.dig(TARGET, RESOLVER).seconds, 0.03)
    assert took < 0.03 and lab.dig(TARGET, FOREIGN).seconds > 0.035, took


def prove_lie(lab):
    """the provider's resolver tells another address, for the target alone"""
    _resolver(lab, lies={TARGET: "127.0.0.1"})
    assert lab.dig(TARGET, RESOLVER).addresses == ["127.0.0.1"]
    lab.neighbour_name_is_well(RESOLVER)
    _foreign_is_right(lab)


def prove_nxdomain(lab):
    """the provider's resolver knows no such name"""
    _resolver(lab, lies={TARGET: "nxdomain"})
    assert lab.dig(TARGET, RESOLVER).status == "NXDOMAIN"
    lab.neighbour_name_is_well(RESOLVER)


def prove_refused(lab):
    """the provider's resolver refuses one name"""
    _resolver(lab, lies={TARGET: "refused"})
    assert lab.dig(TARGET, RESOLVER).status == "REFUSED"
    lab.neighbour_name_is_well(RESOLVER)


def prove_servfail(lab):
    """the provider's resolver fails at one name"""
    _resolver(lab, lies={TARGET: "servfail"})
    assert lab.dig(TARGET, RESOLVER).status == "SERVFAIL"
    lab.neighbour_name_is_well(RESOLVER)


def prove_silence(lab):
    """the provider's resolver says nothing about one name"""
    _resolver(lab, lies={TARGET: "drop"})
    assert lab.dig(TARGET, RESOLVER, patience=1).status is None
    lab.neighbour_name_is_well(RESOLVER)


def prove_dead(lab):
    """the provider's resolver is dead, others are not"""
    _resolver(lab, **{"is": "dead"})
    assert lab.dig(NEIGHBOUR, RESOLVER, patience=1).status is None
    _foreign_is_right(lab)


def prove_flaky(lab):
    """the provider's resolver loses half of the questions"""
    _resolver(lab, flaky=0.5)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: lab.dig(NEIGHBOUR, RESOLVER, patience=1).status, range(40)))
    assert 7 <= seen.count(None) <= 33, seen  # 20 expected, four deviations


def prove_rewriting(lab):
    """names that do not exist get an address of the provider, names that do are left alone"""
    _resolver(lab, nxdomain_rewrite="58.32.0.80")
    assert lab.dig("no-such-name.example", RESOLVER).addresses == ["58.32.0.80"]
    lab.neighbour_name_is_well(RESOLVER)
    assert lab.dig("no-such-name.example", FOREIGN).status == "NXDOMAIN"


def prove_gone(lab):
    """a name that is gone is gone for everybody"""
    _names(lab, gone=[TARGET])
    assert lab.dig(TARGET, FOREIGN).status == "NXDOMAIN"
    lab.neighbour_name_is_well()


def prove_lame(lab):
    """a name whose own nameserver is dead: nobody gets an address"""
    _names(lab, lame=[TARGET])
    answer = lab.dig(TARGET, FOREIGN, patience=2)
    assert not answer.addresses and answer.status != "NXDOMAIN", answer
    lab.neighbour_name_is_well()


def prove_broken_zone(lab):
    """a name whose nameserver fails: SERVFAIL for everybody"""
    _names(lab, servfail=[TARGET])
    assert lab.dig(TARGET, FOREIGN).status == "SERVFAIL"
    lab.neighbour_name_is_well()


def prove_geo(lab):
    """the near resolver and those abroad give different addresses, and both serve the target"""
    near, far = lab.addresses(TARGET)[0], lab.addresses(TARGET)[3]
    _names(lab, geo={TARGET: {"system": [near], "others": [far]}})
    assert lab.dig(TARGET, RESOLVER).addresses == [near]
    assert lab.dig(TARGET, FOREIGN).addresses == [far]
    assert lab.curl(TARGET, address=near).status == lab.curl(TARGET, address=far).status == 200


def prove_edge(lab):
    """an edge inland serves the target with its own certificate, near by"""
    edge, = lab.plan.edges[TARGET]

    def attempt():
        fetch = lab.curl(TARGET, address=edge)
        assert fetch.status == 200, fetch
        return fetch.connect
    took = swiftest(attempt, 0.03)
    assert took < 0.03, took


def prove_order(lab):
    """the order of addresses changes from answer to answer"""
    _names(lab, rotate=True)
    orders = {tuple(lab.dig(TARGET, FOREIGN).addresses) for _ in range(8)}
    assert len(orders) > 1 and len({frozenset(o) for o in orders}) == 1, orders
