"""What can be said of the package without installing it."""

import subprocess


def _words(*command, **more):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, **more)


def _lintian(package, report):
    found = _words("lintian", "--allow-root", "--fail-on", "error,warning", package)
    report("lintian finds no error and no warning", found.returncode == 0, found.stdout)
    conffiles = _words("dpkg-deb", "--info", package, "conffiles").stdout.split()
    report("the configuration is a conffile", conffiles == ["/etc/reachd/reachd.yaml"], conffiles)


def _pages(files, report):
    for page in ("man1/reachd.1.gz", "man5/reachd.yaml.5.gz"):
        shown = _words("man", "--warnings", "--encoding=UTF-8", "--local-file",
                       files / "usr/share/man" / page, env={"LC_ALL": "C.UTF-8", "MANWIDTH": "80",
                                                           "PATH": "/usr/bin:/bin"})
        report(f"{page} is typeset without a complaint", not shown.stderr and "NAME" in shown.stdout,
               shown.stderr)
    manual = _words("man", "--local-file", files / "usr/share/man/man1/reachd.1.gz").stdout
    commands = _completions(files, "")
    missing = [name for name in commands if name[0] != "-" and f"reachd {name}" not in manual]
    report("reachd(1) has every command", commands and not missing, missing)


def _completions(files, line):
    """What bash offers after `reachd LINE`."""
    script = f"""
      PATH={files}/usr/bin:$PATH
      . {files}/usr/share/bash-completion/completions/reachd
      COMP_WORDS=(reachd {line or '""'}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
      _reachd
      printf '%s\\n' "${{COMPREPLY[@]}}" """
    return _words("bash", "-c", script).stdout.split()


def _completion(files, report):
    for line, wanted in (("pro", "probe"), ("probe --d", "--deep"), ("check --co", "--config"),
                         ("run --log-level w", "warning")):
        offered = _completions(files, line)
        report(f"bash completes `reachd {line}` to {wanted}", offered == [wanted], offered)


def check(package, logs, report):
    _lintian(package, report)
    files = logs / "package"
    _words("dpkg-deb", "--extract", package, files, check=True)
    _pages(files, report)
    _completion(files, report)
