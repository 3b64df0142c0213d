"""Says how each check went, and keeps count."""

import time


class Report:
    def __init__(self):
        self.passed = self.failed = 0
        self._began = self._last = time.monotonic()

    def __call__(self, title, good, detail=""):
        """One line: what was checked and the seconds since the check before; returns `good`."""
        now = time.monotonic()
        took, self._last = now - self._last, now
        if good:
            self.passed += 1
        else:
            self.failed += 1
        words = f"{'ok' if good else 'not ok'} - {title} ({took:.1f} s)"
        print(words if good or not detail else f"{words}: {detail}", flush=True)
        return bool(good)

    def note(self, words):
        print(f"# {words} (after {time.monotonic() - self._began:.0f} s)", flush=True)

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.passed and not self.failed else 1
