"""The story: all is well; a bad and a good reload; one fault after the other; a clean end.

Every claim about targets is asked of Prometheus. The daemon's own answers only tell when a round is
over, so that a fault begins and ends between two rounds.
"""

import json
import time

from daemon import EXTRA_TARGETS, HASTY_ROUND, LANES
from dashboards import check_dashboards
from faults import plan
from process import until

# What one round says; that a target is not reachable takes some of them.
ROUND_FAILED = 'reachd_round_status{status="ok"} == 0'
PHASES = ("dns", "connect", "tls", "first_byte")


class Scenario:
    def __init__(self, world, daemon, prometheus, report):
        self.world, self.daemon = world, daemon
        self.prometheus, self.report = prometheus, report
        self.ids = sorted(target.id for target in world.shipped.targets)
        self.healing = {}  # target → (fault, when it was healed)

    def play(self):
        began = time.time()
        self.begin()
        self.all_is_well()
        self.bad_reload()
        self.good_reload()
        self.hasten()
        for fault, target in plan(self.world):
            self.suffer(fault, target)
        self.all_heal()
        self.well_ruled()
        check_dashboards(self.world.source.parents[1] / "deploy/grafana", self.prometheus, began,
                         time.time(), self.report)
        self.calm_down()
        self.end()

    # --- before any fault

    def begin(self):
        daemon, report = self.daemon, self.report
        daemon.write_shipped()
        status, output = daemon.command("check", "--config", str(daemon.config))
        report("reachd check: the shipped configuration is right", status == 0, output)
        status, output = daemon.command("status")
        report("reachd status: exit status 1 while no daemon runs", status == 1, output)
        daemon.start()
        report("/-/healthy answers 200 soon", until(lambda: daemon.get("/-/healthy")[0] == 200, 10))
        self.prometheus.start()
        report("the API lists exactly the shipped targets", daemon.listed() == self.ids,
               str(daemon.listed()))
        self.prometheus.await_scrape()
        exist = self.prometheus.targets("reachd_target_reachable")
        report("every target has its series from the start", exist == self.ids, str(exist))

    def all_is_well(self, patience=90):
        ask, report = self.prometheus.targets, self.report
        well = until(lambda: ask("reachd_target_reachable == 1") == self.ids, patience, 0.5)
        missing = sorted(set(self.ids) - set(ask("reachd_target_reachable == 1")))
        report(f"every target is reachable within {patience} s", well, ", ".join(missing))
        for phase in PHASES:
            plain = [t.id for t in self.world.shipped.targets if t.scheme == "http"]
            wanted = sorted(set(self.ids) - set(plain if phase == "tls" else []))
            timed = ask(f'reachd_last_phase_duration_seconds{{phase="{phase}"}} > 0')
            report(f"every target that has a phase {phase} has its time", timed == wanted,
                   ", ".join(sorted(set(wanted) ^ set(timed))))
        failures = self.prometheus.query("reachd_failures_total > 0")
        report("nothing has failed so far", not failures, str(failures))
        controls = [target.id for target in self.world.shipped.controls]
        fine = until(lambda: sorted(labels["control"] for labels, _ in self.prometheus.query(
            "reachd_control_reachable == 1")) == sorted(controls), 20, 0.5)
        report("every control is reachable", fine)
        report("/-/ready answers 200", until(lambda: self.daemon.get("/-/ready")[0] == 200, 20, 0.5))
        status, output = self.daemon.command("status")
        report("reachd status: exit status 0, every target in its table",
               status == 0 and all(name.split("/")[1] in output for name in self.ids), output)
        one = self.world.shipped.targets[0]
        status, body = self.daemon.get(f"/api/v1/targets/{one.id}")
        report("the API tells of one target", status == 200 and json.loads(body)["status"] == "ok", body)
        report("the page names every service", all(
            target.service in self.daemon.get("/")[1] for target in self.world.shipped.targets))

    def _reload(self, successful):
        value = int(successful)
        self.daemon.reload()
        return until(lambda: self.prometheus.query(
            f"reachd_config_last_reload_successful == {value}"), 10, 0.5)

    def bad_reload(self):
        self.daemon.write_bad()
        self.report("a bad file: the reload's metric says 0", self._reload(False))
        self.report("a bad file: the log says where and why", "shedule" in self.daemon.log.read_text())
        self.report("a bad file: the daemon goes on with the old one",
                    self.daemon.get("/-/healthy")[0] == 200 and self.daemon.listed() == self.ids)

    def good_reload(self):
        ask, report = self.prometheus.targets, self.report
        extra = [f"extra/{name}" for name in EXTRA_TARGETS]
        before = time.time()
        self.daemon.write_more()
        report("a good file: the reload's metric says 1", self._reload(True))
        self.prometheus.await_scrape()
        exist = ask("reachd_target_reachable")
        report("a good file: its new targets are there", exist == sorted(self.ids + extra), str(exist))
        fewer = ask(f"sum by (service_name, target) (reachd_rounds_total) < "
                    f"sum by (service_name, target) (reachd_rounds_total @ {before:.3f})")
        report("a good file: no target's count of rounds began anew", not fewer, str(fewer))
        window = max(int(time.time() - before), 1)
        lost = set(ask(f"min_over_time(reachd_target_reachable[{window}s]) == 0")) - set(extra)
        report("a good file: no target lost its state", not lost, str(sorted(lost)))
        self.ids = sorted(self.ids + extra)

    def hasten(self):
        self.calm_threads = self.daemon.threads()
        self.daemon.write_hasty()
        self.report("a hastier pace: the reload's metric says 1", self._reload(True))
        self.prometheus.await_scrape()
        well = until(lambda: self.prometheus.targets("reachd_target_reachable == 1") == self.ids,
                     2 * HASTY_ROUND + 5, 0.5)
        self.report("a hastier pace: every target is reachable within two rounds", well, str(
            set(self.ids) - set(self.prometheus.targets("reachd_target_reachable == 1"))))
        until(lambda: len(self._more_threads()) == LANES, 20)
        self.lanes = self._more_threads()
        self.report(f"a hastier pace: on {LANES} threads more", len(self.lanes) == LANES, str(self.lanes))

    def _more_threads(self):
        return self.daemon.threads().keys() - self.calm_threads.keys()

    # --- faults

    def _grown(self, since):
        """{target id: {(stage, failure)}} of the failures counted since then."""
        grown = {}
        for labels, _ in self.prometheus.query(
                f"reachd_failures_total - (reachd_failures_total @ {since:.3f} "
                f"or reachd_failures_total * 0) > 0"):
            key = f"{labels['service_name']}/{labels['target']}"
            grown.setdefault(key, set()).add((labels["stage"], labels["failure"]))
        return grown

    def suffer(self, fault, target):
        self.daemon.await_round(target)
        self.prometheus.await_scrape()
        began = time.time()
        fault.begin(self.world, target)
        seen = until(lambda: target.id in self.prometheus.targets(ROUND_FAILED), 2 * HASTY_ROUND, 0.3)
        self.report(f"{target.id}: {fault}: a round fails within two", seen)
        # A round that met the change of servers half-way has ended after this one, and does not count.
        self.daemon.await_round(target)
        self.prometheus.await_scrape()
        settled = time.time()
        self.daemon.await_round(target)
        self.prometheus.await_scrape()
        grown = self._grown(settled).get(target.id)
        self.report(f"{target.id}: {fault}: exactly that is counted",
                    grown == {(fault.stage, fault.failure)}, str(grown))
        confirmed = until(lambda: target.id in self.prometheus.targets("reachd_target_reachable == 0"),
                          4 * HASTY_ROUND, 0.3)
        self.report(f"{target.id}: {fault}: is confirmed", confirmed)
        self._others_are_well(target, began, self._grown(began))
        fault.heal(self.world, target)
        self.healing[target] = (fault, time.monotonic())
        self._see_healed()

    def _others_are_well(self, target, since, grown):
        excused = {target.id, *(other.id for other in self.healing)}
        window = max(int(time.time() - since), 1)
        lost = set(self.prometheus.targets(f"min_over_time(reachd_target_reachable[{window}s]) == 0"))
        touched = sorted((lost | set(grown)) - excused)
        controls = self.prometheus.query(f"min_over_time(reachd_control_reachable[{window}s]) == 0")
        self.report(f"{target.id}: no other target and no control is touched",
                    not touched and not controls, f"{touched} {controls} {grown}")

    def _see_healed(self):
        """Files those that have healed; their failures count against them from then on."""
        well = self.prometheus.targets(f"reachd_target_reachable == 1 unless on (service_name, target) "
                                       f"({ROUND_FAILED})")
        for target, (fault, when) in list(self.healing.items()):
            took = time.monotonic() - when
            if target.id in well:
                self.report(f"{target.id}: well again {took:.0f} s after: {fault.title}", True)
            elif took > 8 * HASTY_ROUND:
                self.report(f"{target.id}: well again after: {fault.title}", False)
            else:
                continue
            del self.healing[target]

    def all_heal(self):
        while self.healing:
            time.sleep(0.5)
            self._see_healed()
        well = self.prometheus.targets("reachd_target_reachable == 1")
        self.report("in the end every target is reachable", well == self.ids,
                    str(set(self.ids) - set(well)))

    def well_ruled(self):
        """Every shipped rule evaluates, and what they record of the services is there."""
        bad = self.prometheus.ailing_rules()
        services = {labels["service_name"] for labels, _ in self.prometheus.query(
            "service:reachd_rounds_ok:ratio_rate5m")}
        wanted = {name.split("/")[0] for name in self.ids}
        self.report("every rule evaluates, and each service has its availability",
                    services == wanted and not bad, f"{services ^ wanted} {bad}")

    def calm_down(self):
        spent = {lane: self.daemon.threads()[lane] for lane in self.lanes}
        self.report("a hastier pace: each of them measured", min(spent.values()) > 0.1, str(spent))
        self.daemon.write_calm()
        self.report("the old pace: the reload's metric says 1", self._reload(True))
        fewer = until(lambda: self.daemon.threads().keys() == self.calm_threads.keys(), 20)
        self.report("the old pace: its threads have ended with what they measured", fewer,
                    f"{self.daemon.threads()}, {self.calm_threads} before")

    def end(self):
        # A machine that stands still for a second makes a scrape time out, whatever the daemon does.
        failed = self.prometheus.query('count_over_time((up{job="reachd"} == 0 and '
                                       'scrape_duration_seconds{job="reachd"} < 0.9)[10m:1s])')
        share = self.prometheus.query('avg_over_time(up{job="reachd"}[10m])')
        self.report("no scrape has failed before its time was over, and hardly one after",
                    not failed and share and share[0][1] > 0.98, f"{failed} {share}")
        began = time.monotonic()
        status = self.daemon.process.stop(patience=15)
        took = time.monotonic() - began
        self.report(f"SIGTERM: exit status 0 after {took:.1f} s", status == 0 and took < 10, str(status))
