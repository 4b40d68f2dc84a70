"""The colours are checked as a reader sees them, with and without a deficiency of colour vision.

Simulation: G. M. Machado, M. M. Oliveira and L. A. F. Fernandes (2009), "A Physiologically-based
Model for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer
Graphics 15(6), 1291–1298, matrices for severity 1.0, applied to linear RGB. Differences: CIEDE2000
as in G. Sharma, W. Wu and E. N. Dalal (2005), Color Research & Application 30(1), 21–30. Contrast:
Web Content Accessibility Guidelines 2.1.
"""

from __future__ import annotations

import html
import io
import itertools
import re
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

from rebalancing.report import palette
from rebalancing.report.charts import style
from rebalancing.report.figures import NARROW, WIDE

SEEN_BY = {
    "most people": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ_OF_RGB = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.072175],
        [0.0193339, 0.119192, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
# A set made for people with deficient colour vision (Okabe and Ito 2008) comes to 10.9 by this
# measure, with two colours too light to be read as words.
LEAST_DIFFERENCE = 9.0
SERIES = [name for name in palette.COLOURS if name == "economy" or name.startswith("peer-")]
MODES = ["light", "dark"]


def linear(colour: str) -> np.ndarray:
    """Return linear RGB between 0 and 1."""
    encoded = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    dark, light = sorted(float(linear(colour) @ XYZ_OF_RGB[1]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> tuple[float, float, float]:
    relative = XYZ_OF_RGB @ rgb / WHITE
    cut = (6 / 29) ** 3
    f = np.where(relative > cut, np.cbrt(relative), relative / (3 * (6 / 29) ** 2) + 4 / 29)
    return float(116 * f[1] - 16), float(500 * (f[0] - f[1])), float(200 * (f[1] - f[2]))


def difference(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return CIEDE2000 between two colours in CIELAB."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    chroma = (hypot(a1, b1) + hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - sqrt(chroma**7 / (chroma**7 + 25**7)))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = hypot(a1, b1), hypot(a2, b2)
    h1, h2 = degrees(atan2(b1, a1)) % 360, degrees(atan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dl, dc, dh = l2 - l1, c2 - c1, 2 * sqrt(c1 * c2) * sin(radians(turn / 2))
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    t = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    sl = 1 + 0.015 * (lightness - 50) ** 2 / sqrt(20 + (lightness - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rotation = -2 * sqrt(chroma**7 / (chroma**7 + 25**7))
    rotation *= sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * dc / sc * dh / sh)


def seen(colour: str, matrix: np.ndarray) -> tuple[float, float, float]:
    return lab(np.clip(matrix @ linear(colour), 0, 1))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [  # pairs 1, 7, 17 and 25 of Sharma, Wu and Dalal's test data
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_the_measure_of_difference_is_right(
    one: tuple[float, float, float], other: tuple[float, float, float], expected: float
) -> None:
    assert difference(one, other) == pytest.approx(expected, abs=5e-5)


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["ink", "muted", *SERIES])
def test_words_and_lines_stand_out_from_the_page(name: str, mode: str) -> None:
    colour = palette.COLOURS[name][MODES.index(mode)]
    assert contrast(colour, palette.PAGE[mode]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_what_is_behind_stays_behind(mode: str) -> None:
    index, page = MODES.index(mode), palette.PAGE[mode]
    series = min(contrast(palette.COLOURS[name][index], page) for name in SERIES)
    assert contrast(palette.COLOURS["grid"][index], page) < series / 2
    assert contrast(palette.COLOURS["context"][index], page) < series / 2


@pytest.mark.parametrize("eyes", SEEN_BY)
@pytest.mark.parametrize("mode", MODES)
def test_series_can_be_told_apart(mode: str, eyes: str) -> None:
    looks = {name: seen(palette.COLOURS[name][MODES.index(mode)], SEEN_BY[eyes]) for name in SERIES}
    near = {
        (one, other): round(difference(looks[one], looks[other]), 1)
        for one, other in itertools.combinations(SERIES, 2)
    }
    too_near = {pair: value for pair, value in near.items() if value < LEAST_DIFFERENCE}
    assert not too_near


def test_a_colour_keeps_its_hue_in_the_dark() -> None:
    for name in SERIES:
        hues = [atan2(*seen(colour, np.eye(3))[:0:-1]) for colour in palette.COLOURS[name]]
        turn = abs((degrees(hues[1] - hues[0]) + 180) % 360 - 180)
        assert turn < 35, name


def test_the_economy_has_the_accent_and_the_others_a_fixed_order() -> None:
    assert style.colours("CHN", ["USA", "JPN"]) == {
        "CHN": style.ECONOMY,
        "USA": style.PEERS[0],
        "JPN": style.PEERS[1],
    }
    assert style.colours(None, ["USA"]) == {"USA": style.PEERS[0]}
    assert len(style.PEERS) == 6
    assert len({style.ECONOMY, *style.PEERS}) == 7


def test_a_peer_keeps_its_colour_beside_others() -> None:
    first, second, third = style.PEERS[:3]
    found = style.colours("CHN", ["TWN", "JPN"], ["USA", "JPN", "CHN"])
    assert found == {"CHN": style.ECONOMY, "JPN": second, "TWN": first}
    found = style.colours("USA", ["TWN", "VNM", "JPN"], ["JPN"])
    assert found == {"USA": style.ECONOMY, "JPN": first, "TWN": second, "VNM": third}


def test_colours_become_custom_properties() -> None:
    svg = (
        f'<path style="fill: {style.ECONOMY}; stroke: {style.PEERS[1].upper()}"/><text>#1234</text>'
    )
    themed = palette.themed(svg)
    assert f"fill: var(--economy, {style.ECONOMY})" in themed
    assert f"stroke: var(--peer-2, {style.PEERS[1]})" in themed
    assert "<text>#1234</text>" in themed


def test_the_stylesheet_has_every_colour_for_light_and_dark() -> None:
    light, dark = palette.stylesheet().split("}\n", 1)
    assert light.startswith(":root {")
    assert dark.startswith('@media screen { html[data-theme="dark"] {')  # never on paper
    for sheet, index in ((light, 0), (dark, 1)):
        found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet))
        assert found == {name: pair[index] for name, pair in palette.COLOURS.items()}


def test_the_face_is_there_in_every_weight_used() -> None:
    for weight in (400, 600, 700):
        found = font_manager.findfont(
            font_manager.FontProperties(family=style.FONT, weight=weight), fallback_to_default=False
        )
        assert "SourceSansPro" in found


def test_the_style_ends_with_its_block() -> None:
    before = dict(mpl.rcParams)
    with style.house_style("x", size=9.5):
        assert mpl.rcParams["font.family"] == [style.FONT]
        assert mpl.rcParams["xtick.labelsize"] == mpl.rcParams["font.size"] == 9.5
        assert mpl.rcParams["svg.fonttype"] == "none"
        assert Figure().get_constrained_layout()
    assert dict(mpl.rcParams) == before


def test_labels_are_no_formulas_and_no_markup() -> None:
    label = "$a$ & <script>b</script> \\frac"
    with style.house_style("test"):
        figure = Figure()
        figure.text(0.1, 0.5, label)
        stream = io.StringIO()
        figure.savefig(stream, format="svg")
    assert html.escape(label, quote=False) in stream.getvalue()


def test_the_least_text_has_eleven_pixels_on_a_phone_and_in_half_a_page() -> None:
    shown = {NARROW: (9.5, 320), WIDE: (10.5, 633)}  # points of the text, px of the drawing
    for (width, _), (size, pixels) in shown.items():
        with style.house_style("test", size=size):
            assert style.small() * pixels / (72 * width) >= 11
