"""One group of proofs in one world, inside namespaces: group.py NAME.

A group is a module prove_NAME with SCENARIO (the world and its rules, as in a scenario file, all rules disabled at
first) and functions `prove_…(lab)`, whose first line of documentation says what is proven and which
raise AssertionError if it is not so.
"""

import importlib
import inspect
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import scenario as scenarios
from plan import Plan
from tools import Lab
from world import World

REASON = 600  # characters of why a proof fails
HEAD = """
id: P0
title: proofs
class: N
targets: [facebook/web, gmail/imap, gmail/submission]
expect: {targets: {}}
"""


def proofs(module):
    found = [f for name, f in inspect.getmembers(module, inspect.isfunction) if name.startswith("prove_")]
    return sorted(found, key=lambda f: f.__code__.co_firstlineno)


def prove(name, lab, function):
    began = time.monotonic()
    title = inspect.getdoc(function).replace("\n", " ")
    why = ""
    try:
        function(lab)
    except AssertionError as wrong:
        line = traceback.extract_tb(wrong.__traceback__)[-1].lineno
        why = f": line {line}: {wrong}"[:REASON]
    except Exception as error:  # a proof that breaks is one that fails, and the others go on
        why = f": {traceback.format_exc(limit=-2).strip().splitlines()[-1]} {type(error).__name__}"
    print(f"{'not ok' if why else 'ok'} - {name}: {title} ({time.monotonic() - began:.1f} s){why}",
          flush=True)
    return not why


def main(name):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    module = importlib.import_module(f"prove_{name}")
    plan = Plan()
    scenario = scenarios.parse(HEAD + module.SCENARIO, f"prove_{name}.py", plan)
    for rule in scenario.censor:
        rule["enabled"] = False
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        world = World(plan, Path(folder))
        world.start(scenario.world, scenario.censor, scenario.targets)
        lab = Lab(plan, world)
        good = [prove(name, lab, function) for function in proofs(module)]
    return 0 if all(good) else 1


sys.exit(main(sys.argv[1]))
