"""A receiver of remote write that takes everything and keeps nothing: what is pushed to it is the fleet
test's matter, that it is pushed shows in the daemon's own series."""

import http.server
import threading


class Sink:
    """Listens on loopback in a thread of its own from the moment it is made."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                """Nothing."""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}/api/v1/write"
