"""The ordinary troubles of a world: what the kernels of its places do (nftables), which servers are
replaced by faulty ones, and which are rules of the censor after all. The functions before `apply` are pure.
"""

import sys
from pathlib import Path

from network import enter, run, run_all
from plan import ISP, NON_RESOLVER, PORTAL
from process import Process

FAULTY = Path(__file__).resolve().parents[1] / "world/faulty.py"
FIRST_FAULTY_PORT = 20001


def wire_rules(world):
    """The troubles of wires, as rules for the censor. Their names begin with `world.`."""
    rules = []

    def add(name, at, match, act):
        rules.append({"name": f"world.{name}", "at": at, "match": match, "act": act})

    def window(down):
        return {"window": {f"{key}_ms": round(value * 1000) for key, value in down.items()}}

    if "link" in world:
        add("link", "access", window(world["link"]["down"]), [{"drop": "packet"}])
    if "border" in world:
        add("border", "border", window(world["border"]["down"]), [{"drop": "packet"}])
    if "loss" in world:
        add("loss", world["loss"]["where"], {}, [{"loss": world["loss"]["rate"]}])
    if "pmtu" in world:
        add("pmtu", world["pmtu"]["at"], {"size": f">{world['pmtu']['size']}"}, [{"drop": "packet"}])
    if world.get("ipv6") == "broken":
        add("ipv6", "access", {"family": 6}, [{"drop": "packet"}])
    if world.get("helper") == "blocked":
        from_helper = {"host": world["helper_addresses"]}
        add("helper", "border", from_helper, [{"drop": "packet"}])
    return rules


def _set(addresses):
    return "{ " + ", ".join(addresses) + " }"


def _families(addresses):
    """[(nft's family word, addresses of that family)], those without any left out."""
    four, six = [a for a in addresses if ":" not in a], [a for a in addresses if ":" in a]
    return [(word, found) for word, found in (("ip", four), ("ip6", six)) if found]


def server_rules(servers, faulty_ports):
    """nft rules before anything of a place sees a packet: (filter lines, nat lines)."""
    filters, nats = [], []
    for entry in servers:
        for host, addresses in entry["where"].items():
            port = entry.get("port", 443)
            for family, found in _families(addresses):
                to = f"{family} daddr {_set(found)}"
                if entry.get("is") == "down":
                    filters.append(f"{to} drop")
                elif entry.get("is") == "refuse":
                    filters.append(f"{to} tcp dport {port} reject with tcp reset")
                if "rate_limit" in entry:
                    rate = entry["rate_limit"]["syn"].replace("/min", "/minute")
                    filters.append(f"{to} tcp dport {port} tcp flags & (syn|ack) == syn "
                                   f"limit rate over {rate} burst 3 packets drop")
                if (host, port) in faulty_ports:
                    nats.append(f"{to} tcp dport {port} redirect to :{faulty_ports[host, port]}")
    return filters, nats


def faulty_mode(entry):
    """The mode of faulty.py that an entry of `servers:` asks for, or None."""
    if entry.get("alpn_reset"):
        return "reset-alpn"
    if "alert" in entry:
        return f"alert:{entry['alert']}"
    if entry.get("is") == "slow" or "ttfb" in entry:
        return f"slow:{entry.get('ttfb', 15)}"
    if entry.get("is") in ("reset", "stall", "close"):
        return f"{entry['is']}-{entry.get('after', 'hello')}"
    return None


def _table(filters, nats=(), post=()):
    """A ruleset that replaces the one of before."""
    listed = "\n".join
    return f"""
table inet lab {{ }}
delete table inet lab
table inet lab {{
  chain before {{ type filter hook prerouting priority raw; {chr(10)}{listed(filters)}
  }}
  chain rewrite {{ type nat hook prerouting priority dstnat; {chr(10)}{listed(nats)}
  }}
  chain filter {{ type filter hook forward priority filter; {chr(10)}{listed(post)}
  }}
}}
"""


def router_rules(world):
    """(nat lines, forward lines) of the home router: the captive portal, and a stingy NAT."""
    nats, forward = [], []
    if world.get("portal"):
        nats += [f'iif "home" {proto} dport 53 dnat ip to {PORTAL}' for proto in ("udp", "tcp")]
        nats += [f'iif "home" tcp dport {port} dnat ip to {PORTAL}' for port in (80, 443)]
        forward.append("drop")
    if world.get("interception") == "all":
        nats += [f'iif "home" tcp dport 443 ip daddr != {_set(_not_intercepted(world))} '
                 f'dnat ip to {ISP["inspection"][0]}',
                 f'iif "home" tcp dport 443 dnat ip6 to {ISP["inspection"][1]}']
    if "idle" in world.get("nat", {}):
        forward.append("meta l4proto tcp ct state invalid,new tcp flags & (syn|rst) == 0 "
                       "reject with tcp reset")
    return nats, forward


def _not_intercepted(world):
    return world.get("resolver_addresses") or [ISP["isp-resolver"][0]]


def isp_rules(resolver):
    lines = []
    if resolver.get("is") == "dead":
        lines += [f'iif != "lo" ip daddr {ISP["isp-resolver"][0]} {p} dport 53 drop'
                  for p in ("udp", "tcp")]
    if "flaky" in resolver:
        percent = round(resolver["flaky"] * 100)
        lines.append(f'iif != "lo" ip daddr {ISP["isp-resolver"][0]} udp dport 53 '
                     f"numgen random mod 100 < {percent} drop")
    return lines


class Troubles:
    """What is applied to the running places; `apply` again replaces what was in force."""

    def __init__(self, plan, sites, logs):
        self.plan, self.sites, self.logs = plan, sites, logs
        self.faulty = {}  # (host, port, mode) → (place, port it listens on, process)
        self.next_port = FIRST_FAULTY_PORT

    def apply(self, world):
        servers = [{**entry, "where": self._where(entry)} for entry in world.get("servers", [])]
        ports = self._start_faulty(servers)
        tables = {}
        for place in ("abroad", "inland"):
            mine = [{**entry, "where": {h: a for h, a in entry["where"].items()
                                        if self.plan.place(h) == place}} for entry in servers]
            filters, nats = server_rules(mine, ports)
            if place == "abroad":
                filters.append(f"ip daddr {NON_RESOLVER} udp dport 53 drop")
            tables[place] = _table(filters, nats)
        tables["isp"] = _table(isp_rules(world.get("resolver", {})))
        nats, forward = router_rules({**world, "resolver_addresses": self.plan.shipped.resolvers})
        tables["router"] = _table([], nats, forward)
        run_all([([*enter(place), "nft", "-f", "-"], table) for place, table in tables.items()])
        nat = world.get("nat", {})
        if "idle" in nat:
            run([*enter("router"), "sh", "-c", f"""
                echo {round(nat['idle'])} > /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established
                echo 0 > /proc/sys/net/netfilter/nf_conntrack_tcp_loose"""])
        if "ports" in nat:
            last = 40000 + nat["ports"] - 1
            run([*enter("router"), "nft", "-f", "-"], f"""
flush table ip nat
table ip nat {{ chain out {{
  oifname "access" meta l4proto {{ tcp, udp }} masquerade to :40000-{last}
  oifname "access" masquerade
}}; }}
""")

    def _where(self, entry):
        hosts = entry["hosts"] if "hosts" in entry else list(self.plan.addresses)
        return {host: self.plan.addresses[host] for host in hosts}

    def _start_faulty(self, servers):
        """(host, port) → the port on which a faulty server stands in for it."""
        ports = {}
        for entry in servers:
            mode = faulty_mode(entry)
            for host in entry["where"] if mode else ():
                port = entry.get("port", 443)
                ports[host, port] = self._faulty_port(host, port, mode, entry.get("certificate"))
        return ports

    def _faulty_port(self, host, port, mode, certificate):
        key = (host, port, mode)
        if key not in self.faulty:
            number, self.next_port = self.next_port, self.next_port + 1
            place = self.plan.place(host)
            chain = "-" if port in (80, 25, 587, 143) else self.sites.certificate(host, certificate)
            process = Process(
                [*enter(place), sys.executable, "-B", FAULTY, mode, number, chain,
                 self.sites.key(host), "0.0.0.0", "::"], self.logs / f"faulty-{host}-{port}.log")
            self.faulty[key] = (place, number, process)
        return self.faulty[key][1]

    def listening(self):
        """(place, port) of every faulty server."""
        return [(place, number) for place, number, _ in self.faulty.values()]
