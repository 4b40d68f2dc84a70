"""The site's type, cut from the packages that carry it to what the pages use.

Source Serif Pro and Source Sans Pro come as whole fonts from their packages; each face in use is
reduced to the characters below, keeps its figure styles and kerning, and is compressed to WOFF2.
The Open Font License reserves the fonts' names, so the reduced files carry only their copyright
and licence records; the licence lies beside them.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import font_source_sans_pro
import font_source_serif_pro
import fontTools

from rebalancing.files import write_atomic

SERIF, SANS = "Source Serif Pro", "Source Sans Pro"

# Latin with its extensions for names; Greek for formulas in the text; the punctuation, arrows and
# mathematical signs of an economic report.
CHARACTERS = "".join(
    [
        *map(chr, range(0x20, 0x7F)),
        *map(chr, range(0xA0, 0x180)),
        "ΑΒΓΔΕΘΛΜΠΣΦΨΩαβγδεζηθκλμνξπρστφχψω",
        "‐‒–—‘’‚“”„†‡•…‰′″‹›⁄€₂₁₀²³¹⁰⁴⁵⁶⁷⁸⁹™",
        "←↑→↓↗↘−×÷±≈≠≤≥∞√∑∂∆◆▲▼✓",
    ]
)
FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "lnum", "onum", "pnum", "tnum", "sups", "subs"]
_COPYRIGHT_AND_LICENCE = [0, 13, 14]  # records of the name table


@dataclass(frozen=True)
class Face:
    """One face of a family, as the page's CSS calls it."""

    family: str
    source: Path
    weight: int
    style: str = "normal"

    @property
    def filename(self) -> str:
        """The name of the web font."""
        return f"{self.source.stem}.woff2"


def _faces() -> Iterator[Face]:
    packages = ((SERIF, font_source_serif_pro), (SANS, font_source_sans_pro))
    for family, package in packages:
        folder = Path(package.__file__).parent / "files"
        stem = family.replace(" ", "")
        yield Face(family, folder / f"{stem}-Regular.ttf", 400)
        yield Face(family, folder / f"{stem}-It.ttf", 400, "italic")
        yield Face(family, folder / f"{stem}-Semibold.ttf", 600)


def _styled(names: tuple[str, ...], style: str) -> tuple[str, ...]:
    return tuple(f"{name} {style}" for name in names)


FACES = tuple(_faces())


@dataclass(frozen=True)
class StandIn:
    """A font of the reader's own, scaled to take the room of ours until it has come.

    Attributes:
        family: The name of the scaled font.
        local: The fonts that are scaled; they have the same widths.
        size: Their scale, in percent: the ratio of mean widths over English text.
        ascent: Of our font, in percent of the scaled size.
        descent: As ascent.
        weight: As the page's CSS calls it.
        style: As weight.
    """

    family: str
    local: tuple[str, ...]
    size: float
    ascent: float
    descent: float
    weight: int = 400
    style: str = "normal"


_TIMES, _ARIAL = ("Times New Roman", "Liberation Serif"), ("Arial", "Liberation Sans")
STAND_INS = (
    StandIn("Serif stand-in", _TIMES, 111.0, 93.33, 30.18),
    StandIn("Serif stand-in", _styled(_TIMES, "Italic"), 102.63, 100.94, 32.64, style="italic"),
    StandIn("Serif stand-in", _styled(_TIMES, "Bold"), 106.26, 97.49, 31.53, weight=600),
    StandIn("Sans stand-in", _ARIAL, 93.85, 104.85, 29.09),
    StandIn("Sans stand-in", _styled(_ARIAL, "Bold"), 89.86, 109.5, 30.38, weight=600),
)


def web_font(source: Path) -> bytes:
    """Return a font reduced to `CHARACTERS` and `FEATURES`, as WOFF2; the same bytes every time."""
    from fontTools import subset  # slow to import, and web fonts are made once
    from fontTools.ttLib import TTFont

    # Names are thinned out below: the subsetter's own way visits every table and doubles the time.
    options = subset.Options(layout_features=FEATURES, name_IDs=["*"], hinting=False)
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    records = font["name"].names
    font["name"].names = [r for r in records if r.nameID in _COPYRIGHT_AND_LICENCE]
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def install(folder: Path, cache: Path) -> Path:
    """Write the web fonts, their licences and ``fonts.css`` into a folder; return the CSS file.

    Args:
        folder: Where the pages find them.
        cache: Where web fonts made before are kept, by a digest of all that they depend on.
    """
    for face in FACES:
        made = cache / f"{_digest(face.source)}.woff2"
        if not made.is_file():
            write_atomic(made, web_font(face.source))
        target = folder / "fonts" / face.filename
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, target)
        licence = face.source.parent / "LICENSE.txt"
        shutil.copyfile(licence, target.with_name(f"{face.source.stem.split('-')[0]}-LICENSE.txt"))
    rules = [*map(_rule, FACES), *map(_stand_in, STAND_INS)]
    return write_atomic(folder / "fonts.css", "\n".join(rules))


def _digest(source: Path) -> str:
    recipe = f"{CHARACTERS}{FEATURES}{_COPYRIGHT_AND_LICENCE}{fontTools.version}"
    return hashlib.sha256(source.read_bytes() + recipe.encode()).hexdigest()[:16]


def _stand_in(font: StandIn) -> str:
    sources = ", ".join(f'local("{name}")' for name in font.local)
    return (
        "@font-face {\n"
        f'  font-family: "{font.family}";\n'
        f"  src: {sources};\n"
        f"  font-weight: {font.weight};\n"
        f"  font-style: {font.style};\n"
        f"  size-adjust: {font.size}%;\n"
        f"  ascent-override: {font.ascent}%;\n"
        f"  descent-override: {font.descent}%;\n"
        "  line-gap-override: 0%;\n"
        "}\n"
    )


def _rule(face: Face) -> str:
    return (
        "@font-face {\n"
        f'  font-family: "{face.family}";\n'
        f'  src: url("fonts/{face.filename}") format("woff2");\n'
        f"  font-weight: {face.weight};\n"
        f"  font-style: {face.style};\n"
        "  font-display: swap;\n"
        "}\n"
    )
