"""Rounds as the daemon's database has them, and how long they took beside other work."""

import bisect
import shutil
import sqlite3
from contextlib import closing

from process import until

NAME, MICROS = "state.sqlite", 1e6


def _copy(daemon):
    """A copy of the database with its log: the daemon locks it against all others. The file itself only
    changes while the log is written back, and what is torn at the end of the log does not count."""
    state, folder = daemon.folder / "state", daemon.folder / "copy"
    for _ in range(100):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        changed = (state / NAME).stat().st_mtime_ns
        for name in (NAME, NAME + "-wal"):
            shutil.copyfile(state / name, folder / name)
        if (state / NAME).stat().st_mtime_ns == changed:
            return folder / NAME
    raise RuntimeError("the database does not hold still")


def _ask(daemon, question, *values):
    with closing(sqlite3.connect(_copy(daemon))) as database:
        return database.execute(question, values).fetchall()


def await_first(daemon, count, patience):
    """Until each of so many targets had its first round, which is deep and costs more than the others."""
    asked = "SELECT count(DISTINCT target) FROM rounds"
    if not until(lambda: _ask(daemon, asked)[0][0] == count, patience, 2):
        raise RuntimeError(f"only {_ask(daemon, asked)[0][0]} of {count} targets had their first round")


def ended(daemon, since, end):
    """How many rounds ended in that time (seconds of the epoch), by status; waits until all of them are on
    the disk. Asked of the disk, since a scrape of ten thousand targets is work for the daemon as well."""
    last = f"SELECT max(began) > {end * MICROS} FROM rounds"  # they are written in the order of their end
    if not until(lambda: _ask(daemon, last)[0][0], 60, 1):
        raise RuntimeError("no round is on the disk that began after the time asked for")
    return dict(_ask(daemon, "SELECT status, count(*) FROM rounds WHERE began + runtime BETWEEN ? AND ? "
                             "GROUP BY status", since * MICROS, end * MICROS))


def fine_rounds(daemon, since, end):
    """(begin, end) of each light round that was ok and lies in that time, in seconds of the epoch. The end is
    that of its phases, the last byte: the round itself still listens for late answers of the resolver, which
    would hide what delays the phases."""
    rows = _ask(daemon, "SELECT began, began + dns + connect + tls + first_byte + transfer AS last FROM rounds "
                        "WHERE round = 'light' AND status = 'ok' AND began >= ? AND last <= ?",
                since * MICROS, end * MICROS)
    return [(began / MICROS, last / MICROS) for began, last in rows]


def beside(rounds, spans):
    """Sorted milliseconds of the rounds that overlap one of the spans, which are in order and apart."""
    ends, times = [end for _, end in spans], []
    for began, ended in rounds:
        at = bisect.bisect_left(ends, began)
        if at < len(spans) and spans[at][0] < ended:
            times.append((ended - began) * 1000)
    return sorted(times)


def quantile(values, share):
    """Of sorted values."""
    return values[min(len(values) - 1, int(share * len(values)))]
