"""The built site on this machine's loopback address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rebalancing.errors import InputError

ADDRESS = "127.0.0.1"


class ServeError(InputError):
    """No site to serve, or no port to serve it on."""


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line of log for each."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def serve(folder: Path, port: int, say: Callable[[str], None] = print) -> None:
    """Serve a built site until interrupted.

    Args:
        folder: The site.
        port: The port on 127.0.0.1; 0 takes a free one.
        say: Told the address.

    Raises:
        ServeError: There is no site, or the port is taken or not allowed.
    """
    if not (folder / "index.html").is_file():
        raise ServeError(f"no site in {folder}; build it first (make report)")
    handler = partial(_Quiet, directory=str(folder))
    try:
        server = ThreadingHTTPServer((ADDRESS, port), handler)
    except (OSError, OverflowError) as error:
        raise ServeError(f"port {port} cannot be used ({error}); choose another") from None
    with server:
        say(f"The report is at http://{ADDRESS}:{server.server_port}/ (stop with Ctrl+C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("")
