from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rebalancing.report.recorder import Recorder
from rebalancing.report.results import ResultError, Results
from rebalancing.report.text import UnitError

COMMON = {"unit": "% of GDP", "period": 2024, "release": "accounts 2024"}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path, "02_consumption")


@pytest.fixture
def record(results: Results) -> Recorder:
    return Recorder(results, "consumption", unit="% of GDP", period=2024, release="accounts 2024")


class TestOneNumber:
    def test_has_what_its_recorder_says(self, record: Recorder, results: Results) -> None:
        result = record("share.latest", 39.93, "Household consumption")
        assert result is results["consumption.share.latest"]
        assert (result.value, result.definition) == (39.93, "Household consumption")
        assert (result.unit, result.period, result.release) == ("% of GDP", "2024", "accounts 2024")
        assert f"{result}" == "39.9%"

    def test_may_have_its_own(self, record: Recorder) -> None:
        own = {"unit": "count", "period": "1970–2024", "release": "trade 2025"}
        result = record("years", 55, "Years", **own)
        assert (result.unit, result.period, result.release) == tuple(own.values())

    def test_may_have_no_subject(self, results: Results) -> None:
        assert Recorder(results)("share", 1.0, "A share", **COMMON).key == "share"

    def test_may_be_what_nobody_published(self, record: Recorder) -> None:
        assert str(record("share", None, "A share")) == "not published"

    @pytest.mark.parametrize("missing", sorted(COMMON))
    def test_without_unit_period_or_release_is_refused(
        self, results: Results, missing: str
    ) -> None:
        known = {name: words for name, words in COMMON.items() if name != missing}
        record = Recorder(results, "consumption", **known)
        said = f"consumption.share: say its {missing}, here or where its recorder is made"
        with pytest.raises(ResultError) as refused:
            record("share", 39.9, "A share")
        assert str(refused.value) == said
        assert "consumption.share" not in results
        assert record("share", 39.9, "A share", **{missing: COMMON[missing]}).value == 39.9

    def test_with_a_key_of_another_form_is_refused(self, record: Recorder) -> None:
        with pytest.raises(ResultError) as refused:
            record("share latest", 39.9, "A share")
        assert str(refused.value) == (
            "'consumption.share latest' is not a key; use lower-case words joined by dots"
        )

    def test_that_is_not_finite_is_refused(self, record: Recorder) -> None:
        with pytest.raises(UnitError, match="nan is not a finite number of '% of GDP'"):
            record("share", np.nan, "A share")

    def test_with_an_unknown_unit_is_refused(self, record: Recorder) -> None:
        with pytest.raises(UnitError, match="the unit 'furlongs' has no form in prose"):
            record("share", 1.0, "A share", unit="furlongs")


class TestUsing:
    def test_replaces_what_is_given_and_keeps_the_rest(self, record: Recorder) -> None:
        other = record.using(unit="percentage points", period="2004–2024")
        result = other("change", 1.0, "A change")
        assert (result.unit, result.period) == ("percentage points", "2004–2024")
        assert result.release == "accounts 2024"

    def test_leaves_the_recorder_that_it_was_made_from_alone(self, record: Recorder) -> None:
        record.using(unit="count", period=1990, release="other", subject="part")
        result = record("share", 39.9, "A share")
        assert (result.key, result.unit, result.period) == ("consumption.share", "% of GDP", "2024")

    def test_a_subject_follows_the_one_there_is(self, record: Recorder, results: Results) -> None:
        parts = record.using(subject="hp").using(subject="slope")
        assert parts("latest", 1.0, "A slope").key == "consumption.hp.slope.latest"
        of_none = Recorder(results, **COMMON).using(subject="hp")
        assert of_none("level", 1.0, "A level").key == "hp.level"


class TestInterval:
    def test_is_an_estimate_with_its_bounds(self, record: Recorder, results: Results) -> None:
        estimate = record.interval("slope", (0.05, -0.2, 0.3), "Slope of the trend", level=0.95)
        assert estimate is results["consumption.slope"]
        assert estimate.definition == "Slope of the trend, 95% interval"
        recorded = {key: results[f"consumption.slope{key}"].value for key in (".lower", ".upper")}
        assert recorded == {".lower": -0.2, ".upper": 0.3}

    def test_has_one_unit_period_and_release(self, record: Recorder, results: Results) -> None:
        own = {"unit": "ratio", "period": 1990, "release": "other"}
        record.interval("slope", (0.05, -0.2, 0.3), "A slope", level=0.8, **own)
        for bound in ("", ".lower", ".upper"):
            found = results[f"consumption.slope{bound}"]
            assert (found.unit, found.period, found.release) == ("ratio", "1990", "other")

    @pytest.mark.parametrize("values", [(1.0, 2.0), (1.0, 2.0, 3.0, 4.0)])
    def test_of_other_than_three_values_is_refused(
        self, record: Recorder, values: tuple[float, ...]
    ) -> None:
        with pytest.raises(ValueError, match=r"zip\(\) argument"):
            record.interval("slope", values, "A slope", level=0.8)


class TestEach:
    def test_names_every_measure(self, record: Recorder) -> None:
        made = record.each("share.2035", {"median": 41.0, "lower_80": 38.0}, "Forecast share")
        assert {name: result.key for name, result in made.items()} == {
            "median": "consumption.share.2035.median",
            "lower_80": "consumption.share.2035.lower_80",
        }
        assert made["lower_80"].definition == "Forecast share, lower 80"
        assert made["lower_80"].value == 38

    def test_may_have_measures_alone_as_keys(self, record: Recorder) -> None:
        made = record.each("", {"q.10": 1.0}, "A quantile", unit="ratio", period=1990)
        assert made["q.10"].key == "consumption.q.10"
        assert made["q.10"].definition == "A quantile, q 10"
        assert (made["q.10"].unit, made["q.10"].period) == ("ratio", "1990")
