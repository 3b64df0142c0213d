"""A world up, looked at once, and down, inside namespaces: once.py [stay]. Prints the seconds until it
was up; with `stay` it then stands until it is killed."""

import sys
import tempfile
import time
from pathlib import Path

from plan import Plan
from tools import NEIGHBOUR, TARGET, Lab
from world import World


def main(stay=""):
    plan = Plan()
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        began = time.monotonic()
        world = World(plan, Path(folder))
        world.start({}, [], [])
        print(f"{time.monotonic() - began:.2f}", flush=True)
        while stay:
            time.sleep(1)
        lab = Lab(plan, world)
        answer = lab.dig(TARGET, patience=5)
        if sorted(answer.addresses) != sorted(lab.addresses(TARGET)):
            sys.exit(f"the target resolves to {answer}")
        fetch = lab.curl(NEIGHBOUR, patience=10)
        if fetch.exit != 0:
            sys.exit(f"the neighbour answers {fetch}")
    return 0


sys.exit(main(*sys.argv[1:]))
