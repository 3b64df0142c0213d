"""10,000 targets at once: what they cost, how punctual they are, and what a scrape does to their rounds."""

import re
import subprocess
import time

import rounds
from near_side import Reachd, cpu_seconds, kib, url_of

FAR = ["taskset", "-c", "1"]
PAUSE = 0.3  # s, between scrapes that are to show what they do to rounds: several times as long as one
BESIDE = "sleep 0.01; exec curl -s -o /dev/null -w %{time_total} http://127.0.0.1:10980/-/healthy"


def _lag(text, share):
    """The smallest bound of the histogram below which that share of the rounds began."""
    buckets = [(float(bound.replace("+Inf", "inf")), float(count)) for bound, count in re.findall(
        r'^reachd_scheduler_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', text, re.M)]
    return next(bound for bound, count in buckets if count >= share * buckets[-1][1])


class Scrapes:
    """Each scrape's span in seconds of the epoch, its milliseconds, and the bytes of the last."""

    def __init__(self):
        self.spans, self.times, self.size = [], [], 0

    def scrape(self):
        done = subprocess.run([*FAR, "curl", "-s", "-o", "/dev/null", "-w", "%{time_total} %{size_download}",
                               "http://127.0.0.1:10980/metrics"], capture_output=True, text=True, check=True)
        end, (seconds, size) = time.time(), done.stdout.split()
        self.spans.append((end - float(seconds), end))
        self.times.append(float(seconds) * 1000)
        self.size = int(size)


def _figures(times):
    return [rounds.quantile(times, 0.5), rounds.quantile(times, 0.99), times[-1]]


def _rows_beside(daemon, table, seconds):
    """What a scrape does to the rounds that are under way. A long round meets a scrape sooner than a short
    one, scrape or not; so they are compared with those that meet as long a span in the pause behind it."""
    scrapes, began = Scrapes(), time.time()
    while time.time() < began + seconds:
        scrapes.scrape()
        time.sleep(PAUSE)
    end = time.time()
    rounds.ended(daemon, began, end)  # waits for the disk
    fine = rounds.fine_rounds(daemon, began, end)
    pauses = [(a + PAUSE / 2, b + PAUSE / 2) for a, b in scrapes.spans]
    met = {"in a pause": rounds.beside(fine, pauses), "beside a scrape": rounds.beside(fine, scrapes.spans)}
    for name, times in met.items():
        table.add(f"phases of a round that is fine, {name}: median / 99 % / longest",
                  " / ".join(f"{figure:.1f}" for figure in _figures(times)) + f" ms ({len(times):,} rounds)")
    longer = [b - a for a, b in zip(*map(_figures, met.values()))]
    table.add(f"… so much does a scrape add ({len(scrapes.spans)} in {seconds} s)",
              " / ".join(f"{figure:+.1f}" for figure in longer) + " ms")


def many(side, options, table, spread):
    minutes = 10 if options.long else 2
    kinds = ["ok"] * 18 + ["reset", "hole"]
    urls = [(url_of("https", i, kinds[i % 20]), kinds[i % 20].upper()) for i in range(10_000)]
    daemon = Reachd(side, urls, "60s", 2000, timeout="10s")
    rounds.await_first(daemon, len(urls), 180)
    peaks = [kib(daemon.pid, "VmHWM")]
    daemon.scrape()
    peaks.append(kib(daemon.pid, "VmHWM"))
    since, cpu, scrapes, healthy = time.time(), cpu_seconds(daemon.pid), Scrapes(), []
    while time.time() < since + minutes * 60:
        time.sleep(5)
        beside = subprocess.Popen([*FAR, "sh", "-c", BESIDE], stdout=subprocess.PIPE, text=True)
        scrapes.scrape()
        healthy.append(float(beside.communicate()[0]) * 1000)
    cpu, end = cpu_seconds(daemon.pid) - cpu, time.time()
    wall, count = end - since, sum(rounds.ended(daemon, since, end).values())
    text = daemon.scrape()
    peaks.append(kib(daemon.pid, "VmHWM"))
    table.line(f"**10,000 targets every 60 s**, 90 % fine, 5 % reset, 5 % blackholed, {wall:.0f} s")
    table.line()
    table.head("what", "figure")
    table.add("core busy", f"{cpu / wall * 100:.1f} %")
    table.add("rounds/s", f"{count / wall:.1f}")
    table.add("CPU a round", f"{cpu * 1000 / count:.3f} ms")
    table.add("peak memory before the first scrape, after it, at the end",
              ", ".join(f"{peak / 1024:.0f}" for peak in peaks) + " MiB")
    table.add("scheduler lag, 99 % below", f"{_lag(text, 0.99) * 1000:.0f} ms")
    table.add("rounds skipped", f"{daemon.value('reachd_rounds_skipped_total', text):.0f}")
    table.add(f"/metrics, {scrapes.size / 1e6:.1f} MB", spread(scrapes.times, 0) + " ms")
    table.add("/-/healthy beside it", spread(healthy, 1) + " ms")
    table.add("rounds by status", ", ".join(f"{k} {v:.0f}" for k, v in daemon.statuses(text).items() if v))
    _rows_beside(daemon, table, minutes * 30)
    table.line()
    daemon.stop()
