"""The unit's sandbox: its score, what holds of the running daemon, and attempts to get out."""

import errno
import re
import subprocess

from installing import UNIT

THRESHOLD = 1.5
# Lines of the unit that say what runs, not what it may do.
_RUNS = r"(Type|NotifyAccess|Exec\w+|WatchdogSec|Restart\w*|StateDirectory)="


def _score(machine, unit, report):
    told = machine.run("systemd-analyze", "security", "--no-pager", unit).stdout
    found = re.search(r"exposure level for \S+ ([\d.]+)", told)
    score = float(found[1]) if found else 10.0
    report(f"{unit}: exposure {score}, at most {THRESHOLD}", score <= THRESHOLD, told)


def _process(machine, report):
    pid, = machine.show(UNIT, "MainPID")
    status = machine.run("cat", f"/proc/{pid}/status").stdout
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    none = {key: facts.get(key, "") for key in ("CapPrm", "CapEff", "CapBnd", "CapAmb")}
    report("the daemon has no capability", all(value.strip("0") == "" and value
                                               for value in none.values()), none)
    report("it is nobody known, and may not become more",
           facts["Uid"].split()[1] not in ("0", "65534") and facts["NoNewPrivs"] == "1", status)
    niceness = [machine.run("cat", path).stdout.rsplit(")", 1)[1].split()[16] for path in
                machine.run("sh", "-c", f"ls /proc/{pid}/task/*/stat").stdout.split()]
    report("the threads beside the loop step back", sorted(niceness)[0] == "0" and
           niceness.count("10") >= 2, niceness)
    report("its system calls are filtered", facts["Seccomp"] == "2", facts["Seccomp"])
    limits = machine.show(UNIT, "MemoryMax", "TasksMax", "LimitNOFILE")
    report("memory, tasks and descriptors are limited",
           limits == ["536870912", "64", "32768"], limits)


def _attempts(output):
    return {name: int(number) for name, number in re.findall(r"^(\w+) (\d+)$", output, re.M)}


def _name(number):
    return "succeeded" if number == 0 else errno.errorcode.get(number, str(number))


def _unit_of_attempts(machine):
    unit = (machine.root / "lib/systemd/system" / UNIT).read_text()
    kept = "\n".join(line for line in unit.splitlines() if not re.match(_RUNS, line))
    return kept.replace("[Service]", "[Service]\nType=oneshot\nStateDirectory=attempts\n"
                        "ExecStart=/usr/local/bin/escape\nStandardOutput=truncate:/run/attempts")


def _escapes(machine, source, logs, report):
    program = logs / "escape"
    subprocess.run(["clang++-19", "-std=c++20", "-O1", "-static", "-fuse-ld=lld-19", "-o", program,
                    source / "tests/deploy/escape.cpp"], check=True)
    subprocess.run(["install", "-D", program, machine.root / "usr/local/bin/escape"], check=True)
    machine.run("install", "-d", "-m", "700", "/etc/credstore")
    machine.write("/etc/credstore/helper-token", "a-token-of-the-test\n", 0o600)
    machine.write("/home/somebody/letter", "private\n")
    machine.write("/root/letter", "private\n")
    machine.run("sh", "-c", "cat > /run/systemd/system/attempts.service",
                text=_unit_of_attempts(machine))
    machine.run("systemctl", "daemon-reload")
    started = machine.run("systemctl", "start", "attempts.service")
    inside = _attempts(machine.run("cat", "/run/attempts").stdout)
    outside = _attempts(machine.run("/usr/local/bin/escape").stdout)
    report("every way out was tried", len(inside) >= 30 and inside.keys() == outside.keys(),
           f"{started.stderr} {inside}")
    for name, number in inside.items():
        # As root beside it the same attempt must go otherwise, or it proves nothing.
        report(f"escape {name}: {_name(number)} in the sandbox, as root {_name(outside[name])}",
               number != 0 and number != outside[name])
    machine.run("rm", "-rf", "/etc/credstore", "/etc/reachd/escaped", "/usr/bin/escaped",
                "/var/lib/escaped", "/usr/local/bin/escape", "/run/systemd/system/attempts.service",
                "/var/lib/private/attempts", "/var/lib/attempts")


def check(machine, source, logs, report):
    _score(machine, UNIT, report)
    _score(machine, "reachd-helper.service", report)
    _process(machine, report)
    _escapes(machine, source, logs, report)
