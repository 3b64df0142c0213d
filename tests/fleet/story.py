"""The story: all push and one is blocked; a line goes down and comes back; the centre is away for two
minutes. What is true of it is asked of both stores, and of who was called."""

import time

import doors
import rules
from centre import Centre
from load import measure
from network import CENSORED, VANTAGES, cut
from passages import passages
from process import until
from vantage import INTERVAL, Vantage
from world import World

CUT, FINE = VANTAGES[1], VANTAGES[2]
AWAY = 120  # seconds that the centre is away
STATUS = "reachd_vantage_status"


class Story:
    def __init__(self, binary, build, logs, report):
        self.build, self.report = build, report
        self.world = World(binary, build / "tests/lab/censor/lab_censor", logs)
        self.centre = Centre(self.world)
        self.vantages = {name: Vantage(name, binary, self.world) for name in VANTAGES}

    def play(self):
        self.world.start()
        self.centre.start({name: vantage.token for name, vantage in self.vantages.items()})
        doors.check(self.world, self.vantages[FINE].token, self.report)
        for vantage in self.vantages.values():
            vantage.start()
        self.all_push()
        self.one_is_blocked()
        self.a_line_goes_down()
        self.the_centre_is_away()
        wanted = [((store.name, *alert), to) for store in self.centre.stores
                  for alert, to in ((self.blocked, "firing"), (self.silent, "firing"),
                                    (self.silent, "resolved"))]
        self.report("in all, each of these was told once, and nothing else",
                    sorted(self.told()) == sorted(wanted), str(self.told()))
        evaluated = until(lambda: not self.centre.ailing_rules(), 2 * rules.SLOWEST)
        self.report("every rule evaluates, on both sides", evaluated, str(self.centre.ailing_rules()))
        for name, vantage in self.vantages.items():
            status = vantage.stop()
            self.report(f"{name}: the daemon ends with status 0", status == 0, str(status))
            self.report(f"{name}: no line of its log shows the token",
                        vantage.token not in vantage.log.read_text())
        measure(self.build, self.world.logs, self.report)

    # --- who was called

    def told(self):
        """{(centre, alert, vantage or country, target)} that fired or resolved, in order of time."""
        return [((p.label("centre"), p.label("alertname"), p.label("vantage") or p.label("country"),
                  "/".join(filter(None, (p.label("service_name"), p.label("target"))))), p.to)
                for p in passages(self.centre.receiver.notifications())]

    def in_force(self):
        force = set()
        for alert, to in self.told():
            (force.add if to == "firing" else force.discard)(alert)
        return force

    def await_force(self, title, alerts, patience):
        """Exactly these (alert, place, target) are in force, at both centres."""
        wanted = {(store.name, *alert) for store in self.centre.stores for alert in alerts}
        until(lambda: self.in_force() == wanted, patience, 0.5)
        self.report(f"{title}: exactly {len(alerts)} in force at both centres", self.in_force() == wanted,
                    f"missing {sorted(wanted - self.in_force())}, too many "
                    f"{sorted(self.in_force() - wanted)}")

    # --- chapters

    def all_push(self, patience=60):
        for store in self.centre.stores:
            def names():
                return sorted({labels["vantage"] for labels, _ in store.query(f"{STATUS} == 1")})
            until(lambda: names() == sorted(VANTAGES), patience, 0.5)
            self.report(f"{store.name}: all vantages push", names() == sorted(VANTAGES), str(names()))
            self.pushing = time.time()  # all of them, from here on
            places = {tuple(labels.get(key) for key in ("vantage", "country", "asn", "job", "instance"))
                      for labels, _ in store.query(STATUS)}
            wanted = {("shanghai-1", "CN", "4134"), ("beijing-1", "CN", "4837"),
                      ("frankfurt-1", "DE", "3320")}
            self.report(f"{store.name}: with their places, as a scrape would label them",
                        places == {(*place, "reachd", "127.0.0.1:10980") for place in wanted}, str(places))

    def one_is_blocked(self):
        self.blocked = ("ReachdTargetBlocked", CENSORED, "news/web")
        self.await_force("a site is blocked at one vantage", {self.blocked}, 120)
        for store in self.centre.stores:
            def reached():
                return {labels["country"]: value for labels, value in store.query(
                    'country_target:reachd_target_reachable:ratio{service_name="news"}')}
            self.report(f"{store.name}: half of China's vantages reach it, and Germany's",
                        until(lambda: reached() == {"CN": 0.5, "DE": 1}, 30, 0.5), str(reached()))

    def a_line_goes_down(self):
        down = time.time()
        cut(CUT, True)
        self.silent = ("ReachdVantageSilent", CUT, "")
        self.await_force("a line is down", {self.blocked, self.silent}, 4 * rules.LOOKBACK)
        for store in self.centre.stores:
            self.report(f"{store.name}: and its series have a gap so far",
                        self.gaps(store, CUT, self.pushing) != [])
        cut(CUT, False)
        up = time.time()
        self.await_force("the line is back", {self.blocked}, 60)
        for store in self.centre.stores:
            caught_up = until(lambda: self.gaps(store, CUT, self.pushing) == [], 60, 1)
            self.report(f"{store.name}: {CUT} has no gap where its line was down ({up - down:.0f} s)",
                        caught_up, str(self.gaps(store, CUT, self.pushing)))
            offline = store.query(f'{STATUS}{{vantage="{CUT}",status="offline"}}'
                                  f"[{int(time.time() - down)}s]")
            times = [at for at, value in (offline[0][1] if offline else []) if value == 1]
            self.report(f"{store.name}: and tells that it was offline then",
                        times and min(times) < down + 30 and max(times) > up - 2 * INTERVAL,
                        str([round(at - down) for at in times]))

    def the_centre_is_away(self):
        told = len(self.told())
        began = time.time()
        self.centre.leave()
        self.report.note(f"the centre is away for {AWAY} s")
        time.sleep(AWAY)
        away = time.time() - began
        self.centre.come_back()
        for store in self.centre.stores:
            for name in VANTAGES:
                until(lambda: self.gaps(store, name, self.pushing) == [], 90, 1)
                self.report(f"{store.name}: {name} has no gap of {away:.0f} s",
                            self.gaps(store, name, self.pushing) == [],
                            str(self.gaps(store, name, self.pushing)))
            lost = store.query('sum(reachd_remote_write_samples_total{result!="sent"})')
            self.report(f"{store.name}: no vantage lost a sample", [v for _, v in lost] == [0], str(lost))
            waiting = until(lambda: [v for _, v in store.query(
                "sum(reachd_remote_write_pending_samples)")] == [0], 30, 1)
            self.report(f"{store.name}: nothing waits any more", waiting)
        self.await_force("the centre is back", {self.blocked}, 30)
        self.report("nobody was called for that", self.told()[told:] == [], str(self.told()[told:]))

    def gaps(self, store, vantage, since):
        """Where nearly two intervals or more lie between samples, or before now, in seconds."""
        now = time.time()
        found = store.query(f'{STATUS}{{vantage="{vantage}",status="online"}}[{int(now - since)}s]')
        if len(found) != 1:
            return [f"{len(found)} series"]
        times = sorted(at for at, _ in found[0][1])
        pairs = zip([since, *times], [*times, now])
        # The newest sample may be on its way.
        return [(round(a - since, 1), round(b - a, 1)) for a, b in pairs
                if b - a > (3 if b == now else 1.9) * INTERVAL]
