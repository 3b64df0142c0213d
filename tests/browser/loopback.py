"""A daemon on this machine's loopback, inside a network namespace that has nothing else."""

import json
import re
import signal
from pathlib import Path

from fetch import get
from process import Process, until


class Daemon:
    def __init__(self, binary, logs, name, text):
        self.folder = Path(f"/run/{name}")
        (self.folder / "state").mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "reachd.yaml"
        self.config.write_text(
            f"listen: 127.0.0.1:0\nstate: {{directory: {self.folder}/state}}\n" + text)
        self.binary, self.log, self.base = binary, Path(logs) / f"{name}.log", ""
        self.process = None

    def start(self):
        self.log.unlink(missing_ok=True)
        self.process = Process([self.binary, "run", "--config", self.config], self.log)

        def listens():
            found = re.search(r'listening.*?(http://127\.0\.0\.1:\d+)', self.log.read_text())
            return found and found[1]
        self.base = until(listens, 60)
        if not self.base or not until(lambda: get(self.base + "/-/healthy")[0] == 200, 30):
            raise RuntimeError(f"the daemon does not start: see {self.log}")

    def ask(self, path):
        status, body = get(self.base + path)
        return json.loads(body) if status == 200 else {}

    def stop(self):
        return self.process.stop(signal.SIGTERM)
