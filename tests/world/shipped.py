"""What the shipped reachd.yaml asks for, as far as a world must answer it.

Read with a few patterns instead of a YAML parser, so that Debian's bare python3 is enough. A line
that the patterns do not understand is an error, and the daemon's own list of targets is compared
with this one later: a target cannot be overlooked.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443, "imap": 143, "imaps": 993, "smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Target:
    service: str
    name: str
    url: str
    status: int = 200  # what a web target expects for an answer

    @property
    def id(self):
        return f"{self.service}/{self.name}"

    @property
    def scheme(self):
        return urlsplit(self.url).scheme

    @property
    def host(self):
        return urlsplit(self.url).hostname

    @property
    def port(self):
        return urlsplit(self.url).port or PORTS[self.scheme]

    @property
    def path(self):
        return urlsplit(self.url).path or "/"


@dataclass
class Shipped:
    targets: list = field(default_factory=list)
    controls: list = field(default_factory=list)  # Targets too: service "control.foreign", say
    resolvers: list = field(default_factory=list)  # addresses, without the system's
    resolver_names: list = field(default_factory=list)  # hosts of DoH and DoT

    @property
    def everything(self):
        return self.targets + self.controls

    @property
    def hosts(self):
        return list(dict.fromkeys(target.host for target in self.everything))


def _value(entry, key):
    """The scalar at `key` of a flow mapping on one line."""
    found = re.search(rf'[{{,]\s*{key}:\s*("([^"]*)"|[^,}}\s]+)', entry)
    return found and (found[2] if found[2] is not None else found[1])


def _resolver(shipped, entry):
    shipped.resolvers += [
        value
        for key in ("udp", "tcp", "dot", "address")
        if (value := _value(entry, key)) and re.fullmatch(r"[0-9.]+|[0-9a-f:]+", value)
    ]
    for key in ("doh", "dot_name", "server_name"):
        if value := _value(entry, key):
            shipped.resolver_names.append(urlsplit(value).hostname or value)


def _target(service, entry):
    url, name = _value(entry, "url"), _value(entry, "name")
    if not url or not name:
        raise ValueError(f"not a target on one line: {entry}")
    status = re.search(r"status:\s*\[?(\d+)", entry)
    exact = status and re.fullmatch(r"\d{3}", status[1])
    return Target(service, name, url, int(status[1]) if exact else 200)


def read(path):
    shipped = Shipped()
    section = service = kind = None
    for line in open(path, encoding="utf-8"):
        line = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        entry = line.strip()
        if not entry:
            continue
        if top := re.match(r"(\w+):", line):
            section = top[1]
        elif section == "resolvers":
            _resolver(shipped, entry)
        elif section == "controls":
            if url := re.match(r"- (\S+)$", entry):
                host = urlsplit(url[1]).hostname
                shipped.controls.append(Target(f"control.{kind}", host, url[1]))
            else:
                kind = entry.rstrip(":")
        elif section == "services":
            if named := re.match(r"- name:\s*(\S+)$", entry):
                service = named[1]
            elif entry.startswith("- {"):
                shipped.targets.append(_target(service, entry))
            elif entry != "targets:":
                raise ValueError(f"not understood: {line}")
    shipped.resolvers = list(dict.fromkeys(shipped.resolvers))
    return shipped
