"""One Chromium without a window, told what to do by the DevTools protocol over a pipe.

Starting it takes longest, so one stays open for all tests of a process. Each page is opened in a
context of its own, which knows nothing of the ones before: no cache, no storage, no history.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
MISSING = "the browser tests need Chromium (apt-get install chromium)"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1400,1000",
    "--remote-debugging-pipe",
)
LOGGED = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}
PATIENCE = 300  # seconds for a page to become what it is asked to be


class Shown(NamedTuple):
    """What a page has become, and what the browser logged: violations, errors and console."""

    html: str
    log: list[str]


class Browser:
    """Chromium, until it is closed; it keeps its files in ``profile``."""

    def __init__(self, profile: Path) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        places = [  # Chromium reads commands from descriptor 3 and answers on 4
            (os.POSIX_SPAWN_DUP2, to_browser, 3),
            (os.POSIX_SPAWN_DUP2, from_browser, 4),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}"]
        self._process = os.posix_spawn(command[0], command, os.environ, file_actions=places)
        os.close(to_browser)
        os.close(from_browser)
        self._numbers = count(1)
        self._unread = b""
        self._log: list[str] = []

    def close(self) -> None:
        """End it, with all of its processes."""
        self._ask("Browser.close")
        os.waitpid(self._process, 0)
        os.close(self._write)
        os.close(self._read)

    def show(self, address: str, holds: str, *, dark: bool = False) -> Shown:
        """Open a page, wait until an expression of JavaScript holds in it, and return the page."""
        context = self._ask("Target.createBrowserContext")["browserContextId"]
        target = self._ask("Target.createTarget", url="about:blank", browserContextId=context)
        session = self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = session["sessionId"]
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._log.clear()
        for domain in ("Log", "Runtime"):
            self._ask(f"{domain}.enable", page)
        self._ask("Emulation.setEmulatedMedia", page, features=[scheme])
        self._ask("Page.navigate", page, url=address)
        end = time.monotonic() + PATIENCE
        while not self._value(page, f"Boolean({holds})"):
            assert time.monotonic() < end, f"never: {holds}\n{self._log}"
            time.sleep(0.02)
        shown = Shown(self._value(page, "document.documentElement.outerHTML"), [*self._log])
        self._ask("Target.disposeBrowserContext", browserContextId=context)
        return shown

    def _value(self, page: str, expression: str) -> Any:
        """Return what an expression is in a page now; nothing where it fails."""
        asked = {"expression": expression, "returnByValue": True}
        return self._ask("Runtime.evaluate", page, **asked)["result"].get("value")

    def _ask(self, method: str, page: str | None = None, **parameters: object) -> Any:
        """Return the answer to a command, and log what comes before it."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if page is not None:
            message["sessionId"] = page
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != number:
            if answer["method"] in LOGGED:
                self._log.append(json.dumps(answer["params"], ensure_ascii=False))
        assert "error" not in answer, answer
        return answer["result"]

    def _receive(self) -> dict[str, Any]:
        """Return the next message; each ends with a null."""
        while b"\0" not in self._unread:
            part = os.read(self._read, 1 << 20)
            assert part, "the browser has ended"
            self._unread += part
        message, _, self._unread = self._unread.partition(b"\0")
        return dict(json.loads(message))
