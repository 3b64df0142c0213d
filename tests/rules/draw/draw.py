"""Asks the questions of each dashboard and has the answers drawn: draw.py WORK FOLDER."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from gate import Gate, metrics_of
from history import BASE, History
from report import Report

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
RULES = [DEPLOY / "prometheus/recording.yml", DEPLOY / "fleet/rules.yml"]
SERVICE = {"service": "gmail"}  # the one with the longest story
VANTAGE = {"vantage": "shanghai-1"}


def main(work, folder):
    boards = {path.stem: json.loads(path.read_text()) for path in sorted(DEPLOY.glob("grafana/*.json"))}
    asked = {name for board in boards.values() for name in metrics_of(board)}
    with tempfile.TemporaryDirectory(prefix="reachd-draw-") as past:
        history = History(past, RULES, asked, Path(folder) / "prometheus.log")
        history.make()
        gate = Gate(BASE, history.began, history.end, Report(), step=60)
        questions = {name: {"board": board, "began": history.began, "end": history.end,
                            "answers": gate.answers(board, SERVICE if name == "service" else
                                                    VANTAGE if name == "vantage" else {})}
                     for name, board in boards.items()}
        history.process.stop()
    answers = Path(work) / "answers.json"
    answers.write_text(json.dumps(questions))
    subprocess.run(["node", "draw.mjs", answers, folder], cwd=work, check=True)


main(*sys.argv[1:])
