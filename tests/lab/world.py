"""The whole world of one scenario: up in `start`, changed in `change`. It ends with its namespaces."""

import sys
from pathlib import Path

import network
from censor import Censor
from certificates import Certificates
from helper import PORT, Helper, can_help
from names import Names
from network import enter
from plan import BLOCKPAGE, ISP, PORTAL
from process import PATIENCE, Process, until
from servers import Imap, Smtp
from sites import INTERCEPTORS, Sites
from troubles import Troubles, wire_rules

MAIL = {"imap": Imap, "imaps": Imap, "smtp": Smtp, "smtps": Smtp}


class _MailWorld:
    """What tests/world/servers.py wants to know of a world."""

    def __init__(self, plan, pki, logs, place):
        self.addresses, self.pki, self.logs, self.shipped = plan.addresses, pki, logs, plan.shipped
        self.enter, self.ending = enter(place), []


def _words(rules):
    """Every address that some redirect of the rules leads to."""
    acts = [act for rule in rules for act in rule["act"] + rule.get("residual", {}).get("act", [])]
    return {address for act in acts for address in act.get("redirect", {}).get("to", [])}


class World:
    def __init__(self, plan, logs):
        self.plan, self.logs = plan, Path(logs)
        self.pki = Certificates()
        self.names = Names(plan, self.pki, self.logs)
        self.sites = Sites(plan, self.pki, self.logs)
        self.troubles = Troubles(plan, self.sites, self.logs)
        self.censor = Censor(self.logs)
        self.helper = Helper(plan, self.pki, self.logs)
        self.world, self.mail, self.others = {}, [], []
        self.helped = False  # whether the daemon is told of a helper

    def start(self, world, rules, targets, binary=None, observe=False):
        """Returns when everything listens. `binary`: the reachd that plays the helper, if it can.
        `observe`: tcpdump on both sides of every wire."""
        self.world = {**world, "helper_addresses": self.plan.prefixes("helper")}
        network.build(self.plan, ipv6=world.get("ipv6") != "none")
        if observe:
            self._observe()
        self.names.start(world.get("names", {}), world.get("resolver", {}))
        self.sites.start(world.get("servers", []), self._provider(rules))
        self._start_mail(targets)
        self._start_proxy(rules, targets)
        self._start_helper(binary)
        if world.get("portal"):
            self._start_portal()
        self.troubles.apply(self.world)
        self.censor.start([*wire_rules(self.world), *rules])
        self._await()

    def change(self, world):
        """Puts other troubles in force: each key given replaces the one of before."""
        self.world |= world
        self.names.restate(self.world.get("names", {}), self.world.get("resolver", {}))
        self.sites.restate(self.world.get("servers", []))
        self.troubles.apply(self.world)
        self._await()

    def settings(self):
        """What the daemon's configuration must say about this world, by top-level key."""
        return self.helper.settings() if self.helped else {}

    # --- parts

    def _provider(self, rules):
        reached = _words(rules)
        needed = [name for name, addresses in ISP.items() if reached & set(addresses)]
        if "mitm-by-name" in needed:
            needed.append("mitm")
        if self.world.get("interception"):
            needed.append("inspection")
        lies = self.world.get("resolver", {}).get("lies", {}).values()
        if set(ISP["blockpage"]) & {*lies, self.world.get("resolver", {}).get("nxdomain_rewrite")}:
            needed.append("blockpage")
        answers = [a for rule in rules for act in rule["act"]
                   for listed in act.get("dns", {}).get("answers", []) for a in listed]
        if set(ISP["blockpage"]) & set(answers) or BLOCKPAGE in str(rules):
            needed.append("blockpage")
        return [name for name in needed if name == "blockpage" or name in INTERCEPTORS]

    def _start_mail(self, targets):
        seen = set()
        for target in (self.plan.targets[name] for name in targets):
            key = (target.host, target.port)
            if target.scheme in MAIL and key not in seen:
                seen.add(key)
                world = _MailWorld(self.plan, self.pki, self.logs, self.plan.place(target.host))
                server = MAIL[target.scheme](world, *key, len(seen))
                server.launch()
                self.mail.append(server)

    def _start_proxy(self, rules, targets):
        if not _words(rules) & set(ISP["mitm-by-name"]):
            return
        host = self.plan.targets[targets[0]].host
        self.others.append(Process(
            [*enter("isp"), sys.executable, "-B", Path(__file__).with_name("sni_proxy.py"),
             ISP["mitm"][0], self.plan.addresses[host][0], host, *ISP["mitm-by-name"]],
            self.logs / "sni-proxy.log"))

    def _start_helper(self, binary):
        state = self.world.get("helper", "ok")
        self.helped = state != "none" and binary is not None and can_help(binary)
        if self.helped:
            self.helper.prepare()
            if state != "dead":
                self.helper.start(binary)

    def _start_portal(self):
        network.run([*enter("router"), "ip", "address", "add", f"{PORTAL}/32", "dev", "lo"])
        self.sites.start_portal()
        self.names.start_portal(PORTAL)

    def _observe(self):
        for wire in network.WIRES:
            for side in ("in", "out"):
                card = f"{wire}-{side}"
                self.others.append(Process(
                    [*enter("wires"), "tcpdump", "-i", card, "-n", "-s", "0", "-U", "-Z", "root",
                     "-w", self.logs / f"{card}.pcap"], self.logs / f"tcpdump-{card}.log"))

    def _await(self):
        wanted = {("abroad", 53), ("abroad", 443), ("abroad", 80), ("inland", 443), ("isp", 53)}
        wanted |= {(self.plan.place(s.host), s.port) for s in self.mail}
        wanted |= set(self.troubles.listening())
        if self.helper.process:
            wanted.add(("outside", PORT))
        if self.world.get("portal"):
            wanted |= {("router", 53), ("router", 80), ("router", 443)}
        places = sorted({place for place, _ in wanted})

        def all_listen():
            return all(wanted_ports(place) <= network.listening(place) for place in places)

        def wanted_ports(place):
            return {port for at, port in wanted if at == place}
        if not until(all_listen, PATIENCE, 0.05):
            missing = {place: wanted_ports(place) - network.listening(place) for place in places}
            raise RuntimeError(f"not everything listens: {missing}; see {self.logs}")
