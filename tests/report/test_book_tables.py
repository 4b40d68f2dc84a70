from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest

from rebalancing.report.book_tables import (
    SORTABLE_FROM,
    BookTableError,
    BookTables,
    SavedTable,
    html_table,
)
from rebalancing.report.text import MINUS

FRAME = pd.DataFrame(
    {
        "Share, % of GDP": [39.93, -0.04, np.nan],
        "Year": [2024, 1970, 1999],
        "Note": ["a < b & c", None, "<script>alert(1)</script>"],
    },
    index=pd.Index(["China", "São Tomé & Príncipe", 'The "Isles"'], name="Economy"),
)


class Table(HTMLParser):
    """The rows of a table: tag, attributes and text of each cell."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}
        self.rows: list[
            tuple[dict[str, str | None], list[tuple[str, dict[str, str | None], str]]]
        ] = []
        self.tags: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "table":
            self.attributes = dict(attrs)
        elif tag == "tr":
            self.rows.append((dict(attrs), []))
        elif tag in ("td", "th"):
            self.rows[-1][1].append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if data.strip():
            tag, attributes, text = self.rows[-1][1][-1]
            self.rows[-1][1][-1] = (tag, attributes, text + data)

    def texts(self, row: int) -> list[str]:
        return [text for _, _, text in self.rows[row][1]]


def long(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"x": range(rows)}, index=[f"row {n}" for n in range(rows)])


class TestRender:
    def test_columns_of_long_words_are_marked_so_that_they_get_room(self) -> None:
        frame = pd.DataFrame({"What": ["short", "a sentence that goes on for more than a line"]})
        head = Table(html_table(frame)).rows[0][1]
        assert [attributes.get("class") for _, attributes, _ in head] == [None, "long"]

    def test_apostrophes_are_set(self) -> None:
        frame = pd.DataFrame({"The world's": ["China's"]}, index=["Economies'"])
        table = Table(html_table(frame))
        assert table.texts(0)[-1] == "The world’s"
        assert table.texts(1) == ["Economies’", "China’s"]

    def test_headers_and_classes(self) -> None:
        table = Table(html_table(FRAME))
        head = table.rows[0][1]
        assert table.texts(0) == ["Economy", "Share, % of GDP", "Year", "Note"]
        assert [attributes.get("class") for _, attributes, _ in head] == [
            None,
            "number",
            "number",
            None,
        ]
        assert all(tag == "th" and a["scope"] == "col" for tag, a, _ in head)
        for _, cells in table.rows[1:]:
            (tag, first, _), *rest = cells
            assert (tag, first["scope"]) == ("th", "row")
            assert [attributes.get("class") for _, attributes, _ in rest] == [
                "number",
                "number",
                None,
            ]

    def test_cells(self) -> None:
        table = Table(html_table(FRAME))
        assert table.texts(1) == ["China", "39.9", "2024", "a < b & c"]
        assert table.texts(2) == ["São Tomé & Príncipe", "0.0", "1970", "–"]
        assert table.texts(3) == ['The "Isles"', "–", "1999", "<script>alert(1)</script>"]

    def test_everything_is_escaped(self) -> None:
        named = FRAME.rename(columns={"Note": "<b>Note</b>"}).rename_axis("<i>x</i>")
        markup = html_table(named)
        assert set(Table(markup).tags) == {"table", "thead", "tbody", "tr", "th", "td"}
        assert "&lt;script&gt;" in markup

    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (-1234.56, f"{MINUS}1,234.6"),
            (1234567.0, "1,234,567.0"),
            (-0.0, "0.0"),
            (-0.06, f"{MINUS}0.1"),
            (-7, f"{MINUS}7"),
            (2024, "2024"),
            (np.nan, "–"),
        ],
    )
    def test_numbers(self, value: float, shown: str) -> None:
        assert Table(html_table(pd.DataFrame({"x": [value]}))).texts(1)[1] == shown

    @pytest.mark.parametrize(
        "column",
        [
            pd.array([1, None], dtype="Int64"),
            pd.array([1.5, None], dtype="Float64"),
            pd.array(["a", None], dtype="string"),
            pd.to_datetime(["2024-01-01", None]),
            [1.5, None],
            ["a", float("nan")],
        ],
    )
    def test_what_is_missing_is_a_dash_in_every_kind_of_column(self, column: Any) -> None:
        table = Table(html_table(pd.DataFrame({"x": column})))
        assert table.texts(2)[1] == "–"
        assert table.texts(1)[1] != "–"

    def test_decimals_for_all_or_by_column(self) -> None:
        frame = pd.DataFrame({"x": [1.2345], "y": [1.2345], "z": [1.2345]})
        assert Table(html_table(frame, decimals=3)).texts(1)[1:] == ["1.234", "1.234", "1.234"]
        by_column = html_table(frame, decimals={"x": 0, "y": 2})
        assert Table(by_column).texts(1)[1:] == ["1", "1.23", "1.2"]

    def test_numbers_written_out_have_a_proper_minus_on_the_page(self) -> None:
        frame = pd.DataFrame({"written": ["-0.36", "ISO 3166-1"]}, index=["a", "b"])
        page = html_table(frame)
        assert f">{MINUS}0.36<" in page
        assert ">ISO 3166-1<" in page

    def test_numbers_written_out_stand_to_the_right_and_words_do_not(self) -> None:
        frame = pd.DataFrame(
            {"Printed": ["1.10", f"{MINUS}0.50", None], "Mixed": ["1.10", "n. a.", "2"]}
        )
        cells = Table(html_table(frame)).rows[1][1]
        assert [(text, "class" in attributes) for _, attributes, text in cells[1:]] == [
            ("1.10", True),
            ("1.10", False),
        ]

    @pytest.mark.parametrize(
        ("column", "shown"),
        [
            ([2024, 1970], ["2024", "1970"]),
            ([2024, 315], ["2,024", "315"]),
            ([1059, 871], ["1,059", "871"]),
            ([423006, -1500], ["423,006", f"{MINUS}1,500"]),
            (pd.array([1970, None], dtype="Int64"), ["1970", "–"]),
            ([2006, "none"], ["2006", "none"]),
            (["HS 8541", "8541"], ["HS 8541", "8541"]),
        ],
    )
    def test_counts_have_separators_and_years_and_codes_have_none(
        self, column: Any, shown: list[str]
    ) -> None:
        table = Table(html_table(pd.DataFrame({"x": column})))
        assert [table.texts(row)[1] for row in (1, 2)] == shown

    def test_the_row_of_the_economy_is_marked_and_no_other(self) -> None:
        marked = Table(html_table(FRAME, marked="China"))
        assert [row.get("class") for row, _ in marked.rows] == [
            None,
            "economy-of-interest",
            None,
            None,
        ]
        for name in ("", "Chin", "Nowhere"):
            assert all("class" not in row for row, _ in Table(html_table(FRAME, marked=name)).rows)

    def test_only_a_long_table_is_sortable(self) -> None:
        assert SORTABLE_FROM == 11
        assert Table(html_table(long(10))).attributes == {}
        assert Table(html_table(long(11))).attributes == {"class": "sortable"}

    def test_columns_of_the_same_name_keep_their_values(self) -> None:
        frame = pd.DataFrame([[1.0, 2.0]], columns=["lower", "lower"])
        assert Table(html_table(frame)).texts(1)[1:] == ["1.0", "2.0"]


class TestSave:
    shown: ClassVar[list[SavedTable]] = []

    @pytest.fixture
    def tables(self, tmp_path: Path) -> BookTables:
        return BookTables(
            tmp_path, "02_consumption", current_cell=lambda: "shares", show=self.shown.append
        )

    def test_writes_passport_page_and_figures(self, tables: BookTables, tmp_path: Path) -> None:
        tables.save("levels", FRAME, title="Who buys", release="ama 2024", note="Take care.")
        folder = tmp_path / "tables" / "02_consumption"
        assert {path.name for path in folder.iterdir()} == {
            "levels.json",
            "levels.csv",
            "levels.html",
        }
        passport = json.loads((folder / "levels.json").read_text())
        digests = passport.pop("sha256")
        assert passport == {
            "name": "levels",
            "chapter": "02_consumption",
            "title": "Who buys",
            "release": "ama 2024",
            "note": "Take care.",
            "notebook": "notebooks/02_consumption.ipynb",
            "cell": "shares",
            "csv": "levels.csv",
            "html": "levels.html",
        }
        for kind in ("csv", "html"):
            content = (folder / passport[kind]).read_bytes()
            assert digests[kind] == hashlib.sha256(content).hexdigest()
        assert (folder / "levels.html").read_text() == html_table(FRAME)

    def test_what_is_not_said_is_as_for_all_tables(
        self, tables: BookTables, tmp_path: Path
    ) -> None:
        of_one = replace(tables, release="ama 2024")
        passports = []
        for words in ({}, {"release": "ama 2023"}):
            of_one.save("levels", FRAME, title="Who buys", note=["Care.", "", "More."], **words)
            passport = tmp_path / "tables" / "02_consumption" / "levels.json"
            passports.append(json.loads(passport.read_text()))
        assert [each["release"] for each in passports] == ["ama 2024", "ama 2023"]
        assert passports[0]["note"] == "Care. More."

    def test_the_csv_has_the_numbers_in_full(self, tables: BookTables, tmp_path: Path) -> None:
        tables.save("levels", FRAME, title="Who buys", release="ama 2024")
        content = (tmp_path / "tables" / "02_consumption" / "levels.csv").read_text()
        read = pd.read_csv(io.StringIO(content), index_col="Economy")
        pd.testing.assert_frame_equal(read, FRAME, check_dtype=False)

    def test_gives_the_same_bytes_again(self, tables: BookTables, tmp_path: Path) -> None:
        def content() -> dict[str, bytes]:
            tables.save("levels", FRAME, title="Who buys", release="ama 2024", marked="China")
            return {path.name: path.read_bytes() for path in tmp_path.rglob("levels.*")}

        assert content() == content()

    def test_a_dash_is_explained_where_there_is_one(
        self, tables: BookTables, tmp_path: Path
    ) -> None:
        words: dict[str, Any] = {"title": "Who buys", "release": "ama 2024", "dash": "not known"}
        notes = []
        for frame in (FRAME, FRAME.dropna()):
            tables.save("levels", frame, note="Take care.", **words)
            passport = tmp_path / "tables" / "02_consumption" / "levels.json"
            notes.append(json.loads(passport.read_text())["note"])
        assert notes == ["Take care. A dash: not known.", "Take care."]

    @pytest.mark.parametrize("folded", [False, True])
    def test_a_notebook_shows_it_at_once_and_says_which_it_is(
        self, tables: BookTables, folded: bool
    ) -> None:
        told = {"title": "Who buys & why", "release": "ama 2024", "note": "Take care."}
        tables.save("levels", FRAME, folded=folded, **told)
        data, metadata = self.shown[-1]._repr_mimebundle_()
        without_style = re.sub(r' style="text-align:\w+"', "", data["text/html"])
        assert html_table(FRAME) in without_style
        assert data["text/html"].startswith("<details><summary>") is folded
        assert "Who buys &amp; why</strong>" in data["text/html"]
        assert ">Source: ama 2024. Take care.</p>" in data["text/html"]
        assert data["text/plain"].startswith("Who buys & why\n\n")
        assert "China" in data["text/plain"]
        assert metadata == {"rebalancing": {"table": "02_consumption/levels"}}

    @pytest.mark.parametrize("name", ["", "Levels", "two words", "1st", "../x", "a_b"])
    def test_refuses_a_name_of_another_form(self, tables: BookTables, name: str) -> None:
        with pytest.raises(BookTableError, match="not a table's name"):
            tables.save(name, FRAME, title="x", release="y")

    @pytest.mark.parametrize("frame", [FRAME.iloc[:0], FRAME[[]]])
    def test_refuses_an_empty_table(
        self, tables: BookTables, tmp_path: Path, frame: pd.DataFrame
    ) -> None:
        with pytest.raises(BookTableError, match="levels is empty"):
            tables.save("levels", frame, title="x", release="y")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("head", ["lower", "upper ", "to", "in", "of", "from"])
    def test_refuses_a_head_that_belongs_to_another(
        self, tables: BookTables, tmp_path: Path, head: str
    ) -> None:
        """On a phone the rows are stacked, and no head stands beside its neighbour."""
        with pytest.raises(BookTableError, match=f"the head '{head}' of the table levels says"):
            tables.save("levels", FRAME.assign(**{head: 1.0}), title="x", release="y")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("field", ["title", "release"])
    def test_refuses_an_empty_text(self, tables: BookTables, tmp_path: Path, field: str) -> None:
        with pytest.raises(BookTableError, match=f"levels has no {field}"):
            tables.save("levels", FRAME, **({"title": "x", "release": "y"} | {field: " "}))
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folded", [False, True])
def test_a_passport_says_whether_a_table_is_folded(tmp_path: Path, folded: bool) -> None:
    tables = BookTables(tmp_path, "09_trends")
    tables.save("long-one", long(30), title="Long", release="A release", folded=folded)
    passport = json.loads((tmp_path / "tables/09_trends/long-one.json").read_text())
    assert passport.get("folded", False) is folded


def test_a_notebook_aligns_a_table_as_the_book_does(tmp_path: Path) -> None:
    shown: list[SavedTable] = []
    tables = BookTables(tmp_path, "02_x", show=shown.append)
    frame = pd.DataFrame(
        {"Share, %": [1.5], "Read": ["low"]}, index=pd.Index(["China"], name="Who")
    )
    tables.save("x", frame, title="A table", release="A release", marked="China")
    data, _ = shown[0]._repr_mimebundle_()
    sides = re.findall(r"<t[hd][^>]*text-align:(\w+)[^>]*>([^<]+)", data["text/html"])
    assert sides == [
        *(("left", "Who"), ("right", "Share, %"), ("left", "Read")),
        *(("left", "China"), ("right", "1.5"), ("left", "low")),
    ]
    assert 'class="economy-of-interest" style="font-weight:600"' in data["text/html"]
    assert "style" not in (tmp_path / "tables" / "02_x" / "x.html").read_text()
