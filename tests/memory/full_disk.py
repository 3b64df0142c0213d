"""The disk is full, and then it is not: probing and metrics go on meanwhile, the fault is counted and
told once, and what was confirmed meanwhile is kept as soon as there is space."""

import math
import os
import statistics
import subprocess
import time

from archive import Archive, judge
from look import look
from process import until
from scene import RULES, STATE

SIZE = "32m"
RULE = "one-name"
TARGET = RULES[RULE][0]
PATIENCE = 60        # seconds for a change to be confirmed
SAVED = 4.0          # seconds after which everything confirmed is kept
TROUBLES = ("reachd_archive_errors_total", "reachd_store_errors_total")
LINES = ("archive_failed", "store_failed", "archive_recovered", "store_recovered")


class Disk:
    """A small file system for the daemon's state."""

    def __init__(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", STATE], check=True)
        self.ballast = STATE / "ballast"

    def fill(self):
        with open(self.ballast, "ab", buffering=0) as ballast:
            for size in (1 << 20, 65536, 4096, 512, 1):
                try:
                    while True:
                        ballast.write(b"x" * size)
                except OSError:
                    continue

    def free(self):
        self.ballast.unlink()

    def left(self):
        usage = os.statvfs(STATE)
        return usage.f_bavail * usage.f_frsize


class Story:
    def __init__(self, scene, report):
        self.scene, self.report, self.disk = scene, report, Disk()
        self.looks = lambda: look(scene.vantage)

    def total(self, name):
        seen = self.looks()
        return seen and seen.total(name)

    def grows(self, name, patience=PATIENCE):
        before = self.total(name) or 0
        return until(lambda: (self.total(name) or 0) > before, patience, 0.3)

    def state(self):
        seen = self.looks()
        return seen and seen.states.get(TARGET)

    def archived(self):
        return sum(path.stat().st_size for path in (STATE / "archive").glob("*.jsonl"))

    def lines(self):
        """The log so far."""
        return self.scene.log.read_text(errors="replace").splitlines()

    def begin(self):
        self.scene.spawn()
        self.report("the daemon answers, with its state on a small disk", until(self.looks, 15, 0.1))
        self.report("every target is confirmed as ok", until(
            lambda: all(self.looks().states[t] == "ok" for t in self.scene.targets), PATIENCE, 0.3))
        self.report("measurements are archived", until(lambda: self.archived() > 0, 15, 0.3))

    def suffer(self):
        report = self.report
        before = {name: self.total(name) for name in TROUBLES}
        report("errors are counted from the start", all(v == 0 for v in before.values()), str(before))
        self.quiet = len(self.lines())
        self.disk.fill()
        for name in TROUBLES:
            report(f"the disk is full: {name} grows", until(
                lambda: (self.total(name) or 0) > (before[name] or 0), PATIENCE, 0.3))
        report("rounds go on", self.grows("reachd_rounds_total"))
        self.scene.rule(RULE, True)
        report("a block is confirmed all the same", until(
            lambda: self.state() in ("blocked", "likely_blocked"), PATIENCE, 0.3), str(self.state()))
        report("its alert is told all the same", until(lambda: any(
            alert["labels"].get("target") == TARGET.partition("/")[2]
            for told in self.scene.receiver.notifications() for alert in told["alerts"]), 20, 0.3))
        # Not the slowest: a machine that stands still makes one of them take as long as it does.
        scrapes = [self.scraped() for _ in range(20)]
        usual = statistics.median(scrapes)
        report(f"scrapes are swift: {usual * 1000:.0f} ms is the median of 20", usual < 1, str(scrapes))
        report("and all are answered", max(scrapes) < math.inf, str(scrapes))
        report("the disk is full still", self.disk.left() < 4096, str(self.disk.left()))

    def scraped(self):
        began = time.monotonic()
        if self.looks() is None:
            return math.inf
        return time.monotonic() - began

    def heal(self):
        report = self.report
        size = self.archived()
        self.disk.free()
        report("there is space: the archive grows again", until(lambda: self.archived() > size, PATIENCE, 0.3))
        report("and the store writes again", until(lambda: self.total("reachd_store_up") == 1, PATIENCE, 0.3))
        totals = {name: self.total(name) for name in TROUBLES}
        time.sleep(SAVED)
        report("no error is counted any more", {name: self.total(name) for name in TROUBLES} == totals,
               f"{totals} became {[self.total(name) for name in TROUBLES]}")
        after = self.lines()[self.quiet:]
        for word in LINES:
            told = [line for line in after if f" {word} " in line]
            report(f"one line of the log says {word}", len(told) == 1, f"{len(told)} do")

    def survive(self):
        """What was confirmed on a full disk is there after a kill."""
        report = self.report
        seen = self.looks()
        event = next((e for e in seen.events for m in e["members"] if m["target"] == TARGET), None)
        self.scene.kill()
        self.scene.spawn()
        again = until(self.looks, 15, 0.02)
        report("killed, it knows the block that was confirmed meanwhile",
               event is not None and again is not None and event in again.events and
               again.states[TARGET] == seen.states[TARGET],
               f"{event}; {again and again.events}")
        pages = [1 for told in self.scene.receiver.notifications() for alert in told["alerts"]
                 if alert["status"] == "firing"]
        report("it was told once", len(pages) == 1, str(len(pages)))
        report("it stops cleanly", self.scene.vantage.stop() == 0)
        archive = Archive(STATE / "archive")
        faults = archive.check()
        report(f"the archive can be read: {len(archive.uids)} measurements", archive.uids and not faults
               and not archive.torn, "; ".join(faults[:5]) or f"{archive.torn} torn")
        status, lines = judge(self.scene.vantage.binary, archive.folder)
        report("all of it can be judged again", status == 0 and len(lines) == len(archive.uids),
               f"exit status {status}, {len(lines)} verdicts")


def play(scene, report):
    story = Story(scene, report)
    story.begin()
    story.suffer()
    story.heal()
    story.survive()
