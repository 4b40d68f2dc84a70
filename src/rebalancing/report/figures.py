"""Figures with their passports: what is shown, from which data, by which code.

A figure is drawn three times by the same function: a wide and a narrow body that the page places
between title and foot, and a stand-alone picture with both (SVG and PNG). Beside them lie the CSV
of exactly what is shown, what a page needs to read values off the bodies
(`rebalancing.report.readout`), and the passport, ``figures/<chapter>/<name>.json``.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axis import Tick
from matplotlib.figure import Figure
from PIL import Image

from rebalancing.errors import RebalancingError
from rebalancing.files import atomic, sha256, write_atomic, write_json
from rebalancing.report import frames, palette, readout, running, text
from rebalancing.report.charts import style
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart
from rebalancing.report.passports import VALUES

_COORDINATES = re.compile(r'\b(?:d|x|y)="[^"]*"')
DPI = 200  # of the stand-alone picture
WIDE, NARROW = (7.2, 4.1), (3.6, 3.7)  # inches at 100 px: the text column, and a phone's


class FigureError(RebalancingError):
    """A figure that lacks what its passport must say."""


@dataclass(frozen=True)
class Passport:
    """What a reader must know of a figure, and the files that belong to it."""

    name: str
    chapter: str
    title: str
    subtitle: str
    alt: str
    release: str
    note: str
    notebook: str
    cell: str
    sha256: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedFigure:
    """A saved figure, as a notebook shows it: its stand-alone picture."""

    passport: Passport
    png: bytes

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        reference = f"{self.passport.chapter}/{self.passport.name}"
        data = {"image/png": self.png, "text/plain": self.passport.alt}
        return data, {
            "rebalancing": {"figure": reference},
            "image/png": {"width": 720, "alt": self.passport.alt},
        }


@dataclass(frozen=True)
class Figures:
    """The figures of one chapter, or of a page of the book that no notebook made.

    Each shows itself as it is saved, wherever in a cell that is. Where nobody will see them
    (``is_drawn``), they are checked only.
    """

    folder: Path
    chapter: str
    current_cell: Callable[[], str] = lambda: ""
    as_of: str = "latest"
    is_notebook: bool = True
    is_drawn: bool = True
    show: Callable[[SavedFigure], None] = running.show
    release: str = ""

    def save(
        self,
        name: str,
        chart: Chart,
        *,
        title: str,
        release: str = "",
        note: str | Iterable[str] = "",
    ) -> None:
        """Draw a chart, save it as a figure, and show it in the notebook.

        Args:
            name: Lower-case words joined by hyphens; the figure's anchor is ``fig-<name>``.
            chart: What to draw, with what is said of it whatever it shows.
            title: The finding, in a sentence, with computed numbers.
            release: The data release, as the foot line says it; that of all if not given.
            note: What was excluded or needs care here, as a text or as sentences, of which some
                may be empty; precedes the chart's own note.

        Raises:
            FigureError: A name of another form, or an empty text or table.
        """
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise FigureError(f"{name!r} is not a figure's name; use lower-case words and hyphens")
        texts = {
            "title": title,
            "subtitle": chart.subtitle,
            "alt": chart.alt,
            "release": release or self.release,
            "note": text.sentences((text.sentences(note), chart.note)),
        }
        for field_name in ("title", "subtitle", "alt", "release"):
            if not texts[field_name].strip():
                raise FigureError(f"the figure {name} has no {field_name}")
        if chart.data.dropna(how="all").empty:
            raise FigureError(f"the figure {name} shows no data; leave its section out instead")
        if not self.is_drawn:
            return
        salt = f"{self.chapter}/{name}"
        with style.house_style(salt):
            figure = drawn(chart, WIDE, narrow=False)
        if _shows_zero(figure):
            texts["note"] = texts["note"].replace(NOT_FROM_ZERO, "").strip()
        passport = Passport(
            name=name,
            chapter=self.chapter,
            title=text.minus_signs(title),
            subtitle=text.minus_signs(chart.subtitle),
            alt=text.minus_signs(chart.alt),
            release=texts["release"],
            note=text.minus_signs(text.with_day(texts["note"], self.as_of)),
            notebook=f"notebooks/{self.chapter}.ipynb" if self.is_notebook else "",
            cell=self.current_cell(),
        )
        self.show(SavedFigure(passport, self.write(passport, figure, chart)))

    def write(self, passport: Passport, figure: Figure, chart: Chart) -> bytes:
        """Write a figure and what belongs to it, and return its stand-alone picture, a PNG.

        Args:
            passport: What is said of it.
            figure: The chart, drawn wide.
            chart: The chart, to be drawn narrow as well.
        """
        base = self.folder / "figures" / self.chapter / passport.name
        salt = f"{self.chapter}/{passport.name}"
        with style.house_style(salt):
            wide = _svg(figure)
        with style.house_style(salt, size=9.5):
            small = drawn(chart, NARROW, narrow=True)
            narrow = _svg(small)
        values = readout.readout(chart, figure, small) if chart.series else readout.rows(chart)
        with style.house_style(salt):
            foot = f"Source: {passport.release}. {passport.note}".strip()
            frames.add(figure, passport.title, passport.subtitle, foot)
            svg, png = _svg(figure), _png(figure)
        write = partial(write_atomic, durable=False)
        own = f"{passport.name}-{self.chapter}"  # a page may show figures of several chapters
        files = {
            "wide": write(Path(f"{base}-wide.svg"), _inline(wide, f"{own}-w")),
            "narrow": write(Path(f"{base}-narrow.svg"), _inline(narrow, f"{own}-n")),
            "svg": write(Path(f"{base}.svg"), svg),
            "png": write(Path(f"{base}.png"), png),
            "csv": Path(f"{base}.csv"),
        }
        with atomic(files["csv"], durable=False) as path:
            chart.data.to_csv(path, float_format="%.10g")
        said = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        files["values"] = write(Path(f"{base}{VALUES}"), said)
        digests = {kind: sha256(path) for kind, path in files.items()}
        named = {kind: path.name for kind, path in files.items()}
        content = {**asdict(passport), **named, "sha256": digests}
        write_json(Path(f"{base}.json"), content, durable=False)
        return png


def drawn(chart: Chart, size: tuple[float, float], *, narrow: bool) -> Figure:
    """Return a figure with its axes where the layout puts them, to a ten-thousandth.

    The solver of the layout differs in the last digits from one run to the next.

    Args:
        chart: What to draw, in the house style if that is set.
        size: Width and height in inches.
        narrow: Whether it is for a phone.
    """
    figure = Figure(figsize=size)
    chart.draw(figure, narrow=narrow)
    layout = figure.get_layout_engine()  # the house style's
    if layout is not None and figure.get_axes():
        layout.execute(figure)
    for axes in figure.get_axes():
        left, bottom, width, height = (round(part, 4) for part in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    readout.number_marks(figure, chart)
    return figure


def _shows_zero(figure: Figure) -> bool:
    """Return whether the vertical axis of each part of a figure has a tick that says zero."""
    return all(any(map(_says_zero, axes.yaxis.get_major_ticks())) for axes in figure.get_axes())


def _says_zero(tick: Tick) -> bool:
    low, high = sorted(tick.axes.get_ylim())
    said = re.fullmatch(r"\D*0\D*", tick.label1.get_text())
    return low <= tick.get_loc() <= high and tick.get_loc() == 0 and said is not None


def _picture(figure: Figure, target: io.StringIO | io.BytesIO, **options: Any) -> None:
    """Draw a figure that is laid out already.

    With any engine of a layout, and be it the placeholder "none", matplotlib would draw it once
    more to lay it out.
    """
    with mpl.rc_context({"figure.constrained_layout.use": False}):
        figure.set_layout_engine(None)
        figure.savefig(target, **options)


def _svg(figure: Figure) -> str:
    """Return a figure as SVG, the same text for the same drawing.

    Matplotlib names clip paths and markers by a digest of their place, whose last digits depend
    on the order of floating-point sums; they are numbered instead.
    """
    buffer = io.StringIO()
    metadata: dict[str, Any] = {"Date": None, "Creator": None}
    _picture(figure, buffer, format="svg", transparent=True, metadata=metadata)
    text = buffer.getvalue()
    named = dict.fromkeys(re.findall(r'id="([a-zA-Z]+[0-9a-f]{10})"', text))
    for number, name in enumerate(named, 1):
        text = text.replace(name, f"part{number}")
    return _COORDINATES.sub(_rounded, text)


def _rounded(attribute: re.Match[str]) -> str:
    """Return an attribute with its coordinates to a hundredth of a point, which no eye sees."""

    def short(number: re.Match[str]) -> str:
        return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")

    return re.sub(r"-?\d+\.\d+", short, " ".join(attribute[0].split()))


def _png(figure: Figure) -> bytes:
    """Return a figure as PNG on white, without a date; nothing shows through, as PNGs may."""
    raw, png = io.BytesIO(), io.BytesIO()
    _picture(figure, raw, format="rgba", dpi=DPI, facecolor="white")
    width = round(figure.get_figwidth() * DPI)
    height = len(raw.getbuffer()) // (4 * width)
    picture = Image.frombytes("RGBA", (width, height), raw.getvalue()).convert("RGB")
    picture.save(png, "png", dpi=(DPI, DPI), compress_level=3)
    return png.getvalue()


def _inline(svg: str, prefix: str) -> str:
    """Return an SVG fit for the middle of a page: themed, scaling, and with ids of its own."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r' (width|height)="[\d.]+pt"', "", body, count=2)
    body = readout.with_series(body)
    body = re.sub(r'id="([\w.-]+)"', rf'id="{prefix}-\1"', body)
    body = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", body)
    return palette.themed(body)
