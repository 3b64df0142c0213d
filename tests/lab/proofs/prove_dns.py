"""Proofs: forged, dropped and led-astray DNS."""

import re
import time

from tools import FOREIGN, NEIGHBOUR, RESOLVER, TARGET, swiftest

FORGED = ("31.13.94.37", "104.244.46.21", "162.125.2.5")

SCENARIO = """
world: {resolver: {lies: {facebook/web: 58.32.0.80}}}
censor:
  - name: on-path
    at: border
    on_path: true
    match: {proto: udp, dns: {name: target, type: [A]}}
    act: {dns: {answers: [[31.13.94.37]], ttl: 77, ip_ttl: 99, df: true, aa: true, delay: 5ms}}
  - name: second
    at: border
    on_path: true
    match: {proto: udp, dns: {name: target, type: [A]}}
    act: {dns: {answers: [[104.244.46.21]], delay: 3ms}}
  - name: third
    at: border
    on_path: true
    match: {proto: udp, dns: {name: target, type: [A]}}
    act: {dns: {answers: [[162.125.2.5]], delay: [8ms]}}
  - name: in-path
    at: border
    match: {dns: {name: target, type: [A, AAAA]}}
    act: {dns: {answers: [[31.13.94.37, "2001::1f0d:5e25"], [104.244.46.21]]}}
  - name: nxdomain
    at: border
    match: {proto: udp, dns: {name: "*.facebook.com"}}
    act: {dns: {rcode: NXDOMAIN}}
  - name: refused
    at: border
    match: {proto: udp, dns: {name: target}}
    act: {dns: {rcode: REFUSED}}
  - name: copies
    at: border
    match: {proto: udp, dns: {name: target}}
    act: {dns: {answers: [[31.13.94.37]], copies: 3, delay: [1ms, 30ms, 60ms]}}
  - name: aaaa-only
    at: border
    match: {proto: udp, dns: {name: target, type: [AAAA]}}
    act: {dns: {answers: [["2001::1f0d:5e25"]]}}
  - name: query-drop
    at: border
    match: {proto: udp, port: 53, dns: {name: target}}
    act: {drop: packet}
  - name: tcp-reset
    at: border
    match: {proto: tcp, port: 53, dns: {name: target}}
    act: [{reset: {}}, {drop: flow}]
  - name: hijack
    at: access
    match: {proto: udp, port: 53, dst: resolvers}
    act: {redirect: isp-resolver}
  - name: recursion
    at: border
    on_path: true
    match: {proto: udp, src: isp, dns: {name: facebook/instagram, type: [A]}}
    act: {dns: {answers: [[31.13.94.37]]}}
  - name: twice
    at: border
    match: {proto: udp, port: 53, from: server}
    act: {duplicate: {copies: 1, delay: 20ms}}
  - name: dot-drop
    at: border
    match: {proto: tcp, port: 853}
    act: {drop: packet}
  - name: doh-reset
    at: border
    match: {port: 443, tls: {sni: dns.google}}
    act: [{reset: {}}, {drop: flow}]
"""


def _answers(packets):
    """The addresses in A answers that came to the vantage, in order."""
    found = [re.findall(r"\bA (\d+\.\d+\.\d+\.\d+)", p.split("\n\t0x")[0]) for p in packets]
    return [addresses for addresses in found if addresses]


def prove_on_path(lab):
    """an injector on the path: the forged answer comes first, the true one after it"""
    with lab.rule("on-path"), lab.capture("udp src port 53") as packets:
        answer = lab.dig(TARGET)
    came = _answers(packets)
    assert answer.addresses == [FORGED[0]] and answer.ttl == 77, answer
    assert len(came) == 2, came
    assert sorted(came[1]) == sorted(lab.addresses(TARGET)), came
    lab.neighbour_name_is_well()


def prove_marks(lab):
    """a forged answer bears the IP TTL, DF and AA it was given"""
    with lab.rule("on-path"), lab.capture("udp src port 53") as packets:
        lab.dig(TARGET)
    first = packets[0].split("\n\t0x")[0]
    # Two routers, the provider's and the one at home, are between this wire and the vantage.
    assert "ttl 97," in first and "flags [DF]" in first and "* 1/0/0" in first, first


def prove_sooner(lab):
    """a forged answer with 5 ms of delay comes sooner than the path abroad allows"""
    def attempt():
        with lab.rule("on-path"), lab.capture("udp port 53") as packets:
            lab.dig(TARGET)
        # The kernel's times: dig starts its own clock only after the question is on its way.
        asked, forged, true = (float(packet.split(" ", 1)[0]) for packet in packets)
        assert forged - asked >= 0.005 and true - asked >= 0.04, (forged - asked, true - asked)
        return forged - asked
    took = swiftest(attempt, 0.03)
    assert took < 0.03, took


def prove_three_injectors(lab):
    """three injectors: four answers to one query, in the order of their delays"""
    with lab.rule("on-path", "second", "third"), lab.capture("udp src port 53") as packets:
        lab.dig(TARGET)
    came = _answers(packets)
    assert [a[0] for a in came[:3]] == [FORGED[1], FORGED[0], FORGED[2]] and len(came) == 4, came


def prove_in_path(lab):
    """in the path, only the forged answer arrives; the next query gets the next of the pool"""
    with lab.rule("in-path"), lab.capture("udp src port 53") as packets:
        seen = [lab.dig(TARGET).addresses for _ in range(3)]
    assert seen == [[FORGED[0]], [FORGED[1]], [FORGED[0]]], seen
    assert len(_answers(packets)) == 3, packets
    lab.neighbour_name_is_well()


def prove_non_resolver(lab):
    """an address without DNS answers for the target, and is silent for another name"""
    with lab.rule("in-path"):
        forged = lab.dig(TARGET, "81.2.250.1")
        silent = lab.dig(NEIGHBOUR, "81.2.250.1", patience=1)
    assert forged.addresses and forged.addresses[0] in FORGED, forged
    assert silent.status is None, silent
    assert lab.dig(TARGET, "81.2.250.1", patience=1).status is None


def prove_tcp_answer(lab):
    """DNS over TCP is answered by the censor too"""
    with lab.rule("in-path"):
        answer = lab.dig(TARGET, FOREIGN, "A", "+tcp")
        lab.neighbour_name_is_well(FOREIGN, "+tcp")
    assert answer.addresses and answer.addresses[0] in FORGED, answer
    assert sorted(lab.dig(TARGET, FOREIGN, "A", "+tcp").addresses) == sorted(lab.addresses(TARGET))


def prove_nxdomain(lab):
    """NXDOMAIN for every name below a domain"""
    with lab.rule("nxdomain"):
        assert lab.dig(TARGET).status == "NXDOMAIN"
        lab.dig("facebook.com")  # lies not below, so it is none of the rule's
        lab.neighbour_name_is_well()
        assert lab.counter("nxdomain") == 1, lab.counter("nxdomain")


def prove_refused(lab):
    """REFUSED for the target alone"""
    with lab.rule("refused"):
        assert lab.dig(TARGET).status == "REFUSED"
        lab.neighbour_name_is_well()


def _gaps(lab, rule, name, number):
    """The seconds between the answers to one query, of which there are `number`. The first of five
    captures counts in which each is between 0.01 and 0.1: on a machine that stands still, answers come
    late, or at once."""
    for _ in range(5):
        with lab.rule(rule), lab.capture("udp src port 53") as packets:
            lab.dig(name)
        came = _answers(packets)
        assert len(packets) == len(came) == number and came[1:] == came[:-1], packets
        times = [float(p.split()[0]) for p in packets]
        gaps = [later - sooner for sooner, later in zip(times, times[1:])]
        if _apart(gaps):
            break
    return gaps


def _apart(gaps):
    return all(0.01 < gap < 0.1 for gap in gaps)


def prove_copies(lab):
    """three copies of a forged answer, at their own times"""
    gaps = _gaps(lab, "copies", TARGET, 3)
    assert _apart(gaps), gaps


def prove_family(lab):
    """only AAAA is forged, A is not"""
    with lab.rule("aaaa-only"):
        assert lab.dig(TARGET, FOREIGN, "AAAA").addresses == ["2001:0:0:0:0:0:1f0d:5e25"] or \
            lab.dig(TARGET, FOREIGN, "AAAA").addresses == ["2001::1f0d:5e25"]
        assert sorted(lab.dig(TARGET).addresses) == sorted(lab.addresses(TARGET))


def prove_query_drop(lab):
    """queries for the target are never answered, others are, and TCP is"""
    with lab.rule("query-drop"):
        assert lab.dig(TARGET, patience=1).status is None
        assert lab.dig(TARGET, FOREIGN, "A", "+tcp").status == "NOERROR"
        lab.neighbour_name_is_well()


def prove_tcp_reset(lab):
    """a TCP connection for DNS is reset at the target's name, not at another"""
    with lab.rule("tcp-reset"):
        assert lab.dig(TARGET, FOREIGN, "A", "+tcp").status is None
        lab.neighbour_name_is_well(FOREIGN, "+tcp")
        assert sorted(lab.dig(TARGET).addresses) == sorted(lab.addresses(TARGET))
    assert lab.counter("tcp-reset", "injected") == 2, lab.world.censor.counters()


def prove_hijack(lab):
    """a query to a resolver abroad is answered by the provider's, under the name of the other"""
    def attempt():
        answer = lab.dig(TARGET)  # dig takes answers from nobody but whom it asked
        assert answer.addresses == ["58.32.0.80"], answer
        return answer.seconds
    with lab.rule("hijack"):
        took = swiftest(attempt, 0.04)
        lab.neighbour_name_is_well()
    assert took < 0.04, took


def prove_recursion(lab):
    """the provider's resolver asks across the border: what is injected there, it believes"""
    with lab.rule("recursion"):
        answer = lab.dig("www.instagram.com", RESOLVER)
        assert answer.addresses == [FORGED[0]], answer
        lab.neighbour_name_is_well(RESOLVER)


def prove_duplicates(lab):
    """the network delivers each answer twice, the second 20 ms after the first"""
    gaps = _gaps(lab, "twice", NEIGHBOUR, 2)
    assert _apart(gaps), gaps


def prove_dot(lab):
    """DNS over TLS is dropped, DNS over HTTPS to the same address is not"""
    with lab.rule("dot-drop"):
        began = time.monotonic()
        assert lab.dig(TARGET, FOREIGN, "A", "+tls", patience=1).status is None
        assert time.monotonic() - began >= 0.9
        assert lab.dig(TARGET, FOREIGN, "A", "+https").status == "NOERROR"


def prove_doh(lab):
    """DNS over HTTPS is reset at its resolver's name, another resolver's is not"""
    with lab.rule("doh-reset"):
        assert "errno=104" in lab.openssl(FOREIGN, "dns.google")
        assert "Verification: OK" in lab.openssl("1.1.1.1", "cloudflare-dns.com")
        assert "errno=104" not in lab.openssl(FOREIGN, "example.org")
