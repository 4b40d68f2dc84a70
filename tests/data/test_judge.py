import dataclasses
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from rebalancing.data import releases
from rebalancing.data.compare import judge
from rebalancing.data.compare import page as compare_page
from rebalancing.data.compare.comparison import Comparison, compare_releases
from rebalancing.data.compare.judge import Thresholds, ThresholdsError
from rebalancing.project import Project

from .test_compare import accounts, changed, scaled, without, write


@pytest.fixture(scope="module")
def thresholds(this_project: Project) -> Thresholds:
    return judge.read_thresholds(this_project)


def between(project: Project, publisher: str, old: str, new: str) -> Comparison:
    first, second = (releases.resolve(project, publisher, name) for name in (old, new))
    return compare_releases(first, second)


def content(project: Project) -> dict:
    return yaml.safe_load((project.root / "data" / "thresholds.yml").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_nothing_changed(tmp_path: Path, thresholds: Thresholds) -> None:
    judged = judge.judge(changed(tmp_path, lambda frame: frame), thresholds)
    assert (judged.severity, judged.stops, judged.reasons) == ("none", False, ())
    assert "Nothing changed." in judged.text


def test_a_new_year_is_small(tmp_path: Path, thresholds: Thresholds) -> None:
    judged = judge.judge(changed(tmp_path, lambda frame: frame, last=2021), thresholds)
    assert (judged.severity, judged.reasons) == ("small", ())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("factor", "severity"), [(1.01, "small"), (1.02, "notable"), (2.5, "severe")]
)
def test_points_of_gdp_of_a_watched_economy(
    tmp_path: Path, thresholds: Thresholds, factor: float, severity: str
) -> None:
    edit = scaled(factor, economy="CHN", series="HFCE", period="2010")
    assert judge.judge(changed(tmp_path, edit), thresholds).severity == severity


@pytest.mark.slow
def test_another_economy_is_not_judged_by_one_revision(
    tmp_path: Path, thresholds: Thresholds
) -> None:
    edit = scaled(1.06, economy="NLD", series="HFCE", period="2010")
    assert judge.judge(changed(tmp_path, edit), thresholds).severity == "small"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (scaled(1e3, series="EXP"), "have another unit"),
        (without(series="EXP"), "1 series gone: Title of EXP (severe from 1)"),
        (without(economy="NLD"), "50% of the economies are gone: Netherlands"),
        (without(economy="CHN", series="GCF", period="2020"), "China, Title of GCF"),
        (scaled(1.5, economy="CHN", series="IMP"), "an accounting residual"),
    ],
)
def test_what_stops(tmp_path: Path, thresholds: Thresholds, edit, said: str) -> None:
    judged = judge.judge(changed(tmp_path, edit), thresholds)
    assert judged.stops
    assert any(said in reason for reason in judged.reasons)
    assert said in judged.text


def test_a_unit_error_in_the_newest_year_alone_stops(
    tmp_path: Path, thresholds: Thresholds
) -> None:
    edit = scaled(1e3, economy="CHN", series="GDP", period="2021")
    judged = judge.judge(changed(tmp_path, edit, last=2021), thresholds)
    assert judged.stops
    assert any("widths outside" in reason for reason in judged.reasons)


@pytest.mark.slow
def test_unusual_revisions_are_judged_by_past_ones(tmp_path: Path, thresholds: Thresholds) -> None:
    def moved(frame: pd.DataFrame, points: float) -> pd.DataFrame:
        gdp = frame.groupby(["economy", "period"])["value"].transform("max")
        step = np.where(frame["series"] == "HFCE", points / 100 * gdp, 0)
        return frame.assign(value=frame["value"] + step)

    write(tmp_path, "2020", accounts())
    old = write(tmp_path, "2021", moved(accounts(), 0.02))
    usual = write(tmp_path / "a", "2022", moved(accounts(), 0.04))
    unusual = write(tmp_path / "b", "2022", moved(accounts(), 0.42))
    assert judge.judge(compare_releases(old, usual), thresholds).severity == "small"
    judged = judge.judge(compare_releases(old, unusual), thresholds)
    assert judged.reasons == (
        "100% of the revisions of watched economies are of at least 5 robust standard deviations "
        "of past revisions (severe from 50)",
    )


@pytest.mark.slow
def test_the_census_stops_the_refresh(this_project: Project, thresholds: Thresholds) -> None:
    judged = judge.judge(between(this_project, "unsd-ama", "2023", "2024"), thresholds)
    assert judged.stops
    lines = judged.text.splitlines()
    (china,) = [
        line
        for line, below in pairwise(lines)
        if line.split()[:2] == ["China", "2023"] and below.split()[:2] == ["Gross", "Domestic"]
    ]
    assert "17,794.8 bn" in china
    assert "18,270.4 bn" in china
    assert "+2.67%" in china


@pytest.mark.slow
@pytest.mark.parametrize(
    ("publisher", "old", "new", "severity"),
    [
        ("gacc-customs", "2024-10-07", "2024-10-19", "small"),
        ("gacc-customs", "2024-10-19", "2024-11-19", "small"),
        ("nbs", "2024-10-07", "2024-10-19", "small"),
        ("imf-weo", "2024-04", "2024-10", "notable"),
        ("imf-weo", "2019-10", "2020-04", "severe"),
    ],
)
def test_ordinary_releases_pass_and_shortened_ones_do_not(
    this_project: Project,
    thresholds: Thresholds,
    publisher: str,
    old: str,
    new: str,
    severity: str,
) -> None:
    judged = judge.judge(between(this_project, publisher, old, new), thresholds)
    assert judged.severity == severity


def test_the_dictionary_holds_every_reading(tmp_path: Path, thresholds: Thresholds) -> None:
    result = judge.judge(changed(tmp_path, without(series="EXP")), thresholds).to_dict()
    assert result["stops"] is True
    assert result["readings"]["series_removed"] == 1
    bands = {name for name, value in thresholds if isinstance(value, judge.Band)}
    assert set(result["readings"]) == bands


@pytest.mark.slow
def test_a_publishers_own_thresholds(tmp_path: Path, this_project: Project) -> None:
    own = {"watched_points": {"notable": 0.1, "severe": 0.3}}
    strict = Thresholds.model_validate(content(this_project) | {"publishers": {"unsd-ama": own}})
    judged = judge.judge(changed(tmp_path, scaled(1.01, economy="CHN", series="HFCE")), strict)
    assert judged.severity == "severe"
    assert strict.of("imf-weo") is strict
    assert strict.of("unsd-ama").watched_residual == strict.watched_residual


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"watched_points": {"notable": 3, "severe": 2}}, "severe must not be below notable"),
        ({"watched_pionts": {"notable": 1, "severe": 2}}, "watched_pionts"),
        ({"watched": []}, "watched"),
        ({"publishers": {"imf-weo": {"watched_pionts": 1}}}, "watched_pionts"),
        ({"values_revised": {"notable": "many", "severe": 2}}, "values_revised.notable"),
    ],
)
def test_a_mistake_in_the_file_is_named(
    empty_project: Project, this_project: Project, change: dict, said: str
) -> None:
    path = empty_project.root / "data" / "thresholds.yml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(content(this_project) | change), encoding="utf-8")
    with pytest.raises(ThresholdsError, match=said) as caught:
        judge.read_thresholds(empty_project)
    assert "data/thresholds.yml" in str(caught.value)


def test_a_missing_file_and_one_that_is_not_yaml(empty_project: Project) -> None:
    with pytest.raises(ThresholdsError, match=r"git checkout data/thresholds\.yml"):
        judge.read_thresholds(empty_project)
    path = empty_project.root / "data" / "thresholds.yml"
    path.parent.mkdir()
    path.write_text("watched: [", encoding="utf-8")
    with pytest.raises(ThresholdsError, match="is not YAML"):
        judge.read_thresholds(empty_project)


def test_every_threshold_has_a_comment(this_project: Project) -> None:
    lines = judge.file(this_project).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if ":" in line and line[0].isalpha() and not lines[number - 1].startswith("#"):
            # The second of a pair that one comment explains.
            assert lines[number - 2].startswith("#"), line


@pytest.mark.slow
def test_the_page_stands_alone_and_escapes(tmp_path: Path, thresholds: Thresholds) -> None:
    comparison = changed(tmp_path, scaled(1.1, economy="CHN", series="HFCE"))
    hostile = '<script src="http://example.org/x.js">&'
    comparison = dataclasses.replace(comparison, titles={"HFCE": hostile}, title=hostile)
    page = compare_page.comparison_page(comparison, judge.judge(comparison, thresholds), thresholds)
    assert "<script" not in page
    assert "&lt;script src=" in page
    for asset in ("<link", "<img", "@import", "url(", 'href="'):
        assert asset not in page
    assert "prefers-color-scheme: dark" in page
    assert '<html lang="en-GB">' in page


@pytest.mark.slow
def test_text_and_page_are_the_same_each_time(
    this_project: Project, thresholds: Thresholds
) -> None:
    pages = set()
    for _ in range(2):
        comparison = between(this_project, "gacc-customs", "2024-12-20", "2025-03-20")
        judged = judge.judge(comparison, thresholds)
        pages.add((judged.text, compare_page.comparison_page(comparison, judged, thresholds)))
    assert len(pages) == 1
