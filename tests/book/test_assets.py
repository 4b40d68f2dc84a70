from __future__ import annotations

import re
from pathlib import Path

import pytest
from held import REPOSITORY

from rebalancing.book import assets
from rebalancing.report import palette

THEME = REPOSITORY / "book" / "_theme" / "report" / "static"


def test_what_pages_load_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets.fonts, "web_font", lambda source: b"font")
    assets.install(tmp_path / "static", tmp_path / "cache")
    written = {str(path.relative_to(tmp_path / "static")) for path in tmp_path.rglob("static/**/*")}
    assert {"fonts.css", "colours.css"} <= written


def test_pages_have_the_background_that_figures_are_made_for() -> None:
    css = (THEME / "layout.css").read_text()
    light, dark = re.findall(r"--surface: (#\w+);", css)
    assert {"light": light, "dark": dark} == palette.PAGE


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, as the accessibility guidelines define it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_on_every_background(mode: int) -> None:
    css = (THEME / "layout.css").read_text()
    blocks = [block for block in re.findall(r"\{([^{}]*)\}", css) if "--wash" in block][:2]
    own = dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[mode]))
    colours = {name: pair[mode] for name, pair in palette.COLOURS.items()} | own
    for name in ("ink", "muted", "economy", "code-word", "code-text", "code-note"):
        for background in ("surface", "wash"):
            light, dark = sorted(map(luminance, (colours[name], colours[background])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, background)


def test_every_colour_that_the_styles_use_is_defined() -> None:
    css = "".join(path.read_text() for path in THEME.glob("*.css")) + palette.stylesheet()
    css += (
        REPOSITORY / "src/rebalancing/book/sphinx/markup.py"
    ).read_text()  # colours of one series
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(re.findall(r"(--[\w-]+):", css))
