"""The world of these tests: targets that a censor blocks and frees in turn, an Alertmanager, and a
daemon in a hurry."""

import signal
from pathlib import Path

import scenario as scenarios
from alertmanager import BASE, Alertmanager
from plan import Plan
from process import Process
from receiver import Receiver
from vantage import Vantage, configuration
from world import World

STATE = Path("/run/reachd-state")
SCENARIO = """
id: K0
title: targets are blocked and freed in turn
class: B
targets: [facebook/web, facebook/instagram, amazon/web, google-search/web, apple/web]
schedule: {interval: 5s, timeout: 2s, deep_every: 30s, residual: 1s}
censor:
  - name: two-names
    at: border
    on_path: true
    enabled: false
    match: {port: 443, tls: {sni: [facebook/web, facebook/instagram]}}
    act: {reset: {to: both}}
  - name: one-name
    at: border
    on_path: true
    enabled: false
    match: {port: 443, tls: {sni: amazon/web}}
    act: {reset: {to: both}}
  - name: injector
    at: access
    enabled: false
    match: {dns: {name: google-search/web}}
    act: {dns: {answers: [[31.13.94.37], [104.244.46.21]]}}
expect: {}
"""
RULES = {"two-names": ["facebook/web", "facebook/instagram"], "one-name": ["amazon/web"],
         "injector": ["google-search/web"]}


class Scene:
    def __init__(self, binary, logs):
        self.plan, self.logs = Plan(), logs
        self.scenario = scenarios.parse(SCENARIO, "scene.py", self.plan)
        self.world = World(self.plan, logs)
        self.vantage = Vantage(binary, logs)
        self.receiver = Receiver()
        self.alertmanager = Alertmanager(logs)
        self.log = logs / "reachd.log"

    @property
    def targets(self):
        return self.scenario.targets

    def build(self):
        """Everything but the daemon is up then."""
        self.world.start({}, self.scenario.censor, self.targets, binary=self.vantage.binary)
        self.alertmanager.prepare(self.receiver.url, {"group_wait": "1s", "group_interval": "1s"})
        self.alertmanager.start()
        text = configuration(
            self.plan.config, self.targets, [], self.scenario.schedule,
            {**self.world.settings(), "state": {"directory": str(STATE)},
             "alertmanager": {"urls": [BASE]}})
        self.vantage.prepare(text, {}, self.world.pki)
        STATE.mkdir(exist_ok=True)
        self.world.censor.ask("epoch")

    def spawn(self):
        """The daemon is begun; whether and when it answers is for the caller to see."""
        self.vantage.process = Process([self.vantage.binary, "run", "--config", self.vantage.config],
                                       self.log)

    def kill(self):
        self.vantage.process.stop(signal.SIGKILL)

    def alive(self):
        return self.vantage.process.alive()

    def rule(self, name, on):
        self.world.censor.ask(f"{'enable' if on else 'disable'} {name}")
