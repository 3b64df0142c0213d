"""Proofs: addresses and ports that are black holes, resets, ICMP, residual sets, draws and windows."""

import time

from tools import NEIGHBOUR, TARGET

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
    residual: {tuple: 3, for: 2s, act: {drop: packet}}
  - name: residual-2
    at: border
    match: {proto: tcp, dst: target, port: 443, tls: {sni: target}}
    act: [{reset: {to: both}}, {drop: packet}]
    residual: {tuple: 2, for: 2s, act: {drop: packet}}
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
        assert lab.connect(address)[0] == lab.connect(six)[0] == "timeout"
        assert lab.ping(address, 2, 1)[0] == 0
        lab.neighbour_is_well()
    assert lab.connect(address)[0] == "stands"


def prove_family_4(lab):
    """one family is a black hole, the other is not"""
    with lab.rule("family-4"):
        assert lab.connect(lab.addresses(TARGET)[0])[0] == "timeout"
        assert lab.connect(lab.addresses(TARGET, 6)[0])[0] == "stands"


def prove_inbound(lab):
    """packets out pass, answers in are dropped"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("inbound"), lab.capture(f"src host {address}") as near, \
            lab.capture(f"src host {address}", "border", "abroad") as far:
        assert lab.connect(address)[0] == "timeout"
    assert any("Flags [S.]" in p for p in far) and not near, (far, near)


def prove_port(lab):
    """one port is dropped, another of the same address is not"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("port-drop"):
        assert lab.connect(address, 443)[0] == "timeout"
        assert lab.connect(address, 80)[0] == "stands"


def prove_syn_reset(lab):
    """a reset answers the SYN sooner than the path allows, three times, with the windows given"""
    address = lab.addresses(TARGET)[0]
    # Seen before the router at home, which takes the second and third for strays.
    with lab.rule("syn-reset"), lab.capture(f"src host {address}", "access", "router") as packets:
        how, took = lab.connect(address)
        assert lab.connect(address, 80)[0] == "stands"
        lab.neighbour_is_well()
    resets = [p for p in packets if "Flags [R.]" in p]
    assert how == "refused" and took < 0.03, (how, took)
    assert [w for w in (1980, 1981, 1982) for p in resets if f"win {w}," in p] == [1980, 1981, 1982], resets


def prove_icmp(lab):
    """a router says: administratively prohibited, for both families"""
    with lab.rule("icmp-admin"), lab.capture("icmp or icmp6") as packets:
        for address in (lab.addresses(TARGET)[0], lab.addresses(TARGET, 6)[0]):
            how, took = lab.connect(address)
            assert how == "unreachable" and took < 0.03, (address, how, took)
        lab.neighbour_is_well()
    text = "".join(packets)
    assert "58.35.0.1 > " in text and "admin prohibited" in text, text
    assert "240e:1:0:a::1 > " in text and "prohibited" in text.partition("240e:1:0:a::1 > ")[2], text


def prove_residual_3(lab):
    """after a hit the address and port are punished for two seconds, another port is not"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("residual-3"):
        assert lab.curl(TARGET).exit in (35, 56)
        assert lab.curl("example.org", address=address, patience=1).exit == 28  # an innocent name
        assert lab.connect(address, 80)[0] == "stands"
        assert lab.connect(lab.addresses(TARGET)[1])[0] == "stands"
        lab.neighbour_is_well()
        end = time.monotonic() + 4
        while (how := lab.connect(address, patience=0.4)[0]) != "stands" and time.monotonic() < end:
            pass
        assert how == "stands"


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


def prove_rearm(lab):
    """each packet in the time of punishment begins that time anew"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("rearm"):
        assert lab.curl(TARGET).exit in (35, 56)
        began = time.monotonic()
        while time.monotonic() - began < 2.5:  # longer than the time itself
            assert lab.connect(address)[0] == "refused", time.monotonic() - began
            time.sleep(0.3)


def prove_residual_delay(lab):
    """a punishment may begin later than the hit"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("residual-delay"):
        assert lab.connect(address, 80)[0] == "stands"
        began = time.monotonic()
        assert lab.connect(address, 80)[0] == "stands" or time.monotonic() - began > 0.7
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


def prove_window(lab):
    """a rule holds in its window only, and again a period later"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("window"):
        lab.epoch()
        began = time.monotonic()
        seen = []
        while (now := time.monotonic() - began) < 4.2:
            seen.append((now, lab.connect(address)[0]))
    for now, how in seen:
        phase = now % 2
        if 0.6 < phase < 1.1:
            assert how == "refused", (now, how)
        elif phase < 0.4 or phase > 1.3:
            assert how == "stands", (now, how)
    assert {how for _, how in seen} == {"refused", "stands"}


def prove_ramp(lab):
    """a draw that grows from never to always"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("ramp"):
        lab.epoch()
        began = time.monotonic()
        seen = []
        while (now := time.monotonic() - began) < 3:
            seen.append((now, lab.connect(address)[0]))
    early = [how for now, how in seen if now < 0.7].count("refused")
    late = [how for now, how in seen if now > 2.1]
    assert early < len([1 for now, _ in seen if now < 0.7]) * 0.6, seen
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
