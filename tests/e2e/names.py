"""The world's DNS: one BIND that is every resolver, by UDP, TCP, TLS and HTTPS, for every name.

Each host is a zone of its own, so that one name can vanish or break while all others stand.
"""

import re
import signal
import subprocess
from pathlib import Path

from network import ROUTER4, WORLD
from process import Process, listens, until


class Names:
    def __init__(self, world):
        self.world = world
        self.folder = Path("/run/named")
        self.folder.mkdir()
        self.gone = set()    # hosts of which BIND says NXDOMAIN
        self.broken = set()  # hosts of which it says SERVFAIL
        self.serial = 0

    def start(self):
        self._write()
        self.process = Process([*WORLD, "named", "-g", "-c", self.folder / "named.conf"],
                               self.world.logs / "named.log")
        if not until(lambda: listens(ROUTER4, 53) and listens(ROUTER4, 443), 20):
            raise RuntimeError("named does not listen; see its log")

    def change(self, gone=(), broken=()):
        """Makes exactly these hosts fail; returns when BIND says so of them, and of no others."""
        changed = self.gone | self.broken | set(gone) | set(broken)
        self.gone, self.broken = set(gone), set(broken)
        self._write()
        self.process.send(signal.SIGHUP)
        for host in changed:
            if not until(lambda host=host: self._status(host) == self._wanted(host), 10):
                raise RuntimeError(f"named answers {self._status(host)} for {host}: see its log")

    def _wanted(self, host):
        return "NXDOMAIN" if host in self.gone else "SERVFAIL" if host in self.broken else "NOERROR"

    def _status(self, host):
        text = subprocess.run(["dig", f"@{ROUTER4}", "+noall", "+comments", "+tries=1", host],
                              capture_output=True, text=True).stdout
        found = re.search(r"status: (\w+)", text)
        return found and found[1]

    def _write(self):
        self.serial += 1
        zones = [self._zone(".", "root", [f"ns.invalid. A {ROUTER4}"])]
        for host in self.world.shipped.hosts:
            if host in self.gone:
                continue
            if host in self.broken:
                # A zone without a readable file is one that BIND cannot answer for.
                zones.append(f'zone "{host}" {{ type primary; file "{self.folder}/nothing"; }};')
                continue
            records = [f"@ {'AAAA' if ':' in a else 'A'} {a}" for a in self.world.addresses[host]]
            zones.append(self._zone(host, host, records))
        resolvers = "; ".join([ROUTER4, *self.world.shipped.resolvers])
        chain = self.world.pki.chain(self.world.shipped.resolver_names or ["resolver"], "ecdsa")
        key = self.world.pki.key("ecdsa")
        (self.folder / "named.conf").write_text(f"""
tls own {{ cert-file "{chain}"; key-file "{key}"; }};
http any-path {{ endpoints {{ "/dns-query"; }}; }};
controls {{ }};
options {{
  directory "{self.folder}";
  pid-file none;
  session-keyfile none;
  listen-on port 53 {{ {resolvers}; }};
  listen-on port 853 tls own {{ {resolvers}; }};
  listen-on port 443 tls own http any-path {{ {resolvers}; }};
  listen-on-v6 {{ none; }};
  dnssec-validation no;
  minimal-responses yes;
  recursion yes;
  notify no;
}};
""" + "\n".join(zones))

    def _zone(self, zone, file, records):
        path = self.folder / f"{file}.zone"
        path.write_text("\n".join([
            "$TTL 60",
            f"@ SOA ns.invalid. admin.invalid. {self.serial} 3600 600 86400 60",
            "@ NS ns.invalid.",
            *records,
        ]) + "\n")
        return f'zone "{zone}" {{ type primary; file "{path}"; }};'
