"""An upgrade keeps what the operator and the daemon have; a purge leaves nothing."""

import json
import subprocess

from installing import UNIT, up
from operating import CONFIG, SMALL
from process import until

NEWER = "0.1.0+upgrade"


def _newer(package, logs):
    """The same package under a higher version."""
    files = logs / "newer"
    subprocess.run(["dpkg-deb", "--raw-extract", package, files], check=True)
    control = files / "DEBIAN/control"
    lines = [f"Version: {NEWER}" if line.startswith("Version:") else line
             for line in control.read_text().splitlines()]
    control.write_text("\n".join(lines) + "\n")
    built = logs / "newer.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", files, built],
                   check=True, capture_output=True)
    return built


def _files(machine, *places):
    found = machine.run("find", *places, "-name", "*reachd*", "-not", "-path", "/var/log/*")
    return sorted(found.stdout.split())


def _since(machine):
    """Since when the daemon believes what it believes of its one target; None before it knows."""
    code, body = machine.fetch("http://127.0.0.1:10980/api/v1/targets/after/itself")
    return json.loads(body)["state"]["since"] if code == 200 else None


def _upgrade(machine, package, logs, report):
    own = SMALL.format(name="after") + "# the operator's\n"
    machine.write(CONFIG, own)
    machine.run("systemctl", "restart", UNIT)
    until(lambda: _since(machine), 30)
    since = _since(machine)
    machine.run("sh", "-c", "cd /var/lib/private/reachd; echo kept > from-before; "
                "chown --reference=. from-before")
    before = set(machine.run("ls", "-A", "/var/lib/private/reachd").stdout.split())
    pids = [machine.show(unit, "MainPID") for unit in (UNIT, "reachd-helper.service")]
    (machine.root / "root/newer.deb").write_bytes(_newer(package, logs).read_bytes())
    done = machine.run("apt-get", "install", "--yes", "/root/newer.deb")
    version = machine.run("dpkg-query", "-W", "-f", "${Version}", "reachd").stdout
    report("apt upgrades the package without a question",
           done.returncode == 0 and version == NEWER, done.stdout + done.stderr)
    again = [machine.show(unit, "MainPID") for unit in (UNIT, "reachd-helper.service")]
    report("daemon and helper run anew", up(machine) and up(machine, "reachd-helper.service")
           and all(old != new for old, new in zip(pids, again)), (pids, again))
    after = set(machine.run("ls", "-A", "/var/lib/private/reachd").stdout.split())
    report("the state is kept", "from-before" in before and before <= after, (before, after))
    report("what was known of a target is known, since then", until(
        lambda: since and _since(machine) == since, 30), (since, _since(machine)))
    owners = machine.run("stat", "--format", "%u", "/var/lib/private/reachd",
                         "/var/lib/private/reachd/from-before").stdout.split()
    report("and is the new daemon's", owners[0] == owners[1] != "0", owners)
    report("the operator's configuration is kept",
           (machine.root / CONFIG[1:]).read_text() == own)


def _purge(machine, report):
    machine.run("rm", "-r", "/etc/reachd/helper", "/root/reachd.deb", "/root/newer.deb")
    done = machine.run("apt-get", "remove", "--yes", "reachd")
    report("a removal stops the daemon and keeps configuration and state", done.returncode == 0
           and machine.show(UNIT, "ActiveState") == ["inactive"]
           and (machine.root / CONFIG[1:]).exists()
           and (machine.root / "var/lib/private/reachd/from-before").exists(), done.stderr)
    done = machine.run("apt-get", "purge", "--yes", "reachd")
    left = _files(machine, "/etc", "/usr", "/lib", "/var", "/run", "/home", "/root", "/opt")
    report("a purge leaves nothing", done.returncode == 0 and left == [], (done.stderr, left))
    failed = machine.run("systemctl", "--failed", "--plain", "--no-legend").stdout
    report("no unit is left failed", failed == "", failed)


def check(machine, package, logs, report):
    _upgrade(machine, package, logs, report)
    _purge(machine, report)
