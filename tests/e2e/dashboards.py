"""The shipped dashboards, asked of the Prometheus that has watched the daemon all along."""

import json

from gate import Gate

# What this world has no occasion for: faults shorter than an alert waits, bodies too short for a speed.
# Six made-up hours have it: the part `rules`.
NOT_HERE = {"ALERTS", "reachd_download_bytes_per_second"}


def check_dashboards(folder, prometheus, began, end, report):
    boards = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    gate = Gate(prometheus.BASE, began, end, report, awaited=NOT_HERE, step=1, pace=0.1)
    for name, board in boards.items():
        gate.check(f"dashboard {name}", board)
