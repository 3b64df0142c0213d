"""What proofs look at the world with: other people's clients, and sockets without opinions."""

import re
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass

from network import enter
from plan import ISP
from process import PATIENCE, Process, until

RESOLVER = ISP["isp-resolver"][0]
FOREIGN = "8.8.8.8"
TARGET, NEIGHBOUR = "www.facebook.com", "www.amazon.com"
SILENCE = 1.5  # seconds without an answer where none is expected: thirty times the way there and back


def payload(packet):
    """The bytes of a captured packet as hexadecimal digits, headers included."""
    return "".join(re.findall(r"^\t0x[0-9a-f]+:  ((?:[0-9a-f]{2,4} )+)", packet, re.MULTILINE)).replace(
        " ", "")


def swiftest(attempt, bound, attempts=10):
    """The least time that `attempt()` returns, of some tries; the first below the bound is the last. A
    machine that stands still for a while only makes one longer."""
    least = attempt()
    for _ in range(attempts - 1):
        if least < bound:
            break
        least = min(least, attempt())
    return least


def _await_quiet(log):
    """What was sent is on its way still: it has passed when the log has not grown in eight looks in a row.
    They are counted, since a machine that stands still lets time pass, but nothing else."""
    last = [0, 0]

    def quiet():
        size = log.stat().st_size
        last[:] = size, last[1] + 1 if size == last[0] else 0
        return last[1] >= 8
    until(quiet, PATIENCE, 0.05)


@dataclass
class Answer:
    """What dig tells. `status` is None if nobody answered."""
    status: str
    addresses: list
    ttl: int
    seconds: float


@dataclass
class Fetch:
    """What curl tells: its exit status (0 well, 7 no connection, 28 time over, 35 TLS failed, 52 no
    answer, 56 reset, 60 untrusted), the HTTP status, times in seconds, bytes."""
    exit: int
    status: int
    connect: float
    total: float
    size: int
    error: str
    body: str


class Lab:
    def __init__(self, plan, world):
        self.plan, self.world = plan, world
        self.captures = 0

    def addresses(self, host, family=4):
        return [a for a in self.plan.addresses[host] if (":" in a) == (family == 6)]

    @contextmanager
    def rule(self, *names):
        """These rules are in force within. What they did before does not count any more."""
        for name in names:
            self.world.censor.ask(f"enable {name}")
        try:
            yield
        finally:
            for name in names:
                self.world.censor.ask(f"disable {name}")

    def counter(self, name, what="fired"):
        return self.world.censor.counters()["rules"][name][what]

    def epoch(self):
        self.world.censor.ask("epoch")

    # --- clients

    def dig(self, name=TARGET, server=FOREIGN, kind="A", *options, patience=10):
        began = time.monotonic()
        done = subprocess.run(
            ["dig", f"@{server}", name, kind, "+tries=1", f"+time={patience}", *options],
            capture_output=True, text=True)
        status = re.search(r"status: (\w+)", done.stdout)
        found = re.findall(r"^\S+\s+(\d+)\s+IN\s+(?:A|AAAA)\s+(\S+)$", done.stdout, re.MULTILINE)
        spent = re.search(r"Query time: (\d+) msec", done.stdout)
        return Answer(status and status[1], [address for _, address in found],
                      int(found[0][0]) if found else 0,
                      int(spent[1]) / 1000 if spent else time.monotonic() - began)

    def curl(self, host=TARGET, path="/robots.txt", address=None, port=443, patience=15, options=()):
        address = address or self.addresses(host)[0]
        shown = f"[{address}]" if ":" in address else address
        scheme = "https" if port == 443 else "http"
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", str(patience),
             "--cacert", str(self.world.pki.root), "--resolve", f"{host}:{port}:{shown}",
             "--write-out", "\n%{http_code} %{time_connect} %{time_total} %{size_download}",
             *options, f"{scheme}://{host}:{port}{path}"], capture_output=True, text=True,
            errors="replace")
        body, _, figures = done.stdout.rpartition("\n")
        status, connect, total, size = figures.split()
        return Fetch(done.returncode, int(status), float(connect), float(total), int(size),
                     done.stderr.strip(), body)

    def openssl(self, address, name, *options, patience=15, text=""):
        """Everything that `openssl s_client` says."""
        shown = f"[{address}]" if ":" in address else address
        port = () if any(o.startswith("-connect") for o in options) else ("-connect", f"{shown}:443")
        try:
            done = subprocess.run(
                ["openssl", "s_client", *port, "-servername", name, "-CAfile",
                 str(self.world.pki.root), *options], input=text, capture_output=True, text=True,
                errors="replace", timeout=patience)
        except subprocess.TimeoutExpired as over:
            return (over.stdout or b"").decode(errors="replace") + "\ntime over"
        return done.stdout + done.stderr

    def connect(self, address, port=443, patience=10, source_port=0, sends=None):
        """(how a TCP connection goes, seconds): `stands`, `refused`, `timeout`, `unreachable`; with
        `sends`, what comes after these bytes: `answer`, `reset`, `closed`, `silence`."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        began = time.monotonic()
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            line.settimeout(patience)
            if source_port:
                line.bind(("::" if family == socket.AF_INET6 else "", source_port))
            try:
                line.connect((address, port))
            except ConnectionRefusedError:
                return "refused", time.monotonic() - began
            except TimeoutError:
                return "timeout", time.monotonic() - began
            except OSError:
                return "unreachable", time.monotonic() - began
            if sends is None:
                return "stands", time.monotonic() - began
            began = time.monotonic()
            return self.exchange(line, sends), time.monotonic() - began

    @staticmethod
    def exchange(line, *pieces):
        """Sends the pieces as segments of their own; says what comes back."""
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for number, piece in enumerate(pieces):
                if number:
                    time.sleep(0.02)  # so that the kernel does not join them
                line.sendall(piece)
            return "answer" if line.recv(100) else "closed"
        except TimeoutError:
            return "silence"
        except ConnectionError:
            return "reset"

    def ping(self, address, count=3, patience=4, interval=0.2, options=()):
        """(answers, least round trip in milliseconds)."""
        done = subprocess.run(["ping", "-n", "-c", str(count), "-i", str(interval), "-W", str(patience),
                               *options, address], capture_output=True, text=True)
        times = [float(t) for t in re.findall(r"time=([\d.]+) ms", done.stdout)]
        return len(times), min(times, default=0)

    def answers_pings(self, address, count=2, interval=0.2, options=(), tries=3):
        """Whether all pings of one try are answered. After the last one, ping waits only for twice as
        long as the slowest answer took, whatever its patience."""
        return any(self.ping(address, count, 10, interval, options)[0] == count for _ in range(tries))

    @contextmanager
    def capture(self, expression, card="home", place="vantage"):
        """What tcpdump -v sees within, as a list of packets (text), filled when the block ends."""
        self.captures += 1
        log = self.world.logs / f"capture-{self.captures}.log"
        log.write_text("")
        process = Process([*enter(place), "tcpdump", "-i", card, "-n", "-v", "-X", "-l",
                           "--immediate-mode", "-tt", "-Z", "root", expression], log)
        assert until(lambda: "listening on" in log.read_text(), PATIENCE, 0.02), log.read_text()
        packets = []
        try:
            yield packets
            _await_quiet(log)
        finally:
            process.stop()
            text = log.read_text(errors="replace")
            packets += re.split(r"^(?=\d+\.\d+ )", text, flags=re.MULTILINE)[1:]

    def serve(self, place, program):
        """A small Python program in a place; it prints `ready` when it is."""
        log = self.world.logs / "serve.log"
        log.write_text("")
        process = Process([*enter(place), "/usr/bin/python3", "-B", "-u", "-c", program], log)
        assert until(lambda: "ready" in log.read_text(), PATIENCE, 0.02), log.read_text()
        return process

    # --- what a neighbour sees

    def neighbour_is_well(self, address=None, host=NEIGHBOUR, port=443):
        answer = self.curl(host, address=address, port=port)
        assert answer.exit == 0 and answer.status in (200, 404), f"the neighbour suffers: {answer}"

    def neighbour_name_is_well(self, server=FOREIGN, *options):
        answer = self.dig(NEIGHBOUR, server, "A", *options)
        assert sorted(answer.addresses) == sorted(self.addresses(NEIGHBOUR)), \
            f"the neighbour suffers: {answer}"
