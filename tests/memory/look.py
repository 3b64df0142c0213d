"""What a running daemon says it knows: its events and the confirmed state of each target."""

import re
import time
from dataclasses import dataclass, field
from datetime import datetime

from fetch import get
from vantage import BASE

_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


def moment(text):
    """RFC 3339 as seconds by the clock."""
    return datetime.fromisoformat(text).timestamp()


@dataclass(frozen=True)
class Fact:
    """One target's passage, as an event tells it; the name is empty for the vantage."""
    event: int
    target: str
    before: str
    after: str
    kinds: tuple
    confirmed: float


@dataclass
class Look:
    at: float
    events: list
    states: dict                     # service/target → status
    since: dict                      # service/target → when that began
    metrics: dict = field(default_factory=dict)  # name → [(labels, value)]

    @property
    def facts(self):
        return [Fact(event["id"], member["target"], member["from"], member["to"],
                     tuple(member["kinds"]), moment(member["confirmed"]))
                for event in self.events for member in event["members"]]

    def total(self, name):
        """The sum of a metric's series; None if there is none."""
        values = [value for _, value in self.metrics.get(name, [])]
        return sum(values) if values else None


def read_metrics(text):
    found = {}
    for name, labels, value in _SAMPLE.findall(text):
        found.setdefault(name, []).append((dict(_LABEL.findall(labels)), float(value)))
    return found


def _by_target(samples, wanted=lambda labels, value: True):
    return [(f"{labels['service_name']}/{labels['target']}", labels, value)
            for labels, value in samples if wanted(labels, value)]


def look(vantage):
    """None while nobody answers. Events and metrics are asked for one after the other: a look between
    which something changed is taken again."""
    for _ in range(5):
        first = vantage.ask("/api/v1/events?limit=1000")
        status, text = get(BASE + "/metrics")
        second = vantage.ask("/api/v1/events?limit=1000")
        if first is None or second is None or status != 200:
            return None
        if first == second:
            break
    metrics = read_metrics(text)
    states = {target: labels["status"] for target, labels, _ in _by_target(
        metrics.get("reachd_target_status", []), lambda labels, value: value == 1)}
    since = {target: value for target, _, value in _by_target(
        metrics.get("reachd_target_since_timestamp_seconds", []))}
    return Look(time.time(), second["events"], states, since, metrics)
