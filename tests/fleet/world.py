"""What the vantages look at: names, sites, a helper, and the censor on one line."""

import json

from network import CENSORED, HELPER, NAMESERVER, build, enter
from nginx import nginx_config, server_block
from pathlib import Path
from pki import Pki
from process import Process, listens, until

BLOCKED = "www.news.example"  # by the censor
SITES = {"www.news.example": "81.2.1.1", "www.shop.example": "81.2.2.1", "portal.example": "81.2.3.1",
         "www.iana.example": "81.2.4.1", "www.ietf.example": "81.2.5.1"}
CENTRES = {"prometheus.example": "81.2.0.90", "victoria.example": "81.2.0.91"}
HELPER_NAME = "helper.example"
HELPER_TOKEN = "the-token-of-the-helper"


class World:
    def __init__(self, binary, censor, logs):
        self.binary, self.censor, self.logs = binary, censor, logs
        build([NAMESERVER, *SITES.values(), *CENTRES.values()])
        self.pki = Pki("/run/pki")
        self.processes = []

    def start(self):
        """Returns when everything listens."""
        self._start_names()
        self._start_sites()
        self._start_helper()
        self._start_censor()
        places = [(NAMESERVER, 53), (HELPER, 443), *((address, 443) for address in SITES.values())]
        if not until(lambda: all(listens(*place) for place in places), 20):
            raise RuntimeError(f"not everything listens: see {self.logs}")

    def launch(self, words, name):
        process = Process(words, self.logs / f"{name}.log")
        self.processes.append(process)
        return process

    def _start_names(self):
        folder = Path("/run/named")
        folder.mkdir()
        names = {**SITES, **CENTRES, HELPER_NAME: HELPER, "example.org": SITES["www.iana.example"]}
        folder.joinpath("zone").write_text("\n".join([
            "$TTL 60", "@ SOA ns. admin. 1 3600 600 86400 60", "@ NS ns.", f"ns A {NAMESERVER}",
            *(f"{name}. A {address}" for name, address in names.items())]) + "\n")
        folder.joinpath("conf").write_text(f"""
controls {{ }};
options {{ directory "{folder}"; pid-file none; session-keyfile none; listen-on {{ {NAMESERVER}; }};
  listen-on-v6 {{ none; }}; dnssec-validation no; recursion no; minimal-responses yes; notify no; }};
zone "." {{ type primary; file "{folder}/zone"; }};
""")
        self.launch(["named", "-4", "-n", 1, "-g", "-c", folder / "conf"], "named")

    def _start_sites(self):
        folder = Path("/run/sites")
        folder.mkdir()
        blocks = [server_block(host, [address], 443, {"/": 200},
                               (self.pki.chain([host], "ecdsa"), self.pki.key("ecdsa")))
                  for host, address in SITES.items()]
        (folder / "config").write_text(nginx_config(folder, blocks))
        self.launch(["nginx", "-p", folder, "-e", "stderr", "-c", folder / "config"], "sites")

    def _start_helper(self):
        token, config = Path("/run/helper.token"), Path("/run/helper.yaml")
        token.write_text(HELPER_TOKEN + "\n")
        config.write_text(json.dumps({
            "helper": {"listen": f"{HELPER}:443", "token_file": str(token),
                       "certificate_file": str(self.pki.chain([HELPER_NAME], "ecdsa")),
                       "key_file": str(self.pki.key("ecdsa")), "rate": "1000/s",
                       "client_rate": "10000/min"},
            "tls": {"ca_file": str(self.pki.root)}}))
        self.launch([*enter("outside"), self.binary, "helper", "--config", config], "helper")

    def _start_censor(self):
        """Resets what says the blocked name, on the line of one vantage."""
        config = Path("/run/censor.json")
        config.write_text(json.dumps({
            "wires": [{"name": "line", "inside": "inner", "outside": "outer",
                       "delay_us": [{"prefix": "0.0.0.0/0", "us": 20000}]}],
            "rules": [{"name": "sni-reset", "at": "line", "on_path": True,
                       "match": {"proto": "tcp", "tls": {"sni": [BLOCKED]}},
                       "act": [{"reset": {"to": "both", "count": 3}}]}]}))
        self.launch([*enter("wires"), self.censor, config], f"censor-{CENSORED}")
