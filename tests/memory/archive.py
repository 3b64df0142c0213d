"""Reads the daemon's archive as anybody may: files of JSON lines, the closed days compressed."""

import hashlib
import json
import subprocess
from pathlib import Path


class Archive:
    """What was found whole once must stay as it is."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.whole = {}    # file → (bytes that were whole lines, their digest)
        self.uids = set()
        self.torn = 0      # how often a kill left half a line

    def files(self):
        return sorted(self.folder.glob("*.jsonl"))

    def check(self):
        """After a kill, before the next start. Returns faults."""
        faults = []
        for path in self.files():
            data = path.read_bytes()
            before, digest = self.whole.get(path.name, (0, hashlib.sha256()))
            if hashlib.sha256(data[:before]).digest() != digest.digest():
                faults.append(f"{path.name}: its first {before} bytes have changed")
            end = data.rfind(b"\n") + 1
            self.torn += end < len(data)
            faults += self._read(path.name, data[before:end])
            digest.update(data[before:end])
            self.whole[path.name] = (end, digest)
        return faults

    def _read(self, name, data):
        faults = []
        for line in data.splitlines():
            try:
                uid = json.loads(line)["measurement_uid"]
            except (ValueError, KeyError, TypeError) as error:
                faults.append(f"{name}: {error!r} in {line[:80]!r}")
                continue
            if uid in self.uids:
                faults.append(f"{name}: {uid} stands there twice")
            self.uids.add(uid)
        return faults


def judge(binary, folder):
    """(exit status, lines of the answer) of judging all that the archive holds afresh."""
    done = subprocess.run([binary, "judge", "--json", *sorted(Path(folder).glob("*.jsonl*"))],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()
