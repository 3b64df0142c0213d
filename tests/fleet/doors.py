"""Who may push: the shipped nginx.conf, asked with curl."""

import subprocess

from network import VANTAGES, enter


def _status(world, *words, method="POST"):
    done = subprocess.run(
        [*enter(VANTAGES[-1]), "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}",
         "--cacert", str(world.pki.root), "--max-time", "10", "--request", method, *words],
        capture_output=True, text=True)
    return done.stdout


def check(world, token, report):
    url = "https://prometheus.example/api/v1/write"
    own = ["--header", f"Authorization: Bearer {token}"]
    wrong = ["--header", "Authorization: Bearer wrong-token"]
    report("nginx: nobody pushes without a token", _status(world, url) == "401")
    report("nginx: nor with a wrong one", _status(world, *wrong, url) == "401")
    report("nginx: a vantage's own reaches the centre, which refuses a body that is none",
           _status(world, *own, "--data", "none", url) == "400")
    query = "https://prometheus.example/api/v1/query?query=up"
    report("nginx: and reaches nothing else", _status(world, *own, query, method="GET") == "404")
