"""Receives what Alertmanager's webhooks tell, and keeps it: whoever would have been woken, was."""

import http.server
import json
import threading
import time

LARGEST = 16 << 20  # bytes of one notification


class Receiver:
    """Listens on loopback in a thread of its own from the moment it is made until `close`."""

    def __init__(self):
        self._told, self._lock = [], threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers.get("Content-Length", 0))
                if size > LARGEST:
                    self.send_error(413)
                    return
                receiver._keep(json.loads(self.rfile.read(size)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Nothing: what came is kept."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}/"

    def _keep(self, notification):
        with self._lock:
            self._told.append({"at": time.time(), **notification})

    def notifications(self):
        """Alertmanager's webhook messages in the order they came, each with `at`, the time by the
        clock at which it did."""
        with self._lock:
            return list(self._told)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
