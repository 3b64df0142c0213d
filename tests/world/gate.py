"""Asks a live Prometheus every question of every dashboard.

A dashboard passes if its variables resolve, every query of every panel has an answer within the time
asked of, and every label that a legend or a table names is in some answer; and if each panel says what it
shows, in which unit. Most of the form follows Grafana's dashboard-linter (its docs/rules).
"""

import json
import re
import urllib.parse

from fetch import get

# Sorts of panels whose numbers mean nothing without a unit: all that are used.
WITH_UNIT = {"stat", "bargauge", "timeseries", "state-timeline", "table"}
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")
LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
METRIC = re.compile(r"\b(?:\w+:\w+:\w+|(?:reachd|process)_\w+|ALERTS)\b")


def seconds(words):
    number, unit = re.fullmatch(r"(\d+)([smhd])", words).groups()
    return int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def panels_of(board):
    return [inner for panel in board["panels"]
            for inner in ([panel] if panel["type"] != "row" else panel["panels"])]


def metrics_of(board):
    """The names of the series that its panels and annotations ask for."""
    questions = [target["expr"] for panel in panels_of(board) for target in panel["targets"]]
    questions += [note["expr"] for note in board["annotations"].get("list", []) if "expr" in note]
    return {name for question in questions for name in METRIC.findall(question)}


class Gate:
    """`awaited`: series that the asked do not have yet; queries of them are left out. `step`: seconds
    between points; `pace`: how long an interval of the asked is, as a share of the shipped minute."""

    def __init__(self, base, began, end, report, awaited=(), step=15, pace=1):
        self.base, self.began, self.end = base, began, end
        self.report, self.awaited = report, set(awaited)
        self.step, self.pace = step, pace

    def _step(self, words):
        return max(self.step, round(seconds(words) * self.pace))

    def check(self, name, board):
        faults = [*self._form(board)]
        values = {}
        for variable in board["templating"]["list"]:
            if variable["type"] == "datasource":
                continue
            found = self._resolve(variable, values)
            if not found:
                faults.append(f"variable {variable['name']} has no value")
            values[variable["name"]] = variable, found
        asked = 0
        for panel in panels_of(board):
            for target in panel["targets"]:
                if self.awaited & set(METRIC.findall(target["expr"])):
                    continue
                asked += 1
                faults += [f"{panel['title']}: {fault}" for fault in self._ask(panel, target, values)]
        for note in board["annotations"].get("list", []):
            if "expr" in note:
                asked += 1
                words = LEGEND.findall(note["titleFormat"] + note["textFormat"])
                faults += [f"annotation {note['name']}: {fault}" for fault in self._answers(
                    note["expr"], values, self._step(note["step"]), words)]
        self.report(f"{name}: {asked} queries of {len(panels_of(board))} panels answered", not faults and asked,
                    "\n    ".join(["", *faults]))

    def answers(self, board, chosen):
        """{panel: [an answer for each query]}, with these values chosen and all of the others."""
        values = {}
        for variable in board["templating"]["list"]:
            if variable["type"] != "datasource":
                name = variable["name"]
                values[name] = variable, [chosen[name]] if name in chosen else self._resolve(variable, values)
        return {panel["id"]: [self._answer(panel, target, values) for target in panel["targets"]]
                for panel in panels_of(board)}

    def _answer(self, panel, target, values):
        step = self._step(panel.get("interval", "0s"))
        question = self._filled(target["expr"], values, step)
        if target.get("instant"):
            return self._get("/api/v1/query", query=question, time=self.end)["result"]
        return self._get("/api/v1/query_range", query=question, start=self.began, end=self.end,
                         step=step)["result"]

    def _form(self, board):
        kinds = [variable["type"] for variable in board["templating"]["list"]]
        if kinds.count("datasource") != 1:
            yield "there is not one variable for the data source"
        if board.get("editable") is not False:
            yield "it can be edited where it is shown: the next import would undo that"
        for variable in board["templating"]["list"]:
            if variable["type"] == "query" and variable["refresh"] != 2:
                yield f"variable {variable['name']} is not read again when the time changes"
        for panel in panels_of(board):
            title = panel.get("title") or "a panel without title"
            if not panel.get("title") or not panel.get("description"):
                yield f"{title}: no title or no description"
            if panel["type"] in WITH_UNIT and not panel["fieldConfig"]["defaults"].get("unit"):
                yield f"{title}: no unit"
            if panel["datasource"].get("uid") != "${datasource}":
                yield f"{title}: not the chosen data source"
            if not panel.get("targets"):
                yield f"{title}: no query"

    def _get(self, path, **words):
        status, body = get(f"{self.base}{path}?{urllib.parse.urlencode(words, doseq=True)}")
        if status != 200:
            raise RuntimeError(json.loads(body).get("error", body) if body else f"HTTP {status}")
        return json.loads(body)["data"]

    def _resolve(self, variable, values):
        query = variable["query"] if isinstance(variable["query"], str) else variable["query"]["query"]
        selector, label = re.fullmatch(r"label_values\((.+), (\w+)\)", query).groups()
        return self._get(f"/api/v1/label/{label}/values", start=self.began, end=self.end,
                         **{"match[]": self._filled(selector, values, 60)})

    def _filled(self, expression, values, step):
        built_in = {"__rate_interval": f"{max(4 * step, 60)}s", "__interval": f"{step}s",
                    "__range": f"{int(self.end - self.began)}s"}

        def fill(match):
            name = match[1] or match[2]
            if name in built_in:
                return built_in[name]
            variable, found = values[name]  # a name without variable is a fault of the dashboard
            if not variable.get("multi"):
                return found[0]
            # Escaped as Grafana does it: once for the expression, once for PromQL's string.
            return "|".join(re.escape(value).replace("\\", "\\\\") for value in found)
        return VARIABLE.sub(fill, expression)

    def _ask(self, panel, target, values):
        if re.search(r"\b(rate|increase)\(", target["expr"]) and not re.search(
                r"\$__rate_interval|\$__range", target["expr"]):
            yield "a rate over a time of its own, not $__rate_interval"
        step = self._step(panel.get("interval", "0s"))
        wanted = LEGEND.findall(target.get("legendFormat", ""))
        if target.get("range") and not target.get("legendFormat"):
            yield "no legend"
        if panel["type"] == "table":
            wanted += [name for transformation in panel["transformations"]
                       for name in transformation["options"].get("includeByName", {}) if name != "Value"]
            wanted += [transformation["options"][field] for transformation in panel["transformations"]
                       for field in ("rowField", "columnField") if field in transformation["options"]]
        yield from self._answers(target["expr"], values, step, wanted)

    def _answers(self, expression, values, step, labels):
        """Asked of the whole time: what fired in the middle and has resolved is an answer too."""
        # Single values of a variable are tried one after the other: not each service has each trouble.
        tries = max((len(found) for variable, found in values.values() if not variable.get("multi")), default=1)
        found = set()
        for index in range(tries):
            turned = {name: (variable, found_ if variable.get("multi") else found_[index % len(found_):])
                      for name, (variable, found_) in values.items()}
            try:
                question = self._filled(expression, turned, step)
                answer = self._get("/api/v1/query_range", query=question, start=self.began, end=self.end,
                                   step=max(step, (self.end - self.began) / 1000))["result"]
            except (RuntimeError, KeyError, IndexError) as fault:
                yield f"{fault!r} in {expression}"
                return
            found |= {label for series in answer for label in series["metric"]}
            if answer:
                found.add("")
            if found >= {"", *labels}:
                return
        yield (f"no answer: {expression}" if "" not in found else
               f"no label {', '.join(sorted(set(labels) - found))} in the answers to {expression}")
