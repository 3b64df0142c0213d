"""The test of who may look: main.py BINARY LOGS, inside the namespaces that `run` makes."""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
import urllib.parse
from pathlib import Path

from fetch import get
from guarded import NAME, PORT, Curl, Guarded
from process import Process, listens, until
from report import Report

BASE = "http://127.0.0.1:9090"
FIRST, SECOND = "correct horse battery", "another-Staple 2"
ONE_MORE = 12  # seconds after which who guessed too often has one guess more
# Name of the job → (scheme, password or None, whether the server's authority is trusted).
JOBS = {
    "right": ("https", FIRST, True),
    "wrong": ("https", "not that one", True),
    "nobody": ("https", None, True),
    "plain": ("http", FIRST, True),
    "distrustful": ("https", FIRST, False),
    "next": ("https", SECOND, True),
}


def job(name, root):
    scheme, password, trusting = JOBS[name]
    lines = [f"  - job_name: {name}", f"    scheme: {scheme}"]
    if scheme == "https":
        authority = f"ca_file: {root}, " if trusting else ""
        lines.append(f"    tls_config: {{{authority}server_name: {NAME}}}")
    if password:
        lines.append(f"    basic_auth: {{username: prometheus, password: {json.dumps(password)}}}")
    lines.append(f"    static_configs: [{{targets: ['127.0.0.1:{PORT}']}}]")
    return "\n".join(lines)


class Prometheus:
    def __init__(self, logs, root):
        self.log, self.root = logs / "prometheus.log", root

    def start(self):
        config = Path("/run/prometheus.yml")
        config.write_text("global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" +
                          "\n".join(job(name, self.root) for name in JOBS) + "\n")
        self.process = Process(["prometheus", f"--config.file={config}", "--storage.tsdb.path=/run/prometheus",
                                "--web.listen-address=127.0.0.1:9090"], self.log)
        return until(lambda: get(f"{BASE}/-/ready")[0] == 200, 30)

    def query(self, expression):
        status, body = get(f"{BASE}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
        return json.loads(body)["data"]["result"] if status == 200 else []

    def up(self):
        """The names of the jobs whose latest scrape succeeded."""
        return sorted(one["metric"]["job"] for one in self.query("up == 1"))

    def seen(self):
        """The names of all jobs that have been scraped, or tried to be."""
        return {one["metric"]["job"] for one in self.query("up")}


def check_scrapes(prometheus, report):
    report("Prometheus becomes ready", prometheus.start())
    report("every job has been tried", until(lambda: prometheus.seen() == set(JOBS), 20, 0.5))
    report("only the one with the password and the authority is up",
           until(lambda: prometheus.up() == ["right"], 20, 0.5), str(prometheus.up()))
    enough = until(lambda: prometheus.query('count_over_time(up{job="wrong"}[1m]) > 8'), 30, 0.5)
    down = prometheus.query('max_over_time(up{job=~"wrong|nobody|plain|distrustful|next"}[5m]) > 0')
    report("the others never were, in nine scrapes and more", enough and not down, str(down))
    # Its first scrape waits for bcrypt, and any may on a machine that stands still, until its time is over.
    let_in = until(lambda: prometheus.query('avg_over_time(up{job="right"}[5m]) > 0.8'), 20, 0.5)
    refused = prometheus.query('count_over_time((up{job="right"} == 0 and '
                               'scrape_duration_seconds{job="right"} < 0.9)[5m:1s])')
    report("and never had it refused, or held it up but for a few", let_in and not refused, str(refused))
    for reason in ("no_credentials", "wrong_credentials", "tls_handshake"):
        counted = until(lambda r=reason: prometheus.query(
            f'reachd_web_refused_total{{job="right",reason="{r}"}} > 2'), 10, 0.5)
        report(f"they are counted as {reason}", counted)


def check_curl(curl, report):
    me = ("--user", f"prometheus:{FIRST}")
    for path in ("/", "/metrics", "/-/healthy", "/api/v1/targets"):
        status, text = curl.get(path, *me)
        report(f"curl with the password gets {path}", status == 200, text)
        status, text = curl.get(path)
        report(f"curl without it gets 401 for {path}", status == 401 and "WWW-Authenticate: Basic" in text, text)
    status, text = curl.get("/", *me, "--tlsv1.3")
    report("TLS 1.3 is spoken", status == 200, text)
    status, text = curl.get("/", *me, "--tls-max", "1.1", "--tlsv1.0", "--ciphers", "DEFAULT@SECLEVEL=0")
    report("TLS 1.1 is not", status == 0 and "alert protocol version" in text, text)
    status, text = curl.get("/", *me, "--http2")
    report("whoever would like HTTP/2 gets HTTP/1.1", status == 200 and text.startswith("HTTP/1.1"), text)
    status, text = curl.get("/", scheme="http")
    report("plain HTTP is told that this is HTTPS", status == 400 and "HTTPS" in text, text)
    there = ("--interface", "127.0.0.9")  # an address of its own: it is about to be refused
    statuses, began = [], time.monotonic()
    while 429 not in statuses and len(statuses) < 50:
        status, text = curl.get("/", *there, "--user", f"prometheus:guess {len(statuses)}")
        statuses.append(status)
    took = time.monotonic() - began
    wrong = len(statuses) - 1
    report("five guesses are wrong, and one more every twelve seconds; the next is too many",
           statuses == [401] * wrong + [429] and 5 <= wrong <= 5 + took // ONE_MORE, f"{statuses} in {took:.1f} s")
    report("whoever guesses too much is told for how long", "\nRetry-After: " in text.replace("\r", ""))
    status, text = curl.get("/", *there, *me)
    report("the known password passes from that very address", status == 200, text)


def check_status(guarded, report):
    password = Path("/run/password")
    password.write_text(FIRST + "\n")
    url = ("--url", f"https://{NAME}:{PORT}", "--ca-file", guarded.pki.root)
    status, text = guarded.status(*url, "--user", "prometheus", "--password-file", password)
    report("reachd status comes in with the password", status in (0, 2) and "here/prometheus" in text, text)
    status, text = guarded.status(*url)
    report("reachd status says that a password is asked for", status == 1 and "--password-file" in text, text)
    status, text = guarded.status("--url", f"https://{NAME}:{PORT}")
    report("reachd status trusts no strange authority", status == 1 and "certificate" in text, text)
    status, text = guarded.status("--url", f"http://192.0.2.1:{PORT}", "--user", "me", "--password-file", password)
    report("reachd status sends no password in clear", status == 1 and "use https" in text, text)


def check_reload(guarded, prometheus, report):
    guarded.write_web("second", {"prometheus": SECOND}, "nonsense: 1\n")
    done = guarded.reload()
    report("a bad web.yml is refused", until(done, 10) and "web.yml:4:1: nonsense: unknown key" in guarded.said(),
           guarded.said()[-500:])
    report("and the old one stays in force", until(lambda: prometheus.query(
        'reachd_config_last_reload_successful{job="right"} == 0'), 10, 0.5))
    before = served_certificate()
    guarded.write_web("second", {"prometheus": SECOND})
    done = guarded.reload()
    report("a good one is taken", until(done, 10), guarded.said()[-500:])
    report("with its certificate", served_certificate() not in ("", before))
    report("the new password is let in, the old one is not", until(lambda: prometheus.up() == ["next"], 20, 0.5),
           str(prometheus.up()))


def served_certificate():
    """The fingerprint of what the daemon presents."""
    hello = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}", "-servername", NAME],
                           input="", capture_output=True, text=True, timeout=20)
    told = subprocess.run(["openssl", "x509", "-noout", "-fingerprint", "-sha256"], input=hello.stdout,
                          capture_output=True, text=True, timeout=20)
    return told.stdout


def play(binary, logs, report):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    hosts = Path("/run/hosts")
    hosts.write_text(f"127.0.0.1 localhost {NAME}\n")
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True)
    guarded = Guarded(binary, logs)
    guarded.write_web("first", {})
    status, text = guarded.check()
    report("reachd check: no address beyond loopback without users", status == 1, text)
    guarded.write_web("first", {"prometheus": FIRST})
    status, text = guarded.check()
    report("reachd check: with certificate and users it is fine", status == 0, text)
    guarded.start()
    report("the daemon listens", until(lambda: listens("127.0.0.1", PORT), 20))
    prometheus = Prometheus(logs, guarded.pki.root)
    check_scrapes(prometheus, report)
    check_curl(Curl(guarded.pki.root), report)
    check_status(guarded, report)
    check_reload(guarded, prometheus, report)
    shown = [word for word in (FIRST, SECOND, "guess ", "Basic ", "not that one") if word in guarded.said()]
    report("no password is in its log", not shown, str(shown))
    report("SIGTERM ends it in good order", guarded.process.stop() == 0)
    prometheus.process.stop()


def main(binary, logs):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    # The first process of a namespace gets no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    report = Report()
    try:
        play(binary, Path(logs), report)
    except Exception:
        traceback.print_exc()
        report("the test runs to its end", False)
    return report.close()


sys.exit(main(*sys.argv[1:]))
