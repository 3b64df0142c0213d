"""The lab's web servers, by nginx: all sites abroad, all sites inland, and what the provider runs
(block page, interceptors) where a scenario needs it."""

import os
import signal
import subprocess
from pathlib import Path

from network import enter
from nginx import nginx_config, server_block
from plan import BLOCKPAGE, ISP, PORTAL
from process import PATIENCE, Process, until

# What a censor's page looks like, and the login page of a captive portal.
PAGE = ("<html><head><title>403 Forbidden</title></head><body><iframe src='http://10.10.34.35'>"
        "</iframe></body></html>")
LOGIN = "http://login.portal.lab/"
LARGE = 256 << 10  # bytes of the object that a throttle can be measured with

CERTIFICATES = {  # trouble → arguments of Pki.chain
    "expired": {"label": "expired", "days": -1},
    "untrusted": {"label": "untrusted", "issuer": "stranger-intermediate"},
    "self_signed": {"label": "self-signed", "issuer": None},
}
# Who signs what the interceptors show.
INTERCEPTORS = {
    "mitm": {"label": "mitm", "issuer": "mitm-intermediate"},
    "mitm-self-signed": {"label": "self-signed", "issuer": None},
    "inspection": {"label": "inspection", "issuer": "inspection-intermediate"},
}


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}") + '"'


def _workers(master):
    """The workers of an nginx that take new connections."""
    listed = subprocess.run(["ps", "--ppid", str(master), "-o", "pid=,args="], capture_output=True,
                            text=True).stdout.splitlines()
    return {int(line.split()[0]) for line in listed if line.endswith("worker process")}


class Sites:
    def __init__(self, plan, pki, logs):
        self.plan, self.pki, self.logs = plan, pki, logs
        self.processes, self.files = {}, {}

    def certificate(self, host, trouble=None):
        if trouble == "wrong_name":
            return self.pki.chain([f"elsewhere.{host}"], self._kind(host), "wrong")
        return self.pki.chain([host], self._kind(host), **CERTIFICATES.get(trouble, {}))

    def _kind(self, host):
        return "rsa" if len(host) % 2 else "ecdsa"

    def key(self, host):
        return self.pki.key(self._kind(host))

    def start(self, servers, provider=()):
        """`servers`: the scenario's troubles; `provider`: which of the provider's sites are needed."""
        Path("/run/sites").mkdir()
        Path("/run/sites/large").write_bytes(b"x" * LARGE)
        self._write(servers)
        for place in ("abroad", "inland"):
            self._launch(place, place)
        if provider:
            self._config("isp", self._provider(provider))
            self._launch("isp", "isp")

    def restate(self, servers):
        """Returns when the new state holds; connections that stand are not broken."""
        before = {place: self.files[place].read_text() for place in ("abroad", "inland")}
        self._write(servers)
        for place, text in before.items():
            if self.files[place].read_text() != text:
                self._reload(self.processes[place].process)

    def _reload(self, master):
        old = _workers(master.pid)
        os.kill(master.pid, signal.SIGHUP)
        if not until(lambda: (now := _workers(master.pid)) and not now & old, PATIENCE, 0.02):
            raise RuntimeError(f"nginx does not reload: see {self.logs}")

    def start_portal(self):
        """The captive portal's pages in the router, on whatever address a client thinks it calls."""
        chain = self.pki.chain(["portal.lab"], "ecdsa", label="self-signed", issuer=None)
        redirect = f"return 302 {LOGIN};"
        self._config("router", [
            server_block("portal.lab", [PORTAL], 80, {}, elsewhere=redirect),
            server_block("portal.lab", [PORTAL], 443, {}, (chain, self.pki.key("ecdsa")),
                         elsewhere=redirect)])
        self._launch("router", "router")

    def _launch(self, name, place):
        folder = self.files[name].parent
        self.processes[name] = Process(
            [*enter(place), "nginx", "-p", folder, "-e", "stderr", "-c", self.files[name]],
            self.logs / f"nginx-{name}.log")

    def _config(self, name, blocks):
        folder = Path(f"/run/sites/{name}")
        folder.mkdir(parents=True, exist_ok=True)
        self.files[name] = folder / "config"
        dollar = 'geo $dollar { default "$"; }\n'
        self.files[name].write_text(nginx_config(folder, [dollar, *blocks], reloads=True))

    def _write(self, servers):
        blocks = {"abroad": [], "inland": []}
        for host, addresses in self.plan.addresses.items():
            trouble = {}
            for entry in servers:
                if host in entry["hosts"]:
                    trouble.update(entry)
            if self.plan.place(host) in blocks:
                blocks[self.plan.place(host)] += self._site(host, addresses, trouble)
        for host, addresses in self.plan.edges.items():
            blocks["inland"] += self._site(host, addresses, {})
        for place, sites in blocks.items():
            self._config(place, sites)

    def _site(self, host, addresses, trouble, stand_in=None):
        """A host's site on port 80 and 443. It answers what targets ask for, unless told otherwise.
        `stand_in`: the chain and key of whoever plays it."""
        answers = {} if "status" in trouble else self._answers(host)
        elsewhere = "return 404;"
        if "status" in trouble:
            headers = " ".join(f"add_header {k} {_quoted(v)} always;"
                               for k, v in trouble.get("headers", {}).items())
            elsewhere = (f"default_type text/html; {headers} "
                         f"return {trouble['status']} {_quoted(trouble.get('body', host))};")
        large = "location = /large { alias /run/sites/large; }"
        tls = stand_in or (self.certificate(host, trouble.get("certificate")), self.key(host))
        return [server_block(host, addresses, 80, answers, elsewhere=elsewhere, extra=large),
                server_block(host, addresses, 443, answers, tls,
                             elsewhere=elsewhere, extra=large)]

    def _answers(self, host):
        everything = self.plan.shipped.everything
        return {t.path: t.status for t in everything if t.host == host and t.scheme.startswith("http")}

    def _provider(self, needed):
        blocks = []
        if "blockpage" in needed:
            page = f"default_type text/html; return 200 {_quoted(PAGE)};"
            chain = self.pki.chain([BLOCKPAGE], "ecdsa")
            blocks += [
                server_block(BLOCKPAGE, ISP["blockpage"], 80, {}, elsewhere=page),
                server_block(BLOCKPAGE, ISP["blockpage"], 443, {},
                             (chain, self.pki.key("ecdsa")), elsewhere=page)]
        for name in INTERCEPTORS:
            if name in needed:
                for host in self.plan.addresses:
                    chain = self.pki.chain([host], "forger", **INTERCEPTORS[name])
                    blocks += self._site(host, ISP[name], {}, (chain, self.pki.key("forger")))
        return blocks
