"""Proofs: servers that fail in set ways, one at a time, while a neighbour stands."""

from tools import NEIGHBOUR, SILENCE, TARGET

SCENARIO = ""
PORT_80_STANDS = "www.instagram.com"


def _with(lab, entry, host=TARGET):
    """Puts one trouble of one host in force."""
    lab.world.change({"servers": [{"hosts": [host], **entry}]})


def prove_down(lab):
    """a dead host: no port answers, no ping does"""
    _with(lab, {"is": "down"})
    address = lab.addresses(TARGET)[0]
    for port in (443, 80):
        assert lab.connect(address, port, SILENCE)[0] == "timeout", port
    assert lab.ping(address, 2, 1)[0] == 0
    lab.neighbour_is_well()


def prove_refuse(lab):
    """a refused port, after a full round trip, by both families; another port stands"""
    _with(lab, {"is": "refuse"})
    for family in (4, 6):
        how, took = lab.connect(lab.addresses(TARGET, family)[0])
        assert how == "refused" and took > 0.035, (family, how, took)
    assert lab.connect(lab.addresses(TARGET)[0], 80)[0] == "stands"
    lab.neighbour_is_well()


def prove_reset_hello(lab):
    """the server resets after the ClientHello, after a full round trip, whatever the name"""
    _with(lab, {"is": "reset", "after": "hello"})
    fetch = lab.curl(TARGET)
    assert fetch.exit == 35 and fetch.total - fetch.connect > 0.035, fetch
    assert lab.curl("example.org", address=lab.addresses(TARGET)[0]).exit == 35
    lab.neighbour_is_well()


def prove_reset_request(lab):
    """the server shakes hands, reads the request, resets"""
    _with(lab, {"is": "reset", "after": "request"})
    assert "Verification: OK" in lab.openssl(lab.addresses(TARGET)[0], TARGET)
    assert lab.curl(TARGET).exit in (52, 56)
    lab.neighbour_is_well()


def prove_reset_answer(lab):
    """the server breaks off within its answer"""
    _with(lab, {"is": "reset", "after": "answer"})
    fetch = lab.curl(TARGET)
    assert fetch.exit in (18, 56) and fetch.status == 200, fetch
    lab.neighbour_is_well()


def prove_stall_hello(lab):
    """the server takes the ClientHello and says nothing"""
    _with(lab, {"is": "stall", "after": "hello"})
    assert lab.curl(TARGET, patience=1).exit == 28
    assert lab.connect(lab.addresses(TARGET)[0])[0] == "stands"
    lab.neighbour_is_well()


def prove_stall_request(lab):
    """the server shakes hands and never answers"""
    _with(lab, {"is": "stall", "after": "request"})
    assert "Verification: OK" in lab.openssl(lab.addresses(TARGET)[0], TARGET)
    assert lab.curl(TARGET, patience=1).exit == 28
    lab.neighbour_is_well()


def prove_close(lab):
    """the server closes without an answer"""
    _with(lab, {"is": "close", "after": "request"})
    assert lab.curl(TARGET).exit == 52
    lab.neighbour_is_well()


def prove_slow(lab):
    """the server answers after two seconds"""
    _with(lab, {"is": "slow", "ttfb": 2})
    fetch = lab.curl(TARGET, patience=20)
    assert fetch.status == 200 and fetch.total > 2, fetch
    lab.neighbour_is_well()


def prove_certificates(lab):
    """expired, another's, of an unknown authority, self-signed: each as OpenSSL calls it"""
    words = {"expired": "certificate has expired", "wrong_name": "Verification: OK",
             "untrusted": "unable to get local issuer certificate",
             "self_signed": "self-signed certificate"}
    for trouble, expected in words.items():
        _with(lab, {"certificate": trouble})
        text = lab.openssl(lab.addresses(TARGET)[0], TARGET)
        assert expected in text, (trouble, text[-500:])
        assert lab.curl(TARGET).exit == 60, trouble
        lab.neighbour_is_well()


def prove_status(lab):
    """another status with headers and a body, over the right certificate"""
    _with(lab, {"status": 403, "headers": {"cf-ray": "8f2b-SJC"}, "body": 'costs $5 "quoted"'})
    fetch = lab.curl(TARGET, options=("--include",))
    assert fetch.status == 403 and "cf-ray: 8f2b-SJC" in fetch.body, fetch
    assert 'costs $5 "quoted"' in fetch.body, fetch
    lab.neighbour_is_well()


def prove_alert(lab):
    """the server refuses the protocol version by a TLS alert"""
    _with(lab, {"alert": 70})
    assert "alert number 70" in lab.openssl(lab.addresses(TARGET)[0], TARGET)
    lab.neighbour_is_well()


def prove_alpn(lab):
    """the server resets those who offer HTTP/2, and serves the others"""
    _with(lab, {"alpn_reset": True})
    assert lab.curl(TARGET).exit == 35
    assert lab.curl(TARGET, options=("--http1.1",)).status == 200
    lab.neighbour_is_well()


def prove_rate_limit(lab):
    """the server drops SYNs beyond so many a minute"""
    _with(lab, {"rate_limit": {"syn": "6/min"}})
    address = lab.addresses(TARGET)[0]
    seen = [lab.connect(address)[0], *(lab.connect(address, patience=0.5)[0] for _ in range(7))]
    assert seen[0] == "stands" and "timeout" in seen, seen
    lab.neighbour_is_well()


def prove_healed(lab):
    """after all that the server is well again"""
    lab.world.change({"servers": []})
    assert lab.curl(TARGET).status == 200 and lab.curl(NEIGHBOUR).status in (200, 404)
    assert lab.curl(PORT_80_STANDS, port=80).status == 200
