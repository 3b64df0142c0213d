"""The shipped rules at the pace of a test: every time in them is an eighth of what it was, and
nothing else is changed."""

import re
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FILES = ["prometheus/recording.yml", "prometheus/target-alerts.yml", "prometheus/vantage-alerts.yml",
         "fleet/rules.yml"]
PACE = 8
LOOKBACK = 300 // PACE  # seconds: what Prometheus has as five minutes
SLOWEST = 240 // PACE  # seconds between evaluations of the group that is evaluated least often
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TIME = re.compile(r"(?P<before>\bfor: |\binterval: |\[|\boffset )(?P<number>\d+)(?P<unit>[smhd])\b")


def hasten(text):
    """The text and how many times were changed in it."""
    def shorter(match):
        seconds = int(match["number"]) * _SECONDS[match["unit"]] / PACE
        return f"{match['before']}{max(1, round(seconds))}s"
    return _TIME.subn(shorter, text)


def write(folder):
    """The hastened files in that folder. A rule file without any time would be one that was not
    understood."""
    paths = []
    for name in FILES:
        text, count = hasten((DEPLOY / name).read_text())
        if not count:
            raise RuntimeError(f"no time found in {name}")
        path = folder / name.replace("/", "-")
        path.write_text(text)
        paths.append(path)
    return paths


def alerts():
    """The names of all shipped alerts."""
    return re.findall(r"- alert: (\w+)", "".join((DEPLOY / name).read_text() for name in FILES))
