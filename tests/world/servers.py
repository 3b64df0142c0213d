"""The servers of the world, one process for each (host, port), so that each can fail alone.

All of them are what the field runs: nginx, dovecot and exim from Debian. Certificates alternate
between ECDSA and RSA, TLS between 1.3 alone and up to 1.2.
"""

import signal
import sys
from pathlib import Path

from nginx import nginx_config, server_block
from process import Process, listens, until

# A server that refuses to be root, or drops root by means a user namespace forbids, runs in one of
# its own where it is the user `daemon`.
AS_DAEMON = ["unshare", "--user", "--map-user=1", "--map-group=1"]


class Server:
    def __init__(self, world, host, port, index):
        self.world, self.host, self.port = world, host, port
        self.addresses = world.addresses[host]
        self.kind = ("ecdsa", "rsa")[index % 2]
        self.old_tls = index % 4 == 3
        self.folder = Path(f"/run/servers/{host}-{port}")
        self.folder.mkdir(parents=True)
        self.process = None

    def certificate(self, fault=None):
        names, pki = [self.host], self.world.pki
        if fault == "expired":
            return pki.chain(names, self.kind, "expired", days=-1)
        if fault == "wrong name":
            return pki.chain([f"elsewhere.{self.host}"], self.kind, "wrong")
        if fault == "untrusted":
            return pki.chain(names, self.kind, "untrusted", issuer="stranger-intermediate")
        return pki.chain(names, self.kind)

    def launch(self, certificate=None, **variation):
        """Serves well, unless `certificate` or another variation says otherwise."""
        config = self.folder / "config"
        config.write_text(self.config(self.certificate(certificate), **variation))
        self._run(self.command(config))

    def launch_faulty(self, mode):
        """A small program in the server's place that accepts, and then fails in one set way."""
        program = Path(__file__).with_name("faulty.py")
        self._run([sys.executable, "-B", program, mode, self.port, self.certificate(),
                   self.world.pki.key(self.kind), *self.addresses])

    def _run(self, words):
        self.process = Process([*self.world.enter, *words], self.log)

    @property
    def log(self):
        return self.world.logs / f"{self.host}-{self.port}.log"

    def await_listening(self):
        if not until(lambda: all(listens(a, self.port) for a in self.addresses), 20):
            raise RuntimeError(f"{self.host}:{self.port} does not listen: see {self.log}")

    def stop(self):
        """Returns when nobody listens any more. A faulty server may go on keeping clients waiting."""
        self.process.send(signal.SIGTERM)
        self.world.ending.append(self.process)
        if not until(lambda: not any(listens(a, self.port) for a in self.addresses), 10):
            raise RuntimeError(f"{self.host}:{self.port} does not stop listening")


class Web(Server):
    """nginx: HTTP/1.1 and HTTP/2; answers each path that a target asks for as the target expects."""

    def config(self, chain, **_):
        targets = [t for t in self.world.shipped.everything
                   if (t.host, t.port) == (self.host, self.port)]
        return nginx_config(self.folder, [server_block(
            self.host, self.addresses, self.port, {t.path: t.status for t in targets},
            tls=(chain, self.world.pki.key(self.kind)) if targets[0].scheme == "https" else None,
            protocols="TLSv1.2" if self.old_tls else "TLSv1.3")])

    def command(self, config):
        return ["nginx", "-p", self.folder, "-e", "stderr", "-c", config]


class Imap(Server):
    """dovecot: IMAP over TLS, or in plain text with STARTTLS."""

    def config(self, chain, **_):
        ports = {name: f"port = {self.port}" if name == self.flavour else "port = 0"
                 for name in ("imap", "imaps")}
        return f"""
protocols = imap
listen = {", ".join(self.addresses)}
base_dir = {self.folder}/run
state_dir = {self.folder}/run
log_path = /dev/stderr
ssl = required
ssl_cert = <{chain}
ssl_key = <{self.world.pki.key(self.kind)}
default_internal_user = daemon
default_internal_group = daemon
default_login_user = daemon
first_valid_uid = 1
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=1 gid=1 home={self.folder}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    {ports["imap"]}
  }}
  inet_listener imaps {{
    {ports["imaps"]}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

    @property
    def flavour(self):
        return "imap" if self.port == 143 else "imaps"

    def command(self, config):
        return [*AS_DAEMON, "dovecot", "-F", "-c", config]


class Smtp(Server):
    """exim: SMTP with STARTTLS, or over TLS on port 465. Takes no mail."""

    def config(self, chain, starttls=True, **_):
        return f"""
primary_hostname = {self.host}
exim_user = daemon
exim_group = daemon
local_interfaces = <; {" ; ".join(self.addresses)}
daemon_smtp_ports = {self.port}
tls_on_connect_ports = 465
tls_certificate = {chain}
tls_privatekey = {self.world.pki.key(self.kind)}
tls_advertise_hosts = {"*" if starttls else ""}
spool_directory = {self.folder}/spool
log_file_path = {self.folder}/%slog
pid_file_path = {self.folder}/pid
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = refuse
begin acl
refuse:
  deny
"""

    def command(self, config):
        return [*AS_DAEMON, "exim4", "-bdf", "-C", config]


KINDS = {"http": Web, "https": Web, "imap": Imap, "imaps": Imap, "smtp": Smtp, "smtps": Smtp}
