"""Debian's Prometheus, scraping the daemon each second with the shipped rules, and its query API."""

import json
import time
import urllib.parse
from pathlib import Path

from fetch import get
from process import Process, until

BASE = "http://127.0.0.1:9090"
RULES = Path(__file__).resolve().parents[2] / "deploy"
CONFIG = f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 5s}}
rule_files: ["{RULES}/prometheus/recording.yml", "{RULES}/prometheus/*-alerts.yml", "{RULES}/fleet/rules.yml"]
scrape_configs:
  - job_name: reachd
    static_configs:
      - targets: ["127.0.0.1:10980"]
        labels: {{vantage: here, country: CN, asn: "4134"}}
"""


class Prometheus:
    BASE = BASE

    def __init__(self, logs):
        self.log = logs / "prometheus.log"

    def start(self):
        config = Path("/run/prometheus.yml")
        config.write_text(CONFIG)
        self.process = Process(
            ["prometheus", f"--config.file={config}", "--storage.tsdb.path=/run/prometheus",
             "--web.listen-address=127.0.0.1:9090"], self.log)
        if not until(lambda: get(f"{BASE}/-/ready")[0] == 200, 30):
            raise RuntimeError(f"prometheus does not become ready: see {self.log}")

    def query(self, expression):
        """[(labels, value)] of an instant vector."""
        status, body = get(f"{BASE}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
        if status != 200:
            raise RuntimeError(f"prometheus answers {status} to {expression}: {body}")
        result = json.loads(body)["data"]["result"]
        return [(sample["metric"], float(sample["value"][1])) for sample in result]

    def targets(self, expression):
        """The ids of the targets in an instant vector."""
        return sorted(f"{labels['service_name']}/{labels['target']}"
                      for labels, _ in self.query(expression) if "target" in labels)

    def ailing_rules(self):
        """The names of the shipped rules that did not evaluate, with why."""
        status, body = get(f"{BASE}/api/v1/rules")
        groups = json.loads(body)["data"]["groups"] if status == 200 else []
        rules = [rule for group in groups for rule in group["rules"]]
        if not rules:
            return ["there are no rules"]
        return [f"{rule['name']}: {rule.get('lastError')}" for rule in rules if rule["health"] != "ok"]

    def await_scrape(self):
        """Returns when a scrape has ended that began after the call."""
        now = time.time()
        until(lambda: any(value > now for _, value in self.query('timestamp(up{job="reachd"})')), 15)
