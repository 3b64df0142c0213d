"""Proofs that worlds leave nothing behind and do not disturb each other: many up and down, four at a
time, one that is killed, one of an ordinary user."""

import concurrent.futures
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import censor
import namespaces
from plan import SOURCE
from process import until

HERE = Path(__file__).resolve().parent
WORLDS = 50
UP = 8.0         # seconds for a world: four times what it takes where nothing else runs
PATIENCE = 120
NOBODY = 65534


def _mine(mark):
    """The processes that bear this mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:  # it has ended, or is another user's
            continue
    return found


def _surroundings():
    """What a careless world would change: cards, routes, names of namespaces, mounts."""
    listed = [subprocess.run(["ip", *words], capture_output=True, text=True).stdout
              for words in (["-o", "-br", "link"], ["route"], ["-6", "route"], ["netns", "list"])]
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [*listed, sorted(mounts)]


def _environment(mark, folder):
    return {**os.environ, "LAB_SOAK": mark, "TMPDIR": str(folder)}


def _one(mark, folder):
    """Seconds until a world was up; it was looked at by dig and curl, and is gone. None: it failed."""
    done = subprocess.run(namespaces.words(HERE / "once.py"), env=_environment(mark, folder),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != 0:
        print(f"# {(done.stderr.strip().splitlines() or ['no reason'])[-1]}")
        return None
    return float(done.stdout)


def _killed(mark, folder):
    """Whether a world whose first process is killed takes everything along."""
    process = subprocess.Popen(namespaces.words(HERE / "once.py", "stay"), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, env=_environment(mark, folder), text=True)
    stood = bool(process.stdout.readline())
    many = len(_mine(mark))
    process.kill()
    process.wait()
    return stood and many > 5 and until(lambda: not _mine(mark), 10)


def _as_ordinary_user(mark, folder):
    """Whether a user without privileges can have a world. Root becomes nobody for it, with a copy of
    what a world needs, since nobody may not read everybody's folders."""
    words, environment = namespaces.words, _environment(mark, folder)
    if os.geteuid() != 0:
        return _one(mark, folder) is not None
    copy = folder / "copy"
    for part in ("tests", "config"):
        shutil.copytree(SOURCE / part, copy / part, ignore=shutil.ignore_patterns("corpus"))
    environment["LAB_CENSOR"] = str(shutil.copy2(censor.binary(), copy / "lab_censor"))
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    lab = copy / "tests/lab"
    environment["PYTHONPATH"] = f"{lab}:{copy}/tests/world:{lab}/proofs"
    as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = words(lab / "proofs/once.py")
    done = subprocess.run([*as_nobody, command[0], "--user", "--map-root-user", *command[1:]],
                          env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE)
    if done.returncode != 0:
        print(f"# {done.stderr.strip()[-300:]}")
    return done.returncode == 0


def prove(report):
    """Reports each proof by report(title, good, detail)."""
    mark = f"soak-{uuid.uuid4()}"
    before = _surroundings()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            times = list(pool.map(lambda _: _one(mark, folder), range(WORLDS)))
        good = [t for t in times if t is not None]
        report(f"{WORLDS} worlds, four side by side: each resolves and serves "
               f"({time.monotonic() - began:.0f} s)", len(good) == WORLDS, f"{len(good)} did")
        alone = [_one(mark, folder) for _ in range(3)]
        best = min((t for t in alone if t is not None), default=PATIENCE)
        report(f"a world alone is up in {best:.1f} s", best < UP, str(alone))
        report("no process is left of them", not _mine(mark), str(_mine(mark)))
        report("no file is left of them", not list(folder.iterdir()), str(list(folder.iterdir())))
        report("no card, route, namespace or mount has changed", _surroundings() == before,
               f"{before} became {_surroundings()}")
        report("a world that is killed takes everything along", _killed(mark, folder))
        report("an ordinary user can have a world", _as_ordinary_user(mark, folder))
        report("no process is left in the end", until(lambda: not _mine(mark), 10), str(_mine(mark)))
