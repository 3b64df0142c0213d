"""The daemon under test with a web.yml of its own, on every address of its namespace."""

import crypt
import re
import signal
import subprocess
from pathlib import Path

from pki import Pki
from process import Process

NAME = "reachd.test"
PORT = 10980
CONFIG = """
listen: 0.0.0.0:{port}
web: {{config_file: web.yml}}
state: {{directory: {folder}/state}}
schedule: {{interval: 5s, timeout: 1s, confirm_after: 1s}}
services:
  - name: here
    targets:
      - {{name: prometheus, url: "tcp://127.0.0.1:9090"}}
"""


def bcrypt(password):
    return crypt.crypt(password, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1 << 10))


class Guarded:
    def __init__(self, binary, logs):
        self.binary, self.folder = binary, Path("/run/reachd")
        self.log = logs / "reachd.log"
        self.folder.mkdir()
        (self.folder / "state").mkdir()
        self.pki = Pki("/run/pki")
        self.config = self.folder / "reachd.yaml"
        self.config.write_text(CONFIG.format(port=PORT, folder=self.folder))

    def write_web(self, label, users, more=""):
        """web.yml with a certificate of that label, and {user: password}."""
        chain = self.pki.chain([NAME], "ecdsa", label)
        hashes = "".join(f"  {user}: {bcrypt(password)}\n" for user, password in users.items())
        (self.folder / "web.yml").write_text(
            f"tls_server_config: {{cert_file: {chain}, key_file: {self.pki.key('ecdsa')}}}\n"
            f"basic_auth_users:\n{hashes}{more}")

    def start(self):
        self.process = Process([self.binary, "run", "--config", self.config], self.log)

    def reload(self):
        """Returns when it has been carried out, or not."""
        before = self.said().count('stays in force') + self.said().count('is in force')
        self.process.send(signal.SIGHUP)
        return lambda: self.said().count('stays in force') + self.said().count('is in force') > before

    def said(self):
        return self.log.read_text(encoding="utf-8")

    def check(self):
        """(exit status, output) of `reachd check`."""
        return self._run("check", "--config", self.config)

    def status(self, *words):
        """(exit status, output) of `reachd status`; names are looked up in /etc/hosts."""
        return self._run("status", *words)

    def _run(self, *words):
        done = subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr


class Curl:
    """curl, on its way to the daemon."""

    def __init__(self, root):
        self.words = ["curl", "--silent", "--show-error", "--max-time", "10", "--cacert", str(root),
                      "--resolve", f"{NAME}:{PORT}:127.0.0.1", "--include"]

    def get(self, path, *words, scheme="https"):
        """(status, header and body); status 0 without an answer."""
        done = subprocess.run([*self.words, *words, f"{scheme}://{NAME}:{PORT}{path}"],
                              capture_output=True, text=True, timeout=20)
        found = re.match(r"HTTP/\S+ (\d+)", done.stdout)
        return (int(found[1]) if found else 0), done.stdout + done.stderr
