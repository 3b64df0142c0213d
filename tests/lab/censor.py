"""The censor program as a part of a world: its file, its life, its control socket."""

import json
import os
import signal
import socket
from pathlib import Path

from network import WIRES, enter
from plan import DELAYS, SOURCE
from process import PATIENCE, Process, until

SOCKET = "/run/censor.sock"


def binary():
    """The program: LAB_CENSOR names it, or it is the release build's."""
    named = os.environ.get("LAB_CENSOR")
    return Path(named) if named else SOURCE / "build/release/tests/lab/censor/lab_censor"


class Censor:
    def __init__(self, logs):
        self.log = logs / "censor.log"
        self.file = Path("/run/censor.json")
        self.process = None

    def start(self, rules, seed=1):
        wires = [{"name": wire, "inside": f"{wire}-in", "outside": f"{wire}-out",
                  "delay_us": [{"prefix": p, "us": us} for p, us in DELAYS[wire].items()]}
                 for wire in WIRES]
        self.file.write_text(json.dumps(
            {"control": SOCKET, "seed": seed, "wires": wires, "rules": rules}))
        self.process = Process([*enter("wires"), binary(), self.file], self.log)
        if not until(lambda: "ready" in self.log.read_text() or not self.process.alive(), PATIENCE, 0.01):
            raise RuntimeError("the censor does not begin")
        if not self.process.alive():
            raise RuntimeError(f"the censor ends: {self.log.read_text().strip()}")

    def ask(self, command):
        """The program's answer to one command; an error of its is an exception here."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(SOCKET)
            line.sendall(command.encode() + b"\n")
            answer = line.makefile(encoding="utf-8").readline().strip()
        if answer.startswith("error") or not answer:
            raise RuntimeError(f"censor: {command}: {answer or 'no answer'}")
        return answer

    def counters(self):
        return json.loads(self.ask("counters"))

    def stop(self):
        """Its exit status; anything but 0 is a fault of the lab."""
        return self.process.stop(signal.SIGTERM)
