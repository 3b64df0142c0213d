"""What an operator does: reload, a bad file, a token, and what systemd does when the loop stops."""

import time

from installing import UNIT, up
from process import until

CONFIG = "/etc/reachd/reachd.yaml"
WATCHDOG = 10  # seconds, instead of the unit's minute; half of it is more than a machine stands still for
SMALL = """\
services:
  - name: {name}
    targets: [{{name: itself, url: "tcp://127.0.0.1:10980"}}]
"""
WITH_TOKEN = SMALL.format(name="after") + """\
controls: {helper: {url: "http://127.0.0.1:10981/", token_file: helper-token}}
"""


def _targets(machine):
    code, body = machine.fetch("http://127.0.0.1:10980/api/v1/targets")
    return body if code == 200 else ""


def _reload_metric(machine):
    _, text = machine.fetch("http://127.0.0.1:10980/metrics")
    return [line.split()[-1] for line in text.splitlines()
            if line.startswith("reachd_config_last_reload_successful ")]


def _told(machine, words):
    """[(priority, message)] in the journal that have these words. It may have them a little later than
    what they tell of."""
    def found():
        return [(priority, text) for priority, text in machine.journal(UNIT) if words in text]
    return until(found, 20, 0.3)


def _reload(machine, report):
    pid = machine.show(UNIT, "MainPID")
    shipped = (machine.root / CONFIG[1:]).read_text()
    machine.write(CONFIG, SMALL.format(name="before"))
    done = machine.run("systemctl", "reload", UNIT)
    report("a reload takes a new configuration", done.returncode == 0 and until(
        lambda: "before" in _targets(machine) and "gmail" not in _targets(machine), 10),
        done.stderr)
    machine.write(CONFIG, SMALL.format(name="before") + "shedule: {}\n")
    done = machine.run("systemctl", "reload", UNIT)
    report("a reload of a bad file fails, for whoever typed it", done.returncode != 0)
    report("the old configuration stays in force", until(
        lambda: _reload_metric(machine) == ["0"], 10) and "before" in _targets(machine),
        _reload_metric(machine))
    report("the daemon was not restarted for it",
           machine.show(UNIT, "MainPID", "ActiveState") == [*pid, "active"])
    faults = _told(machine, f"{CONFIG}:4:1: shedule")
    report("the journal says what is wrong, as an error", 3 in [p for p, _ in faults], faults)
    machine.run("systemctl", "restart", UNIT)
    state = machine.show(UNIT, "ActiveState")[0]
    report("with a bad file it does not start", state in ("activating", "failed"), state)
    machine.write(CONFIG, shipped)
    machine.run("systemctl", "reset-failed", UNIT)
    machine.run("systemctl", "restart", UNIT)
    report("with the file mended it does", up(machine))
    return shipped


def _credentials(machine, shipped, report):
    machine.write(CONFIG, WITH_TOKEN)
    done = machine.run("systemctl", "reload", UNIT)
    missing = _told(machine, "cannot read the token")
    report("a token that is not there keeps the old configuration, and is named",
           missing and "gmail" in _targets(machine), (done.stderr, missing))
    machine.run("install", "-d", "-m", "700", "/etc/credstore")
    machine.write("/etc/credstore/helper-token", "a-token-of-the-test\n", 0o600)
    machine.run("systemctl", "restart", UNIT)
    report("a token in /etc/credstore is handed over at the start",
           up(machine) and until(lambda: "after" in _targets(machine), 10),
           machine.journal(UNIT)[-5:])
    given = machine.run("stat", "--format", "%a", f"/run/credentials/{UNIT}/helper-token").stdout
    report("nobody else may read it there", given.strip() == "400", given)
    told = "".join(text for _, text in machine.journal(UNIT))
    report("no line of the journal shows it", "a-token-of-the-test" not in told)
    machine.run("rm", "-r", "/etc/credstore")
    machine.write(CONFIG, shipped)
    machine.run("systemctl", "restart", UNIT)
    report("without it the shipped configuration starts", up(machine))


def _watchdog(machine, report):
    machine.write(f"/etc/systemd/system/{UNIT}.d/watchdog.conf",
                  f"[Service]\nWatchdogSec={WATCHDOG}s\nRestartSec=1s\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", UNIT)
    report("it starts under a short watchdog", up(machine))
    pid, begun = machine.show(UNIT, "MainPID", "ActiveEnterTimestampMonotonic")
    until(lambda: time.clock_gettime(time.CLOCK_MONOTONIC) - int(begun) / 1e6 > 2 * WATCHDOG, 60)
    report(f"a loop that turns outlives {2 * WATCHDOG} s of it",
           machine.show(UNIT, "MainPID", "NRestarts") == [pid, "0"])
    machine.run("kill", "-STOP", pid)
    restarted = until(lambda: machine.show(UNIT, "NRestarts", "ActiveState") == ["1", "active"],
                      60, 0.3)
    report("a loop that stopped is killed and started again", restarted
           and _told(machine, "Watchdog timeout")
           and machine.show(UNIT, "MainPID") != [pid], machine.journal(UNIT)[-8:])
    machine.run("rm", "-r", f"/etc/systemd/system/{UNIT}.d")
    machine.run("systemctl", "daemon-reload")


def check(machine, report):
    shipped = _reload(machine, report)
    _credentials(machine, shipped, report)
    _watchdog(machine, report)
