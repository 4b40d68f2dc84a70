from __future__ import annotations

import hashlib
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import FigureBase

from rebalancing.report import charts, palette
from rebalancing.report.charts.chart import NOT_FROM_ZERO, Chart
from rebalancing.report.figures import FigureError, Figures, SavedFigure

DATA = pd.DataFrame(
    {"CHN": np.linspace(50, 39.93, 30), "USA": np.linspace(60, 68, 30)},
    index=pd.Index(range(1995, 2025), name="year"),
)
DATA.loc[1995:1999, "USA"] = np.nan
TITLE = "China’s households spend 39.9% of GDP & not more"
RELEASE = "National accounts, 2024"
SUBTITLE = "Household consumption, % of GDP, 1995–2024"
ALT = (
    "Lines of household consumption, % of GDP. China: 50.0% in 1995, 39.9% in 2024. "
    "Latest of the others: United States 68.0%."
)
KINDS = ("wide", "narrow", "svg", "png", "csv", "values")


def lines() -> Chart:
    return charts.lines(
        DATA,
        measure="Household consumption, % of GDP",
        economy="CHN",
        names={"CHN": "China", "USA": "United States"},
        events=[(2008, "crisis")],
    )


def dots() -> Chart:
    values = pd.Series(np.linspace(30, 80, 40), [f"X{n}" for n in range(40)], name="share")
    values["CHN"] = 39.93
    return charts.distribution(values, measure="Share, %", economy="CHN", others=[], names={})


def band() -> Chart:
    level = DATA["CHN"]
    trend = pd.DataFrame(
        {"observed": level, "trend": level, "lower": level - 1, "upper": level + 1, "other": level}
    )
    return charts.trend(trend, measure="Share, %", level=0.8, other_label="Other")


def gap() -> Chart:
    return charts.gap(DATA.dropna(), measure="Shares, %", upper="CHN", lower="USA")


def bars() -> Chart:
    return charts.ranked_bars(pd.Series({"a": 1.0, "b": -2.0}, name="value"), measure="Changes, %")


def save(
    folder: Path,
    name: str = "share-history",
    chapter: str = "02_c",
    chart: Chart | None = None,
    of_all: str = "",
    **texts: Any,
) -> SavedFigure:
    shown: list[SavedFigure] = []
    figures = Figures(folder, chapter, lambda: "history", show=shown.append, release=of_all)
    given = {"title": TITLE, "release": RELEASE} | texts
    figures.save(name, chart or lines(), **given)
    (saved,) = shown
    return saved


def ids(svg: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', svg)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition with one figure of each kind of chart, not to be changed."""
    folder = tmp_path_factory.mktemp("edition")
    save(folder, note="Take care.")
    for function in (dots, band, gap, bars):
        save(folder, function.__name__, chart=function())
    save(folder, chapter="03_e")
    return folder


def read_passport(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "figures" / "02_c" / "share-history.json").read_text())


@pytest.fixture(scope="module")
def saved(folder: Path) -> dict[str, bytes]:
    """The files of one figure by kind."""
    passport = read_passport(folder)
    return {kind: (folder / "figures" / "02_c" / passport[kind]).read_bytes() for kind in KINDS}


def bodies(folder: Path) -> list[str]:
    paths = [*folder.rglob("*-wide.svg"), *folder.rglob("*-narrow.svg")]
    assert len(paths) == 12
    return [path.read_text() for path in paths]


class TestPassport:
    @pytest.mark.slow
    def test_says_what_a_reader_must_know(self, folder: Path) -> None:
        passport = read_passport(folder)
        said = {key: value for key, value in passport.items() if key not in (*KINDS, "sha256")}
        assert said == {
            "name": "share-history",
            "chapter": "02_c",
            "title": TITLE,
            "subtitle": SUBTITLE,
            "alt": ALT,
            "release": RELEASE,
            "note": f"Take care. {NOT_FROM_ZERO}",
            "notebook": "notebooks/02_c.ipynb",
            "cell": "history",
        }

    def test_names_the_files_with_their_digests(self, folder: Path) -> None:
        passport = read_passport(folder)
        beside = folder / "figures" / "02_c"
        assert {kind: passport[kind] for kind in KINDS} == {
            "wide": "share-history-wide.svg",
            "narrow": "share-history-narrow.svg",
            "svg": "share-history.svg",
            "png": "share-history.png",
            "csv": "share-history.csv",
            "values": "share-history-values.json",
        }
        for kind in KINDS:
            content = (beside / passport[kind]).read_bytes()
            assert passport["sha256"][kind] == hashlib.sha256(content).hexdigest()


def test_coordinates_are_as_fine_as_an_eye_and_no_finer(folder: Path) -> None:
    for svg in bodies(folder):
        places = re.findall(r'\b(?:d|x|y)="([^"]*)"', svg)
        assert places
        assert not any(re.search(r"\.\d{3}", place) for place in places)
        assert any(re.search(r"\.\d{2}", place) for place in places)


@pytest.mark.slow
def test_saved_twice_the_files_are_the_same(tmp_path: Path) -> None:
    def content(folder: str, function: Any) -> dict[str, bytes]:
        save(tmp_path / folder, chart=function())
        return {path.name: path.read_bytes() for path in (tmp_path / folder).rglob("*.*")}

    for function, count in ((lines, 7), (dots, 7)):
        once, again = (f"{function.__name__} {time}" for time in ("once", "again"))
        first = content(once, function)
        assert len(first) == count
        assert content(once, function) == first
        assert content(again, function) == first


def test_the_csv_holds_exactly_what_is_shown(saved: dict[str, bytes]) -> None:
    read = pd.read_csv(io.BytesIO(saved["csv"]), index_col="year")
    pd.testing.assert_frame_equal(read, DATA)


class TestBody:
    def test_is_valid_and_scales(self, folder: Path) -> None:
        for svg in bodies(folder):
            assert svg.startswith("<svg")
            root = ElementTree.fromstring(svg)
            assert "width" not in root.attrib
            assert "height" not in root.attrib
            assert len(root.attrib["viewBox"].split()) == 4

    def test_keeps_text_as_text_in_the_house_face(self, saved: dict[str, bytes]) -> None:
        for kind in ("wide", "narrow"):
            svg = saved[kind].decode()
            words = [
                text.text or "" for text in ElementTree.fromstring(svg).iter() if _is_text(text)
            ]
            assert any("China 39.9" in text for text in words)
            assert any("United States 68.0" in text for text in words)
            faces = re.findall(r"font(?:-family)?: ([^;\"]+)", svg)
            assert faces
            assert all("Source Sans Pro" in face for face in faces)

    def test_has_no_title_of_its_own(self, saved: dict[str, bytes]) -> None:
        assert "households spend" not in saved["wide"].decode()
        assert "households spend" in saved["svg"].decode()

    def test_has_only_house_colours_that_follow_the_page(self, folder: Path) -> None:
        for svg in bodies(folder):
            properties = re.findall(r"var\(--([\w-]+), (#[0-9a-f]{6})\)", svg)
            assert properties
            assert all(palette.COLOURS[name][0] == colour for name, colour in properties)
            rest = re.sub(r"var\(--[\w-]+, #[0-9a-f]{6}\)", "", svg)
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[\s;\"])", _without_references(rest))
            assert not re.findall(r"\b(?:white|black|gr[ae]y|rgb\()", rest)

    def test_colours_are_in_styles_where_custom_properties_work(self, folder: Path) -> None:
        for svg in bodies(folder):
            assert not re.findall(r'\b(?:fill|stroke|color)="var\(', svg)

    def test_words_have_a_colour(self, folder: Path) -> None:
        """Text without one would be black on a dark page."""
        for svg in bodies(folder):
            for text in ElementTree.fromstring(svg).iter():
                if _is_text(text):
                    assert "fill: var(--" in text.attrib["style"], text.text

    def test_has_no_plate_behind_it(self, folder: Path) -> None:
        for svg in bodies(folder):
            root = ElementTree.fromstring(svg)
            _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
            for path in root.iter("{http://www.w3.org/2000/svg}path"):
                numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.attrib.get("d", ""))]
                if len(numbers) < 6 or "clip" in str(path.attrib):
                    continue
                wide = max(numbers[0::2]) - min(numbers[0::2]) > 0.95 * width
                high = max(numbers[1::2]) - min(numbers[1::2]) > 0.95 * height
                if wide and high:
                    assert "fill: none" in path.attrib["style"]

    def test_has_ids_that_no_other_figure_has(self, folder: Path) -> None:
        every = [name for svg in bodies(folder) for name in ids(svg)]
        assert len(every) > 100
        assert len(every) == len(set(every))

    def test_refers_only_to_itself(self, folder: Path) -> None:
        for svg in bodies(folder):
            own = set(ids(svg))
            used = set(re.findall(r"url\(#([^)]+)\)", svg)) | set(
                re.findall(r'href="#([^"]+)"', svg)
            )
            assert used
            assert used <= own
            assert not re.findall(r'href="(?!#)', svg)
            assert "<metadata" not in svg

    def test_on_a_phone_is_narrower_and_not_just_smaller(self, saved: dict[str, bytes]) -> None:
        sizes = {}
        for kind in ("wide", "narrow"):
            view = ElementTree.fromstring(saved[kind]).attrib["viewBox"].split()
            sizes[kind] = (float(view[2]), float(view[3]))
        assert sizes["narrow"][0] == pytest.approx(sizes["wide"][0] / 2)
        assert sizes["narrow"][1] > sizes["wide"][1] / 2
        assert "crisis" in saved["wide"].decode()
        assert ">crisis<" in saved["narrow"].decode()


class TestAlone:
    def test_has_title_subtitle_and_foot(self, saved: dict[str, bytes]) -> None:
        words = " ".join(
            text.text or ""
            for text in ElementTree.fromstring(saved["svg"]).iter()
            if _is_text(text)
        )
        assert TITLE in words
        assert SUBTITLE in words
        assert f"Source: {RELEASE}. Take care. {NOT_FROM_ZERO}" in words

    def test_has_neither_date_nor_maker(self, saved: dict[str, bytes]) -> None:
        svg = saved["svg"].decode()
        assert "<dc:date>" not in svg
        assert "Matplotlib v" not in svg
        assert b"Software" not in saved["png"]
        assert b"tIME" not in saved["png"]

    def test_the_picture_is_sharp_and_on_white(self, saved: dict[str, bytes]) -> None:
        pixels = matplotlib.image.imread(io.BytesIO(saved["png"]), format="png")
        assert pixels.shape[1] == 1440
        assert pixels.shape[2] == 3  # nothing can show through
        assert pixels[2, 2].tolist() == [1, 1, 1]

    @pytest.mark.slow
    def test_long_texts_are_wrapped_and_stay_inside(self, tmp_path: Path) -> None:
        long = {"title": "A long title " * 12, "note": "A long note. " * 40}
        wordy = replace(lines(), subtitle="A long subtitle, in percent " * 6)
        short = matplotlib.image.imread(io.BytesIO(save(tmp_path, "short").png))
        taller = matplotlib.image.imread(
            io.BytesIO(save(tmp_path, "long", chart=wordy, **long).png)
        )
        assert taller.shape[1] == short.shape[1]
        assert taller.shape[0] > short.shape[0] + 100
        margin = 4
        edges = [taller[:margin], taller[-margin:], taller[:, :margin], taller[:, -margin:]]
        assert all(edge.min() == 1 for edge in edges)


class TestSave:
    @pytest.mark.slow
    def test_a_notebook_shows_the_picture_and_says_which_it_is(self, tmp_path: Path) -> None:
        data, metadata = save(tmp_path)._repr_mimebundle_()
        assert data["image/png"] == (tmp_path / "figures/02_c/share-history.png").read_bytes()
        assert data["text/plain"] == ALT
        assert metadata["rebalancing"] == {"figure": "02_c/share-history"}
        json.dumps(metadata)

    @pytest.mark.parametrize("field", ["title", "release"])
    @pytest.mark.parametrize("empty", ["", " \n"])
    def test_refuses_an_empty_text(self, tmp_path: Path, field: str, empty: str) -> None:
        with pytest.raises(FigureError, match=f"share-history has no {field}"):
            save(tmp_path, **{field: empty})
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("field", ["subtitle", "alt"])
    def test_refuses_a_chart_that_does_not_say_what_it_shows(
        self, tmp_path: Path, field: str
    ) -> None:
        with pytest.raises(FigureError, match=f"share-history has no {field}"):
            save(tmp_path, chart=replace(lines(), **{field: " "}))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("data", [DATA.iloc[:0], DATA * np.nan])
    def test_refuses_to_show_nothing(self, tmp_path: Path, data: pd.DataFrame) -> None:
        with pytest.raises(FigureError, match="shows no data"):
            save(tmp_path, chart=replace(lines(), data=data))
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.slow
    @pytest.mark.parametrize(("lowest", "is_said"), [(0.5, False), (30.0, True)])
    def test_what_a_note_says_of_the_axis_is_so(
        self, tmp_path: Path, lowest: float, is_said: bool
    ) -> None:
        # The axis reaches below what it shows: with 0.5 as the lowest value it has a zero.
        data = pd.DataFrame({"CHN": [lowest, 20 + lowest]}, index=pd.Index([2000, 2001]))
        chart = charts.lines(data, measure="Share, %", economy="CHN", names={"CHN": "China"})
        assert NOT_FROM_ZERO in chart.note
        assert (NOT_FROM_ZERO in save(tmp_path, chart=chart).passport.note) == is_said

    @pytest.mark.slow
    def test_a_note_is_what_is_special_then_how_to_read_the_chart(self, tmp_path: Path) -> None:
        assert save(tmp_path).passport.note == NOT_FROM_ZERO
        assert save(tmp_path, note="Care.").passport.note == f"Care. {NOT_FROM_ZERO}"
        assert save(tmp_path, chart=gap()).passport.note == ""
        assert (
            save(tmp_path, chart=gap(), note=("Care.", "", "More.")).passport.note == "Care. More."
        )

    @pytest.mark.slow
    def test_a_release_is_that_of_all_figures_where_none_is_said(self, tmp_path: Path) -> None:
        assert save(tmp_path, release="", of_all="ama 2024").passport.release == "ama 2024"
        assert save(tmp_path, release="wdi", of_all="ama 2024").passport.release == "wdi"

    @pytest.mark.parametrize("name", ["", "Share", "share history", "1share", "../share", "a_b"])
    def test_refuses_a_name_of_another_form(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(FigureError, match="lower-case words and hyphens"):
            save(tmp_path, name)

    def test_where_nobody_will_see_it_a_figure_is_checked_and_not_drawn(
        self, tmp_path: Path
    ) -> None:
        shown: list[SavedFigure] = []
        figures = Figures(tmp_path, "02_c", is_drawn=False, show=shown.append)
        with pytest.raises(FigureError, match="has no title"):
            figures.save("share", lines(), title="", release=RELEASE)
        figures.save("share", lines(), title=TITLE, release=RELEASE)
        assert (shown, list(tmp_path.iterdir())) == ([], [])

    @pytest.mark.slow
    def test_a_drawing_that_fails_leaves_the_old_figure(self, tmp_path: Path) -> None:
        save(tmp_path)
        before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}

        def fail(figure: FigureBase, *, narrow: bool) -> None:
            if narrow:
                raise RuntimeError

        with pytest.raises(RuntimeError):
            save(tmp_path, chart=replace(lines(), draw=fail, series=()))
        assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def _is_text(element: ElementTree.Element) -> bool:
    return element.tag == "{http://www.w3.org/2000/svg}text"


def _without_references(svg: str) -> str:
    return re.sub(r"url\(#[^)]*\)|href=\"#[^\"]*\"", "", svg)
