"""What the runner prints and writes: a line for each scenario, the totals, a document of everything."""

import score

STATUSES = ("ok", "blocked", "likely_blocked", "impaired", "down", "insufficient", None)
CLASSES = {"B": "blocking", "N": "benign", "O": "outage", "M": "mixed"}


def line(outcome):
    scenario, result = outcome.scenario, outcome.result
    title = f"{scenario.id} {scenario.title}"
    if outcome.not_yet:
        return f"not yet - {title}: needs {', '.join(outcome.not_yet)}"
    words = f"{'ok' if outcome.good else 'not ok'} - {title}: expected {score.expected(scenario)}"
    if result:
        words += f"; got {score.shown(result)} ({result['seconds']:.0f} s)"
    return words + "".join(f"\n    {fault}" for fault in outcome.faults)


def _share(value):
    return "-" if value is None else f"{value:.3f}"


def totals(outcomes):
    lines = ["", "class     " + "".join(f"{str(s or 'none'):>16}" for s in STATUSES)]
    for kind, row in sorted(score.confusion(outcomes).items()):
        lines.append(f"{CLASSES[kind]:<10}" + "".join(f"{row.get(s, 0):>16}" for s in STATUSES))
    precision, recall, table = score.kinds_score(outcomes)
    lines += ["", f"{'kind':<34}expected  found"]
    lines += [f"{kind:<34}{seen:>8}{hit:>7}" for kind, (seen, hit) in sorted(table.items())]
    lines.append(f"kinds: hierarchical precision {_share(precision)}, recall {_share(recall)}")
    rounds, alarms = score.false_alarms(outcomes)
    bound = f"; at 95 % the true rate is below {3 / rounds:.4f}" if rounds and not alarms else ""
    lines.append(f"false alarms: {alarms} of {rounds} rounds in benign and outage worlds{bound}")
    worlds, pages, untrue = score.pages(outcomes)
    if worlds:
        lines.append(f"alerts: {pages} pages in {worlds} worlds; {untrue} alerts of blocks in benign and outage worlds")
    passed, waiting = sum(o.good for o in outcomes), sum(bool(o.not_yet) for o in outcomes)
    failed = len(outcomes) - passed - waiting
    if waiting:
        lines.append(f"not yet: {waiting}")
    lines.append(f"{passed} passed, {failed} failed")
    return "\n".join(lines)


def document(outcomes):
    precision, recall, table = score.kinds_score(outcomes)
    rounds, alarms = score.false_alarms(outcomes)
    return {
        "scenarios": [{"id": o.scenario.id, "title": o.scenario.title, "class": o.scenario.kind,
                       "good": o.good, "not_yet": o.not_yet, "faults": o.faults,
                       "expected": o.scenario.expect, "result": o.result} for o in outcomes],
        "confusion": {kind: {str(s): n for s, n in row.items()}
                      for kind, row in score.confusion(outcomes).items()},
        "kinds": {"precision": precision, "recall": recall,
                  "each": {kind: {"expected": seen, "found": hit} for kind, (seen, hit) in table.items()}},
        "false_alarms": {"rounds": rounds, "alarms": alarms},
        "alerts": dict(zip(("worlds", "pages", "untrue"), score.pages(outcomes)))}
