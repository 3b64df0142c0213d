"""Who has which address in the lab's world, and how far away it is. Pure: nothing is opened or made.

The addresses are in ranges that look public, because a private address as an answer means something
to the daemon; nothing of the lab ever leaves its namespaces.
"""

from pathlib import Path

import shipped

SOURCE = Path(__file__).resolve().parents[2]

VANTAGE4, VANTAGE6 = "192.168.1.2", "240e:1:0:1::2"
ROUTER4, ROUTER6 = "192.168.1.1", "240e:1:0:1::1"
WAN4, WAN6 = "58.32.7.2", "240e:1:0:7::2"  # the router's side of the access line

ISP = {  # what the provider runs, by the names scenarios use
    "isp-resolver": ["58.32.0.53"],
    "blockpage": ["58.32.0.80", "240e:1:0:32::80"],
    "mitm": ["58.32.0.81", "240e:1:0:32::81"],
    "mitm-self-signed": ["58.32.0.82", "240e:1:0:32::82"],
    "mitm-by-name": ["58.32.0.83", "240e:1:0:32::83"],
    "inspection": ["58.32.0.84", "240e:1:0:32::84"],
}
BLOCKPAGE = "blockpage.isp.lab"
PORTAL = "10.0.0.1"        # the captive portal in the router
AUTHORITY = "199.7.83.42"  # the authoritative DNS of everything
HELPER = "helper.lab.net"
NON_RESOLVER = "81.2.250.1"  # a live host that runs no DNS and says nothing to who asks it for some
NO_LISTENER = "81.2.251.0/24"  # nobody lives there

# One way, in microseconds, by the address abroad or inland; the border's default is in between.
DELAYS = {
    "access": {"0.0.0.0/0": 1000, "::/0": 1000},
    "domestic": {"0.0.0.0/0": 1500, "::/0": 1500},
    "border": {"0.0.0.0/0": 24000, "::/0": 24000, "81.2.0.0/16": 26000, "151.101.0.0/16": 21000,
               "2a02:e2e::/32": 27000, "2606:4700::/32": 20000, "199.7.83.0/24": 20000},
}


def _abroad(index, count):
    four = [f"81.2.{index}.1", f"151.101.{index}.1", f"81.2.{index}.2", f"151.101.{index}.2"]
    six = [f"2a02:e2e:{index:x}::1", f"2606:4700:{index:x}::1"]
    return four[:count] + six[:max(1, count // 2)]


def _inland(index):
    return [f"114.80.{index}.1", f"183.60.{index}.1", f"2409:8000:{index:x}::1"]


class Plan:
    def __init__(self, config=SOURCE / "config/reachd.yaml"):
        self.config = Path(config)
        self.shipped = shipped.read(config)
        self.targets = {t.id: t for t in self.shipped.targets}
        domestic = {t.host for t in self.shipped.controls if t.service == "control.domestic"}
        foreign = {t.host for t in self.shipped.controls} - domestic
        self.addresses, self.inland = {}, []
        for index, host in enumerate([*self.shipped.hosts, HELPER], start=1):
            if host in domestic or host.endswith((".cn", ".com.cn")):
                self.addresses[host] = _inland(index)
                self.inland.append(host)
            else:
                self.addresses[host] = _abroad(index, 2 if host in foreign else 4)
        # What a provider of content has inland: not in the DNS unless a scenario says so.
        self.edges = {host: [f"114.80.200.{index}"] for index, host in enumerate(self.addresses, start=1)
                      if host != HELPER and host not in self.inland}
        # Public resolvers keep the addresses that the configuration names.
        self.inland_resolvers = [a for a in self.shipped.resolvers if a.startswith("223.")]
        self.resolvers = [a for a in self.shipped.resolvers if a not in self.inland_resolvers]

    def add(self, service, name, url):
        """A target that the shipped configuration lacks, at one of the hosts it has."""
        target = shipped.Target(service, name, url)
        self.targets[target.id] = target
        return target

    def place(self, host):
        if host == HELPER:
            return "outside"
        return "inland" if host in self.inland else "abroad"

    def controls(self, kind):
        return [t for t in self.shipped.controls if t.service == f"control.{kind}"]

    def host(self, word):
        """The host name that a word of a scenario stands for, or None: a target's id, or a control
        such as foreign/0."""
        if word in self.targets:
            return self.targets[word].host
        kind, _, number = word.partition("/")
        if kind in ("domestic", "foreign") and number.isdigit():
            found = self.controls(kind)
            return found[int(number)].host if int(number) < len(found) else None
        return word if word in self.addresses else None

    def prefixes(self, word):
        """The addresses that a word stands for, or None if it is not one of the world's words.
        `facebook/web@inland` is that host's edge inland."""
        if word in ISP:
            return ISP[word]
        if word == "isp":
            return ["58.32.0.0/24", "240e:1:0:32::/64"]
        if word == "inland":
            return ["114.80.0.0/16", "183.60.0.0/16", "223.5.5.0/24", "2409:8000::/32"]
        if word == "abroad":
            return ["81.2.0.0/16", "151.101.0.0/16", "2a02:e2e::/32", "2606:4700::/32",
                    f"{AUTHORITY}/32", *self.resolvers]
        if word == "resolvers":
            return list(self.resolvers)
        if word == "helper":
            return self.addresses[HELPER]
        if word == "non-resolver":
            return [NON_RESOLVER]
        if word in ("controls.domestic", "controls.foreign"):
            hosts = {t.host for t in self.controls(word.partition(".")[2])}
            return [a for host in sorted(hosts) for a in self.addresses[host]]
        name, _, where = word.partition("@")
        host = self.host(name)
        if host is None or where not in ("", "inland"):
            return None
        return list(self.edges.get(host, []) if where else self.addresses[host])
