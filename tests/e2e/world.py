"""The whole world of one run: network, certificates, DNS, and every server that the shipped
configuration needs. `start` returns when all of them listen."""

import network
import shipped
from names import Names
from pki import Pki
from servers import KINDS, Imap, Smtp

# Ports that no shipped target asks for, but that such hosts serve as well.
ALSO = {Imap: 143, Smtp: 25}


class World:
    def __init__(self, config, logs):
        self.shipped = shipped.read(config)
        self.source, self.logs = config, logs
        self.enter = network.WORLD  # the words before a command that is to run in the world
        self.ending = []  # processes that were told to end
        network.build()
        self.addresses = {host: network.addresses_of(index)
                          for index, host in enumerate(self.shipped.hosts, start=1)}
        network.own([*self.shipped.resolvers, *sum(self.addresses.values(), [])])
        self.pki = Pki("/run/pki")
        self.names = Names(self)
        self.servers = {}
        for target in self.shipped.everything:
            kind = KINDS[target.scheme]
            self._add(kind, target.host, target.port)
            if kind in ALSO:
                self._add(kind, target.host, ALSO[kind])

    def _add(self, kind, host, port):
        if (host, port) not in self.servers:
            self.servers[host, port] = kind(self, host, port, len(self.servers))

    def start(self):
        self.names.start()
        for server in self.servers.values():
            server.launch()
        for server in self.servers.values():
            server.await_listening()

    def server(self, target):
        return self.servers[target.host, target.port]
