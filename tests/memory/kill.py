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

PAUSE = 0.2          # between two looks
LATE = 10.0          # seconds within which a daemon answers after its start, at most
CHANGE = 30          # seconds that a change is waited for, where one is
SETTLE = 300         # seconds within which everything is as the censor makes it, and told: the end
                     # of what has come and gone so often is believed late
TELLING = ("blocked", "likely_blocked", "impaired", "down")  # what an alert is for


class Turns:
    """Each rule goes off a moment after its targets are confirmed as blocked, and on again a moment after
    they are confirmed as ok: as fast as the daemon can follow."""

    def __init__(self, scene, chance):
        self.scene, self.chance = scene, chance
        self.on = {name: False for name in RULES}
        self.due = {name: number for number, name in enumerate(RULES)}  # seconds from the beginning
        self.began = time.monotonic()
        self.resting = False

    def turn(self, states):
        if self.resting:
            return
        now = time.monotonic() - self.began
        for name, targets in RULES.items():
            reached = all((states.get(target) in TELLING) == self.on[name] for target in targets)
            if name not in self.due and reached:
                self.due[name] = now + self.chance.uniform(0, 2)
            elif now > self.due.get(name, now):
                del self.due[name]
                self._put(name, not self.on[name])

    def rest(self):
        """All is let through from now on."""
        for name, on in self.on.items():
            if on:
                self._put(name, False)
        self.resting = True

    def _put(self, name, on):
        self.scene.rule(name, on)
        self.on[name] = on


class Life:
    """One life of the daemon, looked at all the time."""

    def __init__(self, scene, ledger, turns, killed_before):
        self.scene, self.ledger, self.turns = scene, ledger, turns
        self.killed_before = killed_before
        self.faults, self.answered = [], None  # seconds from its start to its first answer
        self.began = time.monotonic()
        scene.spawn()

    def look(self):
        """True if it answers."""
        seen = look(self.scene.vantage)
        if seen is None:
            if not self.scene.alive():
                self.faults.append("the daemon has ended by itself")
            elif self.answered is not None and not until(lambda: look(self.scene.vantage), LATE, PAUSE):
                self.faults.append(f"the daemon has not answered for {LATE} s")
            return False
        if self.answered is None:
            self.answered = time.monotonic() - self.began
            self.faults += self.ledger.saw_first(seen, self.killed_before)
        else:
            self.faults += self.ledger.saw(seen)
        self.turns.turn(seen.states)
        return True

    def go_on(self, seconds):
        """From its first answer on."""
        if not until(self.look, LATE, 0.01):
            self.faults.append(f"no answer within {LATE} s after a start")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(PAUSE)
            self.look()

    def end(self):
        self.scene.kill()
        return time.time()


def live(life, chance, number):
    """Each tenth is killed a moment after a change, as it is written and told. Of the others a quarter
    is killed during the start, most soon after, some later."""
    lot = chance.random()
    if number % 10 == 0:
        life.go_on(0)
        many = len(life.ledger.seen)
        until(lambda: life.look() and len(life.ledger.seen) > many, CHANGE, PAUSE)
        life.go_on(chance.uniform(0, 4))
    elif lot < 0.25:
        time.sleep(chance.uniform(0, 0.4))
    else:
        life.go_on(chance.uniform(2, 4) if lot < 0.4 else chance.uniform(0, 0.9))


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
    turns = Turns(scene, chance)
    faults, unread, answers = [], [], []
    life = Life(scene, ledger, turns, time.time())
    report("a first change is confirmed", until(
        lambda: life.look() and any(f.after in TELLING for f in ledger.last.facts), SETTLE, PAUSE))
    began = time.monotonic()
    for number in range(1, kills + 1):
        live(life, chance, number)
        faults += life.faults
        answers += [life.answered] if life.answered is not None else []
        ended = life.end()
        unread += archive.check()
        life = Life(scene, ledger, turns, ended)
    report.note(f"{kills} kills in {time.monotonic() - began:.0f} s, {len(answers)} after an answer")
    turns.rest()
    life.go_on(0)
    report("once all is let through, every target is confirmed as ok", until(
        lambda: _well(scene, ledger, life), SETTLE, 0.5), str(ledger.last.states))
    faults += life.faults
    report("no confirmed state or event was lost or doubled", not faults, "; ".join(faults[:5]))
    report(f"it answers within {LATE} s after each start (at most {max(answers, default=0):.2f} s)",
           answers and max(answers) < LATE)
    _check_alerts(scene, report, ledger)
    _check_files(scene, report, archive, unread)


def _well(scene, ledger, life):
    return life.look() and all(ledger.last.states[target] == "ok" for target in scene.targets)


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
