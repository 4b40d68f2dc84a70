"""The UN's National Accounts Main Aggregates, from the workbooks that the database offers.

``<address>/file/2`` holds current prices in US dollars, ``<address>/file/6`` constant prices::

    All countries for all years ...                                     (lines of text)
    CountryID  Country      IndicatorName                  1970   ...  2024
    4          Afghanistan  Final consumption expenditure  163... ...  154...

Figures are whole US dollars. Constant prices are those of a base year, which moves every few years.
It is the year in which they are the current ones; where the lines of text state a year, it must be
the same. It goes into the dataset's name, title and unit. Constant prices whose year is not known
are left out, with a note that says why; the current ones are stored all the same.
 ``CountryID`` is the UN's M49 number, with numbers of its own for
former economies; m49.csv beside this module has their codes here. A release is named by the last
year that has figures. Figures of a year that is held already may have been revised since: if they
differ, they become a release of their own, 2024-revised-2026-09-01, with the tables of the one that
they revise.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from itertools import islice
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from rebalancing.data.fetch.answers import Answer, RefusedError
from rebalancing.data.fetch.client import Client
from rebalancing.data.fetch.service import (
    Dataset,
    Fetched,
    FormatError,
    HeldReleases,
    Service,
    UpToDate,
    changed,
    check_economies,
    check_periods,
    last_modified,
    today,
    web_page,
)
from rebalancing.data.imports.international import INTERNATIONAL
from rebalancing.data.releases import shipped_tables
from rebalancing.data.releases.sources import Dated

CODES = Path(__file__).with_name("m49.csv")
CURRENT, CONSTANT = "file/2", "file/6"
CURRENT_USD, CURRENT_UNIT = "current-usd", "US dollars, current prices"
_CONSTANT_USD = re.compile("constant-[0-9]{4}-usd")
# In the base year all but this share of the figures must be the current ones, to this precision.
ALIKE, PRECISION = 0.9, 1e-6
LABELS = ("CountryID", "Country", "IndicatorName")
ITEMS = {
    "Final consumption expenditure": "FCE",
    "Household consumption expenditure (including Non-profit institutions serving households)": (
        "HFCE"
    ),
    "General government final consumption expenditure": "GFCE",
    "Gross capital formation": "GCF",
    "Gross fixed capital formation (including Acquisitions less disposals of valuables)": "GFCF",
    "Changes in inventories": "INV",
    "Exports of goods and services": "EXP",
    "Imports of goods and services": "IMP",
    "Gross Domestic Product (GDP)": "GDP",
    "Agriculture, hunting, forestry, fishing (ISIC A-B)": "VA_AB",
    "Mining, Manufacturing, Utilities (ISIC C-E)": "VA_CDE",
    "Manufacturing (ISIC D)": "VA_MANF",
    "Construction (ISIC F)": "VA_F",
    "Wholesale, retail trade, restaurants and hotels (ISIC G-H)": "VA_GH",
    "Transport, storage and communication (ISIC I)": "VA_I",
    "Other Activities (ISIC J-P)": "VA_JP",
    "Total Value Added": "VA_TOTAL",
}
TITLES = {code: name for name, code in ITEMS.items()}
# Some 220 economies have 17 items each, in some 60 years; unpacked that is 10 MB.
MOST_UNPACKED, MOST_SHEETS, MOST_LINES, MOST_COLUMNS = 64_000_000, 5, 20_000, 200
HEAD = 40  # lines in which the heading is looked for
SheetRow = tuple[object, ...]


def fetch(client: Client, held: HeldReleases) -> Fetched | UpToDate:
    """Return the accounts to the last year that has any, unless they, or later ones, are held."""
    answer = client.get(CURRENT, if_changed=True)
    table, stated = _table(answer, CURRENT, client)
    if stated:
        raise changed(
            client, f"{CURRENT} has prices of {', '.join(sorted(stated))}, not current prices"
        )
    current = _figures(table, CURRENT, client)
    last = current["period"].max()
    revises = any(name[:4] == last for name in held.names)
    dated = _dated(last, last_modified(answer, client), revises)
    if held.covers(dated.name) or (revises and dated.date < held.date):
        return UpToDate(held.newest)
    datasets = {CURRENT_USD: Dataset(current.assign(unit=CURRENT_UNIT), TITLES)}
    notes: tuple[str, ...] = ()
    if not revises or any(map(_CONSTANT_USD.fullmatch, held.datasets)):
        try:
            datasets |= _constant(client.get(CONSTANT), current, client)
        except RefusedError:
            notes = ("The service did not offer constant prices when this release was fetched.",)
        except FormatError as error:
            notes = (f"Constant prices were left out: {client.redact(str(error))}",)
    return Fetched(dated, datasets, notes)


def _constant(answer: Answer, current: pd.DataFrame, client: Client) -> dict[str, Dataset]:
    """Return the dataset of constant prices under its name, which holds the base year.

    Raises:
        FormatError: The workbook has another form, or its base year is not known.
    """
    table, stated = _table(answer, CONSTANT, client)
    figures = _figures(table, CONSTANT, client)
    year = _base_year(figures, current, stated, client)
    title = f"Constant prices of {year}, US dollars"
    unit = f"US dollars, constant {year} prices"
    return {f"constant-{year}-usd": Dataset(figures.assign(unit=unit), TITLES, title)}


def _base_year(
    constant: pd.DataFrame, current: pd.DataFrame, stated: set[str], client: Client
) -> str:
    """Return the year whose prices constant prices are."""
    both = constant.merge(current, on=["economy", "series", "period"], suffixes=("", "_current"))
    alike = np.isclose(both["value"], both["value_current"], rtol=PRECISION, atol=0)
    share = pd.Series(alike).groupby(both["period"].to_numpy()).mean()
    found = set(share.index[share >= ALIKE])
    if len(found) > 1:  # short of a difference, the text decides
        found = found & stated if stated else set()
    if len(found) != 1 or (stated and found != stated):
        said = f"states {', '.join(sorted(stated))}" if stated else "states none"
        seen = ", ".join(sorted(found)) or "no one year"
        raise changed(
            client,
            f"{CONSTANT} {said} as the year of its prices, and its figures are the current ones of "
            f"{seen}",
        )
    return str(found.pop())


def _dated(last: str, updated: str | None, revises: bool) -> Dated:
    """Name and date a release; ``revises`` says that one to that year is held."""
    day = updated or today()
    basis = (
        "The service's own date of last update."
        if updated
        else "Day of retrieval; the update may be earlier."
    )
    basis += " The name is the last year of data."
    if not revises:
        return Dated(last, day, basis)
    return Dated(f"{last}-revised-{day}", day, basis, f"{last}, revised {day}")


def _figures(table: pd.DataFrame, path: str, client: Client) -> pd.DataFrame:
    """Return the figures of a workbook's table."""
    years = list(table.columns[len(LABELS) :])
    table["economy"] = _economies(table, path, client)
    table["series"] = _items(table, path, client)
    long = table.melt(["economy", "series"], years, "period", "value").dropna(subset="value")
    try:
        if any(isinstance(value, bool) for value in long["value"]):
            raise TypeError("true and false are no numbers")
        long["value"] = long["value"].astype("float64")
    except (TypeError, ValueError):
        raise changed(client, f"{path} has a value that is not a number") from None
    _check_complete(long, path, client)
    return check_economies(check_periods(long, client), client)


def _table(answer: Answer, path: str, client: Client) -> tuple[pd.DataFrame, set[str]]:
    """Return the lines that have a number of an economy, and the base years stated above them.

    A cover sheet before, notes above and below, and empty columns at the right are passed over.
    """
    if answer.is_web_page:
        raise web_page(client, f"the workbook {path}")
    sheets = _sheets(answer.content, path, client)
    places = (
        (sheet, n) for sheet in sheets for n, line in enumerate(sheet[:HEAD]) if _is_heading(line)
    )
    lines, heading = next(places, (sheets[0], None))
    if heading is None:
        raise changed(client, f"{path} has no heading {', '.join(LABELS)}")
    stated = _stated_years(lines[:heading], path, client)
    below = [line for line in lines[heading + 1 :] if _filled(line[1:])]
    width = max(len(_filled(line)) for line in [lines[heading], *below])
    years = [_label(cell) for cell in lines[heading][len(LABELS) : width]]
    if not years or not all(re.fullmatch("(19|20)[0-9][0-9]", year) for year in years):
        raise changed(client, f"{path} has columns that are not years")
    padded = [(*line, *[None] * width)[:width] for line in below]
    table = pd.DataFrame(padded, columns=[*LABELS, *years])
    return table[table["CountryID"].notna()], stated


def _sheets(content: bytes, path: str, client: Client) -> list[list[SheetRow]]:
    """Return the first sheets of a workbook, line by line, if it is no larger than it may be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            size = sum(member.file_size for member in members.infolist())
        if size > MOST_UNPACKED:
            raise changed(client, f"{path} has {size:,} bytes unpacked, which is not it")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of openpyxl, about the book's style
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        rows = [sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True) for sheet in book]
        found = [list(islice(each, MOST_LINES + 1)) for each in rows[:MOST_SHEETS]]
    except FormatError:
        raise
    except (zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, OSError):
        raise changed(client, f"the workbook {path} is not a whole Excel workbook") from None
    if any(len(lines) > MOST_LINES for lines in found):
        raise changed(client, f"{path} has more than {MOST_LINES:,} lines, which is not it")
    if any(len(_filled(line)) > MOST_COLUMNS for lines in found for line in lines):
        raise changed(client, f"{path} has more than {MOST_COLUMNS} columns, which is not it")
    return [[line for line in lines if _filled(line)] for lines in found] or [[]]


def _filled(line: SheetRow) -> SheetRow:
    """Return a line without the empty cells at its end."""
    last = next((n for n in range(len(line), 0, -1) if line[n - 1] not in (None, "")), 0)
    return line[:last]


def _is_heading(line: SheetRow) -> bool:
    return tuple(map(_label, line[: len(LABELS)])) == LABELS


def _label(cell: object) -> str:
    """Return a label of a column; a year may be a number with a point."""
    is_whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell)) if is_whole else str(cell).strip()  # type: ignore[call-overload]


def _stated_years(before: list[SheetRow], path: str, client: Client) -> set[str]:
    """Return the years of constant prices that the lines of text state, in whatever order of words.

    Raises:
        FormatError: They state another unit.
    """
    text = " ".join(str(cell) for line in before for cell in line if cell is not None)
    phrases = re.findall(r"(?i)constant[^.;]{0,40}|[0-9]{4}\W{1,3}prices|[0-9]{4}\W+100\b", text)
    years = {year for phrase in phrases for year in re.findall(r"\b(?:19|20)[0-9]{2}\b", phrase)}
    if re.search(r"(?i)national currency|\bmillions?\b|\bthousands?\b", text):
        raise changed(client, f"{path} is not in whole US dollars ({text[:80]})")
    return years


def _economies(table: pd.DataFrame, path: str, client: Client) -> pd.Series:
    numbers = pd.to_numeric(table["CountryID"], errors="coerce")
    found = numbers.map(shipped_tables.codes(CODES, "m49"))
    if found.isna().any():
        line = table[found.isna()].iloc[0]
        raise changed(
            client,
            f"{path} has {line['Country']} as number {line['CountryID']}, which {CODES.name} does "
            "not know",
        )
    return found


def _items(table: pd.DataFrame, path: str, client: Client) -> pd.Series:
    names = table["IndicatorName"].astype("str").str.split().str.join(" ")
    if unknown := sorted(set(names) - set(ITEMS)):
        raise changed(client, f"{path} has an item {unknown[0]!r}")
    return names.map(ITEMS)


def _check_complete(figures: pd.DataFrame, path: str, client: Client) -> None:
    if missing := sorted(set(ITEMS.values()) - set(figures["series"])):
        raise FormatError(
            f"{client.publisher}: {path} of {client.address.url} has no values for "
            f"{', '.join(missing)}; nothing was stored: see whether an item is renamed"
        )


UN_ACCOUNTS = Service(
    name="UNSD",
    publisher=next(entry for entry in INTERNATIONAL if entry.id == "unsd-ama"),
    address="https://unstats.un.org/unsd/amaapi/api",
    fetch=fetch,
)
