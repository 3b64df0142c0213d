"""The command line of tests/lab/run: finds scenarios, plays them side by side, says how it went."""

import argparse
import concurrent.futures
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import namespaces
import scenario as scenarios
import summary
from certificates import Certificates
from nodes import Refusal
from plan import SOURCE, Plan
from score import Outcome, compare

HERE = Path(__file__).resolve().parent
RUNS = SOURCE / "build/lab/runs"
PATIENCE = 900  # seconds that the longest scenario may take


def _arguments(words):
    parser = argparse.ArgumentParser(prog="tests/lab/run", description="Plays the lab's scenarios.")
    parser.add_argument("which", nargs="*",
                        help="scenario files, directories, ids, first letters of ids; default: all")
    parser.add_argument("--jobs", type=int, default=4 * (os.cpu_count() or 1), help="worlds side by side")
    parser.add_argument("--json", metavar="OUT", help="everything that was found, into a file")
    parser.add_argument("--keep", action="store_true", help="keep logs, and record all wires")
    parser.add_argument("--shell", metavar="ID", help="a shell in that scenario's world")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="play each so many times")
    parser.add_argument("--binary", default=SOURCE / "build/release/reachd", type=Path)
    return parser.parse_args(words)


def find(words):
    """The files that the words mean. SystemExit if a word means none."""
    folder = HERE / "scenarios"
    files = []
    for word in words or [folder]:
        path = Path(word)
        if path.is_dir():
            files += sorted(path.glob("*.yaml"))
        elif path.is_file():
            files.append(path)
        elif (named := folder / f"{word}.yaml").is_file():
            files.append(named)
        elif word.isalpha() and (group := sorted(folder.glob(f"{word}[0-9]*.yaml"))):
            files += group
        else:
            sys.exit(f"tests/lab/run: {word} is neither a file, a directory, a scenario's id nor the "
                     "letter of some")
    return files


def read_all(files, plan):
    """All scenarios; SystemExit with the faults of all files if any has one."""
    found, faults = [], []
    for path in files:
        try:
            found.append(scenarios.read(path, plan))
        except Refusal as refusal:
            faults += scenarios.tell(path, refusal)
    if faults:
        sys.exit("\n".join(faults))
    return found


def play(scenario, number, options):
    """One scenario in a world of its own."""
    if scenario.needs:
        return Outcome(scenario, not_yet=scenario.needs)
    folder = RUNS / (f"{scenario.id}-{number}" if options.repeat > 1 else scenario.id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with open(folder / "play.log", "wb") as log:
        process = subprocess.Popen(
            namespaces.words(HERE / "play.py", scenario.path, options.binary, folder,
                             *(["keep"] if options.keep else [])),
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        result = json.loads((folder / "result.json").read_text())
    except OSError:
        last = (folder / "play.log").read_text(errors="replace").strip().splitlines()[-1:]
        return Outcome(scenario, faults=[f"the lab fails: {''.join(last)}; see {folder}"])
    outcome = Outcome(scenario, result, compare(scenario, result))
    if outcome.good and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def main(words):
    options = _arguments(words)
    options.binary = options.binary.resolve()
    plan = Plan()
    if options.shell:
        path, = find([options.shell])
        folder = RUNS / f"shell-{os.getpid()}"
        folder.mkdir(parents=True)
        words = namespaces.words(HERE / "play.py", path.resolve(), options.binary, folder, "shell")
        status = subprocess.call(words)
        shutil.rmtree(folder, ignore_errors=True)
        return status
    found = read_all([path.resolve() for path in find(options.which)], plan)
    Certificates()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        # The longest first, so that none is left alone at the end.
        order = sorted(found, key=lambda s: -s.schedule.get("duration", 0))
        jobs = [pool.submit(play, replace(scenario), number, options)
                for number in range(1, options.repeat + 1) for scenario in order]
        for job in concurrent.futures.as_completed(jobs):
            outcomes.append(job.result())
            print(summary.line(outcomes[-1]), flush=True)
    print(summary.totals(outcomes))
    if options.json:
        Path(options.json).write_text(json.dumps(summary.document(outcomes), indent=1))
    return 0 if all(o.good or o.not_yet for o in outcomes) and any(o.good for o in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
