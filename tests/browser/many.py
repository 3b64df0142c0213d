"""Ten thousand targets: connections to this machine, some of which are refused."""

import asyncio
import multiprocessing
import re
from pathlib import Path

from browser import look
from loopback import Daemon
from process import until

SERVICES, EACH = 40, 250
REFUSED = 37  # of them


async def accept(_, writer):
    writer.close()


async def serve(ports):
    server = await asyncio.start_server(accept, "0.0.0.0", 0, backlog=4096)
    # Held at one address, so that nobody else gets this port at the addresses of the refusing targets.
    refusing = await asyncio.start_server(accept, "127.0.0.1", 0)
    ports.put([one.sockets[0].getsockname()[1] for one in (server, refusing)])
    await asyncio.Event().wait()


def configuration(port, refusing):
    lines = ["schedule: {interval: 180s, timeout: 4s, confirm_after: 5s, concurrency: 400, rate: 10000/s, "
             "address_rate: 1000/s}", "services:"]
    for service in range(SERVICES):
        lines.append(f"  - name: service-{service:02}\n    targets:")
        for target in range(EACH):
            number = service * EACH + target
            at = refusing if number % (SERVICES * EACH // REFUSED) == 100 else port
            lines.append(f"      - {{name: t{target:03}, url: 'tcp://127.{2 + service}.0.{target + 1}:{at}'}}")
    return "\n".join(lines) + "\n"


def check_pages(daemon):
    """Where the kernel leaves it to programs, what so many targets hold is in pages of 2 MiB."""
    if "[madvise]" not in Path("/sys/kernel/mm/transparent_hugepage/enabled").read_text():
        return
    told = Path(f"/proc/{daemon.process.process.pid}/smaps_rollup").read_text()
    large = int(re.search(r"^AnonHugePages: +(\d+) kB", told, re.M)[1]) // 1024
    print(f"{'ok' if large >= 8 else 'not ok'} - much of its memory is in large pages ({large} MiB)", flush=True)


def play(binary, logs, pictures):
    ports = multiprocessing.Queue()
    server = multiprocessing.Process(target=lambda: asyncio.run(serve(ports)), daemon=True)
    server.start()
    daemon = Daemon(binary, logs, "many", configuration(*ports.get(timeout=10)))
    daemon.start()

    def settled():
        statuses = daemon.ask("/api/v1/targets?limit=0").get("statuses", {})
        return statuses.get("insufficient", 1) == 0
    print(f"{'ok' if until(settled, 420, 1) else 'not ok'} - ten thousand targets are measured", flush=True)
    check_pages(daemon)
    look("many", daemon.base, pictures, logs)
    print(f"{'ok' if daemon.stop() == 0 else 'not ok'} - the daemon ends as it should", flush=True)
    server.kill()
