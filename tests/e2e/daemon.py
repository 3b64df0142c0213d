"""The daemon under test, its configuration, and what it answers over HTTP."""

import contextlib
import json
import re
import signal
import subprocess
from pathlib import Path

from fetch import get
from process import Process, until
from sink import Sink

BASE = "http://127.0.0.1:10980"

TIMEOUT = 5  # seconds of a step in the second pace: more than a machine stands still for

# A second pace, in which a fault is seen within seconds: the interval, and what must fit into it.
HASTY = {
    "interval": "6s", "timeout": f"{TIMEOUT}s", "confirm_after": "2s", "deep_every": "20s", "residual": "1s",
    "rate": "200/s", "address_rate": "2000/min",
}
# In which there are so many loops beside the first: every fault is met on some of them.
LANES = 2
# One round in the hasty pace, at its longest: interval, jitter, steps of ladder and diagnosis that run
# into their timeouts one after the other, the listening of a deep round.
HASTY_ROUND = 6 * 1.2 + 3 * TIMEOUT + 3

# Schemes that the shipped file has no target for; added while it runs, at hosts it has.
EXTRA = """
  - name: extra
    targets:
      - {name: imap-starttls, url: imap://imap.gmail.com, starttls: required}
      - {name: smtp, url: smtp://smtp.gmail.com, starttls: required}
      - {name: tls, url: tls://www.apple.com:443}
      - {name: tcp, url: tcp://www.apple.com:443}
"""
EXTRA_TARGETS = re.findall(r"name: ([\w-]+), url", EXTRA)


def _replace(text, pattern, value):
    text, count = re.subn(pattern, lambda _: value, text, flags=re.MULTILINE)
    if count != 1:
        raise RuntimeError(f"{count} places in the shipped configuration match {pattern}")
    return text


class Daemon:
    def __init__(self, binary, world):
        self.binary, self.world = binary, world
        self.config = Path("/run/reachd.yaml")
        self.log = world.logs / "reachd.log"

    def write_shipped(self):
        """The shipped file with nothing changed but whom it trusts and where its state is."""
        text = self.world.source.read_text(encoding="utf-8")
        text = _replace(text, r"ca_file: [^}\s]+", f"ca_file: {self.world.pki.root}")
        self._text = _replace(text, r"(?<=state: \{directory: )[^},\s]+", "/run/reachd-state")
        Path("/run/reachd-state").mkdir(exist_ok=True)
        self.config.write_text(self._text)

    def write_more(self):
        """The shipped file with more targets, and somebody to push to."""
        self._sink = Sink()
        self._text = _replace(self._text, r"^services:$",
                              f"remote_write: {{url: '{self._sink.url}'}}\nservices:{EXTRA}")
        self.config.write_text(self._text)

    def write_hasty(self):
        text = self._text
        for key, value in HASTY.items():
            text = _replace(text, rf"^  {key}: \S+", f"  {key}: {value}")
        self.config.write_text(_replace(text, "^schedule:$", f"schedule:\n  threads: {1 + LANES}"))

    def write_calm(self):
        """As it was before the hasty pace."""
        self.config.write_text(self._text)

    def write_bad(self):
        self.config.write_text(_replace(self._text, r"^schedule:", "shedule:"))

    def start(self):
        self.process = Process([self.binary, "run", "--config", self.config], self.log)

    def threads(self):
        """{thread: its processor time in seconds}"""
        spent = {}
        for task in Path(f"/proc/{self.process.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):  # it may end while it is looked at
                spent[task.name] = int((task / "schedstat").read_text().split()[0]) / 1e9
        return spent

    def reload(self):
        self.process.send(signal.SIGHUP)

    def command(self, *words):
        """(exit status, output) of another run of the program."""
        done = subprocess.run([self.binary, *words], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def get(self, path):
        return get(BASE + path)

    def listed(self):
        """The ids in the API's list of targets."""
        status, body = self.get("/api/v1/targets")
        entries = json.loads(body)["targets"] if status == 200 else []
        return sorted(f"{entry['service']}/{entry['target']}" for entry in entries)

    def last_round(self, target):
        pattern = (r"^reachd_last_round_timestamp_seconds\{(?=[^}]*\btarget=\"" + target.name +
                   r"\")(?=[^}]*service_name=\"" + target.service + r"\")[^}]*\} (\S+)$")
        found = re.search(pattern, self.get("/metrics")[1], re.MULTILINE)
        return found and float(found[1])

    def await_round(self, target, patience=60):
        """Returns just after a round of this target: the best moment to change its world, since none
        is under way."""
        before = self.last_round(target)
        return until(lambda: self.last_round(target) != before, patience, pause=0.05)
