"""What must hold in each processed table, as one pandera schema per table.

The bounds on shares are wide, because published shares are: households consume more than is
produced where imports are paid for by aid or reserves (Liberia 2004: 223% of GDP), a re-exporting
city trades three times its GDP (San Marino), and inventories can make capital formation negative
(Venezuela 2018: -22% of GDP). A value beyond them is a mistake in the data or the code; a unit of
measurement taken wrongly, for example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from rebalancing.data.releases.coded import plain
from rebalancing.data.tables import economies, sums
from rebalancing.data.tables.columns import COLUMNS, KEYS, MONTH, SECTORS, TO_DATE, TableName
from rebalancing.errors import DataError

ITEMS = ["GDP", "HFCE", "GFCE", "FCE", "GCF", "GFCF", "INV", "EXP", "IMP"]
ITEMS += ["VA_TOTAL", "VA_AB", "VA_CDE", "VA_MANF", "VA_F", "VA_GH", "VA_I", "VA_JP"]
PRICES = r"(current|constant (19|20)\d\d) (USD|NCU)"
# The rest can be negative: inventories, and with them capital formation, and value added where
# production is worth less than what went into it.
NEVER_NEGATIVE = {"GDP", "HFCE", "GFCE", "FCE", "EXP", "IMP", "VA_TOTAL"}
SHARE_BOUNDS = {
    "household_pct_gdp": (0, 250),
    "government_pct_gdp": (0, 250),
    "final_consumption_pct_gdp": (0, 350),
    "capital_formation_pct_gdp": (-25, 125),
    "exports_pct_gdp": (0, 350),
    "imports_pct_gdp": (0, 350),
    "net_exports_pct_gdp": (-300, 150),
    "manufacturing_pct_gdp": (-5, 100),
    "residual_pct_gdp": (-60, 60),
}
MIRRORED = ["EXP", "EXP_MIRROR", "IMP", "IMP_MIRROR"]
PERCENT, CNY, OF_GROWTH = "percent", "100 million CNY", "percent of real GDP growth"
UNITS: dict[TableName, list[str]] = {
    "world_economic_outlook": [
        "billion US dollars",
        "international dollars",
        "million persons",
        "percent change",
        "percent of GDP",
    ],
    "china_accounts": [CNY, PERCENT, "percentage points"],
    "china_monthly": [CNY, PERCENT, "billion USD", "index, 50 = no change"],
    "input_output": ["10 thousand CNY", "million USD"],
    "industry": ["GW", "thousand tonnes"],
    "household_survey": [
        "10 thousand persons",
        "CNY per month",
        "CNY per person, year to date",
        PERCENT,
    ],
    "labour_confidence": ["hours", "index", PERCENT],
    "leverage": [CNY, "percent of GDP"],
    "house_prices": ["index 2010=100"],
    "capacity": [PERCENT],
    "press_figures": [
        CNY,
        "CNY per person per year",
        "CNY per person, year to date",
        PERCENT,
        "percent of consumption",
        "percent of income",
        OF_GROWTH,
    ],
    "expenditure_annual": [CNY, "percentage points", OF_GROWTH],
    "value_added_annual": [CNY],
    "trade_by_section": ["million USD"],
    "fiscal": [CNY],
    "outlook_growth": ["percent change"],
    "penn_output": [
        "million 2021 US dollars",
        "million persons",
        "national currency per US dollar",
        "price level, US GDPo in 2021 = 1",
    ],
    "flow_of_funds": [CNY],
}
WITH_SPANS: tuple[TableName, ...] = ("partners", "export_products")
POSITIVE: tuple[tuple[TableName, str], ...] = (
    ("partners", "cny_bn"),
    ("partners", "usd_bn"),
    ("export_products", "value"),
    ("us_census", "exports_usd_bn"),
    ("us_census", "imports_usd_bn"),
    ("house_prices", "value"),
    ("penn_output", "value"),
    ("tariffs", "weight_usd_bn"),
)
# How each frequency writes a period.
PERIODS = {"annual": r"\d{4}", "quarterly": r"\d{4}-Q[1-4]", "monthly": r"\d{4}-(0[1-9]|1[0-2])"}
YEARS = (1800, 2100)


class TableError(DataError):
    """A processed table that breaks its schema."""


def check_table(name: TableName, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it is stored: texts spelt out, columns in order, every check passed.

    Raises:
        TableError: Names the table, the column, the check and the first offending rows.
    """
    texts = plain(frame)
    try:
        return SCHEMAS[name].validate(texts, lazy=True)
    except SchemaErrors as error:
        raise TableError(_explain(name, texts, error)) from None


_WORDS = {
    "column_in_schema": "no other columns",
    "column_in_dataframe": "all columns",
    "multiple_fields_uniqueness": "unique keys",
    "not_nullable": "no empty cells",
}


def _explain(name: TableName, frame: pd.DataFrame, error: SchemaErrors) -> str:
    """Put the first failure into one line."""
    cases = error.failure_cases
    first = cases.iloc[0]
    check = _WORDS.get(first["check"], first["check"])
    in_column = first["schema_context"] == "Column"
    message = f"table {name}{', ' + first['column'] if in_column else ''}: {check} fails"
    same = cases[cases["check"] == first["check"]]
    if in_column:
        same = same[same["column"] == first["column"]]
    rows = same["index"].dropna().unique().tolist()
    if not rows:
        return f"{message} for {first['failure_case']}"
    shown = list(dict.fromkeys([*KEYS[name], *same["column"]]))
    examples = frame.loc[rows[:3], [column for column in shown if column in frame]]
    listed = "; ".join(
        ", ".join(f"{column} {value}" for column, value in row.items())
        for row in examples.to_dict("records")
    )
    return f"{message} in {len(rows)} rows, such as {listed}"


def _isin(allowed: Iterable[str], what: str) -> pa.Check:
    return pa.Check.isin(sorted(allowed), error=what)


def _adds_up(check: Callable[[pd.DataFrame], pd.Series], what: str) -> pa.Check:
    return pa.Check(check, error=what)


def _between(low: float, high: float) -> pa.Check:
    return pa.Check.in_range(low, high, error=f"between {low} and {high}")


_FINITE = pa.Check(lambda values: values.abs() < float("inf"), error="finite")
_NEVER_NEGATIVE = pa.Check(
    lambda table: ~((table["value"] < 0) & table["item"].isin(NEVER_NEGATIVE)),
    error="not negative",
)
_PERIOD_FITS = pa.Check(
    lambda table: pd.concat(
        rows["period"].str.fullmatch(PERIODS.get(frequency, "")).astype(bool)
        for frequency, rows in table.groupby("frequency")
    ).reindex(table.index),
    error="a period of the frequency",
)
_SECTOR_OR_TOTAL = pa.Check(
    lambda table: table["sector"].isna() == table["sector_name"].isna(),
    error="a sector with its name, or neither",
)
_CODE = _isin(economies.codes(), "a known economy")
_SHARED_CHECKS = {
    "economy": [_CODE],
    "partner": [_CODE],
    "year": [_between(*YEARS)],
    "first_year": [_between(*YEARS)],
    "last_year": [_between(*YEARS)],
    "value": [_FINITE],
}
_CHECKS: dict[tuple[TableName, str], list[pa.Check]] = {
    ("economies", "kind"): [_isin(["economy", "former economy", "group"], "a known kind")],
    ("groups", "group"): [_isin(economies.codes("group"), "a known group")],
    ("national_accounts", "prices"): [
        pa.Check.str_matches(f"^{PRICES}$", error="not known prices")
    ],
    ("national_accounts", "item"): [_isin(ITEMS, "a known item")],
    ("expenditure_shares", "currency"): [_isin(["USD", "NCU"], "USD or NCU")],
    ("expenditure_shares", "gdp"): [pa.Check.gt(0, error="positive")],
    **{
        ("expenditure_shares", column): [_between(*bounds)]
        for column, bounds in SHARE_BOUNDS.items()
    },
    ("customs", "exports_usd_bn"): [pa.Check.ge(0, error="not negative")],
    ("customs", "imports_usd_bn"): [pa.Check.ge(0, error="not negative")],
    ("mirror_trade", "series"): [_isin(MIRRORED, "a known series")],
    ("mirror_trade", "usd_bn"): [pa.Check.ge(0, error="not negative")],
    ("missing", "n_missing"): [pa.Check.gt(0, error="positive")],
    ("missing_indicators", "n_missing"): [pa.Check.gt(0, error="positive")],
    **{(name, "unit"): [_isin(units, "a known unit")] for name, units in UNITS.items()},
    ("real_exchange_rate", "value"): [pa.Check.gt(0, error="positive")],
    ("world_economic_outlook", "first_forecast_year"): [_between(*YEARS)],
    **{
        (name, "frequency"): [_isin(PERIODS, "a known frequency")]
        for name, columns in COLUMNS.items()
        if "frequency" in columns
    },
    ("flow_of_funds", "sector"): [_isin(SECTORS.values(), "a known sector")],
    ("flow_of_funds", "side"): [_isin(["resources", "uses"], "resources or uses")],
    ("partners", "kind"): [_isin(["published", "express", "derived"], "a known kind")],
    **{(name, "span"): [_isin([MONTH, TO_DATE], "month or year to date")] for name in WITH_SPANS},
    **{column: [pa.Check.gt(0, error="positive")] for column in POSITIVE},
    ("capacity", "value"): [_between(0, 100)],
    ("tariffs", "added_pct"): [_between(0, 200)],
    ("tariffs", "before_pct"): [_between(0, 100)],
    ("input_output", "source"): [_isin(["NBS", "OECD"], "a known source")],
    ("industry", "value"): [_FINITE, pa.Check.ge(0, error="not negative")],
    ("product_exports", "usd_bn"): [pa.Check.ge(0, error="not negative")],
    ("product_exports", "flag"): [_isin(["estimate", "break in series"], "a known flag")],
}
_OF_WHOLE_ROWS: dict[TableName, list[pa.Check]] = {
    "national_accounts": [_NEVER_NEGATIVE],
    **{name: [_PERIOD_FITS] for name, columns in COLUMNS.items() if "frequency" in columns},
    "flow_of_funds": [_adds_up(sums.flow_of_funds, "incomes that add up")],
    "household_survey": [
        _PERIOD_FITS,
        _adds_up(sums.household_survey, "parts that add up to income and consumption"),
    ],
    "partners": [_adds_up(sums.partners, "months that add up to the year to date")],
    "input_output": [_SECTOR_OR_TOTAL],
}
_MAY_BE_EMPTY = {
    ("economies", "first_year"),
    ("economies", "last_year"),
    ("customs", "exports_usd_bn"),
    ("customs", "imports_usd_bn"),
    ("world_economic_outlook", "first_forecast_year"),
    ("input_output", "sector"),
    ("input_output", "sector_name"),
    ("product_exports", "flag"),
    ("partners", "usd_bn"),
    ("partners", "change_pct"),
    *(("expenditure_shares", column) for column in SHARE_BOUNDS),
}


def _schema(name: TableName) -> pa.DataFrameSchema:
    columns = {
        column: pa.Column(
            dtype,
            _CHECKS.get((name, column), _SHARED_CHECKS.get(column, [])),
            nullable=(name, column) in _MAY_BE_EMPTY,
        )
        for column, dtype in COLUMNS[name].items()
    }
    return pa.DataFrameSchema(
        columns,
        checks=_OF_WHOLE_ROWS.get(name, []),
        name=name,
        strict=True,
        ordered=True,
        unique=KEYS[name],
    )


SCHEMAS: dict[TableName, pa.DataFrameSchema] = {name: _schema(name) for name in COLUMNS}
