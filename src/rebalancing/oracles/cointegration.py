"""Cointegration: money demand in Denmark and Finland, earnings in the United Kingdom.

Johansen and Juselius (1990), Oxford Bulletin of Economics and Statistics 52; Pesaran, Shin and
Smith (2001), Journal of Applied Econometrics 16.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from statsmodels.datasets import danish_data
from statsmodels.tsa.api import UECM

from rebalancing.models import cointegration
from rebalancing.oracles import published

# Lags of wages, then of productivity, unemployment, wedge and union power.
EARNINGS_ORDER = (6, 1, 5, 4, 5)
EARNINGS_START = "1972Q1"
SIZES = ("10%", "5%", "1%")
STATISTICS = ("trace", "max_eig")
KINDS = ("I(0)", "I(1)")


def danish_money() -> pd.DataFrame:
    """Return real money, income, bond and deposit rate of Denmark, as they ship with statsmodels.

    Quarterly, 1974Q1 to 1987Q3; money and income in logarithms, rates as fractions of one a year.
    """
    table: pd.DataFrame = danish_data.load_pandas().data
    return table[["lrm", "lry", "ibo", "ide"]].astype(float)


def finnish_money(folder: Path) -> pd.DataFrame:
    """Return real money, income, interest and inflation of Finland by quarter."""
    return _quarterly(folder / "finland.csv")


def uk_earnings(folder: Path) -> tuple[pd.Series[float], pd.DataFrame, pd.DataFrame]:
    """Return UK real wages, what explains them, and the dummies of incomes policies, by quarter."""
    table = _quarterly(folder / "pss2001.csv")
    return table["w"], table[["Prod", "UR", "Wedge", "Union"]], table[["D7475", "D7579"]]


def johansen(of: Callable[[Path], pd.DataFrame], folder: Path, **options: Any) -> dict[str, float]:
    """Test for cointegration and return what reference software prints."""
    return _rank_test(cointegration.johansen(of(folder), **options))


def with_dummy(folder: Path) -> dict[str, float]:
    """Test Danish money with a dummy for the first two quarters of 1976."""
    data = danish_money()
    dummy = pd.Series(0.0, index=data.index, name="dummy")
    dummy.iloc[8:10] = 1.0
    return johansen(_danish, folder, exog=dummy, **_options("restricted constant", 2, 4))


def critical_values(_: Path) -> dict[str, float]:
    """Return the critical values at 5% without and with an unrestricted constant."""
    found: dict[str, float] = {}
    for deterministic in ("none", "constant"):
        tested = cointegration.johansen(danish_money(), lags=2, deterministic=deterministic)
        for statistic in STATISTICS:
            for rank, value in tested.critical_values[statistic, "5%"].items():
                found[f"{deterministic}, {statistic} 5%, rank {rank}"] = float(value)
    return found


def earnings(case: int, folder: Path, order: tuple[int, ...] = EARNINGS_ORDER) -> dict[str, float]:
    """Test for a relation between UK earnings and what explains them."""
    wages, causes, dummies = uk_earnings(folder)
    tested = cointegration.ardl_bounds(
        wages, causes, order, case=case, fixed=dummies, start=EARNINGS_START
    )
    number = tested.k + 1 + (case in (2, 4))
    found = {"F": tested.f_stat, "t": tested.t_stat, "Wald": tested.f_stat * number}
    found |= {
        f"{statistic} {kind} {size}": float(tested.bounds[statistic, kind][size])
        for statistic in ("F", "t")
        for kind in KINDS
        for size in SIZES
    }
    for kind in KINDS:
        found[f"Wald {kind} 1%"] = found[f"F {kind} 1%"] * number
    return found | _long_run(tested)


def money_bounds(_: Path) -> dict[str, float]:
    """Test for a relation of Danish money with income and the two rates."""
    data = danish_money()
    causes = data[["lry", "ibo", "ide"]]
    tests = {
        case: cointegration.ardl_bounds(data["lrm"], causes, (3, 1, 3, 2), case=case)
        for case in (2, 3)
    }
    return {
        "F, case 2": tests[2].f_stat,
        "t, case 3": tests[3].t_stat,
        "error correction": tests[3].ec_coefficient,
    } | _long_run(tests[3])


def bounds_test_of_statsmodels(folder: Path) -> pd.DataFrame:
    """Set the bounds test of statsmodels beside ours and the published one, on UK earnings.

    It leaves out the dummies and the start of the sample, and counts the dependent variable among
    the regressors, so that it looks up bounds for five where there are four.

    Returns:
        One row each; columns F, the 5% bounds, the number of regressors they are for, observations.
    """
    wages, causes, dummies = uk_earnings(folder)
    ours = cointegration.ardl_bounds(
        wages, causes, EARNINGS_ORDER, case=3, fixed=dummies, start=EARNINGS_START
    )
    first = wages.index.get_loc(EARNINGS_START)
    model = UECM(
        wages.reset_index(drop=True),
        EARNINGS_ORDER[0],
        causes.reset_index(drop=True),
        dict(zip(causes.columns, EARNINGS_ORDER[1:], strict=True)),
        trend="c",
        fixed=dummies.reset_index(drop=True),
        hold_back=first,
    )
    theirs = model.fit().bounds_test(case=3)
    table = published(folder.parent)
    printed = table[table["case"] == "UK earnings, case 3"].set_index("quantity")["value"]
    bounds = [f"F {kind} 5%" for kind in KINDS]
    rows = {
        "published": (printed["F"], *printed[bounds], ours.k, ours.nobs),
        "this report": (ours.f_stat, *ours.bounds.loc["5%"].loc["F"], ours.k, ours.nobs),
        "statsmodels": (
            theirs.statistic, *theirs.critical_values.loc[95.0, ["lower", "upper"]], ours.k + 1,
            len(wages) - max(EARNINGS_ORDER),
        ),
    }  # fmt: skip
    columns = ["F", *(f"{kind} bound at 5%" for kind in KINDS), "regressors", "observations"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _quarterly(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path)
    quarters = pd.PeriodIndex(table["time"].str.replace(" ", ""), freq="Q")
    return table.drop(columns="time").set_axis(quarters, axis="index")


def _danish(_: Path) -> pd.DataFrame:
    return danish_money()


def _danish_from_second_quarter(_: Path) -> pd.DataFrame:
    return danish_money().iloc[1:]


def _options(deterministic: str, lags: int, seasons: int = 0) -> dict[str, Any]:
    return {"deterministic": deterministic, "lags": lags, "seasons": seasons}


def _rank_test(tested: cointegration.Johansen) -> dict[str, float]:
    found = {"loglike, rank 1": tested.loglike(1)}
    for rank in tested.trace.index:
        found[f"eigenvalue, rank {rank}"] = float(tested.eigenvalues[rank])
        found[f"trace, rank {rank}"] = float(tested.trace[rank])
        found[f"max_eig, rank {rank}"] = float(tested.max_eig[rank])
        for statistic in STATISTICS:
            for size in SIZES:
                value = float(tested.critical_values[statistic, size][rank])
                found[f"critical {statistic} {size}, rank {rank}"] = value
    found |= {f"beta, {name}": float(value) for name, value in tested.beta[1].items()}
    return found | {f"alpha, {name}": float(value) for name, value in tested.alpha[1].items()}


def _long_run(tested: cointegration.BoundsTest) -> dict[str, float]:
    estimates, errors = tested.long_run["coefficient"], tested.long_run["bse"]
    found = {f"long run, {name}": float(value) for name, value in estimates.items()}
    return found | {f"standard error, {name}": float(value) for name, value in errors.items()}


_RESTRICTED = ("restricted constant", "constant", "restricted trend")
CASES: dict[str, Callable[[Path], dict[str, float]]] = {
    **{
        f"{country} money, {deterministic}, 2 lags, seasons": partial(
            johansen, of, **_options(deterministic, 2, 4)
        )
        for country, of in (("Danish", _danish), ("Finnish", finnish_money))
        for deterministic in _RESTRICTED
    },
    "Danish money, constant, 2 lags": partial(johansen, _danish, **_options("constant", 2)),
    "Danish money, restricted constant, 3 lags": partial(
        johansen, _danish, **_options("restricted constant", 3)
    ),
    "Danish money, restricted trend, 4 lags, seasons": partial(
        johansen, _danish, **_options("restricted trend", 4, 4)
    ),
    "Danish money, restricted constant, 2 lags, seasons, dummy": with_dummy,
    "Danish money from 1974Q2, constant, 3 lags, seasons": partial(
        johansen, _danish_from_second_quarter, **_options("constant", 3, 4)
    ),
    "Danish money, bounds": money_bounds,
    **{f"UK earnings, case {case}": partial(earnings, case) for case in (1, 2, 3, 4, 5)},
    "UK earnings, case 1, other lags": partial(earnings, 1, order=(5, 4, 5, 1, 6)),
    "critical values": critical_values,
}
