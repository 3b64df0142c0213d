"""Six hours of four vantages, made up, as OpenMetrics: every state that the dashboards can show.

The names and labels are those of the daemon's own exposition; that they are is not proven here but in
the end-to-end test, where the same dashboards are asked of a daemon that runs. Pure: a time in, text out.
"""

import functools

STEP, HOURS = 60, 6
MINUTES = HOURS * 60
VANTAGES = [("shanghai-1", "CN", "4134"), ("beijing-1", "CN", "4837"),
            ("frankfurt-1", "DE", "3320"), ("tehran-1", "IR", "58224")]
TARGETS = [("google-search", "web"), ("gmail", "web"), ("gmail", "imap"), ("facebook", "web"),
           ("apple", "web"), ("amazon", "web")]
STATUSES = ["ok", "blocked", "likely_blocked", "impaired", "down", "insufficient"]
STATES = ["online", "offline", "border_outage", "captive_portal", "instrument_fault"]
PHASES = {"dns": 0.012, "connect": 0.045, "tls": 0.06, "first_byte": 0.09, "transfer": 0.004}
BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
FAR = {"shanghai-1": 3, "beijing-1": 3.4, "frankfurt-1": 0.4, "tehran-1": 2.2}
# The story: who fails where, from which minute to which, how. The first row that fits counts.
STORY = [
    # vantage, target, from, to, status, kinds, (stage, failure)
    ("shanghai-1 beijing-1", "facebook/web", 0, 360, "blocked", "tls.reset.sni", ("tls", "connection_reset")),
    ("tehran-1", "facebook/web", 0, 360, "blocked", "dns.injection.bogon", ("tcp", "generic_timeout_error")),
    # A block that spreads over networks and changes its kind.
    ("shanghai-1", "gmail/imap", 170, 270, "blocked", "dns.injection.other", ("dns", "dns_no_answer")),
    ("shanghai-1", "gmail/imap", 270, 360, "blocked", "dns.injection.other ip.blackhole",
     ("tcp", "generic_timeout_error")),
    ("beijing-1", "gmail/imap", 215, 360, "blocked", "dns.injection.other", ("dns", "dns_no_answer")),
    ("tehran-1", "google-search/web", 290, 360, "likely_blocked", "tls.timeout.sni",
     ("tls", "generic_timeout_error")),
    ("shanghai-1 beijing-1", "google-search/web", 60, 80, "impaired", "throttle.rate",
     ("http", "generic_timeout_error")),
    ("tehran-1", "apple/web", 330, 360, "impaired", "http.diff", ("http", "eof_error")),
    # An outage of the service itself.
    ("shanghai-1 beijing-1 frankfurt-1 tehran-1", "amazon/web", 95, 125, "down", "tcp.refused",
     ("tcp", "connection_refused")),
    ("frankfurt-1", "amazon/web", 345, 360, "down", "cert.expired", ("tls", "ssl_invalid_certificate")),
]
OUTAGES = [("beijing-1", 30, 55, "border_outage"), ("tehran-1", 140, 165, "offline"),
           ("tehran-1", 165, 170, "captive_portal"), ("shanghai-1", 0, 4, "instrument_fault")]
SILENT = ("beijing-1", 335)  # from this minute on nothing is heard of it
KINDS = {(vantage, target, kind) for vantages, target, _, _, _, kinds, _ in STORY
         for vantage in vantages.split() for kind in kinds.split()}


def vantage_state(vantage, minute):
    return next((state for name, begin, end, state in OUTAGES
                 if name == vantage and begin <= minute < end), "online")


@functools.cache  # asked again for each minute that a state has held
def target_state(vantage, target, minute):
    """(status, kinds, (stage, failure) or None)."""
    if vantage_state(vantage, minute) != "online" or minute < 4:
        return "insufficient", "", ("dns", "generic_timeout_error")
    return next(((status, kinds, failure) for names, name, begin, end, status, kinds, failure in STORY
                 if vantage in names.split() and name == target and begin <= minute < end),
                ("ok", "", None))


class Series:
    """family → type, and series → its value in each minute."""

    def __init__(self, began):
        self.began, self.families = began, {}

    def put(self, family, kind, labels, minute, value, suffix=""):
        _, series = self.families.setdefault(family, (kind, {}))
        series.setdefault((suffix, labels), []).append((minute, value))

    def text(self):
        lines = []
        for family, (kind, series) in sorted(self.families.items()):
            lines.append(f"# TYPE {family} {kind}")
            for (suffix, labels), points in series.items():
                name = f"{family}{suffix}{{{labels}}}"
                lines += [f"{name} {value:.10g} {self.began + minute * STEP}" for minute, value in points]
        return "\n".join([*lines, "# EOF", ""])


@functools.cache  # a million samples, a few thousand sets of labels
def _labels(**words):
    return ",".join(f'{name}="{value}"' for name, value in words.items())


class Vantage:
    def __init__(self, out, name, country, asn):
        self.out, self.name = out, name
        self.place = {"job": "reachd", "instance": "127.0.0.1:10980", "vantage": name,
                      "country": country, "asn": asn}
        self.totals = {}

    def gauge(self, name, minute, value, /, **labels):
        self.out.put(name, "gauge", _labels(**self.place, **labels), minute, value)

    def count(self, family, minute, more, **labels):
        key = (family, *labels.items())
        self.totals[key] = self.totals.get(key, 0) + more
        self.out.put(family, "counter", _labels(**self.place, **labels), minute, self.totals[key], "_total")

    def histogram(self, family, minute, value, **labels):
        """One observation, or none for a value of None."""
        for bound in [*BUCKETS, "+Inf"]:
            key = (family, bound, *labels.items())
            inside = value is not None and (bound == "+Inf" or value <= bound)
            self.totals[key] = self.totals.get(key, 0) + inside
            self.out.put(family, "histogram", _labels(**self.place, **labels, le=bound), minute,
                         self.totals[key], "_bucket")
        for suffix, more in (("_count", value is not None), ("_sum", value or 0)):
            key = (family, suffix, *labels.items())
            self.totals[key] = self.totals.get(key, 0) + more
            self.out.put(family, "histogram", _labels(**self.place, **labels), minute, self.totals[key],
                         suffix)

    def live(self, minute):
        state = vantage_state(self.name, minute)
        now = self.out.began + minute * STEP
        for one in STATES:
            self.gauge("reachd_vantage_status", minute, one == state, status=one)
        for index, control in enumerate(("control.domestic/www.baidu.com",
                                         "control.foreign/www.iana.org",
                                         "control.foreign/www.ietf.org")):
            lost = state == "offline" or (state == "border_outage" and index) or (
                index == 2 and self.name == "tehran-1" and minute > 300)
            self.gauge("reachd_control_reachable", minute, not lost, control=control)
        for resolver in ("system", "google-doh"):
            self.count("reachd_resolver_answers", minute, 6, resolver=resolver, failure="none")
            self.count("reachd_resolver_answers", minute, state != "online", resolver=resolver,
                       failure="generic_timeout_error")
        late = 2.0 if 200 <= minute < 215 else 0.003 + minute % 7 / 1000
        self.histogram("reachd_scheduler_lag_seconds", minute, late)
        self.gauge("reachd_rounds_in_flight", minute, 1 + minute % 4)
        self.count("reachd_rounds_skipped", minute, 200 <= minute < 215)
        self.gauge("reachd_archive_bytes", minute, 2e8 + minute * 3e4)
        self.count("reachd_archive_errors", minute, 100 <= minute < 106)
        self.count("reachd_store_errors", minute, 100 <= minute < 106)
        self.gauge("reachd_store_up", minute, not 100 <= minute < 106)
        self.gauge("reachd_store_waiting_rows", minute, 60 * max(0, minute - 99) if minute < 106 else 2)
        self.gauge("reachd_worker_queue_length", minute, 1)
        self.gauge("reachd_worker_oldest_job_seconds", minute, 0.02)
        self.count("reachd_notifications", minute, minute in (172, 217, 271), result="delivered")
        self.count("reachd_notifications", minute, minute == 173, result="failed")
        for result, more in (("sent", 0 if 240 <= minute < 250 else 1400), ("dropped", 0),
                             ("failed", 1400 * (minute == 252))):
            self.count("reachd_remote_write_samples", minute, more, receiver="central", result=result)
        self.gauge("reachd_remote_write_pending_samples", minute,
                   (minute - 240) * 1400 if 240 <= minute < 250 else 0, receiver="central")
        self.gauge("reachd_config_last_reload_successful", minute, not 310 <= minute < 318)
        self.gauge("reachd_build_info", minute, 1, version="0.1.0")
        self.gauge("process_start_time_seconds", minute, self.out.began - 90000)
        self.gauge("process_resident_memory_bytes", minute, 4.1e7 + minute * 1000)
        self.gauge("process_open_fds", minute, 30 + minute % 5)
        self.gauge("process_max_fds", minute, 1024)
        self.count("process_cpu_seconds", minute, 0.5)
        for service, target in TARGETS:
            self.measure(service, target, minute, now)

    def measure(self, service, target, minute, now):
        own = {"service_name": service, "target": target}
        name = f"{service}/{target}"
        status, kinds, failure = target_state(self.name, name, minute)
        # A round in 23 is lost on the way, and confirms nothing.
        round_status = "impaired" if status == "ok" and minute % 23 == len(name) else status
        if round_status != status:
            failure = ("tcp", "generic_timeout_error")
        since = next(past for past in range(minute, -1, -1) if past == 0 or
                     target_state(self.name, name, past - 1)[0] != status)
        self.gauge("reachd_target_reachable", minute, status == "ok", **own)
        self.gauge("reachd_target_since_timestamp_seconds", minute, self.out.began + since * STEP, **own)
        self.gauge("reachd_last_round_timestamp_seconds", minute, now, **own)
        for one in STATUSES:
            self.gauge("reachd_target_status", minute, one == status, **own, status=one)
            self.gauge("reachd_round_status", minute, one == round_status, **own, status=one)
            self.count("reachd_rounds", minute, one == round_status, **own, status=one)
            self.count("reachd_changes", minute, one == status and since == minute > 4, **own, status=one)
        for vantage, whole, kind in sorted(KINDS):
            if vantage == self.name and whole == name:
                self.gauge("reachd_target_kind", minute, kind in kinds.split(), **own, kind=kind)
        for stage, word in (("dns", "generic_timeout_error"), ("dns", "dns_no_answer"),
                            ("tcp", "generic_timeout_error"), ("tcp", "connection_refused"),
                            ("tls", "connection_reset"), ("tls", "generic_timeout_error"),
                            ("tls", "ssl_invalid_certificate"), ("http", "eof_error"),
                            ("http", "generic_timeout_error")):
            self.count("reachd_failures", minute, (stage, word) == failure, **own, stage=stage, failure=word)
        reached = list(PHASES)
        if failure:
            cut = {"dns": 0, "tcp": 1, "tls": 2, "http": 3}[failure[0]]
            reached = reached[:cut]
        for phase, took in PHASES.items():
            slow = 5 if 300 <= minute and name == "apple/web" and phase == "connect" else 1
            took *= FAR[self.name] * slow * (1 + (minute * 7 + len(name)) % 10 / 30)
            self.gauge("reachd_last_phase_duration_seconds", minute, took if phase in reached else 0, **own,
                       phase=phase)
            self.histogram("reachd_phase_duration_seconds", minute, took if phase in reached else None, **own,
                           phase=phase)
        for family, addresses in (("ipv4", 4), ("ipv6", 2)):
            dead = addresses if status == "blocked" else (1 if status in ("impaired", "likely_blocked") else 0)
            self.gauge("reachd_addresses", minute, addresses, **own, family=family)
            self.gauge("reachd_addresses_reachable", minute, addresses - dead, **own, family=family)
        if target == "web":
            answered = 403 if status == "impaired" else (0 if failure else 200)
            self.gauge("reachd_http_status_code", minute, answered, **own)
            self.gauge("reachd_download_bytes_per_second", minute,
                       0 if failure else 4e6 / FAR[self.name], **own)
        self.gauge("reachd_tls_certificate_not_after_timestamp_seconds", minute,
                   self.out.began + (5 if name == "amazon/web" else 40 + len(name)) * 86400, **own)


# Alerts with the labels that the rules give them; that these fire so is what the rules' own tests show.
FIRING = [
    ("ReachdTargetBlocked", "critical", "shanghai-1", "gmail", "imap", "blocked", 171),
    ("ReachdTargetBlocked", "critical", "shanghai-1", "facebook", "web", "blocked", 5),
    ("ReachdTargetBlocked", "critical", "tehran-1", "facebook", "web", "blocked", 5),
    ("ReachdTargetLikelyBlocked", "warning", "tehran-1", "google-search", "web", "likely_blocked", 295),
    ("ReachdTargetDown", "warning", "frankfurt-1", "amazon", "web", "down", 350),
]


def write(end):
    """The text of a world whose last minute is `end` (seconds since 1970)."""
    out = Series(end - (MINUTES - 1) * STEP)
    for name, country, asn in VANTAGES:
        vantage = Vantage(out, name, country, asn)
        for minute in range(MINUTES):
            if name != SILENT[0] or minute < SILENT[1]:
                vantage.live(minute)
    places = {name: (country, asn) for name, country, asn in VANTAGES}
    for alert, severity, vantage, service, target, status, begin in FIRING:
        labels = _labels(alertname=alert, alertstate="firing", severity=severity, vantage=vantage,
                         country=places[vantage][0], asn=places[vantage][1], service_name=service,
                         target=target, status=status)
        for minute in range(begin, MINUTES):
            out.put("ALERTS", "gauge", labels, minute, 1)
    for labels, begin in ((_labels(alertname="ReachdBlockedInCountry", alertstate="firing", severity="critical",
                                   country="CN", service_name="gmail", target="imap"), 217),
                          (_labels(alertname="ReachdVantageSilent", alertstate="firing", severity="critical",
                                   vantage="beijing-1", country="CN", asn="4837"), 345)):
        for minute in range(begin, MINUTES):
            out.put("ALERTS", "gauge", labels, minute, 1)
    return out.text()
