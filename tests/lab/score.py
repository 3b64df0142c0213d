"""Compares what a scenario gave with what it expects, and sums up many. Pure."""

from dataclasses import dataclass, field

import told
import units

UNTRUE = ("blocked", "likely_blocked")  # what a benign or an outage world must never be called


@dataclass
class Outcome:
    scenario: object
    result: dict = field(default_factory=dict)  # empty: it was not played
    faults: list = field(default_factory=list)  # what is not as expected, in words
    not_yet: list = field(default_factory=list)

    @property
    def good(self):
        return bool(self.result) and not self.faults


def ancestors(kind):
    """tls.reset.sni → {tls, tls.reset, tls.reset.sni}."""
    parts = kind.split(".")
    return {".".join(parts[:n]) for n in range(1, len(parts) + 1)}


def expanded(kinds):
    return set().union(*map(ancestors, kinds)) if kinds else set()


def has(kinds, wanted):
    """Whether one of the kinds is this one or lies below it; `a|b`: either of them."""
    return any(one in ancestors(kind) for one in wanted.split("|") for kind in kinds)


def chosen(wanted, kinds):
    """Of each alternative that one which was found, else the first."""
    return [next((one for one in kind.split("|") if has(kinds, one)), kind.split("|")[0])
            for kind in wanted]


def _target_faults(name, wanted, got):
    faults = []
    status, kinds = got.get("status"), got.get("kinds") or []
    if "status" in wanted and status not in wanted["status"]:
        faults.append(f"{name} is {status} ({got.get('rule')}), not {' or '.join(wanted['status'])}")
    if status in wanted.get("not_status", []):
        faults.append(f"{name} is {status}")
    faults += [f"{name} lacks {kind}" for kind in wanted.get("kinds", []) if not has(kinds, kind)]
    faults += [f"{name} has {kind}" for kind in wanted.get("not_kinds", []) if has(kinds, kind)]
    if "locus" in wanted and got.get("locus") not in wanted["locus"]:
        faults.append(f"{name} has locus {got.get('locus')}, not {' or '.join(wanted['locus'])}")
    return faults


def compare(scenario, result):
    """Everything that is not as the scenario expects, in words."""
    faults = list(result.get("faults", []))
    expect = scenario.expect
    for name, wanted in expect.get("targets", {}).items():
        faults += _target_faults(name, wanted, result["targets"].get(name, {}))
    if "vantage" in expect and result.get("vantage") not in expect["vantage"]:
        faults.append(f"the vantage is {result.get('vantage')}, not {' or '.join(expect['vantage'])}")
    if "events" in expect:
        faults += told.event_faults(expect["events"], result.get("events"))
    if "alerts" in expect:
        faults += told.alert_faults(expect["alerts"], result["alerts"])
    for rule, counted in result["counters"]["rules"].items():
        wanted = expect.get("fired", {}).get(rule, ">=1")
        if not units.holds(counted["fired"], wanted):
            faults.append(f"the rule {rule} has fired {counted['fired']} times, not {wanted}")
    return faults


def shown(result):
    """What a result says, in a few words."""
    words = []
    for name, got in result.get("targets", {}).items():
        kinds = " ".join(got.get("kinds") or [])
        words.append(f"{name} {got.get('status')} {kinds}".strip())
    if result.get("vantage") not in (None, "online"):
        words.append(f"vantage {result['vantage']}")
    if result.get("alerts"):
        words.append(told.shown(result["alerts"]))
    return "; ".join(words)


def expected(scenario):
    words = []
    for name, wanted in scenario.expect.get("targets", {}).items():
        status = "|".join(wanted.get("status", [])) or "not " + "|".join(wanted.get("not_status", []))
        words.append(f"{name} {status} {' '.join(wanted.get('kinds', []))}".strip())
    if "vantage" in scenario.expect:
        words.append("vantage " + "|".join(scenario.expect["vantage"]))
    if "alerts" in scenario.expect:
        alerts = scenario.expect["alerts"]
        words.append(f"alerts {alerts['firing']} firing {alerts['resolved']} resolved")
    return "; ".join(words)


def _targets(outcomes, classes):
    for outcome in outcomes:
        if outcome.result and outcome.scenario.kind in classes:
            for name, got in outcome.result["targets"].items():
                yield outcome.scenario, name, got


def confusion(outcomes):
    """class → status → number of targets that ended so."""
    table = {}
    for scenario, _, got in _targets(outcomes, "BNOM"):
        row = table.setdefault(scenario.kind, {})
        row[got["status"]] = row.get(got["status"], 0) + 1
    return table


def false_alarms(outcomes):
    """(rounds of benign and outage worlds, how many of them were called blocked or likely so)."""
    rounds = [r["status"] for _, _, got in _targets(outcomes, "NO") for r in got["rounds"]]
    return len(rounds), sum(status in UNTRUE for status in rounds)


def pages(outcomes):
    """(worlds with an Alertmanager, notifications in them that something fires, and alerts that called
    a target of a benign or an outage world blocked or likely so)."""
    worlds = [o for o in outcomes if o.result and o.result.get("alerts")]
    untrue = [p for o in worlds if o.scenario.kind in "NO"
              for p in told.firing(o.result["alerts"]) if p["labels"].get("status") in UNTRUE]
    return len(worlds), sum(told.pages(o.result["alerts"]) for o in worlds), len(untrue)


def kinds_score(outcomes):
    """Hierarchical precision and recall of kinds: expected and found ones with all their ancestors.
    None where nothing was found, or expected. Also kind → (expected, of these found)."""
    right = found_all = wanted_all = 0
    table = {}
    for scenario, name, got in _targets(outcomes, "BNOM"):
        kinds = scenario.expect.get("targets", {}).get(name, {}).get("kinds", [])
        wanted = expanded(chosen(kinds, got.get("kinds") or []))
        found = expanded(got.get("kinds") or [])
        right += len(wanted & found)
        found_all += len(found)
        wanted_all += len(wanted)
        for kind in kinds:
            seen, hit = table.get(kind, (0, 0))
            table[kind] = (seen + 1, hit + has(got.get("kinds") or [], kind))
    return (right / found_all if found_all else None, right / wanted_all if wanted_all else None, table)
