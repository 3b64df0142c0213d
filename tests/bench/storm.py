#!/usr/bin/env python3
"""Does the daemon stay responsive while the world is at its worst?

1,000 targets hang after accepting, 1,000 refuse, 200 send a body that never ends. The daemon measures
all of them at once, again and again; meanwhile /metrics and /-/healthy are asked without a pause.
Prints the latencies of the answers, the daemon's memory and what its metrics say of the targets.

Usage: storm.py REACHD [SECONDS]. Loopback only; ends what it started.
"""
import asyncio
import multiprocessing
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

HANG, REFUSE, ENDLESS = 1000, 1000, 200
CHUNK = b"x" * 65536


async def hang(reader, writer):
    try:
        while await reader.read(65536):  # until the peer gives up
            pass
    except (ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def endless(reader, writer):
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(CHUNK)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


def address(kind: int, index: int) -> str:
    return f"127.{kind}.{index // 250}.{index % 250 + 1}"


def configuration(hang_port: int, endless_port: int, refuse_port: int, folder: str) -> str:
    lines = [
        "listen: 127.0.0.1:0",
        "schedule: {interval: 20s, timeout: 8s, confirm_after: 10s, concurrency: 3000, "
        "rate: 10000/s, address_rate: 1000/s}",
        f"state: {{directory: {folder}}}",
        "services:",
    ]
    for name, kind, count, port in (("hang", 1, HANG, hang_port), ("refuse", 2, REFUSE, refuse_port),
                                    ("endless", 3, ENDLESS, endless_port)):
        lines.append(f"  - name: {name}\n    targets:")
        lines += [f"      - {{name: t{i}, url: 'http://{address(kind, i)}:{port}/'}}"
                  for i in range(count)]
    return "\n".join(lines) + "\n"


def resident_kib(pid: int, key: str) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{key}:\s+(\d+)", status, re.M).group(1))


def fetch(url: str, into: str = "/dev/null") -> float:
    """Seconds from connecting to the last byte, by curl's clock: Python's would time Python as well."""
    done = subprocess.run(["curl", "--silent", "--show-error", "--fail", "--max-time", "30", "--output", into,
                           "--write-out", "%{time_total}", url], capture_output=True, text=True, check=True)
    return float(done.stdout)


def quantiles(values: list[float]) -> str:
    values = sorted(values)
    pick = lambda q: values[min(len(values) - 1, int(q * len(values)))] * 1000
    return f"median {pick(0.5):.1f} ms, p99 {pick(0.99):.1f} ms, max {values[-1] * 1000:.1f} ms"


def read_url(log: pathlib.Path, daemon: subprocess.Popen) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = re.search(r"url=\"?(http://127\.0\.0\.1:\d+)", log.read_text())
        if found:
            return found.group(1)
        if daemon.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit("the daemon did not start:\n" + log.read_text())


def watch(url: str, pid: int, seconds: float, folder: pathlib.Path) -> None:
    metrics, healthy, sizes = [], [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        metrics.append(fetch(url + "/metrics"))
        healthy.append(fetch(url + "/-/healthy"))
        sizes.append(resident_kib(pid, "VmRSS"))
        time.sleep(0.2)
    fetch(url + "/metrics", str(folder / "scrape"))
    text = (folder / "scrape").read_text()
    last = sizes[-len(sizes) // 3:]
    print(f"targets            {HANG} hang, {REFUSE} refuse, {ENDLESS} endless bodies")
    print(f"/metrics           {len(metrics)} scrapes of {len(text) / 1e6:.1f} MB: {quantiles(metrics)}")
    print(f"/-/healthy         {quantiles(healthy)}")
    print(f"resident memory    peak {resident_kib(pid, 'VmHWM') / 1024:.0f} MiB, "
          f"last third {min(last) / 1024:.0f} to {max(last) / 1024:.0f} MiB")
    series = re.findall(r'^(reachd_(?:rounds|failures)_total)\{([^}]*)\} (\S+)', text, re.M)
    for service in ("hang", "refuse", "endless"):
        rounds, failures = 0.0, {}
        for name, labels, value in series:
            pairs = dict(re.findall(r'(\w+)="([^"]*)"', labels))
            if pairs.get("service_name") != service or not float(value):
                continue
            if name == "reachd_rounds_total":
                rounds += float(value)
            else:
                key = f"{pairs['stage']} {pairs['failure']}"
                failures[key] = failures.get(key, 0) + float(value)
        words = ", ".join(f"{key} {count:.0f}" for key, count in failures.items()) or "no failure"
        print(f"{service:18} {rounds:.0f} rounds: {words}")


async def serve(ports) -> None:
    hanging = await asyncio.start_server(hang, "0.0.0.0", 0, backlog=4096)
    bodies = await asyncio.start_server(endless, "0.0.0.0", 0, backlog=4096)
    # Held at one address, so that nobody else gets this port at the addresses of the refusing targets.
    refusing = await asyncio.start_server(hang, "127.0.0.1", 0)
    ports.put([server.sockets[0].getsockname()[1] for server in (hanging, bodies, refusing)])
    await asyncio.Event().wait()


def main() -> None:
    reachd, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 60
    # In a process of its own: what is timed must not wait for the servers' interpreter.
    ports = multiprocessing.Queue()
    servers = multiprocessing.Process(target=lambda: asyncio.run(serve(ports)), daemon=True)
    servers.start()
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "reachd.yaml")
        config.write_text(configuration(*ports.get(timeout=10), folder))
        log = pathlib.Path(folder, "log")
        with log.open("w") as out:
            daemon = subprocess.Popen([reachd, "run", "--config", str(config)], stderr=out, stdout=out)
        try:
            watch(read_url(log, daemon), daemon.pid, seconds, pathlib.Path(folder))
        finally:
            daemon.send_signal(signal.SIGTERM)
            began = time.monotonic()
            daemon.wait()
            print(f"stopped            in {(time.monotonic() - began) * 1000:.0f} ms, exit {daemon.returncode}")
            servers.kill()


if __name__ == "__main__":
    main()
