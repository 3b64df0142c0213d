"""The dashboards against six hours that were made up: main.py LOGS, in a network namespace of its own."""

import json
import re
import sys
import tempfile
import traceback
from copy import deepcopy as copy_of
from pathlib import Path

from gate import Gate, metrics_of
from history import BASE, History
from report import Report

SOURCE = Path(__file__).resolve().parents[2]
DEPLOY = SOURCE / "deploy"
RECORDING = [DEPLOY / "prometheus/recording.yml", DEPLOY / "fleet/rules.yml"]


def check_runbook(report):
    """Each alert leads to a section of the runbook, and each section is of an alert."""
    text = "".join(path.read_text() for path in [*DEPLOY.glob("prometheus/*.yml"), RECORDING[1]])
    alerts = re.findall(r"- alert: (\w+)", text)
    anchors = re.findall(r"runbook: deploy/runbook\.md#(\w+)", text)
    sections = re.findall(r"^## (\w+)$", (DEPLOY / "runbook.md").read_text(), re.MULTILINE)
    report("each alert leads to its section of the runbook", alerts and
           [alert.lower() for alert in alerts] == anchors and sorted(alerts) == sorted(sections),
           f"{sorted(set(alerts) ^ set(sections))}")


def check_tests(report):
    """Each alert has a test in which it fires, one in which it does not, and each of a target one of silence."""
    rules = "".join(path.read_text() for path in [*DEPLOY.glob("prometheus/*.yml"), RECORDING[1]])
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("*.test.yml"))
    missing = []
    for alert in re.findall(r"- alert: (\w+)", rules):
        fires = re.search(rf"alertname: {alert}\n\s+exp_alerts:\n\s+- exp_labels", tests)
        rests = f"alertname: {alert}, exp_alerts: []" in tests
        silent = f"{alert} is silent while the vantage is not online" in tests
        if not fires or not rests or (re.match("ReachdTarget|ReachdCert|ReachdControl", alert) and not silent):
            missing.append(alert)
    report("each alert is tested: fires, does not fire, silent while the vantage is not online", not missing,
           ", ".join(missing))


def check_palette(boards, report):
    palette = set(re.findall(r"#[0-9A-F]{6}", (DEPLOY / "grafana/src/palette.mjs").read_text()))
    used = {colour for board in boards.values() for colour in re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(board))}
    report("every colour of the dashboards is in the palette", used and used <= palette, str(used - palette))


def spoilt(board):
    """(what is wrong, a copy of the board with it): what the gate is there to find."""
    def copy(change):
        other = copy_of(board)
        change(other)
        return other
    first = board["panels"][0]["targets"][0]["expr"]
    yield "a misspelt series", copy(lambda it: it["panels"][0]["targets"][0].update(
        expr=first.replace("reachd_", "reached_")))
    yield "a label that is in no answer", copy(lambda it: it["panels"][-2]["targets"][0].update(
        legendFormat="{{nowhere}}"))
    yield "a variable that is not there", copy(lambda it: it["panels"][0]["targets"][0].update(
        expr=first.replace("$vantage", "$vantag")))
    yield "a variable without a value", copy(lambda it: it["templating"]["list"][1].update(
        query="label_values(reached_nothing, vantage)"))
    yield "a panel without a unit", copy(lambda it: it["panels"][0]["fieldConfig"]["defaults"].pop("unit"))
    yield "a panel without words", copy(lambda it: it["panels"][0].pop("description"))


def check_gate(history, board, report):
    for what, other in spoilt(board):
        verdicts = []
        Gate(BASE, history.began, history.end, lambda _, good, *__: verdicts.append(bool(good)),
             step=60).check("spoilt", other)
        report(f"the gate finds {what}", verdicts == [False], str(verdicts))


def main(logs):
    report = Report()
    try:
        boards = {path.stem: json.loads(path.read_text())
                  for path in sorted(DEPLOY.glob("grafana/*.json"))}
        check_runbook(report)
        check_tests(report)
        check_palette(boards, report)
        recorded = set(re.findall(r"record: (\S+)", "".join(path.read_text() for path in RECORDING)))
        asked = {name for board in boards.values() for name in metrics_of(board) if ":" in name}
        report("every recorded series that a dashboard asks for is recorded", asked <= recorded,
               str(asked - recorded))
        with tempfile.TemporaryDirectory(prefix="reachd-rules-") as folder:
            history = History(folder, RECORDING, asked, Path(logs) / "prometheus.log")
            history.make()
            report.note("a Prometheus has six hours of four vantages")
            gate = Gate(BASE, history.began, history.end, report, step=60)
            for name, board in boards.items():
                gate.check(name, board)
            check_gate(history, boards["overview"], report)
            history.process.stop()
    except Exception:
        traceback.print_exc()
        report("the test runs to its end", False)
    return 0 if report.passed and not report.failed else 1  # `run` has checks of its own to count


sys.exit(main(*sys.argv[1:]))
