"""The lab's DNS, by BIND: one authority abroad for all names, the provider's resolver, which really
asks it across the border, and public resolvers abroad and inland."""

import signal
import subprocess
from pathlib import Path

from network import enter
from plan import AUTHORITY, BLOCKPAGE, ISP
from process import PATIENCE, Process, until

COMMON = """
  pid-file none;
  session-keyfile none;
  listen-on-v6 { none; };
  dnssec-validation no;
  minimal-responses yes;
  qname-minimization off;
  notify no;
  send-cookie no;  // else a resolver takes no forged answer from a server whose cookie it knows
"""
# Names whose address tells which state of the zones and of the policies is in force.
ROOT_MARK, MARK = "zone-state.lab", "policy-state.lab"
NOBODY = "81.2.251.53"  # the nameserver of lame names: nobody lives there
BROKEN = 'type primary; file "/run/named/nothing";'  # BIND cannot answer for a zone without a file


class Names:
    """All of the world's nameservers. `trouble` is the scenario's `names:`, `resolver` its
    `resolver:`; `restate` puts other ones in force."""

    def __init__(self, plan, pki, logs):
        self.plan, self.pki, self.logs = plan, pki, logs
        self.folder = Path("/run/named")
        self.processes = {}
        self.serial = 0

    def start(self, trouble, resolver):
        self.folder.mkdir()
        self.write(trouble, resolver)
        for place in ("abroad", "inland", "isp"):
            self._launch(place)

    def _launch(self, place):
        self.processes[place] = Process(
            [*enter(place), "named", "-4", "-n", 1, "-g", "-c", self.folder / f"{place}.conf"],
            self.logs / f"named-{place}.log")

    def restate(self, trouble, resolver):
        """Returns when every nameserver answers from the new zones. What one has cached, it keeps."""
        self.write(trouble, resolver)
        for process in self.processes.values():
            process.send(signal.SIGHUP)
        for place, address, name in (("abroad", AUTHORITY, ROOT_MARK), ("abroad", AUTHORITY, MARK),
                                     ("inland", self.plan.inland_resolvers[0], MARK),
                                     ("isp", ISP["isp-resolver"][0], MARK)):
            if not until(lambda: self._ask(place, address, name) == self._marker(), PATIENCE, 0.02):
                raise RuntimeError(f"named does not reload: see {self.logs}/named-{place}.log")

    def _marker(self):
        return f"10.255.{self.serial // 256}.{self.serial % 256}"

    @staticmethod
    def _ask(place, address, name):
        done = subprocess.run([*enter(place), "dig", f"@{address}", name, "A", "+short", "+tries=1",
                               "+time=1"], capture_output=True, text=True)
        return done.stdout.strip()

    def start_portal(self, address):
        """The captive portal's nameserver in the router: one address for all names."""
        self._zone("portal", [f"* A {address}"])
        self._config("router", [address], "", self._primary(".", "portal"))
        self._launch("router")

    def write(self, trouble, resolver):
        self.serial += 1
        self._zone("root", [f"{ROOT_MARK} A {self._marker()}", f"ns A {AUTHORITY}",
                            f"nobody A {NOBODY}", *self._records(trouble)])
        (self.folder / "hints").write_text(f". 3600 NS ns.\nns. 3600 A {AUTHORITY}\n")
        mark = [f"{MARK} A {self._marker()}"]
        self._zone("others", mark + self._overrides(trouble, "others"))
        self._zone("policy", mark + self._overrides(trouble, "system") + self._lies(resolver))
        order = "random" if trouble.get("rotate") or trouble.get("shuffle") else "fixed"
        broken = "\n".join(f'zone "{host}" {{ {BROKEN} }};' for host in trouble.get("servfail", []))
        self._config("abroad", [AUTHORITY, *self.plan.resolvers],
                     self._secure(self.plan.resolvers) + f"rrset-order {{ order {order}; }};\n"
                     + _policy("others"),
                     self._primary(".", "root") + broken + self._primary("others", "others"))
        hints = f'zone "." {{ type hint; file "{self.folder}/hints"; }};'
        self._config("inland", self.plan.inland_resolvers,
                     _policy("others") + _source(self.plan.inland_resolvers[0]),
                     hints + self._primary("others", "others"))
        self._config("isp", ISP["isp-resolver"], _policy("policy") + _source(ISP["isp-resolver"][0]),
                     hints + self._primary("policy", "policy") + self._rewriting(resolver)
                     + self._refusing(resolver))

    def _records(self, trouble):
        """Every host with its addresses; a host that is gone has none, a lame one a dead nameserver."""
        records = [f"{BLOCKPAGE}. A {ISP['blockpage'][0]}"]
        for host, addresses in self.plan.addresses.items():
            if host in trouble.get("gone", []) or host in trouble.get("servfail", []):
                continue
            if host in trouble.get("lame", []):
                records.append(f"{host}. NS nobody.")
                continue
            records += [f"{host}. {'AAAA' if ':' in a else 'A'} {a}" for a in addresses]
        return records

    @staticmethod
    def _overrides(trouble, side):
        return [f"{host} {'AAAA' if ':' in a else 'A'} {a}"
                for host, sides in trouble.get("geo", {}).items() for a in sides.get(side, [])]

    @staticmethod
    def _lies(resolver):
        """A response policy: the form in which BIND tells lies about names that are not its own."""
        special = {"nxdomain": "CNAME .", "nodata": "CNAME *.", "drop": "CNAME rpz-drop."}
        lines = []
        for host, lie in resolver.get("lies", {}).items():
            if lie in ("refused", "servfail"):
                continue
            lines.append(f"{host} {special.get(lie) or ('AAAA ' if ':' in lie else 'A ') + lie}")
        return lines

    def _refusing(self, resolver):
        """`refused` and `servfail` are no policies: a zone that answers nobody, or cannot answer."""
        zones = ""
        for host, lie in resolver.get("lies", {}).items():
            if lie == "servfail":
                zones += f'zone "{host}" {{ {BROKEN} }};\n'
            elif lie == "refused":
                self._zone("refused", [])
                zones += (f'zone "{host}" {{ type primary; file "{self.folder}/refused.zone"; '
                          "allow-query { none; }; };\n")
        return zones

    def _rewriting(self, resolver):
        if "nxdomain_rewrite" not in resolver:
            return ""
        self._zone("rewrite", [f"* A {resolver['nxdomain_rewrite']}"])
        return f'zone "." {{ type redirect; file "{self.folder}/rewrite.zone"; }};\n'

    def _primary(self, zone, file):
        return f'zone "{zone}" {{ type primary; file "{self.folder}/{file}.zone"; }};\n'

    def _secure(self, addresses):
        chain = self.pki.chain(self.plan.shipped.resolver_names or ["resolver"], "ecdsa")
        (self.folder / "tls").write_text(
            f'tls own {{ cert-file "{chain}"; key-file "{self.pki.key("ecdsa")}"; }};\n'
            'http any-path { endpoints { "/dns-query"; }; };\n')
        listed = "; ".join(addresses)
        return f"""
  listen-on port 853 tls own {{ {listed}; }};
  listen-on port 443 tls own http any-path {{ {listed}; }};
"""

    def _config(self, place, addresses, options, zones):
        top = f'include "{self.folder}/tls";\n' if "tls own" in options else ""
        (self.folder / f"{place}.conf").write_text(f"""{top}controls {{ }};
options {{{COMMON}
  directory "{self.folder}";
  recursion yes;
  allow-query {{ any; }};
  allow-recursion {{ any; }};
  listen-on port 53 {{ {"; ".join(addresses)}; }};
  {options}
}};
{zones}
""")

    def _zone(self, name, records):
        (self.folder / f"{name}.zone").write_text("\n".join(
            ["$TTL 60", f"@ SOA ns. admin. {self.serial} 3600 600 86400 60", "@ NS ns.", *records]) + "\n")


def _policy(name):
    return f'response-policy {{ zone "{name}"; }} qname-wait-recurse no min-update-interval 0;\n'


def _source(address):
    """Whom the resolver asks sees it come from the address that it is known by."""
    return f"query-source address {address};\n"
