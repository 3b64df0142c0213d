"""The fleet's namespaces: this program, the servers and the centre are in one, each vantage has its
own, and the helper too, as it never fetches from its own addresses.

    shanghai-1 ==wire== here      `==` is a wire whose middle ends the censor bridges
    beijing-1  -------- here
    frankfurt-1 ------- here ---- outside
"""

import os
import subprocess
from pathlib import Path

VANTAGES = ["shanghai-1", "beijing-1", "frankfurt-1"]
CENSORED = VANTAGES[0]
NAMESERVER = "81.2.0.53"
HELPER = "81.2.9.1"


def enter(place):
    """The words before a command that is to run in a place."""
    return ["nsenter", f"--net=/run/netns/{place}"]


def run(words, text=None):
    done = subprocess.run([str(word) for word in words], input=text, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")


def _ip(prefix, *lines):
    run([*prefix, "ip", "-batch", "-"], "\n".join(lines))


def _set(prefix, key, value):
    run([*prefix, "sh", "-c", f"echo {value} > /proc/sys/net/{key}"])


def _plain(prefix, *cards):
    """Offloads would let the censor see packets that never were on a wire."""
    for card in cards:
        run([*prefix, "ethtool", "-K", card, "tso", "off", "gso", "off", "gro", "off", "tx", "off",
             "rx", "off"])


def build(addresses):
    """A private /run with a resolv.conf, and all places; `addresses` are those of the servers here."""
    resolv_conf = os.path.realpath("/etc/resolv.conf")
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"])
    Path("/run/netns").mkdir()
    for place in (*VANTAGES, "wires", "outside"):
        run(["ip", "netns", "add", place])
    _set([], "ipv4/ip_unprivileged_port_start", 0)
    _set(enter("outside"), "ipv4/ip_unprivileged_port_start", 0)
    _set([], "ipv4/ip_forward", 1)
    _ip([], "link set lo up", *(f"address add {address}/32 dev lo" for address in addresses))
    for number, place in enumerate([*VANTAGES, "outside"], start=1):
        near, far = f"10.9.{number}.1", f"10.9.{number}.2"
        if place == CENSORED:
            _ip([], f"link add {place} type veth peer name outer netns wires")
            _ip(enter("wires"), f"link add inner type veth peer name line netns {place}",
                "link set inner up", "link set outer up")
            _plain(enter("wires"), "inner", "outer")
        else:
            _ip([], f"link add {place} type veth peer name line netns {place}")
        _ip([], f"link set {place} up", f"address add {near}/24 dev {place}")
        _ip(enter(place), "link set lo up", "link set line up", f"address add {far}/24 dev line",
            f"route add default via {near}")
        _plain([], place)
        _plain(enter(place), "line")
    _ip(enter("outside"), f"address add {HELPER}/32 dev lo")
    _ip([], f"route add {HELPER} via {far}")
    own = Path("/run/resolv.conf")
    own.write_text(f"nameserver {NAMESERVER}\noptions timeout:1 attempts:1\n")
    if not os.path.exists(resolv_conf):
        Path(resolv_conf).parent.mkdir(parents=True, exist_ok=True)
        Path(resolv_conf).touch()
    run(["mount", "--bind", str(own), resolv_conf])


def cut(place, down):
    """A vantage's line: down, or up again."""
    _ip([], f"link set {place} {'down' if down else 'up'}")
