"""Servers as child processes: started in the foreground, logged, ended by their own handle."""

import os
import signal
import socket
import subprocess
import time

PATIENCE = 120  # seconds: a server that listens within one may be given little of a processor


class Process:
    """A program and its children, as one process group."""

    def __init__(self, words, log):
        self._log = open(log, "ab")
        self.process = subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=subprocess.STDOUT, start_new_session=True)

    def send(self, number):
        os.killpg(self.process.pid, number)

    def alive(self):
        return self.process.poll() is None

    def stop(self, number=signal.SIGTERM, patience=10):
        """Its exit status, or None if it had to be killed."""
        if self.alive():
            self.send(number)
        try:
            status = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = None
        self._log.close()
        return status


def until(condition, patience, pause=0.1):
    """The first true value of `condition()`, or its last value when patience ends."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(pause)


def listens(address, port):
    try:
        socket.create_connection((address, port), timeout=2).close()
        return True
    except OSError:
        return False
