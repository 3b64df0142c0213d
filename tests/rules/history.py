"""Debian's Prometheus over a past that was made up, with what the rules would have recorded."""

import re
import subprocess
import time
from pathlib import Path

import yaml

import made_world
from fetch import get
from process import Process, until

BASE = "http://127.0.0.1:9090"
RECORDED = re.compile(r"\b\w+:\w+:\w+\b")


def in_turns(rules, asked):
    """{record: expression} → the same in a list of dicts, of what is asked for and what that reads: each
    dict reads only what the ones before it have recorded."""
    reads = {record: set(rules) & set(RECORDED.findall(expression)) for record, expression in rules.items()}
    wanted, more = set(), set(asked) & set(rules)
    while more:
        wanted |= more
        more = set().union(*(reads[record] for record in more)) - wanted
    turns = []
    while wanted:
        ready = {record for record in wanted if not reads[record] & wanted}
        turns.append({record: rules[record] for record in ready})
        wanted -= ready
    return turns


class History:
    """`files` of rules; `asked`: the names of recorded series that somebody will ask for."""

    def __init__(self, folder, files, asked, log):
        self.folder, self.log = Path(folder), log
        groups = [group for file in files for group in yaml.safe_load(Path(file).read_text())["groups"]]
        rules = {rule["record"]: rule["expr"] for group in groups for rule in group["rules"] if "record" in rule}
        self.turns = in_turns(rules, asked)
        self.end = int(time.time()) // made_world.STEP * made_world.STEP
        self.began = self.end - (made_world.MINUTES - 1) * made_world.STEP

    def make(self):
        """Leaves a Prometheus that serves it."""
        text = self.folder / "made.txt"
        text.write_text(made_world.write(self.end))
        self._promtool("create-blocks-from", "openmetrics", text, self.folder / "data")
        text.unlink()
        self.start()
        for turn in self.turns:
            rules = self.folder / "rules.yml"
            rules.write_text(yaml.safe_dump({"groups": [{"name": "turn", "rules": [
                {"record": record, "expr": expression} for record, expression in turn.items()]}]}))
            self._promtool("create-blocks-from", "rules", f"--start={self.began}", f"--end={self.end}",
                           f"--url={BASE}", f"--output-dir={self.folder / 'data'}", "--eval-interval=60s",
                           rules)
            self.process.stop()  # it looks for new blocks when it starts
            self.start()

    def _promtool(self, *words):
        done = subprocess.run(["promtool", "tsdb", *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"promtool {words[:2]}: {done.stdout}{done.stderr}")

    def start(self):
        config = self.folder / "prometheus.yml"
        config.write_text("{}\n")
        self.process = Process(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'data'}",
             "--storage.tsdb.retention.time=2d", "--web.listen-address=127.0.0.1:9090"], self.log)
        if not until(lambda: get(f"{BASE}/-/ready")[0] == 200, 30):
            raise RuntimeError(f"prometheus does not become ready: see {self.log}")
