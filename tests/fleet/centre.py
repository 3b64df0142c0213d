"""The centre: Prometheus, VictoriaMetrics with vmalert, one Alertmanager, and nginx in front of both
stores as deploy/fleet/nginx.conf has it."""

import json
import re
import signal
import urllib.parse
from pathlib import Path

import rules
from alertmanager import Alertmanager
from fetch import get
from process import PATIENCE, Process, listens, until
from receiver import Receiver
from world import CENTRES

EVALUATION = 2  # seconds
AWAY = ("vmalert", "prometheus", "victoria")  # who asks ends first and begins last
PROMETHEUS, VICTORIA, VMALERT = ("http://127.0.0.1:9090", "http://127.0.0.1:8428",
                                 "http://127.0.0.1:8880")
READY = {"prometheus": f"{PROMETHEUS}/-/ready", "victoria": f"{VICTORIA}/health",
         "vmalert": f"{VMALERT}/health"}


def _replace(text, pattern, value):
    text, count = re.subn(pattern, lambda _: value, text)
    if count != 1:
        raise RuntimeError(f"{count} places in nginx.conf match {pattern}")
    return text


class Store:
    """What both stores answer alike."""

    def __init__(self, name, base):
        self.name, self.base = name, base

    def query(self, expression):
        """[(labels, value or [(time, value)])] of an instant or a range vector."""
        status, body = get(f"{self.base}/api/v1/query?{urllib.parse.urlencode({'query': expression})}")
        if status != 200:
            raise RuntimeError(f"{self.name} answers {status} to {expression}: {body}")
        return [(one["metric"], [(t, float(v)) for t, v in one["values"]] if "values" in one
                 else float(one["value"][1])) for one in json.loads(body)["data"]["result"]]


class Centre:
    def __init__(self, world):
        self.world, self.logs = world, world.logs
        self.folder = Path("/run/centre")
        self.folder.mkdir()
        self.stores = [Store("prometheus", PROMETHEUS), Store("victoria", VICTORIA)]
        self.processes, self.words = {}, {}
        self.receiver, self.alertmanager = Receiver(), Alertmanager(self.logs)

    def start(self, tokens):
        """`tokens` by vantage. Returns when all are ready."""
        self.alertmanager.prepare(self.receiver.url)
        self.alertmanager.start()
        files = rules.write(self.folder)
        self._start_prometheus(files)
        self._launch("victoria", [
            "victoria-metrics", f"-storageDataPath={self.folder}/victoria",
            "-httpListenAddr=127.0.0.1:8428", "-search.latencyOffset=0s",
            f"-search.maxStalenessInterval={rules.LOOKBACK}s"])
        self._await([READY["victoria"]])
        self._launch("vmalert", [
            "vmalert", *(f"-rule={path}" for path in files), f"-datasource.url={VICTORIA}",
            f"-remoteWrite.url={VICTORIA}", f"-remoteRead.url={VICTORIA}",
            f"-remoteRead.lookback={rules.LOOKBACK}s",
            "-notifier.url=http://127.0.0.1:9093", "-httpListenAddr=127.0.0.1:8880",
            f"-evaluationInterval={EVALUATION}s", "-external.label=centre=victoria",
            "-remoteWrite.flushInterval=1s", "-rule.resendDelay=1m"])
        self._start_nginx(tokens)
        self._await(READY.values(), lambda: all(listens(address, 443) for address in CENTRES.values()))

    def _launch(self, name, words):
        self.words[name] = words
        self.processes[name] = Process(words, self.logs / f"{name}.log")

    def _await(self, urls, more=lambda: True):
        if not until(lambda: all(get(url)[0] == 200 for url in urls) and more(), PATIENCE):
            raise RuntimeError(f"the centre does not become ready: see {self.logs}")

    def _start_prometheus(self, files):
        """The shipped configuration with the files and the pace of this test."""
        text = (rules.DEPLOY / "fleet/prometheus.yml").read_text()
        text = re.sub(r"(?<=rule_files:\n)(  - .*\n)+", "".join(f"  - {path}\n" for path in files), text)
        text = re.sub(r"evaluation_interval: \S+", f"evaluation_interval: {EVALUATION}s\n"
                      "  external_labels: {centre: prometheus}", text)
        config = self.folder / "prometheus.yml"
        config.write_text(text)
        self._launch("prometheus", [
            "prometheus", f"--config.file={config}", "--web.enable-remote-write-receiver",
            f"--storage.tsdb.path={self.folder}/prometheus", "--web.listen-address=127.0.0.1:9090",
            f"--query.lookback-delta={rules.LOOKBACK}s"])

    def _start_nginx(self, tokens):
        """The shipped configuration, once for each store."""
        (self.folder / "tokens.map").write_text(
            "".join(f'"Bearer {token}" {vantage};\n' for vantage, token in tokens.items()))
        shipped = (rules.DEPLOY / "fleet/nginx.conf").read_text()
        top, _, server = shipped.partition("server {")
        top = _replace(top, r"/etc/nginx/reachd-tokens\.map", f"{self.folder}/tokens.map")
        servers = ""
        for (host, address), port in zip(CENTRES.items(), (9090, 8428)):
            chain, key = self.world.pki.chain([host], "ecdsa"), self.world.pki.key("ecdsa")
            one = _replace("server {" + server, r"listen 443", f"listen {address}:443")
            one = _replace(one, r"server_name \S+;", f"server_name {host};")
            one = _replace(one, r"/etc/nginx/metrics\.example\.net\.pem", str(chain))
            one = _replace(one, r"/etc/nginx/metrics\.example\.net\.key", str(key))
            one = _replace(one, r"/var/log/nginx/vantages\.log", str(self.logs / f"pushes-{host}.log"))
            if port == 8428:  # as the comment says
                one = _replace(one, r"proxy_pass http://127\.0\.0\.1:9090;\n", "\n")
                one = _replace(one, r"# proxy_pass", "proxy_pass")
            servers += one
        config = self.folder / "nginx.conf"
        config.write_text(f"""
daemon off; master_process off; user root root; error_log stderr; pid {self.folder}/nginx.pid;
events {{ }}
http {{
  client_body_temp_path {self.folder}; proxy_temp_path {self.folder}; fastcgi_temp_path {self.folder};
  uwsgi_temp_path {self.folder}; scgi_temp_path {self.folder};
  {top}{servers}
}}
""")
        self._launch("nginx-centre", ["nginx", "-p", self.folder, "-e", "stderr", "-c", config])

    def leave(self):
        """The stores and whoever asks them end; nginx says 502 to who pushes."""
        for name in AWAY:
            self.processes[name].stop(signal.SIGTERM, 30)

    def come_back(self):
        for name in reversed(AWAY):
            self._launch(name, self.words[name])
            self._await([READY[name]])

    def ailing_rules(self):
        """The rules whose last evaluation failed, with why, and those that had none yet, on both sides."""
        ailing = []
        for base in (PROMETHEUS, VMALERT):
            status, body = get(f"{base}/api/v1/rules")
            groups = json.loads(body)["data"]["groups"] if status == 200 else []
            found = [rule for group in groups for rule in group["rules"]]
            if not found:
                ailing.append(f"no rules at {base}")
            for rule in found:
                never = rule["lastEvaluation"].startswith("0001-")
                if never or rule.get("lastError"):
                    ailing.append(f"{rule['name']}: {rule.get('lastError') or 'not evaluated yet'}")
        return ailing
