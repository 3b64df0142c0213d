"""`apt install ./reachd_*.deb` on a fresh Debian: a working daemon, and nothing asked."""

import re
import shutil

from process import until

UNIT = "reachd.service"


def up(machine, unit=UNIT):
    return until(lambda: machine.show(unit, "ActiveState") == ["active"], 30, 0.2)


def _install(machine, package, report):
    shutil.copy(package, machine.root / "root/reachd.deb")
    done = machine.run("apt-get", "install", "--yes", "--no-install-recommends", "/root/reachd.deb")
    report("apt installs the package, without a network", done.returncode == 0,
           done.stdout + done.stderr)
    report("the unit is active", up(machine), machine.run("systemctl", "status", UNIT).stdout)
    enabled = machine.run("systemctl", "is-enabled", UNIT).stdout.strip()
    report("it will be at the next boot", enabled == "enabled", enabled)
    helper = machine.run("systemctl", "is-enabled", "reachd-helper.service").stdout.strip()
    report("the helper's unit waits to be asked for", helper == "disabled", helper)
    failed = machine.run("systemctl", "--failed", "--plain", "--no-legend").stdout
    report("no unit of the machine failed", failed == "", failed)


def _answers(machine, report):
    kind, status, text = machine.show(UNIT, "Type", "StatusText", "StatusErrno")
    report("systemd was told how it is", kind == "notify" and "targets reachable" in status, status)
    code, metrics = machine.fetch("http://127.0.0.1:10980/metrics")
    report("metrics are served", code == 200 and "reachd_build_info" in metrics, code)
    code, page = machine.fetch("http://127.0.0.1:10980/")
    report("the page is served", code == 200 and "gmail" in page, code)
    asked = until(lambda: [machine.run("reachd", "status")][0].returncode == 2, 60, 0.5)
    table = machine.run("reachd", "status").stdout
    report("reachd status shows the shipped targets; without a line none is well",
           asked and "google-search/web" in table, table)
    owner = (machine.root / "var/lib/private/reachd").stat()
    report("its state is its own alone", owner.st_uid >= 61184 and owner.st_mode & 0o777 == 0o700,
           f"{owner.st_uid} {owner.st_mode:o}")


def _listening(lines):
    """The priorities of the line that says where it listens, among [(priority, message)]."""
    ours = [(priority, text) for priority, text in lines
            if re.match(r"[a-z_]+( [a-z_]+=(\"[^\"]*\"|[^ \"]+))*$", text)]
    return [p for p, text in ours if text == "listening url=http://127.0.0.1:10980/"]


def _journal(machine, report):
    until(lambda: _listening(machine.journal(UNIT)), 20, 0.3)
    lines = machine.journal(UNIT)
    report("the journal has its lines, with their priority and nothing before them",
           _listening(lines) == [6] and not [text for _, text in lines if text.startswith("<")], lines)


def check(machine, package, report):
    _install(machine, package, report)
    _answers(machine, report)
    _journal(machine, report)
