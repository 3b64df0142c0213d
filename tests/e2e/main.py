"""The end-to-end test: main.py BINARY LOGS, inside the namespaces that `run` makes."""

import os
import signal
import sys
import traceback
from pathlib import Path

import world_checks
from daemon import Daemon
from prometheus import Prometheus
from report import Report
from scenario import Scenario
from world import World

SOURCE = Path(__file__).resolve().parents[2]


def main(binary, logs):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    report = Report()
    try:
        world = World(SOURCE / "config/reachd.yaml", Path(logs))
        world.start()
        report.note(f"{len(world.servers)} servers for {len(world.shipped.hosts)} names listen")
        world_checks.check_names(world, report)
        world_checks.check_servers(world, report)
        Scenario(world, Daemon(binary, world), Prometheus(world.logs), report).play()
    except Exception:
        traceback.print_exc()
        report("the test runs to its end", False)
    return report.close()


sys.exit(main(*sys.argv[1:]))
