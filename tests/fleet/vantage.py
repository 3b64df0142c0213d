"""One vantage: a daemon in a place of its own that pushes to both centres, and is asked nothing."""

import json
import secrets
import signal
from pathlib import Path

from network import HELPER, enter
from process import Process
from world import HELPER_NAME, HELPER_TOKEN

INTERVAL = 5  # seconds between pushes, and between rounds
WHERE = {"shanghai-1": ("CN", 4134), "beijing-1": ("CN", 4837), "frankfurt-1": ("DE", 3320)}


class Vantage:
    def __init__(self, name, binary, world):
        self.name, self.binary, self.world = name, binary, world
        self.token = secrets.token_urlsafe(24)
        self.folder = Path(f"/run/vantages/{name}")
        self.folder.mkdir(parents=True)
        self.log = world.logs / f"reachd-{name}.log"

    def start(self):
        (self.folder / "push-token").write_text(self.token + "\n")
        (self.folder / "helper-token").write_text(HELPER_TOKEN + "\n")
        country, asn = WHERE[self.name]
        config = {
            "vantage": {"name": self.name, "country": country, "asn": asn},
            "schedule": {"interval": f"{INTERVAL}s", "timeout": "2s", "confirm_after": "1s",
                         "deep_every": "20s", "residual": "1s", "rate": "100/s",
                         "address_rate": "1000/min"},
            "tls": {"ca_file": str(self.world.pki.root)},
            "state": {"directory": str(self.folder / "state")},
            "controls": {"domestic": ["https://portal.example/"],
                         "foreign": ["https://www.iana.example/", "https://www.ietf.example/"],
                         "helper": {"url": f"https://{HELPER_NAME}/", "address": HELPER,
                                    "token_file": "helper-token"}},
            "services": [
                {"name": "news", "targets": [{"name": "web", "url": "https://www.news.example/"}]},
                {"name": "shop", "targets": [{"name": "web", "url": "https://www.shop.example/"}]}],
            "remote_write": [
                {"name": centre, "url": f"https://{centre}.example/api/v1/write",
                 "token_file": "push-token", "interval": f"{INTERVAL}s"}
                for centre in ("prometheus", "victoria")],
        }
        path = self.folder / "reachd.yaml"
        path.write_text(json.dumps(config))
        self.process = Process([*enter(self.name), self.binary, "run", "--config", path], self.log)

    def stop(self):
        return self.process.stop(signal.SIGTERM)
