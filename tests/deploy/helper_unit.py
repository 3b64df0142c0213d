"""The helper's unit: waits for its three files, then answers over TLS to whoever has the token."""

import subprocess

from installing import up

UNIT = "reachd-helper.service"
TOKEN = "a-token-for-the-helper"


def check(machine, logs, report):
    machine.run("systemctl", "start", UNIT)
    report("the helper does not start without its files",
           machine.show(UNIT, "ActiveState", "ConditionResult") == ["inactive", "no"])
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=helper.test", "-addext",
                    "subjectAltName=DNS:helper.test", "-days", "2", "-keyout", logs / "key.pem",
                    "-out", logs / "certificate.pem"], check=True, capture_output=True)
    machine.write("/etc/reachd/helper/token", TOKEN + "\n", 0o600)
    for name in ("certificate.pem", "key.pem"):
        machine.write(f"/etc/reachd/helper/{name}", (logs / name).read_text(), 0o600)
    done = machine.run("systemctl", "enable", "--now", UNIT)
    report("with them it runs, on port 443", up(machine, UNIT), done.stderr)
    where = ("--cacert", logs / "certificate.pem", "--resolve", "helper.test:443:127.0.0.1")
    code, _ = machine.fetch("https://helper.test/metrics", *where)
    report("nobody is answered without the token", code in (401, 403, 404), code)
    code, body = machine.fetch("https://helper.test/metrics", *where,
                               "--header", f"Authorization: Bearer {TOKEN}")
    report("who has it is", code == 200 and "reachd_helper" in body, (code, body[:200]))
    pid, = machine.show(UNIT, "MainPID")
    status = machine.run("cat", f"/proc/{pid}/status").stdout
    report("its one capability is the port's", "CapEff:\t0000000000000400" in status, status)
