"""The command line of tests/browser/run: each part in a world of its own, one after the other."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import namespaces
from certificates import Certificates
from plan import SOURCE

HERE = Path(__file__).resolve().parent
LOGS = SOURCE / "build/logs/browser"
PICTURES = SOURCE / "build/pictures"
PARTS = ("lab", "loopback")


def main(bundled, words):
    parser = argparse.ArgumentParser(prog="tests/browser/run")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--binary", default=SOURCE / "build/release/reachd", type=Path)
    options = parser.parse_args(words)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}")
    Certificates()
    PICTURES.mkdir(parents=True, exist_ok=True)
    passed, failed = bundled, 1 - bundled
    for part in options.parts or PARTS:
        logs = LOGS / part
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        words = namespaces.words(HERE / "part.py", part, options.binary.resolve(), logs, PICTURES)
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                print(line, end="", flush=True)
                passed += line.startswith("ok - ")
                failed += line.startswith("not ok - ")
        if process.returncode != 0:
            print(f"not ok - {part}: ends with {process.returncode}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
