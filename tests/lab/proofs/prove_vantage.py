"""Proofs: a vantage whose own clock or trust store is wrong, while the world is as it should be."""

import subprocess
import time

from tools import NEIGHBOUR, TARGET
from vantage import Vantage

SCENARIO = "world: {}\n"


def _vantage(lab, **trouble):
    vantage = Vantage(None, lab.world.logs)
    vantage.prepare("", trouble, lab.world.pki)
    return vantage


def _fetch(lab, host, store, environment=None):
    address = lab.addresses(host)[0]
    return subprocess.run(
        ["env", *(f"{k}={v}" for k, v in (environment or {}).items()), "curl", "--silent", "--noproxy",
         "*", "--max-time", "5", "--cacert", store, "--resolve", f"{host}:443:{address}",
         "--output", "/dev/null", f"https://{host}/robots.txt"], check=False).returncode


def prove_clock(lab):
    """a clock 400 days slow: programs see that time, and every certificate is not valid yet"""
    environment = _vantage(lab, clock="-400d").environment
    told = subprocess.run(["env", *(f"{k}={v}" for k, v in environment.items()), "date", "+%s"],
                          capture_output=True, text=True, check=True).stdout
    assert abs(time.time() - 400 * 86400 - int(told)) < 60, told
    for host in (TARGET, NEIGHBOUR):
        assert _fetch(lab, host, "/run/trust.pem", environment) == 60, host
        assert _fetch(lab, host, "/run/trust.pem") == 0, host


def prove_trust(lab):
    """a trust store without the world's authority: every chain is of an unknown one; with it, none"""
    for words, wanted in (("empty", 60), (None, 0)):
        _vantage(lab, trust=words)
        for host in (TARGET, NEIGHBOUR):
            assert _fetch(lab, host, "/run/trust.pem") == wanted, (words, host)


def prove_mitm_authority(lab):
    """a store with an interceptor's authority trusts what it signs, and the servers as before"""
    _vantage(lab, trust="with_mitm_ca")
    text = subprocess.run(["openssl", "crl2pkcs7", "-nocrl", "-certfile", "/run/trust.pem"],
                          capture_output=True, check=True).stdout
    listed = subprocess.run(["openssl", "pkcs7", "-print_certs", "-noout"], input=text,
                            capture_output=True, check=True).stdout.decode()
    assert listed.count("subject=") == 2, listed
    assert _fetch(lab, TARGET, "/run/trust.pem") == 0
