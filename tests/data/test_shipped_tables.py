from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rebalancing.data.fetch import comtrade, nbs, unsd
from rebalancing.data.imports import importer
from rebalancing.data.releases import shipped_tables
from rebalancing.data.releases.shipped_tables import ShippedTableError
from rebalancing.data.tables import economies, groups
from rebalancing.data.views import milestones, particulars, quoted

READERS: dict[str, tuple[Path, Callable[[], object]]] = {
    "economies": (economies.LIST, economies.listed.__wrapped__),
    "milestones": (milestones.LIST, milestones.listed.__wrapped__),
    "particulars": (particulars.LIST, particulars.listed.__wrapped__),
    "quoted": (quoted.LIST, quoted.numbers.__wrapped__),
    "series": (importer.TITLES, lambda: importer.own_titles("wto")),
    "m49": (unsd.CODES, lambda: shipped_tables.codes(unsd.CODES, "m49")),
    "comtrade": (comtrade.CODES, comtrade.numbers.__wrapped__),
    "nbs": (nbs.LIST, nbs.indicators.__wrapped__),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda text: text.replace(b"economy", b"economie").replace(b"series,", b"serie,"), "head"),
        (lambda text: text + b"A,B,C,D,E,F,G\n", "cells instead of"),
        (lambda text: text + b'"\n', "unexpected end of data"),
        (lambda text: b"\xff\xfe" + text, "UTF-16"),
        (lambda text: text + b"\xff\n", "not UTF-8"),
        (lambda text: b"", "the heading must be"),
        (None, "is missing; restore it with"),
    ],
)
def test_a_broken_table_is_one_line_with_the_place(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    harm: Callable[[bytes], bytes] | None,
    said: str,
) -> None:
    table, read = READERS[name]
    place = table.relative_to(shipped_tables.SOURCE)
    copy = tmp_path / place
    copy.parent.mkdir(parents=True)
    if harm is not None:
        copy.write_bytes(harm(table.read_bytes()))
    monkeypatch.setattr(shipped_tables, "SOURCE", tmp_path)
    _redirect(monkeypatch, table, copy)
    with pytest.raises(ShippedTableError) as caught:
        read()
    message = str(caught.value)
    assert message.startswith(f"src/{place}")
    assert said in message
    assert message.endswith(f"git checkout HEAD -- src/{place}")
    assert "\n" not in message


def _redirect(monkeypatch: pytest.MonkeyPatch, table: Path, copy: Path) -> None:
    for module in (economies, milestones, particulars, quoted, importer, unsd, comtrade, nbs):
        for name in ("LIST", "TITLES", "CODES", "M49"):
            if getattr(module, name, None) == table:
                monkeypatch.setattr(module, name, copy)


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("milestones", "CHN,2024-02-30,a,b,c,verified\n", "2024-02-30"),
        ("quoted", "CHN,share,late,1,%,a,b,c\n", "'late' or '1' is no number"),
        ("quoted", "CHN,foreign_value_added,2018,1,%,a,b,c\n", "is listed twice"),
        ("particulars", "CHN,rumour,2001,x,y\n", "'rumour' is none of balance"),
        ("particulars", "CHN,event,soon,x,y\n", "'soon' is no whole number"),
        ("particulars", "XXX,event,2001,x,y\n", "'XXX' is the code of no economy"),
        ("particulars", "WLD,balance,XXX,x,y\n", "'XXX' is the code of no economy"),
        ("particulars", "WLD,tariff,XXX,x,y\n", "'XXX' is the code of no economy"),
        ("particulars", "CHN,forerunner,2001,x,y\n", "'2001' is the code of no economy"),
        ("m49", "4x,AFG\n", "'4x' is no number of an economy"),
        ("comtrade", ",AFG\n", "'' is no number of an economy"),
        ("nbs", "nbs,a,X,2024-01,,c,i,l,%,,indx,percent,label\n", "X: 'indx' is no reading"),
        ("nbs", "nbs,a,X,2024,,c,i,l,%,,,percent,label\n", "X: '2024' is no month or quarter"),
    ],
)
def test_a_value_that_cannot_be_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, row: str, said: str
) -> None:
    table, read = READERS[name]
    copy = tmp_path / table.name
    copy.write_text(table.read_text() + row)
    economies.codes()  # as shipped: they are read once, and here before lists are elsewhere
    monkeypatch.setattr(shipped_tables, "SOURCE", tmp_path)
    _redirect(monkeypatch, table, copy)
    with pytest.raises(ShippedTableError, match=said) as caught:
        read()
    assert "\n" not in str(caught.value)
    assert "; correct it, or restore the file with: git checkout" in str(caught.value)


def test_na_is_a_code_and_no_missing_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "economies.csv"
    copy.write_text("economy,name,in_text,kind,aliases\nNA,Namibia,Namibia,economy,\n")
    monkeypatch.setattr(shipped_tables, "SOURCE", tmp_path)
    monkeypatch.setattr(economies, "LIST", copy)
    monkeypatch.setattr(groups, "groups", dict)
    (row,) = economies.listed.__wrapped__().to_dict("records")
    assert (row["economy"], row["aliases"]) == ("NA", "")
