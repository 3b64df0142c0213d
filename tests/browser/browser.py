"""The browser as a child: look.mjs in the folder where its packages are."""

import subprocess
from pathlib import Path

from plan import SOURCE

WORK = SOURCE / "build/browser"


class Browser:
    """Its lines are the test's lines."""

    def __init__(self, state, base, pictures, logs):
        self._errors = open(Path(logs) / f"browser-{state}.log", "w")
        self.process = subprocess.Popen(
            ["node", "look.mjs", state, base, str(pictures)], cwd=WORK, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._errors, text=True)

    def until(self, word):
        """Passes its lines on until it says `# word`; False if it ends without."""
        for line in self.process.stdout:
            if line.strip() == f"# {word}":
                return True
            print(line, end="", flush=True)
        return False

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def finish(self, state):
        self.until("")
        self.process.stdin.close()
        if self.process.wait() != 0:
            print(f"not ok - the browser ends well ({state}): see {self._errors.name}")
        self._errors.close()


def look(state, base, pictures, logs):
    Browser(state, base, pictures, logs).finish(state)
