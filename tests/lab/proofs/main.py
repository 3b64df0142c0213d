"""The command line of tests/lab/prove: runs the groups, each in a world of its own, some at a time."""

import argparse
import concurrent.futures
import re
import subprocess
import sys
from pathlib import Path

import namespaces
import soak
from certificates import Certificates

HERE = Path(__file__).resolve().parent
PREFIX = "prove_"
PATIENCE = 300  # seconds for one group


def groups():
    return sorted(p.stem.removeprefix(PREFIX) for p in HERE.glob(f"{PREFIX}*.py"))


def run(name):
    process = subprocess.Popen(namespaces.words(HERE / "group.py", name), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        output, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        output = process.communicate()[0] + f"not ok - {name}: not over after {PATIENCE} s\n"
    if process.returncode not in (0, 1) or not re.search(r"^ok - ", output, re.MULTILINE):
        output += f"not ok - {name}: ends with {process.returncode}\n"
    return output


def _soak():
    """The soak is no group: it makes worlds instead of living in one."""
    lines = []

    def report(title, good, detail=""):
        lines.append(f"{'ok' if good else 'not ok'} - soak: {title}{'' if good else f': {detail}'}\n")
    soak.prove(report)
    return "".join(lines)


def main(words):
    known = [*groups(), "soak"]
    parser = argparse.ArgumentParser(prog="tests/lab/prove")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(known))
    parser.add_argument("--jobs", type=int, default=3, help="worlds side by side")
    options = parser.parse_args(words)
    wanted = options.groups or known
    if unknown := set(wanted) - set(known):
        sys.exit(f"tests/lab/prove: no group {', '.join(sorted(unknown))}")
    Certificates()
    passed = failed = 0

    def tell(output):
        nonlocal passed, failed
        print(output, end="", flush=True)
        passed += len(re.findall(r"^ok - ", output, re.MULTILINE))
        failed += len(re.findall(r"^not ok - ", output, re.MULTILINE))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(run, name) for name in wanted if name != "soak"]
        for job in concurrent.futures.as_completed(jobs):
            tell(job.result())
    if "soak" in wanted:  # by itself, since it tells how long a world takes
        tell(_soak())
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
