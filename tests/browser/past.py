"""A month that the daemon remembers but never had: written into its store while it does not run."""

import math
import random
import sqlite3
import time

HOUR = 3600
MICROS = 1_000_000
STATUSES = ("ok", "blocked", "likely_blocked", "impaired", "down", "insufficient")


def write(folder, targets, troubles=None):
    """`troubles`: target → [(hours ago, until hours ago, status, share of its rounds)]."""
    random.seed(8)
    database = sqlite3.connect(folder / "state.sqlite")
    now = time.time()
    whole = int(now // HOUR) * HOUR
    with database:
        for number, target in enumerate(targets, start=1):
            database.execute("INSERT OR REPLACE INTO targets VALUES (?, ?)", (number, target))
            base = random.uniform(150, 210)
            _hours(database, number, whole, base, (troubles or {}).get(target, []))
            _rounds(database, number, now, base, (troubles or {}).get(target, []))
        database.execute("INSERT OR REPLACE INTO progress VALUES ('aggregated until', ?)",
                         (whole * MICROS,))
    database.close()


def _status(troubles, ago):
    """What a round of so many hours ago was, by chance."""
    for begin, end, status, share in troubles:
        if end < ago <= begin and random.random() < share:
            return status
    return "ok" if random.random() > 0.0001 else "impaired"


def _phases(base, ago):
    swing = 1 + 0.12 * math.sin(ago / 24 * 2 * math.pi) + random.uniform(-0.08, 0.12)
    return [int(base * part * swing * 1000) for part in (0.15, 0.3, 0.35, 0.4, 0.05)]


def _hours(database, number, whole, base, troubles):
    for ago in range(1, 24 * 30):
        counts = dict.fromkeys(STATUSES, 0)
        for _ in range(60):
            counts[_status(troubles, ago)] += 1
        phases = _phases(base, ago)
        database.execute(
            f"INSERT OR REPLACE INTO hours VALUES ({', '.join('?' * 18)})",
            ((whole - ago * HOUR) * MICROS, number, *(counts[s] for s in STATUSES), *phases,
             *(int(p * 1.6) for p in phases)))


def _rounds(database, number, now, base, troubles):
    for minute in range(2, 48 * 60):
        began = now - minute * 60
        status = _status(troubles, minute / 60)
        phases = _phases(base, minute / 60) if status == "ok" else [int(base * 150), int(base * 300), *[None] * 3]
        database.execute(
            f"INSERT OR REPLACE INTO rounds VALUES ({', '.join('?' * 14)})",
            (int(began // 300), number, int(began * MICROS), "light", status,
             "steps.fine" if status == "ok" else "tls.reset.swap_ok",
             "" if status == "ok" else "tls.reset.sni", "", int(base * 1250), *phases))
