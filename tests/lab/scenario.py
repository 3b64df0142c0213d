"""A scenario file as a value, or every fault of it as FILE:LINE:COL: key: why."""

import copy
import re
from dataclasses import dataclass, field

import yaml

import units
from alertmanager import PACE
from nodes import (Refusal, anything, boolean, by_shape, choice, compose, flat, mapping, plain, refuse,
                   scalar, sequence, several, text, whole)
from plan import SOURCE
from rule_grammar import RuleGrammar
from troubles import wire_rules

STATUSES = ("ok", "blocked", "likely_blocked", "impaired", "down", "insufficient")
VANTAGES = ("online", "offline", "border_outage", "captive_portal", "instrument_fault")
CLASSES = {"B": "blocking", "N": "benign", "O": "outage", "M": "mixed"}
LAYERS = "dns|ip|tcp|tls|http|throttle|mail|quic|proto|server_side|cert"
KIND = re.compile(rf"({LAYERS})(\.[a-z0-9_]+)*")

seconds = scalar(units.seconds)
share = scalar(units.share)
span = scalar(units.span)


@dataclass
class Scenario:
    path: str
    id: str
    title: str
    kind: str                     # B, N, O or M
    targets: list
    more: list = field(default_factory=list)    # targets that the shipped configuration lacks
    config: dict = field(default_factory=dict)  # what else the daemon's configuration says
    settings: dict = field(default_factory=dict)  # target → further keys of it there
    files: dict = field(default_factory=dict)   # name → text, beside the configuration
    needs: list = field(default_factory=list)
    world: dict = field(default_factory=dict)
    censor: list = field(default_factory=list)  # rules as the censor program reads them
    schedule: dict = field(default_factory=dict)
    alertmanager: dict = field(default_factory=dict)  # how its pace differs from the usual one
    timeline: list = field(default_factory=list)
    expect: dict = field(default_factory=dict)


def _kind(node):
    """A kind, or several of which any will do: dns.hijack|dns.injection."""
    if not all(KIND.fullmatch(kind) for kind in str(plain(node)).split("|")):
        refuse(node, f"'{node.value}' is no kind such as tls.reset.sni")
    return node.value


class _Grammar:
    def __init__(self, plan, first):
        self.plan = plan
        self.rules = RuleGrammar(plan, first, SOURCE)
        self.first = first

    def host(self, node):
        word = self.first if plain(node) == "target" else str(plain(node))
        host = self.plan.host(word)
        if host is None:
            refuse(node, f"'{word}' is no target, control or host of the shipped configuration")
        return host

    def hosts(self, node):
        if plain(node) == "all":
            return list(self.plan.addresses)
        return [self.host(node)]

    def target(self, node):
        word = self.first if plain(node) == "target" else plain(node)
        if word not in self.plan.targets:
            refuse(node, f"'{word}' is no target of the shipped configuration")
        return word

    def by_host(self, reader):
        """A mapping from hosts to what `reader` reads."""
        def read(node):
            values = mapping({}, any_key=reader)(node)
            for key, _ in node.value:
                values[self.host(key)] = values.pop(str(plain(key)))
            return values
        return read

    def world(self):
        server = mapping({
            "target": ("hosts", self.hosts), "control": ("hosts", self.hosts),
            "port": whole,
            "is": choice("down", "refuse", "stall", "slow", "reset", "close"),
            "after": choice("hello", "request", "answer"),
            "ttfb": seconds,
            "certificate": choice("expired", "wrong_name", "untrusted", "self_signed"),
            "status": whole, "headers": mapping({}, any_key=text), "body": text, "alert": whole,
            "rate_limit": mapping({"syn": text}, required=("syn",)), "alpn_reset": boolean})
        hosts = flat(self.hosts)
        addresses = flat(self.rules.address_list)
        names = mapping({
            "gone": hosts, "lame": hosts, "servfail": hosts, "rotate": boolean, "shuffle": boolean,
            "geo": self.by_host(mapping({"system": addresses, "others": addresses}))})
        resolver = mapping({
            "is": choice("ok", "dead"), "flaky": share, "nxdomain_rewrite": text,
            "lies": self.by_host(text)})
        down = mapping({"down": mapping({"from": seconds, "to": seconds})})
        return mapping({
            "servers": sequence(server), "names": names, "resolver": resolver, "link": down,
            "border": down, "ipv6": choice("ok", "broken", "none"),
            "loss": mapping({"where": choice("access", "domestic", "border"), "rate": share},
                            required=("where", "rate")),
            "pmtu": mapping({"at": choice("access", "domestic", "border"), "size": whole},
                            required=("at", "size")),
            "nat": mapping({"idle": seconds, "ports": whole}),
            "portal": boolean, "interception": choice("all"),
            "vantage": mapping({"clock": text, "trust": choice("empty", "with_mitm_ca"),
                                "timestamps": choice("off")}),
            "helper": choice("ok", "dead", "blocked", "none")})

    def expectation(self):
        target = mapping({"status": several(choice(*STATUSES)), "not_status": several(choice(*STATUSES)),
                          "kinds": several(_kind), "not_kinds": several(_kind),
                          "locus": several(choice("network", "resolver", "server", "local", "unknown"))})
        return mapping({
            "targets": mapping({}, any_key=target), "vantage": several(choice(*VANTAGES)),
            "events": by_shape(span, self.events()), "alerts": self.alerts(),
            "fired": mapping({}, any_key=span)})

    def events(self):
        return mapping({"targets": span, "vantage": span, "members": span, "recoveries": span,
                        "open": span, "flapping": span, "of": several(self.target)})

    def alerts(self):
        window = mapping({"from": seconds, "to": seconds}, required=("from", "to"))
        return mapping({"firing": span, "resolved": span, "pages": span, "names": several(text),
                        "targets": several(self.target), "fires": window, "resolves": window,
                        "kinds": several(_kind)}, required=("firing", "resolved"))

    def timeline(self):
        return sequence(mapping({
            "at": seconds,
            "once": mapping({"events": whole, "firing": whole, "resolved": whole}),
            "do": by_shape(text),
            "world": self.world()}, required=("at",)))

    def whole_file(self):
        return mapping({
            "id": scalar(_id), "title": text, "class": ("kind", choice(*CLASSES)),
            "needs": several(choice("quic", "ech")), "targets": several(self.target),
            "more": sequence(anything), "config": anything,
            "settings": mapping({}, any_key=anything), "files": mapping({}, any_key=text),
            "world": self.world(), "censor": sequence(self.rules.read),
            "schedule": mapping({"rounds": whole, "interval": seconds, "timeout": seconds,
                                 "deep_every": seconds, "duration": seconds, "residual": seconds}),
            "alertmanager": mapping({key: text for key in PACE}),
            "timeline": self.timeline(), "expect": self.expectation()},
            required=("id", "title", "class", "targets", "expect"))


def _id(word):
    if not re.fullmatch(r"[A-Z][0-9A-Za-z-]*", word):
        raise ValueError("is no id such as L01")
    return word


ACTIONS = re.compile(r"(enable|disable) (?P<rule>\S+)|(restart|kill|reload) daemon|"
                     r"pause daemon (?P<pause>\S+)|(?P<alerting>stop|start) alertmanager")


_more = sequence(mapping({"service": text, "name": text, "url": text}, ("service", "name", "url"),
                         any_key=anything))


def _ahead(tree, key):
    """The node of a top-level key that others refer to, before the file is read; or None."""
    if isinstance(tree, yaml.MappingNode):
        for name, value in tree.value:
            if name.value == key:
                return value
    return None


def _first_target(tree):
    node = _ahead(tree, "targets")
    if isinstance(node, yaml.SequenceNode):
        node = node.value[0] if node.value else None
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _check(scenario, tree):
    """What concerns several keys at once."""
    names = [rule["name"] for rule in scenario.censor]
    for name in names:
        if names.count(name) > 1:
            refuse(tree, f"the rule {name} stands there twice", "censor")
    for rule in scenario.censor:
        after = rule["match"].get("after")
        if after and after not in names:
            refuse(tree, f"{rule['name']} comes after {after}, which is no rule here", "censor")
    of_world = [rule["name"] for rule in wire_rules({**scenario.world, "helper_addresses": []})]
    for name in scenario.expect.get("fired", {}):
        if name not in names + of_world:
            refuse(tree, f"{name} is no rule here", "expect.fired")
    for entry in scenario.settings:
        if entry not in scenario.targets:
            refuse(tree, f"{entry} is not among the targets", "settings")
    for name in scenario.files:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name):
            refuse(tree, f"'{name}' is no name of a file such as pages.csv", "files")
    for entry in scenario.expect.get("targets", {}):
        if entry not in scenario.targets:
            refuse(tree, f"{entry} is not among the targets", "expect.targets")
    for step in scenario.timeline:
        found = ACTIONS.fullmatch(step["do"]) if "do" in step else None
        if "do" in step and not found:
            refuse(tree, f"'{step['do']}' is nothing that can be done", "timeline")
        if found and found["rule"] and found["rule"] not in names:
            refuse(tree, f"{found['rule']} is no rule here", "timeline")
        waits = {"firing", "resolved"} & set(step.get("once", {}))
        if (waits or found and found["alerting"]) and "alerts" not in scenario.expect:
            refuse(tree, "there is an Alertmanager only where alerts are expected", "timeline")


def parse(content, name, plan):
    tree = compose(content, name)
    if tree is None:
        raise Refusal([(1, 1, "file", "is empty")])
    if more := _ahead(tree, "more"):
        plan = copy.copy(plan)
        plan.targets = dict(plan.targets)
        for target in _more(more):
            plan.add(target["service"], target["name"], target["url"])
    grammar = _Grammar(plan, _first_target(tree))
    values = grammar.whole_file()(tree)
    scenario = Scenario(path=str(name), **values)
    for named in (scenario.expect.get("targets", {}), scenario.settings):
        if "target" in named:
            named[scenario.targets[0]] = named.pop("target")
    _check(scenario, tree)
    return scenario


def read(path, plan):
    return parse(path.read_text(encoding="utf-8"), path, plan)


def tell(path, refusal):
    """The faults as lines."""
    return [f"{path}:{line}:{column}: {key}: {why}"
            for line, column, key, why in sorted(refusal.faults)]
