"""What is measured, on core 0: one class a client, each with its CPU by the kernel's accounting."""

import json
import os
import re
import subprocess
import time
import urllib.request
from pathlib import Path

import rounds
from far_side import RESET, STALL
from process import Process, listens, until

NEAR = ["taskset", "-c", "0"]
if "BENCH_NICE" in os.environ:
    NEAR += ["nice", "-n", os.environ["BENCH_NICE"]]
TICK = os.sysconf("SC_CLK_TCK")
PORTS = {"reset": RESET, "stall": STALL}


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def kib(pid, key):
    return int(re.search(rf"^{key}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M).group(1))


def url_of(scheme, index, zone="ok"):
    port = f":{PORTS[zone]}" if zone in PORTS else ""
    return f"{scheme}://t{index}.{zone}.bench.test{port}/"


def bare(side, scheme, names, concurrency, seconds, zone="ok", leisure=()):
    words = [*NEAR, side.tools / "bare_loop", scheme, 443 if scheme == "https" else 80, concurrency,
             seconds, side.bundle, "/", zone, names, *leisure]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    if seen["failed"]:
        raise RuntimeError(f"the bare loop failed {seen['failed']} times")
    return {"cpu": seen["cpu"] * 1000 / seen["rounds"], "rate": seen["rounds"] / seen["wall"],
            "base": seen["base_kib"], "peak": seen["peak_kib"]}


class Blackbox:
    """prometheus-blackbox-exporter, driven by wrk, which stands on the far side."""

    def __init__(self, side):
        conf = side.folder / "blackbox.yml"
        conf.write_text("modules: {web: {prober: http, timeout: 20s, http: {preferred_ip_protocol: ip4}}}\n")
        environment = f"SSL_CERT_FILE={side.bundle} SSL_CERT_DIR=/nonexistent GOMAXPROCS=1".split()
        self.side = side
        self.process = Process(
            [*NEAR, "env", *environment, "prometheus-blackbox-exporter", f"--config.file={conf}",
             "--web.listen-address=127.0.0.1:9115", "--log.level=error"], side.folder / "blackbox.log")
        side.clients.append(self.process)
        self.pid = self.process.process.pid
        if not until(lambda: listens("127.0.0.1", 9115), 20):
            raise RuntimeError("blackbox_exporter does not listen")
        self.base = kib(self.pid, "VmRSS")

    def load(self, scheme, names, concurrency, seconds, zone="ok"):
        script = self.side.folder / "probe.lua"
        target = url_of(scheme, "%d", zone)
        script.write_text(f"""
            local i, requests = 0, {{}}
            function init() for k = 0, {names - 1} do requests[k] = wrk.format("GET", string.format(
              "/probe?module=web&target={target}", k)) end end
            function request() i = (i + 1) % {names}; return requests[i] end\n""")
        done = subprocess.run(
            ["taskset", "-c", "1", "wrk", "-t1", f"-c{concurrency}", "--timeout", "25s", f"-d{seconds}s",
             "-s", script, "http://127.0.0.1:9115"], capture_output=True, text=True, check=True)
        if "Non-2xx" in done.stdout:
            raise RuntimeError("blackbox_exporter refuses: " + done.stdout)
        return int(re.search(r"(\d+) requests in", done.stdout).group(1))

    def succeeds(self, scheme):
        with urllib.request.urlopen("http://127.0.0.1:9115/probe?module=web&target="
                                    + url_of(scheme, 3), timeout=30) as answer:
            return "\nprobe_success 1" in answer.read().decode()

    def stop(self):
        self.process.stop()


def blackbox(side, scheme, names, concurrency, seconds):
    client = Blackbox(side)
    try:
        client.load(scheme, names, concurrency, 1)
        if not client.succeeds(scheme):
            raise RuntimeError("blackbox_exporter does not succeed")
        began, cpu = time.monotonic(), cpu_seconds(client.pid)
        probes = client.load(scheme, names, concurrency, seconds)
        cpu, wall = cpu_seconds(client.pid) - cpu, time.monotonic() - began
        return {"cpu": cpu * 1000 / probes, "rate": probes / wall, "base": client.base,
                "peak": kib(client.pid, "VmHWM")}
    finally:
        client.stop()


class Reachd:
    """The daemon as it is run, on a list."""

    def __init__(self, side, urls, interval, concurrency, store=None, timeout="4s", threads=1, port=10980):
        self.port = port
        self.folder = side.folder / f"reachd-{time.monotonic_ns()}"
        self.folder.mkdir()
        table, conf = self.folder / "urls.csv", self.folder / "reachd.yaml"
        table.write_text("url,category_code\n" + "".join(f"{url},{kind}\n" for url, kind in urls))
        conf.write_text(f"schedule: {{timeout: {timeout}, concurrency: {concurrency}, rate: 10000/s, "
                        f"threads: {threads}, "
                        f"address_rate: 10000/s, deep_every: 30d}}\n"
                        f"tls: {{ca_file: {store or side.bundle}}}\n"
                        f"listen: 127.0.0.1:{port}\n"
                        f"state: {{directory: {self.folder}/state}}\n"
                        f"lists: [{{file: {table}, interval: {interval}}}]\n")
        began = time.monotonic()
        self.process = Process([*NEAR, side.binary, "run", "--config", conf, "--state-directory",
                                self.folder / "state"], self.folder / "log")
        side.clients.append(self.process)
        self.pid = self.process.process.pid
        if not until(lambda: listens("127.0.0.1", port), 60):
            raise RuntimeError("the daemon does not listen: " + (self.folder / "log").read_text())
        self.start_seconds = time.monotonic() - began
        self.base = kib(self.pid, "VmRSS")

    def scrape(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as answer:
            return answer.read().decode()

    def value(self, name, text=None):
        text = text if text is not None else self.scrape()
        return float(re.search(rf"^{name} (\S+)$", text, re.M).group(1))

    def statuses(self, text):
        sums = {}
        for status, count in re.findall(r'^reachd_rounds_total\{.*status="(\w+)".*\} (\S+)$', text, re.M):
            sums[status] = sums.get(status, 0) + float(count)
        return sums

    def mark(self):
        return time.time(), cpu_seconds(self.pid), kib(self.pid, "VmHWM")

    def between(self, first, last):
        """CPU and finished rounds between two marks."""
        (since, cpu, _), (end, after, peak) = first, last
        cpu = after - cpu
        statuses = rounds.ended(self, since, end)
        count = sum(statuses.values())
        if self.value("reachd_store_dropped_rows_total") > 0:
            raise RuntimeError("not every round is on the disk")
        if statuses.get("ok", 0) < 0.999 * count:
            raise RuntimeError(f"not all is well: {statuses}")
        return {"cpu": cpu * 1000 / max(count, 1), "rate": count / (end - since), "busy": cpu / (end - since),
                "base": self.base, "peak": peak}

    def stop(self):
        self.process.stop(patience=30)
        subprocess.run(["rm", "-rf", self.folder], check=True)


def window(daemons, seconds):
    """What each of them spends in the same while, in which nobody scrapes."""
    first = [daemon.mark() for daemon in daemons]
    time.sleep(seconds)
    last = [daemon.mark() for daemon in daemons]
    return [daemon.between(*marks) for daemon, *marks in zip(daemons, first, last)]


def saturated(side, scheme, count, concurrency, seconds, store=None, threads=1):
    """A list that is due so often that the core has hardly a pause, after its first, deep rounds."""
    urls = [(url_of(scheme, i), "NEWS") for i in range(count)]
    daemon = Reachd(side, urls, "5s", concurrency, store, threads=threads)
    try:
        rounds.await_first(daemon, count, 180)
        return window([daemon], seconds)[0]
    finally:
        daemon.stop()
