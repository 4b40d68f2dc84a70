"""The built site in a real browser: Chromium without a window, over loopback.

The site is served as `rebalancing serve` does it. A probe page holds a page of the site in a frame
of a given width, runs a script in it and writes down what the script returns. The browser logs what
the server's policy kept a page from doing. A probe of several pages has a frame for each.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Browser

from rebalancing.book.serve import Server

PROBE = """\
<!DOCTYPE html><pre id="said"></pre>
{frames}
<script src="{name}.js"></script>
"""
FRAME = '<iframe src="{page}" style="width: {width}px; height: 900px; border: 0"></iframe>'
SCRIPT = """\
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const until = async (holds) => {{ while (!holds()) await pause(20); }};
const drawn = async (window) => {{
  for (const frame of [1, 2]) await new Promise((done) => window.requestAnimationFrame(done));
}};
const ask = async (window, document) => {{ {script} }};
addEventListener("load", async () => {{
  await drawn(window);
  const said = [];
  for (const frame of document.querySelectorAll("iframe")) {{
    const inside = frame.contentWindow;
    said.push(await ask(inside, inside.document).catch(String));
  }}
  document.getElementById("said").textContent = JSON.stringify(said);
}});
"""
SAID = 'document.getElementById("said")?.textContent'
Probe = Callable[..., Any]


@pytest.fixture(scope="session")
def site(made_up_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the site of the made-up edition, to put probes in."""
    return Path(shutil.copytree(made_up_site, tmp_path_factory.mktemp("book") / "site"))


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    with Server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def probe(browser: Browser, site: Path, address: str) -> Probe:
    """Run a script in pages: ``probe("index.html", "return document.title", width=360)``.

    Returned is what it returns in each, as a list, or as it is where one page is given.
    """

    def run(*pages_and_script: str, width: int = 1280, dark: bool = False) -> Any:
        *pages, script = pages_and_script
        path = site / "probe.html"
        code = path.with_suffix(".js")
        frames = "".join(FRAME.format(page=page, width=width) for page in pages)
        path.write_text(PROBE.format(frames=frames, name=path.stem))
        code.write_text(SCRIPT.format(script=script))
        shown = browser.show(f"{address}/{path.name}", SAID, dark=dark)
        path.unlink()
        code.unlink()
        assert "Content Security Policy" not in "".join(shown.log), shown.log
        said = re.search(r'<pre id="said">(.*?)</pre>', shown.html, re.DOTALL)
        assert said
        answers = json.loads(html.unescape(said[1]))
        return answers if len(pages) > 1 else answers[0]

    return run
