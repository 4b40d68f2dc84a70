"""The built site in a real browser: Chromium without a window, over loopback.

The site is served as `rebalancing serve` does it. A probe page holds a page of the site in a frame
of a given width, runs a script in it and writes down what the script returns; Chromium prints the
probe, and says on its log what the server's policy kept a page from doing.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from rebalancing.book.serve import Server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
PROBE = """\
<!DOCTYPE html><pre id="said"></pre>
<iframe id="frame" src="{page}" style="width: {width}px; height: 900px; border: 0"></iframe>
<script src="{name}.js"></script>
"""
SCRIPT = """\
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
addEventListener("load", async () => {{
  const window = globalThis.document.getElementById("frame").contentWindow;
  const document = window.document;
  await pause(500);
  let said;
  try {{ said = await (async () => {{ {script} }})(); }} catch (error) {{ said = String(error); }}
  globalThis.document.getElementById("said").textContent = JSON.stringify(said);
}});
"""
Probe = Callable[..., Any]


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the site of the made-up edition, to put probes in."""
    if CHROMIUM is None:
        pytest.skip("the browser tests need Chromium (apt-get install chromium)")
    made_up_site = request.getfixturevalue("made_up_site")
    return Path(shutil.copytree(made_up_site, tmp_path_factory.mktemp("book") / "site"))


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with Server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def probe(site: Path, address: str, tmp_path: Path) -> Probe:
    """Run a script in a page: ``probe("index.html", "return document.title", width=360)``."""

    numbers = count()

    def run(page: str, script: str, *, width: int = 1280, dark: bool = False) -> Any:
        # Each probe has a name of its own, or the browser may show the one before from its cache.
        path = site / f"probe-{tmp_path.name}-{next(numbers)}.html"
        code = path.with_suffix(".js")
        path.write_text(PROBE.format(page=page, name=path.stem, width=width))
        code.write_text(SCRIPT.format(script=script))
        command = [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--enable-logging=stderr",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1400,1000",
            "--virtual-time-budget=10000",
            "--dump-dom",
            f"{address}/{path.name}",
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
        path.unlink()
        code.unlink()
        assert "Content Security Policy" not in done.stderr, done.stderr
        said = re.search(r'<pre id="said">(.*?)</pre>', done.stdout, re.DOTALL)
        assert said, done.stderr
        assert said[1], "the script did not finish"
        return json.loads(html.unescape(said[1]))

    return run
