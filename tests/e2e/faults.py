"""What can happen to one target, and the one stage and failure in which it must show."""

from dataclasses import dataclass
from typing import Callable


@dataclass
class Fault:
    title: str
    suits: Callable  # Target → bool
    stage: str
    failure: str
    begin: Callable  # (World, Target): the fault is there when it returns
    heal: Callable

    def __str__(self):
        return f"{self.title}: {self.stage} {self.failure}"


def _web(target):
    return target.scheme == "https"


def _named(service, name):
    return lambda target: (target.service, target.name) == (service, name)


def _is(scheme):
    return lambda target: target.scheme == scheme


def _stop(world, target):
    world.server(target).stop()


def _start(world, target):
    world.server(target).launch()
    world.server(target).await_listening()


def _instead(**variation):
    """Another server of the same kind in place of the good one."""
    def begin(world, target):
        world.server(target).stop()
        world.server(target).launch(**variation)
        world.server(target).await_listening()
    return begin


def _faulty(mode):
    def begin(world, target):
        world.server(target).stop()
        world.server(target).launch_faulty(mode)
        world.server(target).await_listening()
    return begin


def _back(world, target):
    _stop(world, target)
    _start(world, target)


def _names(**change):
    """`gone` or `broken`: the target's name, and its alone."""
    def begin(world, target):
        world.names.change(**{kind: {target.host} for kind in change})
    return begin


def _names_back(world, _):
    world.names.change()


FAULTS = [
    Fault("the server is stopped", _web, "tcp", "connection_refused", _stop, _start),
    Fault("reset after the ClientHello", _web, "tls", "connection_reset",
          _faulty("reset-hello"), _back),
    Fault("reset after the request", _web, "http", "connection_reset",
          _faulty("reset-request"), _back),
    Fault("an expired certificate", _web, "tls", "ssl_invalid_certificate",
          _instead(certificate="expired"), _back),
    Fault("a certificate for another name", _web, "tls", "ssl_invalid_hostname",
          _instead(certificate="wrong name"), _back),
    Fault("a certificate of an unknown authority", _web, "tls", "ssl_unknown_authority",
          _instead(certificate="untrusted"), _back),
    Fault("a server that never answers", _web, "http", "generic_timeout_error",
          _faulty("stall-request"), _back),
    Fault("the name is gone", _web, "dns", "dns_nxdomain_error",
          _names(gone=True), _names_back),
    Fault("the name's zone is broken", _web, "dns", "dns_servfail_error",
          _names(broken=True), _names_back),
    Fault("IMAP closes without a greeting", _is("imaps"), "mail", "eof_error",
          _faulty("close-shake"), _back),
    Fault("IMAP is dead", _is("imaps"), "tcp", "connection_refused", _stop, _start),
    Fault("STARTTLS is not offered", _is("smtp"), "mail", "unknown_failure",
          _instead(starttls=False), _back),
    Fault("SMTP over TLS is untrusted", _is("smtps"), "tls", "ssl_unknown_authority",
          _instead(certificate="untrusted"), _back),
]


def plan(world):
    """[(Fault, Target)]: a target of its own for each fault, of a host that no other target shares
    where the fault is the name's."""
    hosts = [target.host for target in world.shipped.targets]
    free = list(world.shipped.targets)
    chosen = []
    # The last web targets first: the first ones share names with other schemes.
    for fault in FAULTS:
        for target in reversed(free):
            if fault.suits(target) and (fault.stage != "dns" or hosts.count(target.host) == 1):
                free.remove(target)
                chosen.append((fault, target))
                break
        else:
            raise RuntimeError(f"no target left for: {fault.title}")
    return chosen
