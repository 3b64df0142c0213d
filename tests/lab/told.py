"""What the daemon has told, compared with what was expected: its events, and the alerts that reached
the receiver. Pure."""

import units


def target(passage):
    """service/target of an alert, or None: it is of the vantage."""
    labels = passage["labels"]
    return f"{labels['service_name']}/{labels['target']}" if "target" in labels else None


def firing(alerts):
    return [p for p in alerts["passages"] if p["to"] == "firing"]


def resolved(alerts):
    return [p for p in alerts["passages"] if p["to"] == "resolved"]


def pages(alerts):
    """How many notifications told of something that fires."""
    return len({p["notification"] for p in firing(alerts)})


def _counted(words, number, wanted):
    return [] if units.holds(number, wanted) else [f"{number} {words}, not {wanted}"]


def event_faults(wanted, events):
    """`wanted`: how many there are, or what they are, by the keys of `expect.events`."""
    if events is None:
        return ["the daemon keeps no events"]
    if not isinstance(wanted, dict):
        return _counted("events", len(events), wanted)
    of_targets = [e for e in events if e["subject"] == "target"]
    figures = {"targets": len(of_targets), "vantage": len(events) - len(of_targets),
               "recoveries": sum(e["members"][0]["to"] == "ok" for e in events),
               "open": sum(e["ended"] is None for e in events),
               "flapping": sum(any(m["flapping"] for m in e["members"]) for e in events)}
    faults = []
    for key, number in figures.items():
        if key in wanted:
            faults += _counted(f"events that are `{key}`", number, wanted[key])
    for event in of_targets:
        if "members" in wanted:
            faults += _counted(f"members of event {event['id']}", len(event["members"]), wanted["members"])
    if "of" in wanted:
        names = {m["target"] for e in of_targets for m in e["members"]}
        faults += _same("events", names, wanted["of"])
    return faults


def _same(words, got, wanted):
    more, less = sorted(map(str, set(got) - set(wanted))), sorted(set(wanted) - set(got))
    return ([f"{words} of {', '.join(more)}"] if more else []) + (
        [f"no {words} of {', '.join(less)}"] if less else [])


def _times(words, found, window):
    return [f"{words} at {p['at']} s, not within {window['from']:.0f}–{window['to']:.0f} s"
            for p in found if not window["from"] <= p["at"] <= window["to"]]


def alert_faults(wanted, alerts):
    began, ended = firing(alerts), resolved(alerts)
    faults = _counted("alerts fire", len(began), wanted["firing"])
    faults += _counted("alerts are resolved", len(ended), wanted["resolved"])
    if alerts["idle"]:
        faults.append(f"{alerts['idle']} notifications tell nothing new")
    if "pages" in wanted:
        faults += _counted("pages", pages(alerts), wanted["pages"])
    if "names" in wanted:
        faults += _same("alerts", {p["labels"]["alertname"] for p in began}, wanted["names"])
    if "targets" in wanted:
        faults += _same("alerts", {target(p) for p in began}, wanted["targets"])
    if "kinds" in wanted:
        faults += _same("alerts", {p["labels"].get("kind") for p in began}, wanted["kinds"])
    if "fires" in wanted:
        faults += _times("fires", began, wanted["fires"])
    if "resolves" in wanted:
        faults += _times("resolved", ended, wanted["resolves"])
    return faults


def _at(words, found):
    return f"{words} at " + ", ".join(f"{p['at']:.0f} s" for p in found) if found else f"none {words}"


def shown(alerts):
    """In a few words."""
    if not alerts["passages"]:
        return "no alert"
    return f"alerts {_at('firing', firing(alerts))}, {_at('resolved', resolved(alerts))}"
