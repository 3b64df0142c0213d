"""Proofs: the Alertmanager and the receiver beside a vantage deliver what is told to them, once."""

import json
import subprocess
import time

from alertmanager import BASE, Alertmanager
from passages import firing, idle, pages, passages
from process import until
from receiver import Receiver

SCENARIO = "world: {}\n"
WAIT, INTERVAL = 1, 1  # seconds until the first notification of a group, and the next ones


class Alerting:
    """A fresh pair, ready; as a context, so that the next proof finds the port free."""

    def __init__(self, lab):
        self.receiver = Receiver()
        self.manager = Alertmanager(lab.world.logs)
        self.manager.prepare(self.receiver.url, {"group_wait": f"{WAIT}s", "group_interval": f"{INTERVAL}s"})

    def __enter__(self):
        self.manager.start()
        return self

    def __exit__(self, *_):
        self.manager.stop()
        self.receiver.close()

    def told(self):
        return passages(self.receiver.notifications())

    def await_told(self, to, count=1):
        assert until(lambda: sum(p.to == to for p in self.told()) >= count, 15, 0.05), \
            f"{to}: {self.told()}"


def _amtool(*words):
    subprocess.run(["amtool", f"--alertmanager.url={BASE}", *words], check=True, capture_output=True)


def _add(target, *words):
    _amtool("alert", "add", "ProofAlert", f"target={target}", *words)


def _post(*alerts):
    return subprocess.run(
        ["curl", "--silent", "--noproxy", "*", "--output", "/dev/null", "--write-out", "%{http_code}",
         "--header", "Content-Type: application/json", "--data", json.dumps(alerts),
         f"{BASE}/api/v2/alerts"], check=True, capture_output=True, text=True).stdout


def _time(shift=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + shift))


def prove_delivery(lab):
    """an alert of amtool's arrives once, with its labels and annotations; another tool reads it back"""
    with Alerting(lab) as alerting:
        began = time.time()
        _add("one", "--annotation=summary=a proof")
        alerting.await_told("firing")
        told, = alerting.told()
        assert told.label("alertname") == "ProofAlert" and told.label("target") == "one", told
        assert told.at - began >= WAIT - 0.2, "told before the group was waited for"
        notification, = alerting.receiver.notifications()
        assert notification["alerts"][0]["annotations"] == {"summary": "a proof"}, notification
        assert [a["labels"]["target"] for a in alerting.manager.alerts()] == ["one"]


def prove_silence(lab):
    """what was never told to Alertmanager never arrives, and what it is told again arrives once"""
    with Alerting(lab) as alerting:
        for _ in range(3):
            _add("one")
        alerting.await_told("firing")
        time.sleep(WAIT + 3 * INTERVAL)  # three times what would let a second one through
        notifications = alerting.receiver.notifications()
        assert len(notifications) == 1 and not idle(notifications, alerting.told()), notifications


def prove_resolved(lab):
    """an end in the past resolves an alert at once; the same alert later is a second one"""
    with Alerting(lab) as alerting:
        began = _time(-5)
        labels = {"alertname": "ProofAlert", "target": "one"}
        assert _post({"labels": labels, "startsAt": began}) == "200"
        alerting.await_told("firing")
        assert firing(alerting.told())
        assert _post({"labels": labels, "startsAt": began, "endsAt": _time()}) == "200"
        alerting.await_told("resolved")
        assert not firing(alerting.told())
        assert _post({"labels": labels}) == "200"
        alerting.await_told("firing", 2)
        assert [p.to for p in alerting.told()] == ["firing", "resolved", "firing"], alerting.told()


def prove_grouping(lab):
    """alerts of one name that come together are one page; a later one is a second page"""
    with Alerting(lab) as alerting:
        assert _post(*({"labels": {"alertname": "ProofAlert", "target": name}} for name in "abcdef")) == "200"
        alerting.await_told("firing", 6)
        assert pages(alerting.told()) == 1, alerting.receiver.notifications()
        _add("late")
        alerting.await_told("firing", 7)
        assert pages(alerting.told()) == 2, alerting.receiver.notifications()


def prove_absence(lab):
    """an Alertmanager that is stopped refuses, and knows again what fired when it is back"""
    with Alerting(lab) as alerting:
        _add("one")
        alerting.await_told("firing")
        # The receiver shows it before Alertmanager has the answer, and notes that it has told it.
        assert until(lambda: alerting.manager.looked() >= 2, 15, 0.05), "the group is not due again"
        alerting.manager.stop()
        refused = subprocess.run(["curl", "--silent", "--noproxy", "*", f"{BASE}/-/ready"], check=False)
        assert refused.returncode == 7, refused
        alerting.manager.start()
        _add("one")
        time.sleep(WAIT + 3 * INTERVAL)
        assert len(alerting.receiver.notifications()) == 1, "a restart of Alertmanager told it twice"
