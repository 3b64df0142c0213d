"""A tree with systemd as its first process, in namespaces of its own and without a network.

What is written goes to memory and ends with the machine; the tree below stays as it was made.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from process import Process, until

# pivot_root, not chroot: the kernel refuses user namespaces (PrivateUsers=) to a process that was
# only chrooted. Shared propagation: the unit's credentials reach it as mounts.
_BOOT = r"""
set -e
root=$1
mount --make-rprivate /
cd "$root"
mount -t proc proc proc
mount -t sysfs sys sys
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 dev dev
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
for node in null zero full random urandom tty; do
  touch dev/$node
  mount --bind /dev/$node dev/$node
done
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t cgroup2 cgroup2 sys/fs/cgroup
ip link set lo up
hostname machine
mkdir .old
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
mount --make-rshared /
exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
  /lib/systemd/systemd --system --unit=multi-user.target --log-target=journal
"""


def _mount(*words):
    subprocess.run(["mount", *map(str, words)], check=True)


PATIENCE = 180  # seconds: one that boots in one may be given little of a processor


class Machine:
    def __init__(self, tree, logs):
        base = Path(logs) / "machine"
        base.mkdir()
        _mount("-t", "tmpfs", "tmpfs", base)
        self.root, upper, work = (base / name for name in ("root", "upper", "work"))
        for directory in (self.root, upper, work):
            directory.mkdir()
        _mount("-t", "overlay", "overlay", "-o",
               f"lowerdir={tree},upperdir={upper},workdir={work}", self.root)
        self._groups = self._own_group(base)
        self._process = Process(
            ["unshare", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--fork",
             "--kill-child", "bash", "-c", _BOOT, "boot", self.root], Path(logs) / "boot.log")
        self.pid = until(self._first_process, 10)

    def wait(self):
        """Until systemd has started what it starts."""
        states = ("running", "degraded")
        if not until(lambda: self._state() in states, PATIENCE, 1):
            jobs = self.run("systemctl", "list-jobs", "--no-pager").stdout
            raise RuntimeError(f"systemd is {self._state() or 'silent'}, see boot.log; {jobs}")

    def _state(self):
        return self.run("systemctl", "is-system-running").stdout.strip()

    def _own_group(self, base):
        """A control group of our own, so that this systemd moves nobody else's processes."""
        mount = base / "cgroup"
        mount.mkdir()
        _mount("-t", "cgroup2", "cgroup2", mount)
        self._home = mount / Path("/proc/self/cgroup").read_text().split("0::/")[1].split("\n")[0]
        group = Path(tempfile.mkdtemp(prefix="deploy-", dir=self._home))
        (group / "cgroup.procs").write_text("0")
        return group

    def _first_process(self):
        path = Path(f"/proc/{self._process.process.pid}/task/{self._process.process.pid}/children")
        children = path.read_text().split() if path.exists() else []
        return int(children[0]) if children else None

    def run(self, *words, text=None):
        """A command in there; its output as text."""
        return subprocess.run(["nsenter", "-t", str(self.pid), "-a", "-r", "-w", "env", "-i",
                               "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                               "DEBIAN_FRONTEND=noninteractive", *map(str, words)],
                              input=text, capture_output=True, text=True)

    def fetch(self, url, *options):
        """(status, body) of a request that this test makes over the machine's loopback."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.pid), "-n", "curl", "--silent", "--max-time", "10",
             "--write-out", "\n%{http_code}", *options, url], capture_output=True, text=True)
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body

    def show(self, unit, *names):
        """Properties of a unit, as text."""
        out = self.run("systemctl", "show", unit, f"--property={','.join(names)}").stdout
        values = dict(line.split("=", 1) for line in out.splitlines() if "=" in line)
        return [values.get(name, "") for name in names]

    def journal(self, unit):
        """[(priority, message)] of a unit and of systemd about it, oldest first."""
        out = self.run("journalctl", "--unit", unit, "--output", "json", "--no-pager").stdout
        entries = [json.loads(line) for line in out.splitlines()]
        return [(int(entry.get("PRIORITY", 6)), str(entry["MESSAGE"])) for entry in entries]

    def write(self, path, text, mode=0o644):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def stop(self):
        self._process.process.kill()
        self._process.stop()
        (self._home / "cgroup.procs").write_text("0")
        until(lambda: not self._remove_groups(), 5)

    def _remove_groups(self):
        """Removes the machine's control groups, innermost first; those that are still in use."""
        busy = []
        for path, _, _ in os.walk(self._groups, topdown=False):
            try:
                os.rmdir(path)
            except OSError:
                busy.append(path)
        return busy
