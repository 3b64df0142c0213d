"""Healthy, blocked, restarted, forged answers, offline: one world of the lab, one daemon, in this order."""

import signal
from pathlib import Path

import past
import scenario as scenarios
from browser import Browser, look
from plan import Plan
from process import until
from vantage import BASE, Vantage, configuration
from world import World

STATE = Path("/run/reachd-state")
PATIENCE = 150  # seconds for a change to be confirmed
SCENARIO = """
id: B0
title: what a person may see on the status page
class: B
targets: [google-search/web, gmail/web, gmail/imap, apple/web, apple/app-store, microsoft/web,
          facebook/web, amazon/web, amazon/s3]
censor:
  - name: names
    at: border
    on_path: true
    enabled: false
    match: {port: 443, tls: {sni: facebook/web}}
    act: {reset: {to: both, flags: R, ip_id: 0, df: false}}
  - name: injector
    at: access
    enabled: false
    match: {dns: {name: google-search/web}}
    act: {dns: {answers: [[31.13.94.37], [104.244.46.21]]}}
  - name: line
    at: access
    enabled: false
    match: {}
    act: {drop: packet}
expect: {}
"""
TROUBLES = {"facebook/web": [(200, 120, "blocked", 1.0), (9, 8, "blocked", 0.9)],
            "google-search/web": [(400, 380, "blocked", 0.4)],
            "amazon/s3": [(60, 59, "down", 1.0)],
            "gmail/imap": [(13, 12.5, "impaired", 0.5)]}


class States:
    def __init__(self, binary, logs, pictures):
        self.logs, self.pictures = logs, pictures
        plan = Plan()
        self.scenario = scenarios.parse(SCENARIO, "lab_states.py", plan)
        self.world, self.vantage = World(plan, logs), Vantage(binary, logs)
        self.world.start({}, self.scenario.censor, self.scenario.targets, binary=binary)
        STATE.mkdir(exist_ok=True)
        self.vantage.prepare(
            configuration(plan.config, self.scenario.targets, [], {}, {
                **self.world.settings(), "state": {"directory": str(STATE)},
                "vantage": {"name": "shanghai-1", "country": "CN", "asn": 4134}}),
            {}, self.world.pki)
        self.world.censor.ask("epoch")

    def rule(self, name, on):
        self.world.censor.ask(f"{'enable' if on else 'disable'} {name}")

    def state_of(self, target):
        return self.vantage.target(target).get("state", {}).get("status")

    def all_are(self, wanted):
        """Every target is confirmed to be that: {target: status}, the others ok."""
        def reached():
            return all(self.state_of(t) == wanted.get(t, "ok") for t in self.scenario.targets)
        return self.check(f"the world comes to {wanted or 'all ok'}", until(reached, PATIENCE))

    def check(self, title, good):
        print(f"{'ok' if good else 'not ok'} - {title}", flush=True)
        return good

    def look(self, state):
        look(state, BASE, self.pictures, self.logs)

    def remember(self):
        """The daemon makes its store, ends, and finds a month in it when it begins again."""
        self.vantage.start()
        until(lambda: (STATE / "state.sqlite").exists(), 10)
        self.vantage.stop()
        past.write(STATE, self.scenario.targets, TROUBLES)
        self.vantage.start()

    def change_under_an_open_page(self):
        browser = Browser("live", BASE, self.pictures, self.logs)
        browser.until("open")
        self.rule("names", True)
        self.all_are({"facebook/web": "blocked"})
        browser.go_on()
        browser.finish("live")

    def restart(self):
        """An open page while the daemon is gone, and when it is back."""
        browser = Browser("restart", BASE, self.pictures, self.logs)
        if browser.until("open"):
            self.vantage.process.stop(signal.SIGKILL)
            browser.go_on()
            browser.until("stale")
            self.vantage.start()
            browser.go_on()
        browser.finish("restart")


def play(binary, logs, pictures):
    states = States(binary, logs, pictures)
    states.remember()
    states.all_are({})
    states.look("healthy")
    states.change_under_an_open_page()
    states.look("sni")
    states.restart()
    states.rule("names", False)
    states.rule("injector", True)
    states.all_are({"google-search/web": "blocked"})
    states.look("injection")
    states.rule("injector", False)
    states.rule("line", True)
    gone = until(lambda: states.vantage.state() == "offline", PATIENCE)
    states.check("the vantage goes offline", gone)
    states.look("offline")
    states.check("the daemon ends as it should", states.vantage.stop() == 0)
