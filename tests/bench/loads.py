"""The parts of the benchmark: each measures one thing and adds its rows to the table."""

import json
import os
import statistics
import subprocess
import time
from pathlib import Path

import rounds
from far_side import CERTIFIED
from near_side import Blackbox, Reachd, bare, blackbox, cpu_seconds, kib, saturated, url_of, window

# Targets that are due every 5 s, so many that the core has hardly a pause.
USUAL = ("https", 4000)
LOADS = {"HTTPS, 4,000 targets": USUAL,
         "HTTPS, 10,000 targets": ("https", 10_000),
         "HTTP, 25,000 targets": ("http", 25_000)}
SCALES = (100, 1000, 4000, 10_000)  # targets
CONCURRENCY = 64  # rounds at work at a time, of each client


def _compare(table, spread, title, runs, ours="reachd", digits=3):
    """A row for each of `runs`, and what the one named `ours` costs in terms of it."""
    table.line(f"**{title}**")
    table.line()
    table.head("", "CPU ms a round", "rounds/s", "peak MiB", f"{ours} / this")
    for name, seen in runs.items():
        ratios = [mine["cpu"] / one["cpu"] for mine, one in zip(runs[ours], seen)]
        table.add(name, spread([one["cpu"] for one in seen], digits),
                  f"{statistics.median(one['rate'] for one in seen):.0f}",
                  f"{max(one['peak'] for one in seen) / 1024:.0f}",
                  "" if name == ours else spread(ratios, 2))
    table.line()


def cpu(side, options, table, spread):
    for title, (scheme, count) in LOADS.items():
        runs = {"blackbox_exporter": [], "bare loop": [], "reachd": []}
        with side.awake():
            for _ in range(options.runs):
                runs["blackbox_exporter"].append(blackbox(side, scheme, count, CONCURRENCY, 4))
                runs["bare loop"].append(bare(side, scheme, count, CONCURRENCY, 4))
                runs["reachd"].append(saturated(side, scheme, count, CONCURRENCY, 5))
        _compare(table, spread, title, runs)


def store(side, options, table, spread):
    scheme, count = USUAL
    stores = {"one authority": side.small, "Debian's": side.bundle}
    runs = {name: [] for name in stores}
    with side.awake():
        for _ in range(options.runs):
            for name, file in stores.items():
                runs[name].append(saturated(side, scheme, count, CONCURRENCY, 5, store=file))
    _compare(table, spread, "reachd, HTTPS, by its trust store", runs, ours="Debian's")


def threads(side, options, table, spread):
    """What it costs to hand ladders to other loops: all of them share the one core, so none is faster."""
    scheme, count = USUAL
    runs = {"one loop": [], "three loops": []}
    with side.awake():
        for _ in range(options.runs):
            runs["one loop"].append(saturated(side, scheme, count, CONCURRENCY, 5))
            runs["three loops"].append(saturated(side, scheme, count, CONCURRENCY, 5, threads=3))
    _compare(table, spread, "reachd, HTTPS, by its loops", runs, ours="three loops")


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
    since, cpu = time.time(), cpu_seconds(daemon.pid)
    time.sleep(30)
    cpu, end = cpu_seconds(daemon.pid) - cpu, time.time()
    count = sum(rounds.ended(daemon, since, end).values())
    peak = kib(daemon.pid, "VmHWM") / 1024
    daemon.stop()
    # Without TLS: no handshake begins there, so that the sockets are all that it pays for.
    seen = bare(side, "http", 1000, 3000, 20, "hole", leisure=(count / (end - since), 2))
    table.line(f"**1,000 blackholed targets**: {cpu * 1000 / count:.3f} ms CPU a failing round "
               f"({count} rounds in 30 s, peak {peak:.0f} MiB); the bare loop, as many a second: "
               f"{seen['cpu']:.3f} ms")


def scale(side, options, table, spread):
    """The same rate of rounds from ever more targets: what a target costs by being one of many. All lists
    run at once on the one core, so that what the machine does meanwhile meets them alike."""
    table.line("**From 100 to 10,000 targets**, the same 20 HTTPS rounds a second of each list, side by side")
    table.line()
    daemons = {}
    for place, count in enumerate(SCALES):
        urls = [(url_of("https", i), "NEWS") for i in range(count)]
        daemons[count] = Reachd(side, urls, f"{count // 20}s", 500, port=10980 + place)
    for count, daemon in daemons.items():
        rounds.await_first(daemon, count, count // 20 + 120)
    seen = [window(daemons.values(), 20) for _ in range(options.runs)]
    runs = {count: [one["cpu"] for one in of] for count, of in zip(daemons, zip(*seen))}
    table.head("targets", "interval", "CPU ms a round", f"/ {SCALES[0]} targets", "idle MiB", "peak MiB", "start s")
    for count, daemon in daemons.items():
        ratios = [mine / least for mine, least in zip(runs[count], runs[SCALES[0]])]
        table.add(f"{count:,}", f"{count // 20} s", spread(runs[count]), spread(ratios, 2),
                  f"{daemon.base / 1024:.0f}", f"{kib(daemon.pid, 'VmHWM') / 1024:.0f}",
                  f"{daemon.start_seconds:.1f}")
        daemon.stop()
    table.line()
    medians = [statistics.median(of) for of in runs.values()]
    table.line(f"The dearest round costs {(max(medians) / min(medians) - 1) * 100:.0f} % more than the cheapest.")
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
