"""The page is opened to other machines: a certificate in /etc, its key and the users as credentials."""

import crypt
import subprocess

from installing import UNIT, up
from process import until

CONFIG = "/etc/reachd/reachd.yaml"
OPEN = """\
listen: 0.0.0.0:10980
web: {config_file: web.yml}
services:
  - name: behind
    targets: [{name: itself, url: "tcp://127.0.0.1:10980"}]
"""
WEB = """\
tls_server_config: {{cert_file: web.crt, key_file: web-key}}
basic_auth_users: {{me: {hash}}}
"""
PASSWORD = "of-the-opened-page"
URL = "https://reachd.test:10980"


def _make_certificate(logs):
    key, certificate = logs / "web-key.pem", logs / "web.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-subj", "/CN=reachd.test", "-addext", "subjectAltName=DNS:reachd.test",
                    "-days", "2", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


def check(machine, logs, report):
    shipped = (machine.root / CONFIG[1:]).read_text()
    key, certificate = _make_certificate(logs)
    machine.write(CONFIG, OPEN.replace("web: {config_file: web.yml}\n", ""))
    done = machine.run("systemctl", "reload", UNIT)
    report("an address beyond loopback is refused without 'web'", done.returncode != 0)

    machine.write(CONFIG, OPEN)
    machine.write("/etc/reachd/web.crt", certificate.read_text())
    machine.run("install", "-d", "-m", "700", "/etc/credstore")
    machine.write("/etc/credstore/web-key", key.read_text(), 0o600)
    hashed = crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1 << 10))
    machine.write("/etc/credstore/web.yml", WEB.format(hash=hashed), 0o600)
    by_hand = machine.run("env", "CREDENTIALS_DIRECTORY=/etc/credstore", "reachd", "check")
    report("reachd check at a shell can be shown the credentials", by_hand.returncode == 0, by_hand.stderr)
    done = machine.run("systemctl", "restart", UNIT)
    report("with certificate, key and users it starts", up(machine), (done.stderr, machine.journal(UNIT)[-5:]))

    there = ("--cacert", certificate, "--resolve", "reachd.test:10980:127.0.0.1")
    me = ("--user", f"me:{PASSWORD}")
    got = until(lambda: machine.fetch(f"{URL}/api/v1/targets", *there, *me)[0] == 200, 10)
    report("whoever has the password sees the page", got)
    code, _ = machine.fetch(f"{URL}/-/healthy", *there)
    report("nobody else does, not even /-/healthy", code == 401, code)
    done = machine.run("systemctl", "reload", UNIT)
    report("a reload finds the credentials again", done.returncode == 0, machine.journal(UNIT)[-5:])
    given = machine.run("stat", "--format", "%a", f"/run/credentials/{UNIT}/web-key").stdout
    report("nobody else may read the key there", given.strip() == "400", given)

    machine.run("rm", "-r", "/etc/credstore", "/etc/reachd/web.crt")
    machine.write(CONFIG, shipped)
    machine.run("systemctl", "restart", UNIT)
    report("the shipped configuration starts again", up(machine))
