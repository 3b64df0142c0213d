"""Two network namespaces and a cable: the vantage (where this program runs) and the world.

The world owns the very addresses that the shipped configuration names (public resolvers), and
addresses of its own for every host. Packets cross a veth pair as they would cross a home router.
"""

import os
import subprocess
from pathlib import Path

ROUTER4, VANTAGE4 = "192.168.77.1", "192.168.77.2"
ROUTER6, VANTAGE6 = "2a02:e2e:ffff::1", "2a02:e2e:ffff::2"
WORLD = ["nsenter", "--net=/run/netns/world"]


def _run(words, text=None):
    done = subprocess.run(words, input=text, text=True, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")


def _sysctl(prefix, **values):
    for key, value in values.items():
        path = "/proc/sys/net/" + key.replace("__", "/")
        _run([*prefix, "sh", "-c", f"echo {value} > {path}"])


def build():
    """A private /run, both namespaces, the cable between them, and the vantage's resolv.conf."""
    resolv_conf = os.path.realpath("/etc/resolv.conf")
    _run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"])
    Path("/run/netns").mkdir()
    _run(["ip", "netns", "add", "world"])
    for prefix in ([], WORLD):
        # Without this, IPv6 addresses stay unusable for a second or two after they were given.
        _sysctl(prefix, ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_dad=0)
    _sysctl(WORLD, ipv4__ip_unprivileged_port_start=0)
    _run(["ip", "link", "add", "line", "type", "veth", "peer", "name", "line", "netns", "world"])
    _run(["ip", "-batch", "-"], "\n".join([
        "link set lo up",
        "link set line up",
        f"address add {VANTAGE4}/24 dev line",
        f"address add {VANTAGE6}/64 dev line nodad",
        f"route add default via {ROUTER4}",
        f"route add ::/0 via {ROUTER6}",
    ]))
    _run([*WORLD, "ip", "-batch", "-"], "\n".join([
        "link set lo up",
        "link set line up",
        f"address add {ROUTER4}/24 dev line",
        f"address add {ROUTER6}/64 dev line nodad",
    ]))
    own = Path("/run/resolv.conf")
    own.write_text(f"nameserver {ROUTER4}\noptions timeout:2 attempts:2\n")
    Path(resolv_conf).parent.mkdir(parents=True, exist_ok=True)
    if not os.path.exists(resolv_conf):
        Path(resolv_conf).touch()
    _run(["mount", "--bind", str(own), resolv_conf])


def own(addresses):
    """Gives these addresses to the world."""
    _run([*WORLD, "ip", "-batch", "-"], "\n".join(
        f"address add {a}/128 dev lo nodad" if ":" in a else f"address add {a}/32 dev lo"
        for a in addresses))


def addresses_of(index):
    """The addresses of the host with this number: one to three IPv4, one or two IPv6."""
    four = [f"81.2.{index}.{n}" for n in range(1, 2 + index % 3)]
    six = [f"2a02:e2e:{index:x}::{n}" for n in range(1, 2 + index % 2)]
    return four + six
