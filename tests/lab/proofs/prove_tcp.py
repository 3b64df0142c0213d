"""Proofs: addresses and ports that are black holes, resets, ICMP, residual sets, draws and windows."""

import time

from process import until
from tools import NEIGHBOUR, SILENCE, TARGET, swiftest

SCENARIO = """
censor:
  - name: blackhole
    at: border
    match: {dst: target, direction: out}
    act: {drop: packet}
  - name: family-4
    at: border
    match: {family: 4, dst: target, direction: out}
    act: {drop: packet}
  - name: inbound
    at: border
    match: {src: target, direction: in}
    act: {drop: packet}
  - name: port-drop
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: syn}
    act: {drop: packet}
  - name: syn-reset
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: syn}
    act: [{reset: {to: client, count: 3, window: [1980, 1981, 1982]}}, {drop: packet}]
  - name: icmp-admin
    at: border
    match: {dst: target, direction: out}
    act: [{icmp: {code: admin, from: [58.35.0.1, "240e:1:0:a::1"]}}, {drop: packet}]
  - name: residual-3
    at: border
    match: {proto: tcp, dst: target, port: 443, tls: {sni: target}}
    act: [{reset: {to: both}}, {drop: packet}]
    residual: {tuple: 3, for: 4s, act: {drop: packet}}
  - name: residual-2
    at: border
    match: {proto: tcp, dst: target, port: 443, tls: {sni: target}}
    act: [{reset: {to: both}}, {drop: packet}]
    residual: {tuple: 2, for: 5s, act: {drop: packet}}
  - name: residual-4
    at: border
    match: {proto: tcp, dst: target, port: 443, tls: {sni: target}}
    act: {drop: packet}
    residual: {tuple: 4, for: 5s, act: {drop: packet}}
  - name: rearm
    at: border
    match: {proto: tcp, dst: target, port: 443, tls: {sni: target}}
    act: [{reset: {to: both}}, {drop: packet}]
    residual: {tuple: 3, for: 1500ms, rearm: true, act: [{reset: {to: client}}, {drop: packet}]}
  - name: residual-delay
    at: border
    match: {proto: tcp, dst: target, port: 80, flags: syn}
    residual: {tuple: 3, for: 5s, delay: 700ms, act: {drop: packet}}
  - name: hashed
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: syn, flow: {hash: {mod: 2, is: 0}}}
    act: [{reset: {to: client}}, {drop: packet}]
  - name: drawn
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: syn, probability: 0.75}
    act: [{reset: {to: client}}, {drop: packet}]
  - name: window
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: syn, window: {from: 500ms, to: 1200ms, every: 2s}}
    act: [{reset: {to: client}}, {drop: packet}]
  - name: ramp
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: syn, probability: {p: 1, per: packet}, ramp: {from: 0, to: 1, over: 2s}}
    act: [{reset: {to: client}}, {drop: packet}]
  - name: let-pass
    at: border
    match: {dst: 81.2.17.2}
    act: {pass: true}
  - name: low-port
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: syn, source_port: {above: destination}}
    act: [{reset: {to: client}}, {drop: packet}]
  - name: no-timestamps
    at: border
    match: {proto: tcp, dst: target, port: 443, flags: data, tcp: {header: 20}}
    act: [{reset: {to: client}}, {drop: packet}]
  - name: late
    at: border
    on_path: true
    match: {proto: tcp, host: target, port: 443, flow: {nth: 4}}
    act: {reset: {to: client, delay: 120ms}}
  - name: marked
    at: border
    match: {proto: tcp, port: 80, http: {path: /mark}}
    act: {delay: 1us}
  - name: after-mark
    at: border
    match: {proto: tcp, after: marked, from: server, flags: data}
    act: [{reset: {to: both}}, {drop: packet}]
"""


def prove_blackhole(lab):
    """a black hole: no SYN is answered, by either family, and no ping"""
    address, six = lab.addresses(TARGET)[0], lab.addresses(TARGET, 6)[0]
    with lab.rule("blackhole"):
        for one in (address, six):
            assert lab.connect(one, patience=SILENCE)[0] == "timeout", one
        assert lab.ping(address, 2, 1)[0] == 0
        lab.neighbour_is_well()
    assert lab.connect(address)[0] == "stands"


def prove_family_4(lab):
    """one family is a black hole, the other is not"""
    with lab.rule("family-4"):
        assert lab.connect(lab.addresses(TARGET)[0], patience=SILENCE)[0] == "timeout"
        assert lab.connect(lab.addresses(TARGET, 6)[0])[0] == "stands"


def prove_inbound(lab):
    """packets out pass, answers in are dropped"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("inbound"), lab.capture(f"src host {address}") as near, \
            lab.capture(f"src host {address}", "border", "abroad") as far:
        assert lab.connect(address, patience=SILENCE)[0] == "timeout"
    assert any("Flags [S.]" in p for p in far) and not near, (far, near)


def prove_port(lab):
    """one port is dropped, another of the same address is not"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("port-drop"):
        assert lab.connect(address, 443, SILENCE)[0] == "timeout"
        assert lab.connect(address, 80)[0] == "stands"


def prove_syn_reset(lab):
    """a reset answers the SYN sooner than the path allows, three times, with the windows given"""
    address = lab.addresses(TARGET)[0]

    def attempt():
        # Seen before the router at home, which takes the second and third for strays.
        with lab.rule("syn-reset"), lab.capture(f"src host {address}", "access", "router") as packets:
            how, took = lab.connect(address)
            assert lab.connect(address, 80)[0] == "stands"
            lab.neighbour_is_well()
        windows = [w for w in (1980, 1981, 1982) for p in packets if f"win {w}," in p and "Flags [R.]" in p]
        assert how == "refused" and windows == [1980, 1981, 1982], (how, packets)
        return took
    took = swiftest(attempt, 0.03)
    assert took < 0.03, took


def prove_icmp(lab):
    """a router says: administratively prohibited, for both families"""
    def attempt(address):
        how, took = lab.connect(address)
        assert how == "unreachable", (address, how)
        return took
    with lab.rule("icmp-admin"), lab.capture("icmp or icmp6") as packets:
        for address in (lab.addresses(TARGET)[0], lab.addresses(TARGET, 6)[0]):
            took = swiftest(lambda: attempt(address), 0.03)
            assert took < 0.03, (address, took)
        lab.neighbour_is_well()
    text = "".join(packets)
    assert "58.35.0.1 > " in text and "admin prohibited" in text, text
    assert "240e:1:0:a::1 > " in text and "prohibited" in text.partition("240e:1:0:a::1 > ")[2], text


def prove_residual_3(lab):
    """after a hit the address and port are punished for four seconds, another port is not"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("residual-3"):
        assert lab.curl(TARGET).exit in (35, 56)
        assert lab.curl("example.org", address=address, patience=1).exit == 28  # an innocent name
        assert lab.connect(address, 80)[0] == "stands"
        assert lab.connect(lab.addresses(TARGET)[1])[0] == "stands"
        lab.neighbour_is_well()
        assert until(lambda: lab.connect(address, patience=0.4)[0] == "stands", 20)


def prove_residual_2(lab):
    """a set of address pairs punishes every port"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("residual-2"):
        assert lab.curl(TARGET).exit in (35, 56)
        assert lab.connect(address, 80, 0.7)[0] == "timeout"
        assert lab.connect(lab.addresses(TARGET)[1], 80)[0] == "stands"


def prove_residual_4(lab):
    """a set of single connections punishes that connection alone"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("residual-4"):
        assert lab.curl(TARGET, patience=1).exit == 28
        assert lab.connect(address)[0] == "stands"
        assert lab.curl("example.org", address=address).exit == 60  # the wrong name, but an answer


def _punished_throughout(lab, address, seconds):
    """Whether, after a hit, connections followed each other closely for that long; all are refused."""
    with lab.rule("rearm"):
        began = last = time.monotonic()
        assert lab.curl(TARGET).exit in (35, 56)
        while last - began < seconds:
            now = time.monotonic()
            how = lab.connect(address)[0]
            # It and the one before were judged within this time. Later, the punishment may be over.
            if time.monotonic() - last > 1.4:
                return False
            assert how == "refused", now - began
            last = now
            time.sleep(0.3)
    return True


def prove_rearm(lab):
    """each packet in the time of punishment begins that time anew"""
    address = lab.addresses(TARGET)[0]
    # 2.5 s are longer than the time itself.
    assert any(_punished_throughout(lab, address, 2.5) for _ in range(10)), "no hit is followed closely"


def prove_residual_delay(lab):
    """a punishment may begin later than the hit"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("residual-delay"):
        assert lab.connect(address, 80)[0] == "stands"
        began = time.monotonic()
        assert lab.connect(address, 80, SILENCE)[0] == "stands" or time.monotonic() - began > 0.7
        time.sleep(max(0, began + 0.8 - time.monotonic()))
        assert lab.connect(address, 80, 0.7)[0] == "timeout"


def prove_hash(lab):
    """half of the connections, always the same ones by their ports, are hit"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("hashed"):
        once = [lab.connect(address, source_port=30000 + n)[0] for n in range(12)]
        again = [lab.connect(address, source_port=30000 + n)[0] for n in range(12)]
    assert once == again and set(once) == {"refused", "stands"}, (once, again)


def prove_probability(lab):
    """three connections of four are hit"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("drawn"):
        hits = [lab.connect(address)[0] for _ in range(60)].count("refused")
    assert 32 <= hits <= 57, hits  # beyond four standard deviations


def _since_epoch(lab, address, seconds):
    """Connects again and again in a new epoch: (soonest, latest, how it went), the times in seconds
    since the epoch between which the SYN was judged, however long the machine stood still."""
    before = time.monotonic()
    lab.epoch()
    after = time.monotonic()
    while (now := time.monotonic()) - after < seconds:
        how = lab.connect(address)[0]
        yield now - after, time.monotonic() - before, how


def _seen_twice(periods):
    """Whether enough is known of two periods, so that a rule which holds but once is found out."""
    return sum(len(seen) >= 5 for seen in periods.values()) >= 2


def prove_window(lab):
    """a rule holds in its window only, and again a period later"""
    inside, outside = {}, {}  # by period: what became of connections that were made wholly in it
    with lab.rule("window"):
        for soonest, latest, how in _since_epoch(lab, lab.addresses(TARGET)[0], 30):
            period, phase = divmod(soonest, 2)
            end = latest - 2 * period
            if 0.5 < phase and end < 1.2:
                inside.setdefault(period, []).append((soonest, latest, how))
            elif end < 0.5 or (1.2 < phase and end < 2.5):
                outside.setdefault(period, []).append((soonest, latest, how))
            if latest > 4.2 and _seen_twice(inside) and _seen_twice(outside):
                break
        else:
            raise AssertionError(f"too few connections are wholly inside or outside: {inside} {outside}")
    wrong = [one for side, wanted in ((inside, "refused"), (outside, "stands"))
             for seen in side.values() for one in seen if one[2] != wanted]
    assert not wrong, wrong


def prove_ramp(lab):
    """a draw that grows from never to always"""
    with lab.rule("ramp"):
        for _ in range(5):  # epochs, until in one enough is seen of its beginning
            seen = list(_since_epoch(lab, lab.addresses(TARGET)[0], 3))
            early = [how for _, latest, how in seen if latest < 0.7]
            late = [how for soonest, _, how in seen if soonest > 2.1]
            if len(early) >= 10 and len(late) >= 10:
                break
        else:
            raise AssertionError(f"too few connections: {seen}")
    assert early.count("refused") < len(early) * 0.6, early
    assert set(late) == {"refused"}, late


def prove_pass(lab):
    """what one rule lets pass, the next does not see"""
    with lab.rule("blackhole"):
        assert lab.connect("81.2.17.2", patience=0.7)[0] == "timeout"
    # Rules are walked in the order of the file, so here the other way round nothing passes.
    with lab.rule("let-pass", "syn-reset"):
        assert lab.connect("81.2.17.2")[0] == "refused"
    with lab.rule("let-pass", "low-port"):
        assert lab.connect("81.2.17.2")[0] == "stands"
        assert lab.connect("81.2.17.1")[0] == "refused"


def prove_source_port(lab):
    """only connections from ports not below the server's are hit"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("low-port"):
        assert lab.connect(address, source_port=41000)[0] == "refused"
        assert lab.connect(address, source_port=300)[0] == "stands"


def prove_header(lab):
    """only segments without TCP options are hit"""
    address = lab.addresses(TARGET)[0]
    path = "/proc/sys/net/ipv4/tcp_timestamps"
    with lab.rule("no-timestamps"):
        assert lab.connect(address, sends=b"x" * 10)[0] != "reset"
        with open(path, "w", encoding="ascii") as setting:
            setting.write("0")
        try:
            assert lab.connect(address, sends=b"x" * 10)[0] == "reset"
        finally:
            with open(path, "w", encoding="ascii") as setting:
                setting.write("1")


def prove_late(lab):
    """a reset after the fourth piece of data, late: the answer was there before"""
    with lab.rule("late"):
        fetch = lab.curl(TARGET)
    assert fetch.status == 200 and lab.counter("late") >= 1, fetch


def prove_after(lab):
    """a rule that waits for another one in the same connection"""
    with lab.rule("marked", "after-mark"):
        assert lab.curl(TARGET, "/mark", port=80).exit in (52, 56)
        assert lab.curl(TARGET, "/other", port=80).status == 404
        lab.neighbour_is_well(port=80)
    assert lab.connect(lab.addresses(NEIGHBOUR)[0])[0] == "stands"
