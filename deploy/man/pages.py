#!/usr/bin/python3
"""Writes the manual pages from what the program says of itself, and from the tables of keys.

Usage: pages.py REACHD DIRECTORY   writes DIRECTORY/reachd.1 and DIRECTORY/reachd.yaml.5
What a page says beyond that stands in reachd.1.in and reachd.yaml.5.in; a line `@…@` is where the
generated part goes.
"""

import re
import subprocess
import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent


def escape(text):
    """Text that troff prints as it is, whatever it begins with."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\\&" + text if text.startswith(".") else text


def help_of(program, *command):
    """What --help prints: (description, usage, {section: [(term, words)]})."""
    text = subprocess.run([program, *command, "--help"], check=True, capture_output=True,
                          text=True).stdout
    head, *blocks = text.strip().split("\n\n")
    description, usage = head.rsplit("\nUsage: ", 1)
    sections = {}
    for block in blocks:
        title, *lines = block.splitlines()
        entries = sections.setdefault(title.rstrip(":"), [])
        for line in lines:
            begun = re.match(r"  (\S.*?)(?:\s{2,}(.*))?$", line)
            if begun:
                entries.append([begun[1], begun[2] or ""])
            else:
                entries[-1][1] = (entries[-1][1] + " " + line.strip()).strip()
    return description, usage, sections


def option_of(term):
    """CLI11's `--log-level TEXT:{debug,info}=info` as (names, value, default)."""
    names, _, value = term.partition(" ")
    value, _, default = value.removesuffix(" ...").partition("=")
    kind, _, choice = value.partition(":")
    choice = choice.strip("{}").replace(",", "|")
    if " in [" in choice:
        kind, choice = choice.split(" in ")[0], ""
    return names.replace(",", ", "), choice or kind, default


def options(entries):
    for term, words in entries:
        names, value, default = option_of(term)
        if names.startswith("-"):
            yield f'.TP\n.B {escape(names)}' + (f' \\fI{escape(value)}\\fR' if value else "")
        else:
            yield f".TP\n.I {escape(names)}"
        yield escape(words) + (f"; {escape(default)} by default" if default else "")


def commands(program):
    """All commands with their options, in the program's order."""
    _, _, sections = help_of(program)
    for name, _ in sections["Subcommands"]:
        description, usage, parts = help_of(program, name)
        synopsis = re.sub(r"^reachd \S+ ?", "", usage)
        yield f".SS reachd {escape(name)}\n.B reachd {escape(name)}\n{escape(synopsis)}"
        yield f".PP\n{escape(description)}."
        for title in ("Positionals", "Options"):
            yield from options(e for e in parts.get(title, []) if e[0] != "-h,--help")


def keys(table):
    """The table of keys, a section for each first word."""
    section = None
    for entry in yaml.safe_load((HERE / table).read_text()):
        first = re.split(r"[.\[]", entry["key"])[0]
        if first != section:
            section = first
            yield f".SS {escape(first)}"
        default = entry.get("default")
        if isinstance(default, bool):
            default = str(default).lower()
        takes = f'\\fI{escape(entry["takes"])}\\fR'
        yield f'.TP\n.BR {escape(entry["key"])} ":\\ {takes}"'
        yield escape(entry["says"]) + ("" if default is None else f" Default: {escape(str(default))}.")


def write(name, out, version, marks):
    text = (HERE / f"{name}.in").read_text().replace("@VERSION@", version)
    for mark, lines in marks.items():
        text = text.replace(f"@{mark}@", "\n".join(lines))
    (Path(out) / name).write_text(text)


def main(program, out):
    words = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    version = words.split()[1]
    write("reachd.1", out, version, {"COMMANDS": commands(program)})
    write("reachd.yaml.5", out, version, {"KEYS": keys("keys.yaml"), "WEBKEYS": keys("web-keys.yaml")})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
