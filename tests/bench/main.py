"""The benchmarks: main.py BINARY TOOLS [OPTION…] [PART…], inside the namespaces that `run` makes."""

import argparse
import datetime
import platform
import signal
import statistics
import sys
import tempfile
import traceback
from pathlib import Path

import loads
from far_side import FarSide
from many import many

PARTS = {"cpu": loads.cpu, "store": loads.store, "threads": loads.threads, "memory": loads.memory,
         "hole": loads.hole, "many": many, "steady": loads.steady, "scale": loads.scale}


def machine():
    model = next(line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                 if line.startswith("model name"))
    today = datetime.datetime.now(datetime.timezone.utc)
    return f"{today:%d %B %Y}, {model}, 1 core, Linux {platform.release()}"


class Table:
    """Rows of Markdown, kept for the end and shown as they come."""

    def __init__(self, out):
        self.lines, self.out = [], out

    def add(self, *cells):
        self.line("| " + " | ".join(str(cell) for cell in cells) + " |")

    def head(self, *cells):
        self.add(*cells)
        self.line("|" + "---|" * len(cells))

    def line(self, text=""):
        print(text, flush=True)
        self.lines.append(text)
        if self.out:
            Path(self.out).write_text("\n".join(self.lines) + "\n")


def spread(values, digits=3):
    return (f"{statistics.median(values):.{digits}f} "
            f"({min(values):.{digits}f}–{max(values):.{digits}f})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("tools")
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--out")
    options = parser.parse_intermixed_args()
    unknown = set(options.parts) - PARTS.keys()
    if unknown:
        parser.error("no such part: " + ", ".join(sorted(unknown)))
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    table, broken = Table(options.out), []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        side = FarSide(folder, options.tools)
        side.binary = options.binary
        side.start()
        try:
            table.line(machine())
            for part in options.parts or PARTS:
                table.line()
                try:
                    PARTS[part](side, options, table, spread)
                except Exception:  # the others are worth having all the same
                    broken.append(part)
                    traceback.print_exc()
                    table.line(f"({part}: broke off)")
                    side.stop_clients()
        finally:
            side.stop()
    if broken:
        sys.exit("broke off: " + ", ".join(broken))


main()
