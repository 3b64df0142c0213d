"""One part in its world, inside namespaces: part.py PART BINARY LOGS PICTURES."""

import signal
import subprocess
import sys
import traceback
from pathlib import Path

import hostile
import lab_states
import many


def main(part, binary, logs, pictures):
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        if part == "lab":
            lab_states.play(Path(binary), Path(logs), pictures)
        else:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            hostile.play(Path(binary), Path(logs), pictures)
            many.play(Path(binary), Path(logs), pictures)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        print(f"not ok - {part} runs to its end")
    return 0


sys.exit(main(*sys.argv[1:]))
