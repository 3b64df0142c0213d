"""Proofs: what a scenario expects of events and alerts is read as it says, refused where it is wrong,
and missed where it is not so."""

import scenario as scenarios
import told
from nodes import Refusal
from timeline import Timeline

SCENARIO = "world: {}\n"
HEAD = "id: P1\ntitle: t\nclass: B\ntargets: [facebook/web, amazon/web]\n"
LABELS = {"alertname": "ReachdTargetBlocked", "service_name": "facebook", "target": "web",
          "kind": "tls.reset.sni"}
VANTAGE = {"alertname": "ReachdVantageNotOnline"}


def _read(lab, text):
    return scenarios.parse(HEAD + text, "p.yaml", lab.plan)


def _refused(lab, text, why):
    try:
        _read(lab, text)
    except Refusal as refusal:
        assert why in str(refusal), refusal
    else:
        raise AssertionError(f"{text} is not refused")


def _alerts(*passages, idle=0):
    return {"idle": idle, "passages": [
        {"at": at, "to": to, "labels": labels, "notification": number}
        for number, (at, to, labels) in enumerate(passages)]}


def prove_refusals(lab):
    """an expectation of alerts without numbers, with an unknown key, or a step that nothing can do"""
    _refused(lab, "expect: {alerts: {firing: 1}}", "expect.alerts.resolved: is missing")
    _refused(lab, "expect: {alerts: {firing: 1, resolved: 0, pagers: 1}}", "is no key here")
    _refused(lab, "expect: {alerts: {firing: many, resolved: 0}}", "is neither a number nor a range")
    _refused(lab, "expect: {alerts: {firing: 1, resolved: 0, fires: {from: 3s}}}", "fires.to: is missing")
    _refused(lab, "expect: {events: {member: 1}}", "is no key here")
    _refused(lab, "expect: {alerts: {firing: 1, resolved: 0, targets: [nobody/web]}}", "is no target")
    _refused(lab, "alertmanager: {group_waits: 3s}\nexpect: {}", "is no key here")
    _refused(lab, "timeline: [{at: 1s, do: stop alertmanager}]\nexpect: {events: 0}",
             "there is an Alertmanager only where alerts are expected")
    _refused(lab, "timeline: [{at: 1s, once: {firing: 1}, do: kill daemon}]\nexpect: {}",
             "there is an Alertmanager only where alerts are expected")
    _refused(lab, "timeline: [{at: 1s, do: kill cat}]\nexpect: {}", "is nothing that can be done")


def prove_words(lab):
    """all keys are read; the word `target` means the first one"""
    expect = _read(lab, "alertmanager: {group_wait: 9s}\n"
                        "timeline: [{at: 1s, do: kill daemon}, {at: 2s, do: reload daemon}]\n"
                        "expect: {events: {targets: 1, vantage: 0, members: 2, recoveries: 0, open: 1, flapping: 0, of: [target]},"
                        " alerts: {firing: 1, resolved: '<=1', pages: 1, names: [A], targets: target,"
                        " kinds: [tls.reset.sni], fires: {from: 1s, to: 2min}, resolves: {from: 0s, to: 1s}}}").expect
    assert expect["events"]["of"] == ["facebook/web"], expect
    assert expect["alerts"]["targets"] == ["facebook/web"], expect
    assert expect["alerts"]["fires"] == {"from": 1, "to": 120}, expect


class _Stand:
    """In place of a world, a vantage and an Alertmanager: what they were told, in order."""

    def __init__(self):
        self.told = []
        self.censor = self

    def ask(self, words):
        self.told.append(words)

    def reload(self):
        self.told.append("reload")


def prove_chapters(lab):
    """a step with `once` waits, and the times after it count from when it has come"""
    stand = _Stand()
    steps = Timeline([{"at": 2, "do": "enable a"}, {"at": 1, "once": {"events": 1}, "do": "reload daemon"},
                      {"at": 5, "do": "disable a"}], stand, stand)
    for seconds, come, wanted in ((1, True, []), (3, False, ["enable a"]), (50, False, ["enable a"]),
                                  (60, True, ["enable a"]), (62, False, ["enable a", "reload"]),
                                  (64, False, ["enable a", "reload"]),
                                  (65, False, ["enable a", "reload", "disable a"])):
        steps.advance(seconds, lambda _, come=come: come)
        assert stand.told == wanted, (seconds, stand.told)
    assert steps.done and steps.began == 60 and steps.waits_for is None


def prove_alerts_missed(lab):
    """each key of `alerts` finds what is not so, and nothing where it is"""
    got = _alerts((30, "firing", LABELS), (70, "resolved", LABELS))
    good = {"firing": 1, "resolved": 1, "pages": 1, "names": ["ReachdTargetBlocked"],
            "targets": ["facebook/web"], "kinds": ["tls.reset.sni"], "fires": {"from": 20, "to": 40},
            "resolves": {"from": 60, "to": 80}}
    assert told.alert_faults(good, got) == []
    for key, wrong in {"firing": 2, "resolved": 0, "pages": ">1", "names": ["ReachdTargetDown"],
                       "targets": ["amazon/web"], "kinds": ["tls.reset"], "fires": {"from": 31, "to": 40},
                       "resolves": {"from": 0, "to": 69}}.items():
        assert told.alert_faults({**good, key: wrong}, got), key
    assert told.alert_faults(good, _alerts((30, "firing", LABELS), (70, "resolved", LABELS), idle=1))
    assert told.alert_faults(good, _alerts())
    again = _alerts((30, "firing", LABELS), (50, "resolved", LABELS), (60, "firing", LABELS))
    assert any("2 alerts fire" in fault for fault in told.alert_faults(good, again))
    assert told.alert_faults({"firing": 1, "resolved": 0, "targets": ["facebook/web"]},
                             _alerts((30, "firing", VANTAGE)))


def prove_events_missed(lab):
    """each key of `events` finds what is not so, and nothing where it is; no events at all is a fault"""
    member = {"target": "facebook/web", "from": "ok", "to": "blocked", "flapping": True}
    events = [{"id": 1, "subject": "target", "ended": None, "members": [member]}]
    good = {"targets": 1, "vantage": 0, "members": 1, "recoveries": 0, "open": 1, "flapping": 1, "of": ["facebook/web"]}
    assert told.event_faults(good, events) == [] and told.event_faults(1, events) == []
    for key, wrong in {"targets": 0, "vantage": 1, "members": 6, "recoveries": 1, "open": 0, "flapping": 0,
                       "of": ["facebook/web", "amazon/web"]}.items():
        assert told.event_faults({**good, key: wrong}, events), key
    assert told.event_faults("<=0", events) and told.event_faults(0, None)
    assert told.event_faults(good, [*events, {**events[0], "subject": "vantage"}])
