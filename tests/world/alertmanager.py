"""Debian's Alertmanager on loopback, telling a receiver of its notifications."""

import json
import re
import shutil
from pathlib import Path

from fetch import get
from process import Process, until

BASE = "http://127.0.0.1:9093"
# As swift as the worlds of the tests: what takes half a minute and five outside takes seconds here.
PACE = {"group_wait": "3s", "group_interval": "3s"}
MEMORY = Path("/run/alertmanager")
REPEAT = "1h"  # no test lasts so long: a page that comes twice is never only a reminder


class Alertmanager:
    def __init__(self, logs, place=()):
        """`place`: the words before a command that is to run where it shall listen."""
        self.place, self.log = list(place), Path(logs) / "alertmanager.log"
        self.process = None

    def prepare(self, receiver_url, pace=None):
        """A configuration and an empty memory. Alerts of one name are one notification, as most people
        set it. `pace`: what differs from PACE."""
        shutil.rmtree(MEMORY, ignore_errors=True)
        route = {"receiver": "tests", "group_by": ["alertname"], "repeat_interval": REPEAT,
                 **PACE, **(pace or {})}
        # Written as JSON, which is YAML too.
        Path("/run/alertmanager.yml").write_text(json.dumps({
            "route": route,
            "receivers": [{"name": "tests", "webhook_configs": [
                {"url": receiver_url, "send_resolved": True}]}]}))

    def start(self):
        """Returns when it is ready. What it knew when it was stopped it knows again."""
        self.process = Process(
            [*self.place, "prometheus-alertmanager", "--config.file=/run/alertmanager.yml",
             f"--storage.path={MEMORY}", "--web.listen-address=127.0.0.1:9093",
             "--cluster.listen-address="], self.log)
        if not until(lambda: get(f"{BASE}/-/ready")[0] == 200 or not self.process.alive(), 20):
            raise RuntimeError(f"alertmanager does not become ready: see {self.log}")
        if not self.process.alive():
            raise RuntimeError(f"alertmanager ends: see {self.log}")

    def stop(self):
        self.process.stop()

    def looked(self):
        """How often it has looked up when a group was last told, which it does once each time the group
        is due. What was told the time before is in its memory by then, and outlives a `stop`."""
        _, body = get(f"{BASE}/metrics")
        found = re.search(r"^alertmanager_nflog_queries_total (\S+)$", body, re.MULTILINE)
        if not found:
            raise RuntimeError(f"alertmanager counts no looks: {body[:1000]}")
        return int(float(found[1]))

    def alerts(self):
        """What it holds as firing."""
        status, body = get(f"{BASE}/api/v2/alerts")
        if status != 200:
            raise RuntimeError(f"alertmanager answers {status}: {body}")
        return json.loads(body)
