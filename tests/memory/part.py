"""One part in its world, inside namespaces: part.py PART BINARY LOGS KILLS SEED."""

import signal
import sys
import traceback
from pathlib import Path

import full_disk
import kill
import ledger_checks
from report import Report
from scene import Scene


def main(part, binary, logs, kills, seed):
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    report = Report()
    try:
        if part == "ledger":
            ledger_checks.play(report)
        else:
            scene = Scene(Path(binary), Path(logs))
            scene.build()
            if part == "kill":
                kill.play(scene, report, int(kills), int(seed))
            else:
                full_disk.play(scene, report)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        report(f"{part} runs to its end", False)
    return 0 if report.passed and not report.failed else 1


sys.exit(main(*sys.argv[1:]))
