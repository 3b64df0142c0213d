"""The parts of the benchmark: each measures one thing and adds its rows to the table."""

import json
import os
import re
import statistics
import subprocess
import time
from pathlib import Path

from far_side import CERTIFIED
from near_side import Blackbox, Reachd, bare, blackbox, cpu_seconds, kib, saturated, url_of

# Targets that are due every 5 s, and rounds in flight: of these only some work, the others listen for
# late answers of the resolver, half a second each.
LOADS = {"https": (4000, 1000), "http": (25000, 4000)}


def _compare(table, spread, title, runs, digits=3):
    table.line(f"**{title}**")
    table.line()
    table.head("", "CPU ms a round", "rounds/s", "peak MiB", "reachd / this")
    for name, seen in runs.items():
        ratios = [ours["cpu"] / one["cpu"] for ours, one in zip(runs["reachd"], seen)]
        table.add(name, spread([one["cpu"] for one in seen], digits),
                  f"{statistics.median(one['rate'] for one in seen):.0f}",
                  f"{max(one['peak'] for one in seen) / 1024:.0f}",
                  "" if name == "reachd" else spread(ratios, 2))
    table.line()


def cpu(side, options, table, spread):
    for scheme, (count, concurrency) in LOADS.items():
        runs = {"blackbox_exporter": [], "bare loop": [], "reachd": []}
        for _ in range(options.runs):
            runs["blackbox_exporter"].append(blackbox(side, scheme, count, 64, 4))
            runs["bare loop"].append(bare(side, scheme, count, 64, 4))
            runs["reachd"].append(saturated(side, scheme, count, concurrency, 5))
        _compare(table, spread, f"{scheme.upper()}, the core busy", runs)


def store(side, options, table, spread):
    count, concurrency = LOADS["https"]
    runs = {"reachd": [], "reachd, one authority": []}
    for _ in range(options.runs):
        runs["reachd, one authority"].append(
            saturated(side, "https", count, concurrency, 5, store=side.small))
        runs["reachd"].append(saturated(side, "https", count, concurrency, 5))
    _compare(table, spread, "HTTPS, Debian's trust store against one authority", runs)


def _fill(daemon, wanted, seconds):
    """The most rounds that were in flight in that time."""
    most, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and most < wanted:
        most = max(most, daemon.value("reachd_rounds_in_flight"))
        time.sleep(0.5)
    time.sleep(3)
    return int(most)


def memory(side, options, table, spread):
    table.line("**1,000 HTTPS rounds in flight**")
    table.line()
    table.head("", "in flight", "idle MiB", "peak MiB", "KiB a flight")

    def row(name, flights, base, peak):
        table.add(name, flights, f"{base / 1024:.1f}", f"{peak / 1024:.1f}",
                  f"{(peak - base) / max(flights, 1):.1f}")

    count = CERTIFIED["late"]
    for zone, words in (("late", "answer after 8 s"), ("stall", "stalled handshake")):
        client = Blackbox(side)
        client.load("https", count, 1000, 12, zone)
        row(f"blackbox_exporter, {words}", 1000, client.base, kib(client.pid, "VmHWM"))
        client.stop()
        if zone == "late":
            seen = bare(side, "https", count, 1000, 1, zone)
            row(f"bare loop, {words}", 1000, seen["base"], seen["peak"])
        urls = [(url_of("https", i, zone), "NEWS") for i in range(count)]
        daemon = Reachd(side, urls, "10s", 1000, timeout="9500ms")
        flights = _fill(daemon, 1000, 40)
        row(f"reachd, {words}", flights, daemon.base, kib(daemon.pid, "VmHWM"))
        daemon.stop()
    table.line()


def hole(side, options, table, spread):
    urls = [(url_of("https", i, "hole"), "NEWS") for i in range(1000)]
    daemon = Reachd(side, urls, "5s", 3000, timeout="2s")
    time.sleep(8)
    cpu, text = cpu_seconds(daemon.pid), daemon.scrape()
    before = sum(daemon.statuses(text).values())
    time.sleep(30)
    cpu, text = cpu_seconds(daemon.pid) - cpu, daemon.scrape()
    statuses = daemon.statuses(text)
    rounds = sum(statuses.values()) - before
    table.line(f"**1,000 blackholed targets**: {cpu * 1000 / rounds:.3f} ms CPU a failing round "
               f"({rounds:.0f} rounds in 30 s, peak {kib(daemon.pid, 'VmHWM') / 1024:.0f} MiB)")
    daemon.stop()


def _lag(text, share):
    """The smallest bound of the histogram below which that share of the rounds began."""
    buckets = [(float(bound.replace("+Inf", "inf")), float(count)) for bound, count in re.findall(
        r'^reachd_scheduler_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', text, re.M)]
    return next(bound for bound, count in buckets if count >= share * buckets[-1][1])


def _timed(path):
    done = subprocess.run(["taskset", "-c", "1", "curl", "-s", "-o", "/dev/null", "-w",
                           "%{time_total} %{size_download}", "http://127.0.0.1:10980" + path],
                          capture_output=True, text=True, check=True)
    seconds, size = done.stdout.split()
    return float(seconds) * 1000, int(size)


def many(side, options, table, spread):
    minutes = 10 if options.long else 2
    kinds = ["ok"] * 18 + ["reset", "hole"]
    urls = [(url_of("https", i, kinds[i % 20]), kinds[i % 20].upper()) for i in range(10_000)]
    daemon = Reachd(side, urls, "60s", 2000, timeout="10s")
    time.sleep(70)  # every target had its first round
    first = daemon.scrape()
    cpu, began, scrapes, healthy = cpu_seconds(daemon.pid), time.monotonic(), [], []
    while time.monotonic() < began + minutes * 60:
        time.sleep(5)
        beside = subprocess.Popen(["taskset", "-c", "1", "sh", "-c", "sleep 0.01; exec curl -s -o /dev/null -w "
                                   "%{time_total} http://127.0.0.1:10980/-/healthy"],
                                  stdout=subprocess.PIPE, text=True)
        scrapes.append(_timed("/metrics"))
        healthy.append(float(beside.communicate()[0]) * 1000)
    busy = (cpu_seconds(daemon.pid) - cpu) / (time.monotonic() - began)
    text = daemon.scrape()
    skipped = daemon.value("reachd_rounds_skipped_total", text)
    rounds = daemon.value("reachd_scheduler_lag_seconds_count", text) - daemon.value(
        "reachd_scheduler_lag_seconds_count", first)
    table.line(f"**10,000 targets every 60 s**, 90 % fine, 5 % reset, 5 % blackholed, {minutes} minutes")
    table.line()
    table.head("what", "figure")
    table.add("core busy", f"{busy * 100:.1f} %")
    table.add("rounds/s", f"{rounds / (minutes * 60 + 0.0):.1f}")
    table.add("CPU a round", f"{busy * minutes * 60 * 1000 / rounds:.3f} ms")
    table.add("peak memory", f"{kib(daemon.pid, 'VmHWM') / 1024:.0f} MiB")
    table.add("scheduler lag, 99 % below", f"{_lag(text, 0.99) * 1000:.0f} ms")
    table.add("rounds skipped", f"{skipped:.0f}")
    table.add(f"/metrics, {scrapes[-1][1] / 1e6:.1f} MB", spread([s for s, _ in scrapes], 0) + " ms")
    table.add("/-/healthy beside it", spread(healthy, 1) + " ms")
    table.add("rounds by status", ", ".join(f"{k} {v:.0f}" for k, v in daemon.statuses(text).items() if v))
    table.line()
    daemon.stop()


def scale(side, options, table, spread):
    """The same rate of rounds from ever more targets: what a target costs by being one of many."""
    table.line("**From 100 to 10,000 targets**, the same 20 HTTPS rounds a second")
    table.line()
    table.head("targets", "interval", "CPU ms a round", "idle MiB", "peak MiB", "start s")
    for count in (100, 1000, 10_000):
        urls = [(url_of("https", i), "NEWS") for i in range(count)]
        interval = count // 20
        daemon = Reachd(side, urls, f"{interval}s", 500)
        time.sleep(15)
        seen = [daemon.window(10) for _ in range(options.runs)]
        table.add(count, f"{interval} s", spread([one["cpu"] for one in seen]),
                  f"{daemon.base / 1024:.0f}", f"{kib(daemon.pid, 'VmHWM') / 1024:.0f}",
                  f"{daemon.start_seconds:.1f}")
        daemon.stop()
    table.line()


def steady(side, options, table, spread):
    here = Path(__file__).resolve().parent
    logs = side.folder / "steady"
    logs.mkdir()
    paths = [here, here.parent / "e2e", here.parent / "world"]
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
         "/usr/bin/python3", "-B", here / "steady.py", side.binary, logs, "600" if options.long else "120"],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ":".join(map(str, paths))})
    if done.returncode != 0:
        raise RuntimeError("the shipped configuration: " + done.stderr)
    seen = json.loads(done.stdout.splitlines()[-1])
    table.line(f"**The shipped configuration**, {seen['targets']} targets, {seen['ok']} of them ok: "
               f"{seen['busy'] * 100:.2f} % of a core, {seen['rss'] / 1024:.1f} MiB resident "
               f"(peak {seen['peak'] / 1024:.1f})")
