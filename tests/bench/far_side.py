"""The servers' side of the benchmarks: names, certificates, nginx and the stub, all on core 1."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from pki import Pki
from process import Process, listens, until

FAR = ["taskset", "-c", "1"]
if "BENCH_NICE" in os.environ:  # where something else is at work on the machine
    FAR += ["nice", "-n", os.environ["BENCH_NICE"]]
DEBIAN = Path("/etc/ssl/certs/ca-certificates.crt")
RESET, STALL, LATE = 9001, 9002, 9003
# How soon a core must be able to run again, by the kernel: "n/a" keeps it from sleeping.
PATIENCE = Path("/sys/devices/system/cpu/cpu1/power/pm_qos_resume_latency_us")
# A certificate for each name of the zones that finish a handshake: t0 to t9999 of ok, …
CERTIFIED = {"ok": 10_000, "late": 1_300}

NGINX = """
user root; daemon off; worker_processes 1; worker_rlimit_nofile 60000;
pid {folder}/nginx.pid; error_log {folder}/nginx.err error;
events {{ worker_connections 30000; multi_accept on; }}
http {{
  default_type text/html; access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  ssl_protocols TLSv1.3; ssl_certificate_key {key};
  server_names_hash_max_size 131072; server_names_hash_bucket_size 128;
  root {folder}/www;
  server {{ listen 80 backlog=8192; }}
  server {{ listen 443 ssl backlog=8192 default_server; ssl_reject_handshake on; }}
  include {folder}/names.conf;
}}
"""
# A server a name: nginx reads its certificate once, at the start. One that it looks up by a variable
# it would read from the file, or from the text, in each handshake, which takes three times as long.
NAME = "server {{ listen 443; server_name {name}; ssl_certificate {leaves}/{name}.pem; {more} }}\n"
LATER = "location / {{ proxy_pass http://127.0.0.1:{late}; proxy_read_timeout 60s; }}"


HOLE = """
table ip hole {
  chain in {
    type filter hook input priority 0
    ip daddr 127.2.0.0/16 drop
  }
}
"""


def _sysctl(**values):
    for key, value in values.items():
        Path("/proc/sys/net/" + key.replace("__", "/")).write_text(str(value))


class FarSide:
    def __init__(self, folder, tools):
        self.folder, self.tools, self.running = Path(folder), Path(tools), []
        self.clients = []  # what is measured, to be ended even if a part breaks off

    def start(self):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        _sysctl(ipv4__ip_local_port_range="12000 65000", core__somaxconn=8192,
                ipv4__tcp_max_syn_backlog=8192)
        # What goes to the hole is dropped on its way, as by a censor that blackholes.
        subprocess.run(["nft", "-f", "-"], check=True, text=True, input=HOLE)
        resolv = self.folder / "resolv.conf"
        resolv.write_text("nameserver 127.0.0.53\n")
        subprocess.run(["mount", "--bind", resolv, os.path.realpath("/etc/resolv.conf")], check=True)
        leaves = self._certify()
        www = self.folder / "www"
        www.mkdir()
        page = "<!doctype html><title>bench</title>"
        (www / "index.html").write_text(page + "x" * (4096 - len(page)))
        conf = self.folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=self.folder, key=self.key))
        more = {"ok": "", "late": LATER.format(late=LATE)}
        (self.folder / "names.conf").write_text("".join(
            NAME.format(name=f"t{i}.{zone}.bench.test", leaves=leaves, more=more[zone])
            for zone, count in CERTIFIED.items() for i in range(count)))
        self._run("nginx", "-c", conf)
        self._run(self.tools / "world", 53, RESET, STALL, LATE, 8)
        if not until(lambda: listens("127.0.0.1", 443) and listens("127.0.0.1", LATE), 120):
            raise RuntimeError("the far side does not listen: " + (self.folder / "far.log").read_text())

    def stop(self):
        self.stop_clients()
        for process in self.running:
            process.stop()

    @contextmanager
    def awake(self):
        """Keeps the servers' core from sleeping while clients do as much as they can. Who sends to a core
        that sleeps pays for waking it, dearly in a virtual machine, which asks its host to: the bare loop
        is so fast that the servers never sleep, the others are not, and in life the servers are other
        machines. At leisure it would tell less: a core that never sleeps takes time from the other, where
        the host counts both."""
        try:
            before = PATIENCE.read_text().strip()
            PATIENCE.write_text("n/a")
        except OSError:
            print("the servers' core may sleep: this kernel keeps none awake", flush=True)
            yield
            return
        try:
            yield
        finally:
            PATIENCE.write_text(before)

    def stop_clients(self):
        while self.clients:
            self.clients.pop().stop()

    def _run(self, *words):
        self.running.append(Process([*FAR, *words], self.folder / "far.log"))

    def _certify(self):
        """The folder of the leaves: on P-256, each signed by the root itself, the shortest chain there is."""
        pki = Pki(self.folder / "pki", strangers=())
        leaves = self.folder / "leaves"
        leaves.mkdir()
        self.key = pki.key("ecdsa")
        counts = [str(word) for pair in CERTIFIED.items() for word in pair]
        subprocess.run([*FAR, self.tools / "leaves", pki.root, pki.key("root"), self.key, leaves, *counts],
                       check=True)
        self.small = pki.root
        self.bundle = self.folder / "bundle.pem"
        self.bundle.write_text(DEBIAN.read_text() + pki.root.read_text())
        return leaves
