import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from described import described

from rebalancing import files
from rebalancing.data import releases
from rebalancing.data.compare.comparison import Comparison, NotComparableError, compare_releases
from rebalancing.data.releases import Release, descriptor, schema
from rebalancing.project import Project

USD = "US dollars, current prices"
ITEMS = {"GDP": 1.0, "HFCE": 0.4, "FCE": 0.55, "GCF": 0.42, "EXP": 0.25, "IMP": 0.22}
Edit = Callable[[pd.DataFrame], pd.DataFrame]


def accounts(last: int = 2020, *, economies: tuple[str, ...] = ("CHN", "NLD")) -> pd.DataFrame:
    """Accounts that add up, growing by 3% to 7% a year from 2000."""
    years = np.arange(2000, last + 1)
    growth = np.cumprod(1 + 0.05 + 0.02 * np.sin(years))
    rows = [
        (economy, series, str(year), share * size * (1 + number) * 1e12, USD)
        for number, economy in enumerate(economies)
        for series, share in ITEMS.items()
        for year, size in zip(years, growth, strict=True)
    ]
    return pd.DataFrame(rows, columns=["economy", "series", "period", "value", "unit"])


def write(
    folder: Path,
    name: str,
    frame: pd.DataFrame,
    *,
    publisher: str = "unsd-ama",
    dataset: str = "current-usd",
) -> Release:
    """Write a release as the importer does."""
    home = folder / publisher / name
    home.mkdir(parents=True)
    rows = schema.conform(frame, name)
    path = home / f"{dataset}.parquet"
    schema.write_figures(rows, path)
    titles = {code: f"Title of {code}" for code in rows["series"].unique()}
    resources = [descriptor.resource(path, dataset, "Data", rows, titles)]
    package = described(name, title=f"Accounts, {name}", resources=resources)
    files.write_json(home / descriptor.FILE, package)
    return Release.read(home)


def changed(
    tmp_path: Path, edit: Edit, *, last: int = 2020, before: Edit = lambda frame: frame
) -> Comparison:
    """Compare the accounts with edited ones."""
    old = write(tmp_path, "2021", before(accounts()))
    return compare_releases(old, write(tmp_path / "staged", "2022", edit(accounts(last))))


def scaled(factor: float, **where: str) -> Edit:
    """Multiply the values of a series, an economy, a period."""

    def edit(frame: pd.DataFrame) -> pd.DataFrame:
        concerned = np.logical_and.reduce([frame[name] == code for name, code in where.items()])
        return frame.assign(value=frame["value"].mask(concerned, frame["value"] * factor))

    return edit


def without(**where: str) -> Edit:
    def edit(frame: pd.DataFrame) -> pd.DataFrame:
        concerned = np.logical_and.reduce([frame[name] == code for name, code in where.items()])
        return frame[~concerned]

    return edit


@pytest.fixture(scope="module")
def census(this_project: Project) -> Comparison:
    """The UN's accounts before and after China's economic census of December 2024."""
    old, new = (releases.resolve(this_project, "unsd-ama", name) for name in ("2023", "2024"))
    return compare_releases(old, new)


def test_the_same_release_twice_is_identical(tmp_path: Path) -> None:
    comparison = changed(tmp_path, lambda frame: frame)
    assert comparison.identical
    assert comparison.counts.loc[0, "same"] == comparison.counts.loc[0, "values"] == 252


def test_digits_beyond_rounding_are_no_revision(tmp_path: Path) -> None:
    assert changed(tmp_path, scaled(1 + 1e-10, economy="CHN")).identical


def test_a_new_year_is_added_and_nothing_else(tmp_path: Path) -> None:
    comparison = changed(tmp_path, lambda frame: frame, last=2021)
    assert comparison.changes[["what", "code", "change"]].to_numpy().tolist() == [
        ["periods", "2021", "added"]
    ]
    assert comparison.counts.loc[0, ["added", "revised", "removed"]].tolist() == [12, 0, 0]
    assert not comparison.identical


def test_a_revised_item_is_put_in_points_of_the_same_releases_gdp(tmp_path: Path) -> None:
    comparison = changed(tmp_path, scaled(1.05, economy="CHN", series="HFCE", period="2010"))
    (row,) = comparison.revised.to_dict(orient="records")
    assert (row["economy"], row["series"], row["period"]) == ("CHN", "HFCE", "2010")
    assert row["share_before"] == pytest.approx(40)
    assert row["share_after"] == pytest.approx(42)
    assert row["size"] == row["points"] == pytest.approx(2)
    assert row["measure"] == "points of GDP"


def test_revised_gdp_is_in_per_cent_and_moves_every_share(tmp_path: Path) -> None:
    comparison = changed(tmp_path, scaled(1.25, economy="CHN", series="GDP", period="2010"))
    gdp = comparison.revised.iloc[0]
    assert (gdp["series"], gdp["measure"]) == ("GDP", "per cent")
    assert gdp["size"] == pytest.approx(25)
    # The items themselves are as they were, and so are not revised.
    assert len(comparison.revised) == 1


def test_without_earlier_releases_nothing_is_said_of_past_revisions(tmp_path: Path) -> None:
    revised = changed(tmp_path, scaled(1.05, economy="CHN", series="HFCE")).revised
    assert revised["sds"].isna().all()
    assert (revised["pairs"] == 0).all()


@pytest.mark.slow
def test_past_revisions_give_the_robust_standard_deviation(tmp_path: Path) -> None:
    alternating = accounts()
    odd = (alternating["series"] == "HFCE") & (alternating["period"].astype(int) % 2 == 1)
    # 21 past revisions of 0.4 or 0.8 points: 11 of the smaller, so the median is 0.4.
    steps = np.where(odd, 1.02, np.where(alternating["series"] == "HFCE", 1.01, 1))
    write(tmp_path, "2020", accounts())
    second = alternating.assign(value=alternating["value"] * steps)
    old = write(tmp_path, "2021", second)
    third = scaled(1.1, economy="CHN", series="HFCE", period="2012")(second)
    (row,) = compare_releases(old, write(tmp_path, "2022", third)).revised.to_dict(orient="records")
    assert (row["pairs"], row["past_revisions"]) == (1, 21)
    assert row["sds"] == pytest.approx(row["size"] / (1.4826 * 0.4), rel=1e-4)


@pytest.mark.slow
def test_a_removed_series_is_told_from_one_often_left_out(tmp_path: Path) -> None:
    whole, part = accounts(), without(series="EXP")(accounts())
    for name, frame in (("2017", whole), ("2018", part), ("2019", part), ("2020", whole)):
        old = write(tmp_path, name, frame)
    new = write(tmp_path, "2021", without(series="IMP")(part))
    changes = compare_releases(old, new).changes.set_index("code")["change"]
    assert changes["IMP"] == "removed"
    assert changes["EXP"] == "left out, as before"


def test_an_economy_that_vanished(tmp_path: Path) -> None:
    comparison = changed(tmp_path, without(economy="NLD"))
    assert ["economies", "current-usd", "NLD", "", "removed"] in (
        comparison.changes.to_numpy().tolist()
    )
    assert set(comparison.coverage["kind"]) == {"vanished"}
    assert comparison.counts.loc[0, "removed"] == comparison.coverage["values_lost"].sum() == 126


def test_an_economy_dropped_earlier_is_not_lost_again(tmp_path: Path) -> None:
    write(tmp_path, "2020", accounts())
    old = write(tmp_path, "2021", accounts(economies=("CHN",)))
    comparison = compare_releases(old, write(tmp_path, "2022", accounts(economies=("CHN",))))
    assert comparison.identical


def test_a_series_that_lost_its_latest_year_and_one_with_a_gap(tmp_path: Path) -> None:
    def edit(frame: pd.DataFrame) -> pd.DataFrame:
        shorter = without(economy="CHN", series="GCF", period="2020")(frame)
        return without(economy="NLD", series="GCF", period="2010")(shorter)

    coverage = changed(tmp_path, edit).coverage.set_index("economy")
    assert coverage.loc["CHN", ["kind", "before", "after"]].tolist() == [
        "lost its latest period",
        "2020",
        "2019",
    ]
    assert coverage.loc["NLD", "kind"] == "has gaps"


def test_a_series_in_thousands_is_another_unit_and_no_revision(tmp_path: Path) -> None:
    comparison = changed(tmp_path, scaled(1e-3, series="EXP"))
    assert set(comparison.units["kind"]) == {"power of ten"}
    assert comparison.units["factor"].tolist() == pytest.approx([1e-3, 1e-3])
    assert comparison.revised.empty
    assert comparison.counts.loc[0, "unit_changed"] == 42


def test_a_doubled_series_is_a_revision_and_no_other_unit(tmp_path: Path) -> None:
    comparison = changed(tmp_path, scaled(2, series="EXP"))
    assert comparison.units.empty
    assert len(comparison.revised) == 42


def test_another_unit_text(tmp_path: Path) -> None:
    units = changed(tmp_path, lambda frame: frame.assign(unit="thousand US dollars")).units
    assert set(units["kind"]) == {"unit text"}
    assert (units["before"] == USD).all()
    assert (units["after"] == "thousand US dollars").all()


def test_a_broken_identity_shows_in_the_residual(tmp_path: Path) -> None:
    comparison = changed(tmp_path, scaled(1.5, economy="CHN", series="IMP", period="2015"))
    (row,) = comparison.residuals.to_dict(orient="records")
    assert (row["economy"], row["period"]) == ("CHN", "2015")
    assert row["before"] == pytest.approx(0, abs=1e-9)
    assert row["change"] == pytest.approx(11)


def test_a_new_year_a_thousand_times_too_large_is_outside_all_before(tmp_path: Path) -> None:
    edit = scaled(1e3, economy="NLD", series="GDP", period="2021")
    outside = changed(tmp_path, edit, last=2021).outside
    gdp = outside[outside["series"] == "GDP"]
    assert gdp["kind"].tolist() == ["yearly change, per cent"]
    assert gdp["excess"].item() > 100
    assert np.isnan(gdp["was"].item())
    assert set(outside["economy"]) == {"NLD"}


def test_publishers_are_not_mixed(tmp_path: Path) -> None:
    one = write(tmp_path, "2021", accounts())
    other = write(tmp_path, "2022", accounts(), publisher="imf-weo")
    with pytest.raises(NotComparableError, match="of different publishers"):
        compare_releases(one, other)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    old = write(tmp_path, "2021", accounts())
    new = write(tmp_path, "2022", accounts())
    (new.folder / "current-usd.parquet").write_bytes(b"not Parquet")
    with pytest.raises(schema.SchemaError, match="cannot be read"):
        compare_releases(old, new)


@pytest.mark.slow
def test_json_has_no_missing_numbers_and_is_the_same_each_time(
    this_project: Project, census: Comparison
) -> None:
    text = json.dumps(census.to_dict(), allow_nan=False)
    old, new = (releases.resolve(this_project, "unsd-ama", name) for name in ("2023", "2024"))
    assert json.dumps(compare_releases(old, new).to_dict(), allow_nan=False) == text
    shown = census.to_dict()["revised"]
    assert shown["rows"] == len(census.revised)
    # China is not among the largest of all economies, and yet in it.
    assert any(row["economy"] == "CHN" for row in shown["shown"])


@pytest.mark.slow
def test_a_release_is_compared_from_any_folder(
    tmp_path: Path, this_project: Project, census: Comparison
) -> None:
    new = releases.resolve(this_project, "unsd-ama", "2024")
    staged = shutil.copytree(new.folder, tmp_path / "unsd-ama" / "2024")
    old = releases.resolve(this_project, "unsd-ama", "2023")
    pd.testing.assert_frame_equal(
        compare_releases(old, Release.read(staged)).revised, census.revised
    )


@pytest.mark.slow
def test_the_census_raised_chinas_gdp(census: Comparison) -> None:
    china = census.revised.query("economy == 'CHN'")
    gdp = china.query("series == 'GDP' and period == '2023'").iloc[0]
    assert gdp["before"] / 1e9 == pytest.approx(17794.8, abs=0.05)
    assert gdp["after"] / 1e9 == pytest.approx(18270.4, abs=0.05)
    share = china.query("series == 'HFCE' and period == '2022'").iloc[0]
    assert share["share_before"] == pytest.approx(37.39, abs=0.005)
    assert share["share_after"] == pytest.approx(37.78, abs=0.005)
    assert share["pairs"] == 2


@pytest.mark.slow
def test_the_census_is_among_the_largest_revisions_of_large_economies(census: Comparison) -> None:
    large = census.revised.query("economy in ['CHN', 'USA', 'JPN', 'DEU', 'IND']")
    gdp = large[large["series"] == "GDP"].drop_duplicates("economy")
    assert gdp["economy"].iloc[0] == "CHN"
    assert gdp["period"].iloc[0] == "2023"
    assert gdp["sds"].iloc[0] > 5


@pytest.mark.slow
def test_constant_prices_of_another_base_year_are_another_unit(this_project: Project) -> None:
    """The World Bank went from international dollars of 2005 to those of 2021."""
    old, new = (
        releases.resolve(this_project, "worldbank-wdi", name)
        for name in ("2026-02-24", "2025-12-17")
    )
    rebased = compare_releases(new, old).units
    texts = set(zip(rebased["before"], rebased["after"], strict=True))
    assert ("constant 2005 international $", "constant 2021 international $") in texts


@pytest.mark.slow
def test_series_are_compared_with_the_newest_release_that_has_them(this_project: Project) -> None:
    old, new = (
        releases.resolve(this_project, "worldbank-wdi", name)
        for name in ("2026-04-08", "2026-05-01")
    )
    comparison = compare_releases(old, new)
    assert "2026-04-08" not in comparison.counts["old"].item()
    assert "2026-04-01" in comparison.counts["old"].item()
    assert (comparison.revised["measure"] == "points of GDP").any()


def test_customs_revise_little_in_an_ordinary_month(this_project: Project) -> None:
    old, new = (
        releases.resolve(this_project, "gacc-customs", name)
        for name in ("2024-10-07", "2024-10-19")
    )
    comparison = compare_releases(old, new)
    flows = comparison.revised.query("series in ['EXP_USD', 'IMP_USD'] and partner == 'WLD'")
    assert set(flows["measure"]) == {"per cent"}
    assert 0 < flows["size"].abs().max() < 0.5
    assert comparison.counts["revised"].sum() < 0.01 * comparison.counts["values"].sum()
    assert comparison.units.empty
