"""The lab's certificates: made once, kept in build/lab, shared by all worlds side by side."""

import base64
import datetime
import fcntl
import hashlib
import subprocess
from contextlib import contextmanager

from pki import Pki
from plan import SOURCE

GENERATION = 2  # of what is made below: a folder of an earlier one is not used
STRANGERS = ("stranger", "mitm", "inspection")


@contextmanager
def _alone(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Certificates(Pki):
    """They last 30 days; each week has a folder of its own, so none is ever near its end."""

    def __init__(self, top=None):
        year, week, _ = datetime.date.today().isocalendar()
        folder = (top or SOURCE / "build/lab/pki") / f"{year}-{week:02}-{GENERATION}"
        self._lock = folder.parent / "lock"
        with _alone(self._lock):
            super().__init__(folder, STRANGERS)

    def chain(self, names, kind, label="good", days=30, issuer="intermediate"):
        chain = self.folder / f"{names[0]}-{kind}-{label}.chain"
        if not chain.exists():
            with _alone(self._lock):
                super().chain(names, kind, label, days, issuer)
        return chain

    @staticmethod
    def pin(key):
        """What a configuration's `pins` calls the key of that file."""
        public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True,
                                capture_output=True).stdout
        return "sha256//" + base64.b64encode(hashlib.sha256(public).digest()).decode()

    def trust(self, path, words):
        """Writes the vantage's trust store. `words`: None, `empty` or `with_mitm_ca`."""
        names = {None: ["root"], "empty": ["stranger"], "with_mitm_ca": ["root", "mitm"]}[words]
        path.write_text("".join((self.folder / f"{name}.pem").read_text() for name in names))
