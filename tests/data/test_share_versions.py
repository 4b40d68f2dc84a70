import numpy as np
import pandas as pd
import pytest

from rebalancing.data.views import share_versions as versions

YEARS = range(2015, 2025)
TABLE = pd.DataFrame(
    {
        "CHN": np.arange(10.0) + 30,
        "USA": 70.0,
        "IND": 60.0,
        "NEW": [np.nan] * 5 + [50.0] * 5,
        "WLD": 55.0,
    },
    index=YEARS,
)


def accounts() -> pd.DataFrame:
    rows = TABLE.drop(columns="WLD").stack().rename_axis(["year", "economy"])
    frame = rows.rename("household_pct_gdp").reset_index().assign(currency="USD")
    new, old = frame.assign(release="2024"), frame[frame["year"] <= 2019].assign(release="2019")
    return pd.concat([new, old])


def test_a_share_is_compared_with_the_median_of_others_and_the_mean_of_peers() -> None:
    found = versions.compared_with_others(TABLE, "CHN", ["CHN", "USA", "IND"], ["USA", "NEW"])
    assert found[versions.OWN].tolist() == TABLE["CHN"].tolist()
    assert found[versions.MEDIAN].tolist() == (TABLE["CHN"] - 65).tolist()
    # A peer without figures for all years would move the mean when it comes in.
    assert found[versions.PEERS].tolist() == (TABLE["CHN"] - 70).tolist()
    assert versions.PEERS not in versions.compared_with_others(TABLE, "CHN", ["USA"], ["NEW"])


def test_bridged_years_lie_on_a_line() -> None:
    series = TABLE["CHN"].copy()
    series[2021] = 99.0
    line = versions.bridged(series)
    assert line.tolist() == pytest.approx(TABLE["CHN"].tolist())
    assert series[2021] == 99.0
    with pytest.raises(versions.BridgeError, match="2023"):
        versions.bridged(series.loc[:2022])


def test_every_release_is_a_version_and_none_is_newer_than_asked_for() -> None:
    found = versions.of_accounts(
        accounts(), "CHN", ["USA", "IND"], ["USA"], last_release="2024", last_year=2024
    )
    assert {version.definition for version in found} == {"UN 2019", "UN 2024"}
    bridged = {v.definition for v in found if v.pandemic == versions.BRIDGED}
    assert bridged == {"UN 2024"}
    older = versions.of_accounts(
        accounts(), "CHN", ["USA", "IND"], ["USA"], last_release="2019", last_year=2018
    )
    assert {version.definition for version in older} == {"UN 2019"}
    assert all(series.index.max() == 2018 for series in older.values())


def test_the_world_banks_share_and_the_accounts_with_transfers_are_versions() -> None:
    own = TABLE["CHN"]
    published = pd.DataFrame(
        {versions.HOUSEHOLD: 40.0, versions.HEALTH: 3.0, versions.SCHOOLING: 4.0}, index=YEARS
    )
    published.loc[2017, versions.HEALTH] = np.nan
    found = versions.of_world_bank(published, own, fewest=7)
    assert {(version.definition, version.compared) for version in found} == {
        ("World Bank", versions.OWN),
        ("UN + transfers", versions.OWN),
    }
    bank, transfers = found.values()
    assert bank.tolist() == [40.0] * 10
    # Only the years after the last gap follow one another.
    assert transfers.to_dict() == (own.loc[2018:] + 7).to_dict()


def test_a_version_with_too_few_years_or_none_is_left_out() -> None:
    own = TABLE["CHN"]
    published = pd.DataFrame({versions.HOUSEHOLD: 40.0}, index=YEARS)
    assert len(versions.of_world_bank(published, own, fewest=10)) == 1
    assert versions.of_world_bank(published, own, fewest=11) == {}
    assert versions.of_world_bank(pd.DataFrame(), own, fewest=1) == {}
