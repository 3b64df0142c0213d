"""Texts such as 180s, 16KiB, 150kbit, ">=3" into plain numbers; ValueError says what was expected."""

import re

_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400}
_BYTES = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20}
_BITS = {"bit": 1, "kbit": 1000, "mbit": 1000_000}


def _scaled(text, units, example):
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", str(text))
    if not found or found[2] not in units:
        raise ValueError(f"is no {example}")
    return float(found[1]) * units[found[2]]


def seconds(text):
    return _scaled(text, _SECONDS, "duration such as 180s or 5ms")


def milliseconds(text):
    return round(seconds(text) * 1000)


def microseconds(text):
    return round(seconds(text) * 1_000_000)


def size(text):
    return round(_scaled(text, _BYTES, "size such as 16KiB"))


def bit_rate(text):
    return round(_scaled(text, _BITS, "rate such as 150kbit"))


def span(text):
    """A number, or a range as the censor writes it."""
    if re.fullmatch(r"\d+", str(text)):
        return int(text)
    if not re.fullmatch(r"(<=|<|>=|>)\d+|\d+-\d+", str(text)):
        raise ValueError('is neither a number nor a range such as "<=3" or 3-8')
    return str(text)


def holds(value, wanted):
    """Whether a number is what a span asks for."""
    found = re.fullmatch(r"(<=|<|>=|>)?(\d+)(?:-(\d+))?", str(wanted))
    sign, low, high = found[1], int(found[2]), found[3]
    if high is not None:
        return low <= value <= int(high)
    return {"<=": value <= low, "<": value < low, ">=": value >= low, ">": value > low,
            None: value == low}[sign]


def share(text):
    """0.2 or 20%."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", str(text))
    value = float(found[1]) / (100 if found[2] else 1) if found else -1
    if not 0 <= value <= 1:
        raise ValueError("is no share from 0 to 1")
    return value
