"""The daemon is killed at random moments, while targets are blocked and freed: nothing that was
confirmed is lost or doubled, what was written can be read, nobody is told anything twice."""

import random
import sqlite3
import time
from collections import Counter

from archive import Archive, judge
from ledger import Ledger
from look import look
from passages import firing, idle, passages
from process import until
from scene import RULES, STATE

TURN = 9.0           # seconds that a rule stays on, and off
PAUSE = 0.2          # between two looks
LATE = 3.0           # seconds within which a daemon answers after its start, at most
SETTLE = 60          # seconds within which everything is well again, and told
TELLING = ("blocked", "likely_blocked", "impaired", "down")  # what an alert is for


class Turns:
    """The rules go on and off in turn, none at the same time as another."""

    def __init__(self, scene):
        self.scene, self.began = scene, time.monotonic()
        self.on = {name: False for name in RULES}

    def turn(self):
        passed = time.monotonic() - self.began
        for number, name in enumerate(RULES):
            on = int((passed + number * TURN / len(RULES)) / TURN) % 2 == 0
            if on != self.on[name]:
                self._put(name, on)

    def rest(self):
        for name, on in self.on.items():
            if on:
                self._put(name, False)

    def _put(self, name, on):
        self.scene.rule(name, on)
        self.on[name] = on


def lifetime(chance):
    """Seconds: mostly short, down to a kill during the start; some long enough for a change to be
    confirmed and saved."""
    return chance.uniform(3.0, 6.0) if chance.random() < 0.25 else chance.uniform(0.0, 0.9)


def live(scene, ledger, turns, seconds, killed_before):
    """One life of the daemon; returns (faults, seconds until it answered or None)."""
    faults, answered = [], None
    began = time.monotonic()
    scene.spawn()
    while time.monotonic() - began < seconds:
        turns.turn()
        if not scene.alive():
            return [*faults, "the daemon has ended by itself"], answered
        seen = look(scene.vantage)
        if seen is None:
            time.sleep(0.01)
        elif answered is None:
            answered = time.monotonic() - began
            faults += ledger.saw_first(seen, killed_before)
        else:
            faults += ledger.saw(seen)
            time.sleep(PAUSE)
    return faults, answered


def _told_twice(troubles, found):
    """Alerts that began more often than events say. Their kinds are not compared: an event's may be
    known better in the meantime, an alert's are its identity."""
    began = Counter((f"{p.label('service_name')}/{p.label('target')}", p.label("alertname"))
                    for p in found if p.to == "firing" and p.label("target"))
    real = Counter(fact.target for fact in troubles)
    return [f"{target}: {number} {name}, {real[target]} events" for (target, name), number in began.items()
            if number > real[target]]


def play(scene, report, kills, seed):
    chance, ledger, archive = random.Random(seed), Ledger(), Archive(STATE / "archive")
    turns = Turns(scene)
    faults, unread, answers, ended = [], [], [], 0.0
    began = time.monotonic()
    for _ in range(kills):
        more, answered = live(scene, ledger, turns, lifetime(chance), ended)
        faults += more
        answers += [answered] if answered is not None else []
        scene.kill()
        ended = time.time()
        unread += archive.check()
    report.note(f"{kills} kills in {time.monotonic() - began:.0f} s, {len(answers)} lives long enough to answer")
    _settle(scene, report, ledger, turns, ended, faults)
    report("no confirmed state or event was lost or doubled", not faults, "; ".join(faults[:5]))
    report(f"it answers within {LATE} s after each start (at most {max(answers, default=0):.2f} s)",
           answers and max(answers) < LATE, str(max(answers, default=None)))
    _check_alerts(scene, report, ledger)
    _check_files(scene, report, archive, unread)


def _settle(scene, report, ledger, turns, ended, faults):
    """All is let through, and the daemon lives on."""
    turns.rest()
    scene.spawn()
    first = until(lambda: look(scene.vantage), LATE * 2, 0.01)
    faults += ledger.saw_first(first, ended) if first else ["it does not answer in the end"]

    def well():
        seen = look(scene.vantage)
        if seen is None:
            return False
        faults.extend(ledger.saw(seen))
        return all(seen.states[target] == "ok" for target in scene.targets)
    report("once all is let through, every target is confirmed as ok", until(well, SETTLE, 0.5),
           str(ledger.last and ledger.last.states))


def _check_alerts(scene, report, ledger):
    def over():
        return not firing(passages(scene.receiver.notifications()))
    report("in the end every alert is resolved", until(over, SETTLE, 0.5), str(
        firing(passages(scene.receiver.notifications()))))
    notifications = scene.receiver.notifications()
    found = passages(notifications)
    told = [f for f in (ledger.last.facts if ledger.last else []) if f.after in TELLING]
    report(f"events were under way: {len(told)} troubles, {len(found)} passages told",
           told and found)
    twice = _told_twice(told, found)
    report("no alert was told twice", not twice and not idle(notifications, found),
           "; ".join(twice) or f"notifications without news: {idle(notifications, found)}")
    report.note(f"{len(ledger.lost)} changes younger than the promise were lost, the oldest "
                f"{max(ledger.lost, default=0):.1f} s after it was confirmed")


def _check_files(scene, report, archive, unread):
    status = scene.vantage.stop()
    report("it stops cleanly in the end", status == 0, str(status))
    unread += archive.check()
    report(f"the archive can be read: {len(archive.uids)} measurements in {len(archive.whole)} files, "
           f"{archive.torn} times half a line was left", archive.uids and not unread, "; ".join(unread[:5]))
    status, lines = judge(scene.vantage.binary, archive.folder)
    report("all of it can be judged again", status == 0 and len(lines) == len(archive.uids),
           f"exit status {status}, {len(lines)} verdicts")
    with sqlite3.connect(STATE / "state.sqlite") as database:
        intact = database.execute("PRAGMA integrity_check").fetchall()
    report("the database is intact", intact == [("ok",)], str(intact))
