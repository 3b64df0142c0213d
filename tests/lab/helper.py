"""`reachd helper` on the free side, in a place of its own next to the servers, where the vantage's
resolver and censors have no say."""

import re
import subprocess
from pathlib import Path

import yaml

from network import enter
from plan import HELPER, NON_RESOLVER
from process import Process

PORT = 443


def can_help(binary):
    """Whether this reachd knows the command."""
    done = subprocess.run([binary, "--help"], capture_output=True, text=True, check=False)
    return re.search(r"^\s+helper\b", done.stdout, re.MULTILINE) is not None


class Helper:
    def __init__(self, plan, pki, logs):
        self.plan, self.pki, self.logs = plan, pki, logs
        self.token, self.config = Path("/run/helper.token"), Path("/run/helper.yaml")
        self.address = plan.addresses[HELPER][0]
        self.process = None

    def settings(self):
        """What the daemon's configuration says about it."""
        return {"controls": {
            "non_resolver": NON_RESOLVER,
            "helper": {"url": f"https://{HELPER}/", "address": self.address,
                       "token_file": str(self.token)}}}

    def prepare(self):
        self.token.write_text("the-token-of-the-lab\n")
        self.token.chmod(0o600)

    def start(self, binary):
        chain = self.pki.chain([HELPER], "ecdsa")
        self.config.write_text(yaml.safe_dump({
            "helper": {"listen": f"{self.address}:{PORT}", "token_file": str(self.token),
                       "certificate_file": str(chain), "key_file": str(self.pki.key("ecdsa")),
                       "rate": "1000/s", "client_rate": "10000/min"},
            "tls": {"ca_file": str(self.pki.root)}}))
        resolv_conf = Path("/run/helper.resolv.conf")
        resolv_conf.write_text(f"nameserver {self.plan.resolvers[0]}\n")
        self.process = Process(
            [*enter("outside"), "unshare", "--mount", "sh", "-c",
             f"mount --bind {resolv_conf} /etc/resolv.conf && exec \"$@\"", "-",
             binary, "helper", "--config", self.config], self.logs / "helper.log")
