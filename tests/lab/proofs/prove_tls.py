"""Proofs: what a censor does at a ClientHello, and who else may answer in a server's place."""

import re
import socket

from hello import hello
from tools import NEIGHBOUR, SILENCE, TARGET, payload, swiftest

INNOCENT = "example.org"

SCENARIO = """
censor:
  - name: reset
    at: border
    on_path: true
    match: {port: 443, tls: {sni: target}}
    act: {reset: {to: both, count: 3, flags: RA, df: true, ttl: 48, ip_id: 7, delay: 2ms}}
  - name: plain-reset
    at: border
    on_path: true
    match: {port: 443, tls: {sni: target}}
    act: {reset: {to: client, flags: R, ip_id: 0}}
  - name: payload
    at: border
    on_path: true
    match: {port: 443, tls: {sni: target}}
    act: {reset: {to: client, flags: RA, payload: "01020304050607080900", ttl: 58, ip_id: 1}}
  - name: glob
    at: border
    match: {port: 443, tls: {sni: "*.facebook.com"}}
    act: [{reset: {to: client}}, {drop: flow}]
  - name: sni-not
    at: border
    match: {dst: target, port: 443, tls: {sni_not: [target]}}
    act: [{reset: {to: client}}, {drop: flow}]
  - name: any-port
    at: border
    match: {tls: {sni: gmail/imap}}
    act: [{reset: {to: client}}, {drop: flow}]
  - name: whole
    at: border
    match: {port: 443, tls: {sni: target, reassemble: true}}
    act: [{reset: {to: client}}, {drop: flow}]
  - name: single
    at: border
    match: {port: 443, tls: {sni: target, reassemble: false}}
    act: [{reset: {to: client}}, {drop: flow}]
  - name: hello-drop
    at: border
    match: {port: 443, tls: {sni: target}}
    act: {drop: packet}
  - name: alert
    at: border
    match: {port: 443, tls: {sni: target}}
    act: {alert: {description: 112, level: fatal, then: fin}}
  - name: fin
    at: border
    match: {port: 443, tls: {sni: target}}
    act: [{fin: {to: client}}, {drop: flow}]
  - name: any-hello
    at: border
    match: {dst: target, tls: {client_hello: true}}
    act: [{reset: {to: client}}, {drop: flow}]
  - name: esni
    at: border
    match: {tls: {esni: true}}
    act: {drop: flow}
  - name: ech
    at: border
    match: {tls: {ech: true, sni: cloudflare-ech.com}}
    act: {drop: flow}
  - name: alpn
    at: border
    match: {dst: target, tls: {alpn: h2}}
    act: [{reset: {to: client}}, {drop: flow}]
  - name: mitm
    at: access
    match: {proto: tcp, dst: target, port: 443}
    act: {redirect: mitm}
  - name: mitm-self-signed
    at: access
    match: {proto: tcp, dst: target, port: 443}
    act: {redirect: mitm-self-signed}
  - name: mitm-by-name
    at: access
    match: {proto: tcp, dst: target, port: 443}
    act: {redirect: mitm-by-name}
"""


def _resets(packets):
    return [p for p in packets if re.search(r"Flags \[R\.?\]", p)]


def _innocent_passes(lab):
    """Another name at the target's address gets the server's own certificate, of the wrong name."""
    assert lab.curl(INNOCENT, address=lab.addresses(TARGET)[0]).exit == 60
    lab.neighbour_is_well()


def prove_reset(lab):
    """a reset at the SNI, thrice, to both ends, sooner than the path allows, with the marks given"""
    address = lab.addresses(TARGET)[0]

    def attempt():
        with lab.rule("reset"), lab.capture(f"host {address}") as near, \
                lab.capture(f"host {address}", "border", "abroad") as far:
            assert lab.curl(TARGET).exit == 35
            _innocent_passes(lab)
        resets = [p for p in _resets(near) if "81.2.17.1.443 > " in p]
        assert len(resets) == 3 and all("Flags [R.]" in p for p in resets), resets
        assert all("flags [DF]" in p and "id 7," in p and "ttl 46," in p for p in resets), resets
        assert len([p for p in _resets(far) if "58.32.7.2." in p and " > 81.2.17.1.443" in p]) >= 3, far
        sent = next(float(p.split()[0]) for p in near if "length" in p and re.search(
            r"Flags \[P\.\].*length [2-9]\d\d", p) and "> 81.2.17.1.443" in p)
        took = float(resets[0].split()[0]) - sent
        assert took > 0.002, (sent, resets[0])
        return took
    took = swiftest(attempt, 0.03)
    assert took < 0.03, took


def prove_both_families(lab):
    """the same over IPv6"""
    six = lab.addresses(TARGET, 6)[0]
    with lab.rule("reset"):
        assert lab.curl(TARGET, address=six).exit == 35
        assert lab.curl(INNOCENT, address=six).exit == 60


def prove_plain_reset(lab):
    """one RST without ACK, IPID 0, no DF, is accepted by the client"""
    with lab.rule("plain-reset"), lab.capture("src net 81.2.17.0/24") as packets:
        assert lab.curl(TARGET).exit == 35
    resets = _resets(packets)
    assert len(resets) == 1 and "Flags [R]," in resets[0], packets
    assert "flags [none]" in resets[0] and "id 0," in resets[0], resets


def prove_payload(lab):
    """a reset with ten bytes of payload, TTL and IPID as given"""
    with lab.rule("payload"), lab.capture("src net 81.2.17.0/24") as packets:
        assert lab.curl(TARGET).exit == 35
    reset, = _resets(packets)
    assert "ttl 56," in reset and "id 1," in reset, reset
    assert payload(reset).endswith("01020304050607080900"), reset


def prove_glob(lab):
    """a name with an asterisk means every name below, in any case of letters"""
    address = lab.addresses(TARGET)[0]
    with lab.rule("glob"):
        for name in ("www.facebook.com", "WWW.FaceBook.com", "a.b.facebook.com"):
            assert lab.curl(name, address=address).exit == 35, name
        for name in ("facebook.com", "facebook.com.example.org"):
            assert lab.curl(name, address=address).exit == 60, name
        lab.neighbour_is_well()


def prove_sni_not(lab):
    """every name but one"""
    with lab.rule("sni-not"):
        assert lab.curl(TARGET).status == 200
        assert lab.curl(INNOCENT, address=lab.addresses(TARGET)[0]).exit == 35
        lab.neighbour_is_well()


def prove_any_port(lab):
    """the SNI is seen on the port of IMAP as well"""
    address = lab.addresses("imap.gmail.com")[0]
    port = ["-connect", f"{address}:993"]
    with lab.rule("any-port"):
        assert "errno=104" in lab.openssl(address, "imap.gmail.com", *port)
        assert "Verification: OK" in lab.openssl(address, "mail.example.org", *port)


def _split(lab, name, at):
    """What becomes of a ClientHello in two segments."""
    whole = hello(name)
    with socket.create_connection((lab.addresses(TARGET)[0], 443), 10) as line:
        return lab.exchange(line, whole[:at], whole[at:])


def prove_reassembly(lab):
    """a ClientHello in two segments is put together, or not, as the rule says"""
    at = hello(TARGET).index(b"facebook") + 3
    with lab.rule("whole"):
        assert _split(lab, TARGET, at) == "reset"
        assert _split(lab, INNOCENT, at) == "answer"
    with lab.rule("single"):
        assert _split(lab, TARGET, at) == "answer"
        assert lab.connect(lab.addresses(TARGET)[0], sends=hello(TARGET))[0] == "reset"


def prove_hello_drop(lab):
    """the ClientHello is dropped, and dropped again when it is sent again; the connection stands"""
    with lab.rule("hello-drop"), lab.capture("dst net 81.2.17.0/24 and tcp[13] & 8 != 0") as packets:
        how, took = lab.connect(lab.addresses(TARGET)[0], sends=hello(TARGET), patience=2)
        assert lab.counter("hello-drop", "dropped") >= 2, lab.world.censor.counters()
        _innocent_passes(lab)
    assert how == "silence" and took >= 1.9, (how, took)
    assert len(packets) >= 3, packets


def prove_alert(lab):
    """a TLS alert: unrecognized name"""
    with lab.rule("alert"):
        text = lab.openssl(lab.addresses(TARGET)[0], TARGET)
        assert "alert number 112" in text, text[-400:]
        _innocent_passes(lab)


def prove_fin(lab):
    """a forged end of the connection instead of a ServerHello"""
    def attempt():
        how, took = lab.connect(lab.addresses(TARGET)[0], sends=hello(TARGET))
        assert how == "closed", how
        return took
    with lab.rule("fin"):
        took = swiftest(attempt, 0.03)
        assert took < 0.03, took
        _innocent_passes(lab)


def prove_any_hello(lab):
    """any ClientHello to an address, whatever the name; plain TCP stands"""
    with lab.rule("any-hello"):
        assert lab.curl(TARGET).exit == 35
        assert lab.curl(INNOCENT, address=lab.addresses(TARGET)[0]).exit == 35
        assert lab.connect(lab.addresses(TARGET)[0])[0] == "stands"
        lab.neighbour_is_well()


def prove_esni(lab):
    """any ClientHello with an encrypted server name is dropped, whoever is called"""
    neighbour = lab.addresses(NEIGHBOUR)[0]
    with lab.rule("esni"):
        assert lab.connect(neighbour, patience=SILENCE, sends=hello(NEIGHBOUR, esni=True))[0] == "silence"
        assert lab.connect(neighbour, sends=hello(NEIGHBOUR))[0] == "answer"
        assert lab.connect(neighbour, sends=hello(NEIGHBOUR, ech=True))[0] == "answer"


def prove_ech(lab):
    """an encrypted ClientHello is dropped only with one outer name"""
    address = lab.addresses(NEIGHBOUR)[0]
    with lab.rule("ech"):
        assert lab.connect(address, patience=SILENCE,
                           sends=hello("cloudflare-ech.com", ech=True))[0] == "silence"
        assert lab.connect(address, sends=hello("cloudflare-ech.com"))[0] == "answer"
        assert lab.connect(address, sends=hello(NEIGHBOUR, ech=True))[0] == "answer"


def prove_alpn(lab):
    """a ClientHello that offers HTTP/2 is reset, one that does not is not"""
    with lab.rule("alpn"):
        assert lab.curl(TARGET).exit == 35
        assert lab.curl(TARGET, options=("--http1.1",)).status == 200
        lab.neighbour_is_well()


def _issuer(lab, name=TARGET, address=None):
    text = lab.openssl(address or lab.addresses(TARGET)[0], name)
    return re.search(r"\ni:(.*)|issuer=(.*)", text)[0].strip(), text


def prove_mitm(lab):
    """another authority's certificate for the right name, for every connection to these addresses"""
    with lab.rule("mitm"):
        issuer, text = _issuer(lab)
        assert "mitm-intermediate" in issuer and "Verification error" in text, text[:600]
        assert lab.curl(TARGET).exit == 60
        assert lab.curl(TARGET, address=lab.addresses(TARGET, 6)[0]).exit == 60
        assert lab.curl(TARGET, options=("--insecure",)).status == 200
        lab.neighbour_is_well()
    assert lab.curl(TARGET).status == 200


def prove_self_signed(lab):
    """a certificate that is its own issuer"""
    with lab.rule("mitm-self-signed"):
        issuer, text = _issuer(lab)
        assert f"CN = {TARGET}" in issuer and "self-signed certificate" in text, text[:600]
        lab.neighbour_is_well()


def prove_by_name(lab):
    """one name is intercepted; other names at the same address get the true certificate"""
    with lab.rule("mitm-by-name"):
        assert "mitm-intermediate" in _issuer(lab)[0]
        issuer, text = _issuer(lab, INNOCENT)
        assert "CN = intermediate" in issuer and "Verification: OK" in text, text[:600]
        lab.neighbour_is_well()
