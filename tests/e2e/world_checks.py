"""The world as other people's clients see it: dig and curl, before any reachd is there to judge."""

import subprocess

from network import ROUTER4


def _output(words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True).stdout


def _answers(world, resolver, option):
    """host → the set of addresses that this resolver gives for it."""
    hosts = world.shipped.hosts
    questions = [word for host in hosts for kind in ("A", "AAAA") for word in (host, kind)]
    found = {host: set() for host in hosts}
    text = _output(["dig", f"@{resolver}", "+noall", "+answer", "+tries=1", "+time=3",
                    option, *questions])
    for line in text.splitlines():
        name, _, _, kind, data = line.split(maxsplit=4)
        if kind in ("A", "AAAA"):
            found[name.rstrip(".")].add(data)
    return found


WAYS = {"udp": "+notcp", "tcp": "+tcp", "tls": "+tls", "https": "+https"}


def check_names(world, report):
    wanted = {host: set(addresses) for host, addresses in world.addresses.items()}
    for resolver in [ROUTER4, *world.shipped.resolvers]:
        for way, option in WAYS.items():
            found = _answers(world, resolver, option)
            wrong = [host for host in wanted if found[host] != wanted[host]]
            report(f"{resolver} answers for every name by {way}", not wrong, ", ".join(wrong))


def _curl(world, target, address):
    shown = f"[{address}]" if ":" in address else address
    secure = ["--ssl-reqd"] if target.scheme in ("imap", "smtp") else []
    mail = ["--request", "CAPABILITY"] if target.scheme.startswith("imap") else []
    url = target.url if target.scheme.startswith("http") else (
        f"{target.scheme}://{target.host}:{target.port}/")
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "10", "--noproxy", "*",
         "--cacert", str(world.pki.root), "--resolve", f"{target.host}:{target.port}:{shown}",
         "--output", "/dev/null", *secure, *mail, url], capture_output=True, text=True)


def check_servers(world, report):
    for target in world.shipped.everything:
        wrong = []
        for address in world.addresses[target.host]:
            done = _curl(world, target, address)
            if done.returncode != 0:
                wrong.append(f"{address}: {done.stderr.strip()}")
        report(f"{target.url} answers at each of its {len(world.addresses[target.host])} addresses",
               not wrong, "; ".join(wrong))
