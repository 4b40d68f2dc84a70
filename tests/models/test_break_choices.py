"""Tests for breaks under several choices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.breaks import bai_perron
from rebalancing.models.breaks.choices import ERRORS, TRIMS, breaks_by_choice
from rebalancing.models.validate import ModelInputError

YEARS = pd.RangeIndex(1971, 2025, name="year")


def broken(after: int = 2000, shift: float = 4.0) -> pd.Series[float]:
    noise = np.random.default_rng(8).standard_normal(len(YEARS))
    return pd.Series(noise + shift * (after < YEARS), YEARS)


@pytest.mark.slow
def test_every_choice_finds_a_large_break_at_its_date() -> None:
    table = breaks_by_choice(broken()).to_frame()
    assert len(table) == len(TRIMS) * len(ERRORS)
    assert (table["sequential"] >= 1).all()
    assert table["first_break"].between(1999, 2001).all()
    assert (table["sup_f"] > table["sup_f_critical"]).all()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::rebalancing.errors.ReportWarning")
def test_a_row_is_what_the_break_tests_say() -> None:
    table = breaks_by_choice(broken(shift=0.5)).table.set_index(["trim", "errors"])
    own = bai_perron(broken(shift=0.5), trim=0.2, covariance="homoskedastic")
    row = table.loc[(0.2, "equal variances")]
    assert row["ud_max"] == pytest.approx(own.ud_max)
    assert row["sequential"] == own.n_breaks
    assert row["bic"] == int(own.bic.idxmin())


@pytest.mark.slow
def test_trims_with_too_short_regimes_are_left_out_by_name() -> None:
    found = breaks_by_choice(broken().iloc[-28:])
    assert found.left_out == (0.10,)
    assert set(found.table["trim"]) == {0.15, 0.20}
    assert (found.table["shortest"] >= 4).all()


def test_short_series_is_refused() -> None:
    with pytest.raises(ModelInputError, match="y"):
        breaks_by_choice(broken().iloc[:15])


@pytest.mark.slow
def test_repr_counts() -> None:
    assert "12 choices" in repr(breaks_by_choice(broken()))
