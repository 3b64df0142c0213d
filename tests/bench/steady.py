"""The shipped configuration at its own pace, in the end-to-end test's world, where every name of it is
answered: steady.py BINARY LOGS SECONDS, in namespaces of its own. Prints one JSON object."""

import json
import sys
import time
from pathlib import Path

from daemon import Daemon
from near_side import cpu_seconds, kib
from process import until
from world import World

SOURCE = Path(__file__).resolve().parents[2]


def main(binary, logs, seconds):
    world = World(SOURCE / "config/reachd.yaml", Path(logs))
    world.start()
    daemon = Daemon(binary, world)
    daemon.write_shipped()
    daemon.start()
    if not until(lambda: daemon.get("/-/ready")[0] == 200, 180, 1):
        raise RuntimeError("not ready: " + daemon.log.read_text())
    pid = daemon.process.process.pid
    time.sleep(30)
    cpu, began = cpu_seconds(pid), time.monotonic()
    time.sleep(float(seconds))
    cpu, wall = cpu_seconds(pid) - cpu, time.monotonic() - began
    states = [entry["status"] for entry in json.loads(daemon.get("/api/v1/targets")[1])["targets"]]
    print(json.dumps({"busy": cpu / wall, "rss": kib(pid, "VmRSS"), "peak": kib(pid, "VmHWM"),
                      "targets": len(states), "ok": states.count("ok")}))
    daemon.process.stop()


main(*sys.argv[1:])
