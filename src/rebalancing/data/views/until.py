"""Processed tables as they were on a day: without what later releases brought.

The tables hold all releases side by side, whatever day the report is built for. Rows of a release
that was not public on the project's day (`Project.as_of`) are left out when a table is read, so
that no chapter can use them by mistake.
"""

from __future__ import annotations

import pandas as pd

from rebalancing.data import releases
from rebalancing.data.tables.columns import TableName
from rebalancing.errors import DataError
from rebalancing.project import Project

PUBLISHERS: dict[TableName, tuple[str, ...]] = {
    "national_accounts": ("unsd-ama",),
    "expenditure_shares": ("unsd-ama",),
    "world_bank": ("worldbank-wdi",),
    "customs": ("gacc-customs",),
    "penn_world_table": ("pwt",),
    "mirror_trade": ("comtrade",),
    "real_exchange_rate": ("bis-reer",),
    "world_economic_outlook": ("imf-weo",),
    "china_accounts": ("nbs",),
    "china_monthly": ("nbs-monthly", "china-levels"),
    "input_output": ("nbs-io", "oecd-io"),
    "industry": ("worldsteel", "cpia-solar"),
    "product_exports": ("wto",),
    "household_survey": ("nbs-survey",),
    "labour_confidence": ("nbs-labour",),
    "leverage": ("nifd-leverage",),
    "house_prices": ("bis-house-prices",),
    "capacity": ("nbs-capacity",),
    "press_figures": ("nbs-press",),
    "expenditure_annual": ("nbs-annual",),
    "value_added_annual": ("nbs-annual",),
    "trade_by_section": ("nbs-annual",),
    "fiscal": ("nbs-annual",),
    "outlook_growth": ("imf-weo-growth",),
    "penn_output": ("pwt-output",),
    "flow_of_funds": ("nbs-annual",),
    "partners": ("gacc-bulletin",),
    "export_products": ("gacc-bulletin",),
    "us_census": ("us-census",),
    "tariffs": ("us-tariff",),
}
# Groups have today's members on every day.
OF_NO_RELEASE: tuple[TableName, ...] = ("economies", "groups")
ECONOMIES_YEARS = ["first_year", "last_year"]


class KnownLaterError(DataError):
    """A table that describes all releases held, and so cannot be read as of a day."""


def rows(project: Project, name: TableName, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that were public on the project's day; all when it has none.

    A table of two publishers goes without a release's rows when either of them has a later release
    of that name.

    Raises:
        KnownLaterError: The table is about all releases together, such as the log of what is
            missing.
    """
    if project.until is None:
        return frame
    if name in OF_NO_RELEASE:
        years = [column for column in ECONOMIES_YEARS if column in frame]
        return frame.assign(**dict.fromkeys(years, pd.array([pd.NA] * len(frame), "Int64")))
    if name not in PUBLISHERS:
        raise KnownLaterError(
            f"the table {name} describes all releases held, not those of {project.until}; "
            "leave its section out of an edition as of a day"
        )
    later = set().union(*(releases.unknown(project, who) for who in PUBLISHERS[name]))
    return frame[~frame["release"].isin(later)].reset_index(drop=True)
