"""The daemon under test: the shipped configuration cut down to a scenario's targets, and what the
daemon says over its API."""

import json
import re
import signal
from pathlib import Path

import yaml

from fetch import get
from process import Process, until

BASE = "http://127.0.0.1:10980"
# The lab's pace. Nobody is annoyed by it here; shares between the values are as shipped.
PACE = {"interval": "5s", "jitter": "5%", "timeout": "2s", "confirm_after": "1s", "deep_every": "15s",
        "rate": "500/s", "address_rate": "6000/min", "residual": "7s"}
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


def _text(seconds):
    return f"{round(seconds * 1000)}ms"


def configuration(source, targets, more_targets, schedule, more, settings=None):
    """The text of the scenario's reachd.yaml. `more_targets`: those that the source lacks; `more`: what
    else it sets, by top-level key; `settings`: what else it sets of a target."""
    config = yaml.safe_load(Path(source).read_text(encoding="utf-8"))
    config["schedule"] = {**config.get("schedule", {}), **PACE}
    for key in ("interval", "timeout", "deep_every", "residual"):
        if key in schedule:
            config["schedule"][key] = _text(schedule[key])
    for target in more_targets:
        service = next(s for s in config["services"] if s["name"] == target["service"])
        service["targets"].append({k: v for k, v in target.items() if k != "service"})
    settings = settings or {}
    for service in config["services"]:
        ids = {f"{service['name']}/{target['name']}": target for target in service["targets"]}
        service["targets"] = [{**target, **settings.get(name, {})}
                              for name, target in ids.items() if name in targets]
    config["services"] = [service for service in config["services"] if service["targets"]]
    config["tls"] = {"ca_file": "/run/trust.pem"}
    config["state"] = {"directory": "/run/reachd-state"}
    for key, value in more.items():
        config[key] = {**config.get(key, {}), **value} if isinstance(value, dict) else value
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


class Vantage:
    def __init__(self, binary, logs):
        self.binary, self.logs = binary, logs
        self.config = Path("/run/reachd.yaml")
        self.process = None
        self.environment = {}

    def prepare(self, text, trouble, pki):
        """Writes the configuration and the trust store; the scenario's `vantage:` troubles."""
        self.config.write_text(text)
        (self.logs / "reachd.yaml").write_text(text)
        pki.trust(Path("/run/trust.pem"), trouble.get("trust"))
        if trouble.get("timestamps") == "off":
            Path("/proc/sys/net/ipv4/tcp_timestamps").write_text("0")
        if "clock" in trouble:
            self.environment = {"LD_PRELOAD": FAKETIME, "FAKETIME": trouble["clock"],
                                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}

    def start(self):
        words = ["env", *(f"{k}={v}" for k, v in self.environment.items())] if self.environment else []
        self.process = Process([*words, self.binary, "run", "--config", self.config],
                               self.logs / "reachd.log")
        if not until(lambda: not self.process.alive() or get(BASE + "/-/healthy")[0] == 200, 15, 0.05):
            raise RuntimeError("the daemon does not become healthy")
        if not self.process.alive():
            raise RuntimeError(f"the daemon ends: see {self.logs}/reachd.log")

    def stop(self):
        return self.process.stop(signal.SIGTERM)

    def kill(self):
        """As the kernel does when memory is short: at once, and nothing is said."""
        self.process.stop(signal.SIGKILL)

    def reload(self):
        self.process.send(signal.SIGHUP)

    def pause(self, stopped):
        self.process.send(signal.SIGSTOP if stopped else signal.SIGCONT)

    def ask(self, path):
        """What the API answers there, or None."""
        status, body = get(BASE + path)
        return json.loads(body) if status == 200 else None

    def target(self, name):
        return self.ask(f"/api/v1/targets/{name}") or {}

    def state(self):
        """The vantage's own state, as the metrics tell it; None if they do not."""
        found = re.search(r'^reachd_vantage_status\{status="(\w+)"\} 1$', get(BASE + "/metrics")[1],
                          re.MULTILINE)
        return found and found[1]

    def events(self):
        """The events so far; None if the daemon keeps none."""
        answer = self.ask("/api/v1/events")
        return answer["events"] if answer is not None else None
