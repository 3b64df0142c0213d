"""The lab's namespaces and wires, made inside the namespaces that `run` unshares.

    vantage --home-- router ==access== isp ==domestic== inland
                                           ==border==== abroad --- outside

`==` is a wire: two cables whose middle ends lie in the namespace `wires`, where the censor bridges
them; until it runs, nothing passes. This program itself runs in the vantage. Nothing here needs to be
undone: it all ends with the namespaces.
"""

import os
import subprocess
from pathlib import Path

from plan import AUTHORITY, HELPER, ISP, NON_RESOLVER, ROUTER4, ROUTER6, VANTAGE4, VANTAGE6, WAN4, WAN6

PLACES = ("router", "wires", "isp", "inland", "abroad", "outside")
# wire → (inner place, its addresses, outer place, its addresses); each in a network of its own.
WIRES = {
    "access": ("router", (WAN4, WAN6), "isp", ("58.32.7.1", "240e:1:0:7::1")),
    "domestic": ("isp", ("58.33.0.1", "240e:1:0:8::1"), "inland", ("58.33.0.2", "240e:1:0:8::2")),
    "border": ("isp", ("58.34.0.1", "240e:1:0:9::1"), "abroad", ("58.34.0.2", "240e:1:0:9::2")),
}
INLAND = ["114.80.0.0/16", "183.60.0.0/16", "223.5.5.0/24", "2409:8000::/32"]
HOME = ["58.32.0.0/16", "58.33.0.0/16", "58.34.0.0/16", "240e:1::/48"]  # the provider's and its customers'


def enter(place):
    """The words before a command that is to run in a place of the world."""
    return [] if place == "vantage" else ["nsenter", f"--net=/run/netns/{place}"]


def run_all(commands):
    """Runs all (words, text for its input) at the same time; returns their output, in order."""
    running = [subprocess.Popen([str(w) for w in words], stdin=subprocess.PIPE, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
               for words, _ in commands]
    outputs, faults = [], []
    for process, (words, text) in zip(running, commands):
        output, complaint = process.communicate(text)
        outputs.append(output)
        if process.returncode != 0:
            faults.append(f"{' '.join(map(str, words))[:300]}: {complaint.strip()}")
    if faults:
        raise RuntimeError("; ".join(faults))
    return outputs


def run(words, text=None):
    return run_all([(words, text)])[0]


class _Script:
    """What is to be done in one place, gathered, so that it takes one shell and one `ip`."""

    def __init__(self, place):
        self.place, self.ip, self.cards = place, ["link set lo up"], []

    def card(self, name, *addresses):
        self.cards.append(name)
        self.ip.append(f"link set {name} up")
        for address in addresses:
            self.ip.append(f"address add {address}/{64 if ':' in address else 24} dev {name}"
                           f"{' nodad' if ':' in address else ''}")

    def own(self, addresses):
        self.ip += [f"address add {a}/128 dev lo nodad" if ":" in a else f"address add {a}/32 dev lo"
                    for a in addresses]

    def route(self, prefixes, via4, via6):
        self.ip += [f"route add {p} via {via6 if ':' in p else via4}" for p in prefixes]

    def blackhole(self, prefixes):
        self.ip += [f"route add blackhole {p} metric 9000" for p in prefixes]

    def neighbour(self, card, mac, *addresses):
        self.ip += [f"neighbour add {a} lladdr {mac} dev {card} nud permanent" for a in addresses]

    def command(self):
        # Offloads would let the censor see packets that never were on a wire.
        cards = [f"ethtool -K {card} tso off gso off gro off tx off rx off" for card in self.cards]
        batch = "\n".join(self.ip)
        return [*enter(self.place), "sh", "-e", "-s"], "\n".join(
            [f"ip -batch - <<'END'\n{batch}\nEND", *(f"{c} >/dev/null" for c in cards)])


def _mac(number):
    return f"02:00:00:00:00:{number:02x}"


def _settings(forwards):
    values = {"ipv6/conf/all/accept_dad": 0, "ipv6/conf/default/accept_dad": 0,
              "ipv6/conf/default/accept_ra": 0, "ipv4/ip_unprivileged_port_start": 0,
              "ipv6/conf/default/router_solicitations": 0}
    if forwards:
        values |= {"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1}
    return [f"echo {value} > /proc/sys/net/{key}" for key, value in values.items()]


def _own_run():
    """A private /run, where everything that a world makes lives, and its resolv.conf."""
    resolv_conf = os.path.realpath("/etc/resolv.conf")
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"])
    Path("/run/netns").mkdir()
    own = Path("/run/resolv.conf")
    own.write_text(f"nameserver {ISP['isp-resolver'][0]}\noptions timeout:2 attempts:2\n")
    if not os.path.exists(resolv_conf):
        Path(resolv_conf).parent.mkdir(parents=True, exist_ok=True)
        Path(resolv_conf).touch()
    run(["mount", "--bind", own, resolv_conf])


def _cables():
    """Creates all cards, with hardware addresses that everybody knows, so that no packet of a
    measurement ever waits for a neighbour to be found."""
    lines = [f"link add home address {_mac(1)} type veth peer name home address {_mac(2)} netns router"]
    for number, (wire, (inner, _, outer, _)) in enumerate(WIRES.items()):
        inner_mac, outer_mac = _mac(16 + 2 * number), _mac(17 + 2 * number)
        lines += [
            f"link add {wire}-in netns wires type veth peer name {wire} address {inner_mac} netns {inner}",
            f"link add {wire}-out netns wires type veth peer name {wire} address {outer_mac} netns {outer}",
        ]
    lines.append("link add outside netns abroad type veth peer name abroad netns outside")
    run(["ip", "-batch", "-"], "\n".join(lines))


def build(plan, ipv6=True):
    _own_run()
    run_all([(["ip", "netns", "add", place], None) for place in PLACES])
    scripts = {place: _Script(place) for place in ("vantage", *PLACES)}
    # Cards take over these settings when they are made.
    run_all([([*enter(place), "sh", "-e", "-s"],
              "\n".join(_settings(place not in ("vantage", "wires")))) for place in scripts])
    _cables()
    _at_home(scripts, ipv6)
    for number, (wire, (inner, inner_addresses, outer, outer_addresses)) in enumerate(WIRES.items()):
        scripts["wires"].card(f"{wire}-in")
        scripts["wires"].card(f"{wire}-out")
        scripts[inner].card(wire, *inner_addresses)
        scripts[outer].card(wire, *outer_addresses)
        scripts[inner].neighbour(wire, _mac(17 + 2 * number), *outer_addresses)
        scripts[outer].neighbour(wire, _mac(16 + 2 * number), *inner_addresses)
    _outside(scripts, plan)
    _addresses(scripts, plan)
    _routes(scripts)
    run_all([
        *(script.command() for script in scripts.values()),
        ([*enter("router"), "nft", "-f", "-"], "table ip nat { chain out { type nat hook postrouting "
         'priority 100; oifname "access" masquerade; }; }')])


def _at_home(scripts, ipv6):
    scripts["vantage"].card("home", VANTAGE4, *([VANTAGE6] if ipv6 else []))
    scripts["vantage"].neighbour("home", _mac(2), ROUTER4, *([ROUTER6] if ipv6 else []))
    scripts["vantage"].route(["default", *(["::/0"] if ipv6 else [])], ROUTER4, ROUTER6)
    scripts["router"].card("home", ROUTER4, ROUTER6)
    scripts["router"].neighbour("home", _mac(1), VANTAGE4, VANTAGE6)


def _outside(scripts, plan):
    """The helper's place hangs on the servers' by a plain cable."""
    near, far = ("81.2.252.1", "2a02:e2e:fc::1"), ("81.2.252.2", "2a02:e2e:fc::2")
    scripts["abroad"].card("outside", *near)
    scripts["outside"].card("abroad", *far)
    scripts["abroad"].route(plan.addresses[HELPER], *far)
    scripts["outside"].route(["0.0.0.0/0", "::/0"], *near)


def _addresses(scripts, plan):
    scripts["isp"].own([a for addresses in ISP.values() for a in addresses])
    for host, addresses in plan.addresses.items():
        scripts[plan.place(host)].own(addresses)
    scripts["inland"].own(sum(plan.edges.values(), []))
    scripts["abroad"].own([*plan.resolvers, AUTHORITY, NON_RESOLVER])
    scripts["inland"].own(plan.inland_resolvers)


def _routes(scripts):
    """An address that nobody has ends in a black hole abroad: silence, as with most of them."""
    everything = ["0.0.0.0/0", "::/0"]
    (router4, router6), (isp4, isp6) = WIRES["access"][1], WIRES["access"][3]
    scripts["router"].route(everything, isp4, isp6)
    scripts["isp"].route(["240e:1:0:1::/64"], router4, router6)
    scripts["isp"].route(INLAND, *WIRES["domestic"][3])
    scripts["isp"].route(everything, *WIRES["border"][3])
    scripts["isp"].blackhole(HOME)
    scripts["inland"].route(everything, *WIRES["domestic"][1])
    scripts["inland"].blackhole(INLAND)
    scripts["abroad"].route([*HOME, *INLAND], *WIRES["border"][1])
    scripts["abroad"].blackhole(everything)


def listening(place):
    """The TCP ports that somebody listens on there."""
    table = run([*enter(place), "cat", "/proc/net/tcp", "/proc/net/tcp6"])
    fields = [line.split() for line in table.splitlines()]
    return {int(f[1].rpartition(":")[2], 16) for f in fields if len(f) > 3 and f[3] == "0A"}
