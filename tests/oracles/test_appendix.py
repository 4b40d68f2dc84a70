from __future__ import annotations

import pandas as pd
import pytest

from rebalancing.oracles import appendix


@pytest.fixture
def comparison() -> pd.DataFrame:
    rows = [
        ("trend", "nile", "level", 1469.1, 1, 1469.18, True, "A book", "literature"),
        ("trend", "nile", "noise", 15099.0, 0, 15098.52, True, "R", "program"),
        ("trend", "nile", "sum", 2.0, 0, 2.0, True, "Arithmetic", "own"),
        ("roots", "gnp", "statistic", -5.576, 3, -5.5773, False, "A paper", "literature"),
    ]
    columns = ["area", "case", "quantity", "published", "decimals", "ours", "agrees", "source"]
    columns += ["kind"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(difference=table["ours"] - table["published"])


def test_the_summary_counts_by_area_in_units_of_the_last_decimal(comparison: pd.DataFrame) -> None:
    table = appendix.summary(comparison)
    assert table.index.tolist() == ["roots", "trend"]
    assert table["From the literature"].tolist() == [1, 1]
    assert table["From other programs"].tolist() == [0, 1]
    assert table["Agree"].tolist() == [0, 2]
    assert table["Sources"].tolist() == [1, 2]
    assert table["Largest difference"].tolist() == pytest.approx([1.3, 0.8])


def test_numbers_are_written_as_printed_and_ours_with_two_more(comparison: pd.DataFrame) -> None:
    table = appendix.area_table(comparison, "trend")
    assert table["Reference"].tolist()[:2] == ["1469.1", "15099"]
    assert table["Ours"].tolist()[:2] == ["1469.180", "15098.52"]
    assert table["Difference"].tolist()[:2] == ["0.80", "-0.48"]
    assert appendix.area_table(comparison, "roots").iloc[0].tolist() == [
        "statistic",
        "-5.576",
        "-5.57730",
        "-1.30",
        "no",
        "A paper",
    ]
