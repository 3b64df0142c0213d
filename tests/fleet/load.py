"""What a fleet costs its centre: a thousand vantages of two hundred series, pushed to a Prometheus and
to a VictoriaMetrics of their own, with figures of what they used."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

from fetch import get
from process import Process, until

VANTAGES, ROUNDS = 1000, 10
FOLDER = Path("/run/load")
STORES = {
    "prometheus": (9190, ["prometheus", "--config.file=/run/load/prometheus.yml",
                          "--web.enable-remote-write-receiver", "--web.enable-admin-api",
                          "--storage.tsdb.path=/run/load/prometheus",
                          "--web.listen-address=127.0.0.1:9190"], "/-/ready"),
    "victoria-metrics": (8528, ["victoria-metrics", "-storageDataPath=/run/load/victoria-metrics",
                                "-httpListenAddr=127.0.0.1:8528", "-search.latencyOffset=0s"], "/health"),
}


def _processor(pid):
    """Seconds of a processor that it has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    return 0


def _size(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def _ask(base, expression):
    status, body = get(f"{base}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
    return json.loads(body)["data"]["result"] if status == 200 else []


def _stored(name, base, process):
    """Bytes of all samples as the store keeps them for good: Prometheus in a block, VictoriaMetrics in
    its parts. Ends the process."""
    if name == "prometheus":
        with urllib.request.urlopen(f"{base}/api/v1/admin/tsdb/snapshot", data=b"", timeout=60) as answer:
            snapshot = json.loads(answer.read())["data"]["name"]
        size = _size(FOLDER / name / "snapshots" / snapshot)
        process.stop(signal.SIGTERM, 30)
        return size
    process.stop(signal.SIGTERM, 30)
    return _size(FOLDER / name / "data") + _size(FOLDER / name / "indexdb")


def _measure(name, program, log, report):
    port, words, ready = STORES[name]
    base = f"http://127.0.0.1:{port}"
    process = Process(words, log)
    if not until(lambda: get(base + ready)[0] == 200, 30):
        raise RuntimeError(f"{name} does not become ready: see {log}")
    idle = _processor(process.process.pid)
    done = subprocess.run([program, f"{base}/api/v1/write", str(VANTAGES), str(ROUNDS)],
                          capture_output=True, text=True, timeout=300)
    if not report(f"load: {name} takes all of {VANTAGES} vantages", done.returncode == 0, done.stderr):
        process.stop()
        return
    pushed = json.loads(done.stdout)
    used, resident = _processor(process.process.pid) - idle, _resident(process.process.pid)
    until(lambda: _ask(base, "count(reachd_target_reachable)"), 10, 0.5)
    found = [float(one["value"][1]) for one in _ask(base, "count(count by (vantage) (reachd_target_reachable))")]
    report(f"load: {name} has all of them", found == [VANTAGES], str(found))
    began = time.monotonic()
    ratios = _ask(base, "avg by (country) (reachd_target_reachable)")
    took = time.monotonic() - began
    report(f"load: {name} has a share for each country", len(ratios) == 50, str(len(ratios)))
    stored = _stored(name, base, process)
    samples = pushed["samples"]
    report.note(
        f"{name}: {samples:,} samples of {samples // ROUNDS:,} series in {pushed['seconds']:.1f} s "
        f"({samples / pushed['seconds']:,.0f}/s), {used:.1f} s of a processor "
        f"({samples / used:,.0f} samples/s), {resident / 2**20:.0f} MiB at most, "
        f"{stored / samples:.2f} bytes/sample on disk, {pushed['bytes'] / samples:.2f} on the wire in "
        f"{pushed['requests']:,} requests; a share by country in {took * 1000:.0f} ms")


def measure(build, logs, report):
    FOLDER.mkdir()
    (FOLDER / "prometheus.yml").write_text("storage: {tsdb: {out_of_order_time_window: 1d}}\n")
    for name in STORES:
        _measure(name, build / "tests/fleet/load/fleet_load", logs / f"load-{name}.log", report)
        shutil.rmtree(FOLDER / name, ignore_errors=True)
