"""The test of the package: main.py BUILD LOGS, inside the namespaces that `run` makes."""

import signal
import subprocess
import sys
import traceback
from pathlib import Path

import hardening
import helper_unit
import installing
import lifecycle
import opening
import operating
import package_checks
import tree
from machine import Machine
from report import Report

SOURCE = Path(__file__).resolve().parents[2]


def play(build, logs, report):
    subprocess.run([SOURCE / "deploy/package", "--prebuilt", build], check=True)
    package, = (SOURCE / "build/package").glob("reachd_*.deb")
    package_checks.check(package, logs, report)
    base = tree.make(package, logs / "tree.log")
    report.note("the Debian tree stands")
    machine = Machine(base, logs)
    try:
        machine.wait()
        installing.check(machine, package, report)
        hardening.check(machine, SOURCE, logs, report)
        operating.check(machine, report)
        opening.check(machine, logs, report)
        helper_unit.check(machine, logs, report)
        lifecycle.check(machine, package, logs, report)
    finally:
        (logs / "journal.log").write_text(machine.run("journalctl", "--no-pager").stdout)
        machine.stop()


def main(build, logs):
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    report = Report()
    try:
        play(build, Path(logs), report)
    except Exception:
        traceback.print_exc()
        report("the test runs to its end", False)
    return report.close()


sys.exit(main(*sys.argv[1:]))
