"""Debian's Prometheus over a past that was made up, with what the rules would have recorded."""

import subprocess
import time
from pathlib import Path

import made_world
from fetch import get
from process import Process, until

BASE = "http://127.0.0.1:9090"
# Rules read what other rules record: as many passes as the longest such chain has links.
PASSES = 3


class History:
    def __init__(self, folder, rules, log):
        self.folder, self.rules, self.log = Path(folder), rules, log
        self.end = int(time.time()) // made_world.STEP * made_world.STEP
        self.began = self.end - (made_world.MINUTES - 1) * made_world.STEP

    def make(self):
        """Leaves a Prometheus that serves it."""
        text = self.folder / "made.txt"
        text.write_text(made_world.write(self.end))
        self._promtool("create-blocks-from", "openmetrics", text, self.folder / "data")
        text.unlink()
        self.start()
        for _ in range(PASSES):
            self._promtool("create-blocks-from", "rules", f"--start={self.began}", f"--end={self.end}",
                           f"--url={BASE}", f"--output-dir={self.folder / 'data'}", "--eval-interval=60s",
                           *self.rules)
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
