"""Tests for breaks judged by resampling."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.breaks import bai_perron
from rebalancing.models.breaks.resampling import number_by_ud_max, resample
from rebalancing.models.validate import ModelInputError
from rebalancing.models.warnings import SmallSampleWarning

pytestmark = pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")
YEARS = pd.RangeIndex(1971, 2025, name="year")


def changes(seed: int = 1, *means: float) -> pd.Series[float]:
    """Return noise of variance one around means of regimes of equal length."""
    noise = np.random.default_rng(seed).standard_normal(len(YEARS))
    level = np.repeat(means or (0.0,), -(-len(YEARS) // max(len(means), 1)))[: len(YEARS)]
    return pd.Series(noise + level, YEARS)


@pytest.mark.slow
def test_statistics_are_those_of_the_break_tests() -> None:
    y = changes(2, 0.0, 2.0)
    found = resample(y, draws=99)
    direct = bai_perron(y)
    assert found.tests.at["supF(1)", "statistic"] == pytest.approx(direct.sup_f[1])
    assert found.tests.at["UDmax", "statistic"] == pytest.approx(direct.ud_max)
    assert (
        found.tests.at["UDmax", "critical_value"] == direct.critical_values.at[("ud_max", 0), 0.05]
    )


@pytest.mark.slow
def test_a_large_break_is_found_and_none_is_not() -> None:
    broken = resample(changes(3, 0.0, 4.0), draws=199).tests
    whole = resample(changes(4), draws=199).tests
    assert (broken["p_value"] <= 0.01).all()
    assert (whole["p_value"] > 0.05).all()


@pytest.mark.slow
def test_p_value_counts_the_sample_itself() -> None:
    assert resample(changes(3, 0.0, 8.0), draws=99).tests["p_value"].min() == pytest.approx(0.01)


@pytest.mark.slow
def test_scale_and_mean_do_not_matter() -> None:
    y = changes(5)
    one, other = resample(y, draws=99), resample(4 * y + 3, draws=99)
    pd.testing.assert_frame_equal(one.tests, other.tests, rtol=1e-6)


@pytest.mark.slow
def test_few_blocks_are_a_caution() -> None:
    with pytest.warns(SmallSampleWarning, match="6 blocks"):
        found = resample(changes(6).iloc[:24], draws=99, block_length=4)
    assert found.block_length == 4
    assert "6 blocks" in found.cautions[0]


@pytest.mark.parametrize("options", [{"draws": 10}, {"block_length": 0}, {"block_length": 40}])
def test_bad_options_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ModelInputError, match=next(iter(options))):
        resample(changes(), **options)  # type: ignore[arg-type]


def test_number_by_ud_max_finds_breaks_that_offset_each_other() -> None:
    y = changes(11, 0.0, 3.0, 0.0)
    found = bai_perron(y)
    assert found.ud_max > found.critical_values.at[("ud_max", 0), 0.05]
    assert number_by_ud_max(found) == 2


def test_number_by_ud_max_is_zero_without_a_break() -> None:
    assert number_by_ud_max(bai_perron(changes(4), covariance="homoskedastic")) == 0


@pytest.mark.faults
def test_resampled_p_values_have_about_their_size() -> None:
    low = [
        resample(changes(seed), draws=99, seed=seed).tests.at["UDmax", "p_value"] <= 0.1
        for seed in range(40)
    ]
    assert 0.0 < np.mean(low) < 0.25
