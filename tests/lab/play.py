"""Plays one scenario, inside the namespaces it was started in: play.py SCENARIO BINARY FOLDER [KEEP].

KEEP: `keep` also records what passes the wires, `shell` gives a shell instead of a daemon. Writes
FOLDER/result.json; what it says is compared with the expectation by whoever reads it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import scenario as scenarios
import timeline
from alertmanager import BASE, Alertmanager
from passages import idle, passages
from plan import Plan
from process import until
from receiver import Receiver
from vantage import Vantage, configuration
from world import World

ROUNDS = 3       # of each target, unless the scenario says otherwise
LONGEST = 60     # seconds that one round may take at most


class Play:
    def __init__(self, path, binary, folder, keep):
        self.plan = Plan()
        self.scenario = scenarios.read(Path(path), self.plan)
        for target in self.scenario.more:
            self.plan.add(target["service"], target["name"], target["url"])
        self.folder, self.keep = Path(folder), keep
        self.world = World(self.plan, folder)
        self.vantage = Vantage(binary, self.folder)
        self.began = time.monotonic()
        self.rounds = {}  # target → {began: verdict} of every round seen
        self.receiver = self.alertmanager = None
        self.epoch = 0    # by the clock, when the daemon was started

    def build(self):
        scenario = self.scenario
        self.world.start(scenario.world, scenario.censor, scenario.targets, binary=self.vantage.binary,
                         observe=self.keep == "keep")
        common = {**self.world.settings(), **scenario.config}
        if "alerts" in scenario.expect:
            common = {**self._start_alertmanager(), **common}
        own = {name: self._own_keys(name, keys) for name, keys in scenario.settings.items()}
        text = configuration(self.plan.config, scenario.targets, scenario.more, scenario.schedule,
                             common, own)
        for name, content in scenario.files.items():
            self.vantage.config.with_name(name).write_text(content)
        self.vantage.prepare(text, scenario.world.get("vantage", {}), self.world.pki)

    def _own_keys(self, name, keys):
        """A target's further keys; `own` among its pins stands for the key that its servers have."""
        host = self.plan.targets[name].host
        pins = [self.world.pki.pin(self.world.sites.key(host)) if pin == "own" else pin
                for pin in keys.get("pins", [])]
        return {**keys, "pins": pins} if pins else keys

    def _start_alertmanager(self):
        """Returns what the daemon's configuration says of it."""
        self.receiver, self.alertmanager = Receiver(), Alertmanager(self.folder)
        self.alertmanager.prepare(self.receiver.url, self.scenario.alertmanager)
        self.alertmanager.start()
        return {"alertmanager": {"urls": [BASE]}}

    def play(self):
        self.build()
        up = time.monotonic() - self.began
        self.vantage.start()
        self.world.censor.ask("epoch")
        self.epoch = time.time()
        steps = timeline.Timeline(self.scenario.timeline, self.world, self.vantage, self.alertmanager)
        self._until_over(steps)
        result = self._result() | {"up": round(up, 2)}
        result["faults"] = [f"reachd ends with {status}" for status in [self.vantage.stop()] if status]
        if steps.waits_for is not None:
            result["faults"].append(f"what a step waits for has not come: {steps.waits_for}")
        result["counters"] = self.world.censor.counters()
        if self.world.censor.stop() != 0:
            result["faults"].append("the censor fails: see censor.log")
        result["seconds"] = round(time.monotonic() - self.began, 1)
        return result

    def _until_over(self, steps):
        """All steps are done, the duration (from the last chapter on) is over, and every target has had
        its rounds."""
        schedule = self.scenario.schedule
        wanted = schedule.get("rounds", ROUNDS)
        began = time.monotonic()

        def over():
            steps.advance(time.monotonic() - began, self._has_come)
            self._collect()
            return (steps.done and
                    time.monotonic() - began - steps.began >= schedule.get("duration", 0) and
                    all(len(rounds) >= wanted for rounds in self.rounds.values()))
        self.rounds = {name: {} for name in self.scenario.targets}
        until(over, schedule.get("duration", 0) + steps.patience + LONGEST * wanted, 0.1)

    def _has_come(self, wanted):
        """Whether there are so many events, alerts that have fired, and alerts that are resolved."""
        found = passages(self.receiver.notifications()) if self.receiver else []
        return (len(self.vantage.events() or []) >= wanted.get("events", 0) and
                all(sum(p.to == to for p in found) >= wanted.get(to, 0) for to in ("firing", "resolved")))

    def _collect(self):
        """Keeps every round that the API tells of: a restarted daemon may forget them."""
        for name, rounds in self.rounds.items():
            for told in self.vantage.target(name).get("rounds", []):
                rounds[told["began"]] = {"status": told["status"], "kinds": told["kinds"],
                                         "rule": told["rule"]}

    def _result(self):
        targets = {}
        for name in self.scenario.targets:
            told = self.vantage.target(name)
            targets[name] = {key: told.get(key) for key in ("status", "kinds", "locus", "rule", "reason")}
            targets[name]["rounds"] = list(self.rounds[name].values())
            (self.folder / f"{name.replace('/', '.')}.json").write_text(json.dumps(told, indent=1))
        return {"targets": targets, "vantage": self.vantage.state(), "events": self.vantage.events(),
                "alerts": self._alerts()}

    def _alerts(self):
        """What the receiver was told, in seconds since the daemon was started; None if there is none."""
        if self.receiver is None:
            return None
        notifications = self.receiver.notifications()
        (self.folder / "notifications.json").write_text(json.dumps(notifications, indent=1))
        found = passages(notifications)
        return {"idle": len(idle(notifications, found)),
                "passages": [{"at": round(p.at - self.epoch, 1), "to": p.to, "labels": dict(p.labels),
                              "notification": p.notification} for p in found]}

    def shell(self):
        self.build()
        print(f"{self.scenario.id}: {self.scenario.title}. The daemon is not running: "
              f"{self.vantage.binary} run --config /run/reachd.yaml")
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return subprocess.call(["bash", "--norc"], env={**os.environ, "PS1": f"[{self.scenario.id}] \\w # "})


def main(path, binary, folder, keep=""):
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    play = Play(path, binary, folder, keep)
    if keep == "shell":
        return play.shell()
    result = play.play()
    (play.folder / "result.json").write_text(json.dumps(result, indent=1))
    return 0


sys.exit(main(*sys.argv[1:]))
