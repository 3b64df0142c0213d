"""A Debian 12 as a fresh installation has it, with the packages that reachd needs fetched but not
installed, so that `apt install` works there without a network."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parents[2] / "build/deploy"
INCLUDED = "systemd,systemd-sysv,dbus,procps"


def _key(package):
    """What the tree depends on: Debian's suite and the package's dependencies."""
    needs = subprocess.run(["dpkg-deb", "--field", package, "Depends"], check=True,
                           capture_output=True, text=True).stdout
    return hashlib.sha256(f"bookworm {INCLUDED} {needs}".encode()).hexdigest()


def _sources():
    """The machine's own list of Debian's sources, if it has one."""
    for name in ("sources.list.d/debian.sources", "sources.list"):
        path = Path("/etc/apt") / name
        if path.exists():
            return [str(path)]
    return []


def _apt_options(directory):
    """How this machine's apt reaches its servers, which holds for the tree too."""
    told = subprocess.run(["apt-config", "dump"], check=True, capture_output=True, text=True).stdout
    kept = [line for line in told.splitlines()
            if re.match(r"Acquire::(http|https|Check-Date|Check-Valid-Until|Retries)\b", line)]
    path = directory / "apt.conf"
    path.write_text("\n".join([*kept, 'APT::Install-Recommends "false";', ""]))
    return path


def make(package, log):
    """The tree for that .deb, from the last run if it still fits."""
    tree, mark = HERE / "tree", HERE / "tree.key"
    key = _key(package)
    if tree.exists() and mark.exists() and mark.read_text() == key:
        return tree
    mark.unlink(missing_ok=True)
    shutil.rmtree(tree, ignore_errors=True)
    HERE.mkdir(parents=True, exist_ok=True)
    fetch = "apt-get -q install --yes --download-only"
    with open(log, "w") as out:
        subprocess.run([
            "mmdebstrap", "--mode=root", "--variant=minbase", f"--include={INCLUDED}",
            f"--aptopt={_apt_options(HERE)}", "--dpkgopt=force-unsafe-io",
            "--skip=cleanup/apt",
            "--customize-hook=rm -f \"$1\"/var/cache/apt/archives/*.deb",
            f"--customize-hook=cp {package} \"$1\"/root/fetch.deb",
            f"--customize-hook=chroot \"$1\" {fetch} /root/fetch.deb",
            "--customize-hook=rm \"$1\"/root/fetch.deb",
            "bookworm", str(tree), *_sources()], check=True, stdout=out, stderr=out)
    mark.write_text(key)
    return tree
