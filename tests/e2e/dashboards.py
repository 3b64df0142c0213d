"""The shipped dashboards, asked of the Prometheus that has watched the daemon all along."""

import json

from gate import Gate, metrics_of

# Series that dashboards ask for and the daemon does not export yet. Whoever adds one takes it from here.
NOT_YET = {"reachd_remote_write_pending_samples", "reachd_remote_write_samples_total"}
# What this world has no occasion for: faults shorter than an alert waits, bodies too short for a speed.
# Six made-up hours have it: the part `rules`.
NOT_HERE = {"ALERTS", "reachd_download_bytes_per_second"}


def check_dashboards(folder, prometheus, began, end, report):
    boards = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    asked = set().union(*map(metrics_of, boards.values()))
    exported = prometheus.names()
    report("dashboards: what is awaited is not exported yet, and is asked for",
           exported and not NOT_YET & exported and NOT_YET <= asked,
           str(NOT_YET & exported | NOT_YET - asked))
    gate = Gate(prometheus.BASE, began, end, report, awaited=NOT_YET | NOT_HERE, step=1, pace=0.1)
    for name, board in boards.items():
        gate.check(f"dashboard {name}", board)
