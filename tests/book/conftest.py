"""The built site in a real browser: Chromium without a window, over loopback.

The site is served as `rebalancing serve` does it. A probe page holds a page of the site in a frame
of a given width, runs a script in it and writes down what the script returns; Chromium prints the
probe, and says on its log what the server's policy kept a page from doing. Starting Chromium takes
longest, so a probe holds several pages if it is given several, each in a frame of its own.
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
{frames}
<script src="{name}.js"></script>
"""
FRAME = '<iframe src="{page}" style="width: {width}px; height: 900px; border: 0"></iframe>'
SCRIPT = """\
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const ask = async (window, document) => {{ {script} }};
addEventListener("load", async () => {{
  await pause(500);
  const said = [];
  for (const frame of document.querySelectorAll("iframe")) {{
    const inside = frame.contentWindow;
    said.push(await ask(inside, inside.document).catch(String));
  }}
  document.getElementById("said").textContent = JSON.stringify(said);
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
    """Run a script in pages: ``probe("index.html", "return document.title", width=360)``.

    Returned is what it returns in each, as a list, or as it is where one page is given.
    """

    numbers = count()

    def run(*pages_and_script: str, width: int = 1280, dark: bool = False) -> Any:
        *pages, script = pages_and_script
        # Each probe has a name of its own, or the browser may show the one before from its cache.
        path = site / f"probe-{tmp_path.name}-{next(numbers)}.html"
        code = path.with_suffix(".js")
        frames = "".join(FRAME.format(page=page, width=width) for page in pages)
        path.write_text(PROBE.format(frames=frames, name=path.stem))
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
        answers = json.loads(html.unescape(said[1]))
        return answers if len(pages) > 1 else answers[0]

    return run
