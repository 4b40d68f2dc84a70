"""The built site on this machine's loopback address, for browsers on this machine alone.

A page of another site could reach a local server under a name of its own, so only local names are
answered. Scripts run from the site's files only. A connection is for one request and ends after
some seconds; when too many are open the oldest ends, so that slow clients do not keep others out.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

import click

from rebalancing.errors import InputError

ADDRESS = "127.0.0.1"
CONNECTIONS = 32
SECONDS = 10.0  # for a whole request and its answer
HEADERS = {
    # Figures carry styles of their own.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-src 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_LOCAL = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?", re.IGNORECASE)
_TYPES = {  # not as the system has them: nosniff lets no script run under another
    ".css": "text/css",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    "": "text/plain; charset=utf-8",
}


class ServeError(InputError):
    """No site to serve, or no port to serve it on."""


class _Handler(SimpleHTTPRequestHandler):
    """Answers with files of the site, and says nothing on the terminal."""

    extensions_map = _TYPES
    timeout = SECONDS

    def parse_request(self) -> bool:
        """Read the request; refuse one that was sent to a name that is not local."""
        if not super().parse_request():
            return False
        names = self.headers.get_all("Host", [])
        old = not names and self.request_version != "HTTP/1.1"
        if old or (len(names) == 1 and _LOCAL.fullmatch(names[0].strip())):
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST, explain="Only local names are served.")
        return False

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send the head of an answer; a folder, or a path that no file can have, is not found."""
        with suppress(ValueError):  # a path with a null character, or letters that none can have
            place = self.translate_path(self.path)
            if not os.path.isdir(place) or os.path.samefile(place, self.directory):
                return super().send_head()
        self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """List no folder."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Add what every answer says to the browser."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Answers each connection in one of a bounded number of threads, for a bounded time."""

    request_queue_size = 128

    def __init__(self, folder: Path, port: int) -> None:
        self._since: dict[Any, float] = {}
        self._pool = ThreadPoolExecutor(CONNECTIONS)
        super().__init__((ADDRESS, port), partial(_Handler, directory=str(folder)))

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread; end the oldest one when there are too many."""
        if len(self._since) >= CONNECTIONS:
            self._end(next(iter(self._since)))
        self._since[request] = monotonic()
        self._pool.submit(self.process_request_thread, request, client_address)

    def service_actions(self) -> None:
        """End the connections that have taken too long."""
        for connection, since in list(self._since.items()):
            if monotonic() - since > SECONDS:
                self._end(connection)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that is done."""
        self._since.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away, and one line of anything else."""
        error = sys.exception()
        if not isinstance(error, OSError):
            click.echo(f"a request failed: {error!r}", err=True)

    def server_close(self) -> None:
        """End all connections and threads."""
        super().server_close()
        for connection in list(self._since):
            self._end(connection)
        self._pool.shutdown(cancel_futures=True)

    def _end(self, connection: socket.socket) -> None:
        """End a connection whose thread may wait for it."""
        self._since.pop(connection, None)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def serve(folder: Path, port: int, say: Callable[[str], object] = click.echo) -> None:
    """Serve a built site until interrupted.

    Args:
        folder: The site.
        port: The port on 127.0.0.1; 0 takes a free one.
        say: Told the address.

    Raises:
        ServeError: There is no site, or the port is taken or not allowed.
    """
    if not (folder / "index.html").is_file():
        raise ServeError(
            f"no site in {folder}; build it first (make report), or with rebalancing report and "
            "the same options"
        )
    try:
        server = Server(folder, port)
    except (OSError, OverflowError) as error:
        raise ServeError(
            f"port {port} cannot be used ({error}); choose another (make serve PORT=8001)"
        ) from None
    with server:
        say(f"The report is at http://{ADDRESS}:{server.server_port}/ (stop with Ctrl+C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("")
