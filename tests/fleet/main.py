"""The fleet test: main.py BINARY BUILD LOGS, inside the namespaces that `run` makes."""

import os
import signal
import sys
import traceback
from pathlib import Path

from report import Report
from story import Story


def main(binary, build, logs):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    report = Report()
    try:
        Story(Path(binary), Path(build), Path(logs), report).play()
    except Exception:
        traceback.print_exc()
        report("the test runs to its end", False)
    return report.close()


sys.exit(main(*sys.argv[1:]))
