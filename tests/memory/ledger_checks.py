"""That the ledger finds what it is there to find: each kind of loss and doubling, made by hand."""

from datetime import datetime, timezone

from ledger import Ledger
from look import Look

NOON = datetime(2030, 1, 1, 12, tzinfo=timezone.utc).timestamp()
A, B = "facebook/web", "amazon/web"


def _time(seconds):
    return datetime.fromtimestamp(NOON + seconds, timezone.utc).isoformat()


def _event(number, *passages, ended=None):
    """`passages`: (target, from, to, seconds after noon)."""
    return {"id": number, "subject": "target", "ended": None if ended is None else _time(ended),
            "members": [{"target": target, "from": before, "to": after, "confirmed": _time(at),
                         "kinds": [] if after == "ok" else ["tls.reset.sni"]}
                        for target, before, after, at in passages]}


def _look(at, *events, **changed):
    states = {A: "ok", B: "ok"}
    for event in events:
        states |= {m["target"]: m["to"] for m in event["members"]}
    return Look(NOON + at, list(events), states | {k.replace("_", "/"): v for k, v in changed.items()}, {})


BLOCK = _event(1, (A, "ok", "blocked", 10))
OVER = _event(1, (A, "ok", "blocked", 10), ended=20)
FREED = _event(2, (A, "blocked", "ok", 20), ended=20)


def _after_kill(before, after, ended):
    ledger = Ledger()
    # Twice: what stands counts from the first look that showed it.
    faults = ledger.saw(before) + ledger.saw(before)
    assert not faults, faults
    return ledger.saw_first(after, NOON + ended), ledger.lost


def _good(before, after, ended=40):
    faults, _ = _after_kill(before, after, ended)
    return not faults, "; ".join(faults)


def _found(words, before, after, ended=40):
    faults, _ = _after_kill(before, after, ended)
    return any(words in fault for fault in faults), "; ".join(faults) or "nothing is found"


def play(report):
    known = _look(30, OVER, FREED)
    report("nothing is wrong where nothing is", *_good(known, _look(41, OVER, FREED)))
    report("what came since is no fault", *_good(known, _look(
        45, OVER, FREED, _event(3, (B, "ok", "blocked", 42)))))
    report("a lost event is found", *_found("lost", known, _look(41, OVER, amazon_web="ok", facebook_web="ok")))
    report("a lost member is found", *_found("lost", _look(
        30, _event(1, (A, "ok", "blocked", 10), (B, "ok", "blocked", 11))), _look(41, BLOCK)))
    faults, lost = _after_kill(_look(30, BLOCK), _look(31, facebook_web="ok"), 31.5)
    report("what was younger than the promise may be lost, and is noted", not faults and len(lost) == 1,
           f"{faults} {lost}")
    report("an event twice is found", *_found("twice", _look(30, BLOCK), _look(
        41, BLOCK, _event(2, (A, "blocked", "blocked", 35)))))
    report("a passage without its beginning is found", *_found("without an event", _look(30, BLOCK), _look(
        41, BLOCK, _event(2, (A, "ok", "blocked", 35)))))
    report("numbers that repeat are found", *_found("ascending", known, _look(41, OVER, FREED, FREED)))
    report("an end that moved is found", *_found("ended", known, _look(
        41, _event(1, (A, "ok", "blocked", 10), ended=33), FREED)))
    report("a state that differs from its event is found", *_found("its last event says", _look(30, BLOCK), _look(
        41, BLOCK, facebook_web="ok")))
    report("a state without an event that is forgotten is found", *_found("is insufficient", _look(30), _look(
        41, amazon_web="insufficient")))
    ledger = Ledger()
    ledger.saw(known)
    report("forgetting without a kill is found", ledger.saw(_look(31, OVER, facebook_web="ok")) != [])
