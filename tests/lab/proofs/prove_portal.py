"""Proofs: a captive portal stands between the vantage and everything."""

from tools import FOREIGN, NEIGHBOUR, RESOLVER, SILENCE, TARGET

SCENARIO = """
world: {portal: true}
"""


def prove_names(lab):
    """every name has the portal's address, whoever is asked"""
    for name, server in ((TARGET, RESOLVER), (NEIGHBOUR, FOREIGN), ("no-such.example", RESOLVER)):
        assert lab.dig(name, server).addresses == ["10.0.0.1"], (name, server)


def prove_login(lab):
    """plain requests are sent to the login page, to whatever address they go"""
    for address in ("10.0.0.1", lab.addresses(TARGET)[0]):
        fetch = lab.curl(TARGET, address=address, port=80, options=("--include",))
        assert fetch.status == 302 and "login.portal.lab" in fetch.body, fetch


def prove_https(lab):
    """HTTPS shows a certificate of nobody"""
    assert lab.curl(TARGET, address="10.0.0.1").exit == 60
    assert "self-signed certificate" in lab.openssl(lab.addresses(TARGET)[0], TARGET)


def prove_nothing_else(lab):
    """nothing else passes"""
    assert lab.ping(lab.addresses(TARGET)[0], 2, 1)[0] == 0
    assert lab.connect(lab.addresses("imap.gmail.com")[0], 993, SILENCE)[0] == "timeout"
