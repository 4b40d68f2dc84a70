"""Unit-root tests of levels and changes, read together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.models.unitroot import integration as module
from rebalancing.models.unitroot.integration import integration, reading
from rebalancing.models.validate import ModelInputError

pytestmark = pytest.mark.filterwarnings("ignore::rebalancing.models.warnings.SmallSampleWarning")
YEARS = pd.RangeIndex(1801, 2001, name="year")


def random_walk(seed: int = 7) -> pd.Series[float]:
    steps = np.random.default_rng(seed).standard_normal(len(YEARS))
    return pd.Series(40 + np.cumsum(steps), YEARS)


def verdicts(adf: bool, dfgls: bool, pp: bool, kpss: bool) -> pd.DataFrame:
    names = {
        "ADF": adf,
        "DF-GLS": dfgls,
        "Phillips-Perron": pp,
        "KPSS": kpss,
        "Zivot-Andrews": True,
    }
    return pd.DataFrame({"rejects": names})


@pytest.mark.parametrize(
    ("rejections", "words"),
    [
        ((False, False, False, True), module.UNIT_ROOT),
        ((True, True, True, False), module.STATIONARY),
        ((False, False, False, False), module.NEITHER),
        ((True, True, True, True), module.BOTH),
        ((True, False, True, False), module.DIFFER),
        ((False, True, False, True), module.DIFFER),
    ],
)
def test_reading_of_verdicts(rejections: tuple[bool, bool, bool, bool], words: str) -> None:
    assert reading(verdicts(*rejections)) == words


def test_long_random_walk_and_its_changes_are_told_apart() -> None:
    found = integration(random_walk())
    assert found.readings["level"] == module.UNIT_ROOT
    assert found.readings["change"] == module.STATIONARY
    assert "level: unit root" in repr(found)


def test_long_white_noise_is_stationary_in_level() -> None:
    noise = pd.Series(np.random.default_rng(1).standard_normal(len(YEARS)), YEARS)
    assert integration(noise).readings["level"] == module.STATIONARY


def test_every_form_has_every_test() -> None:
    found = integration(random_walk())
    assert list(found.to_frame().index.get_level_values("form").unique()) == list(module.FORMS)
    assert found.to_frame().groupby("form").size().eq(5).all()
    assert found.n == len(YEARS)


@pytest.mark.slow
def test_a_battery_shifted_and_scaled_is_the_same() -> None:
    y = random_walk()
    pd.testing.assert_frame_equal(
        integration(y).tests[["statistic"]], integration(3 * y - 7).tests[["statistic"]], rtol=1e-6
    )


def test_short_series_is_refused() -> None:
    with pytest.raises(ModelInputError, match="y"):
        integration(random_walk().iloc[:10])


def test_cautions_are_kept_once() -> None:
    cautions = integration(random_walk().iloc[:25]).cautions
    assert len(cautions) == len(set(cautions)) > 0
