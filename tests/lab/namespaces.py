"""The one way into a world: a program in namespaces of its own, which end with it."""

import os
import sys


def words(program, *arguments):
    """The command that runs a Python program of the lab in fresh namespaces. Without root they belong
    to a user namespace. Whoever is killed outside takes everything inside along."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
            sys.executable, "-B", str(program), *map(str, arguments)]
