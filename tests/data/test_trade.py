from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rebalancing.data.views import trade
from rebalancing.data.views.trade import MANUFACTURES_PERCENT, MERCHANDISE


def rows(*entries: tuple[str, str, int, float], release: str = "2025-12-17") -> pd.DataFrame:
    frame = pd.DataFrame(entries, columns=["economy", "series", "year", "value"])
    return frame.assign(release=release, unit="")


class TestExports:
    def test_manufactures_are_their_share_of_merchandise_in_billions(self) -> None:
        table = trade.exports(
            rows(("CHN", MERCHANDISE, 2023, 3.38e12), ("CHN", MANUFACTURES_PERCENT, 2023, 92.5))
        )
        (row,) = table.to_dict("records")
        assert row["merchandise_usd_bn"] == pytest.approx(3380)
        assert row["manufactures_usd_bn"] == pytest.approx(3380 * 0.925)

    def test_without_the_share_manufactures_are_missing_and_not_zero(self) -> None:
        table = trade.exports(rows(("CHN", MERCHANDISE, 2023, 1e9)))
        assert table["merchandise_usd_bn"].tolist() == [1.0]
        assert table["manufactures_usd_bn"].isna().all()

    def test_a_share_without_merchandise_is_no_row(self) -> None:
        assert trade.exports(rows(("CHN", MANUFACTURES_PERCENT, 2023, 90.0))).empty

    def test_is_sorted_and_takes_no_other_series(self) -> None:
        table = trade.exports(
            rows(
                ("USA", MERCHANDISE, 2023, 2e9),
                ("CHN", MERCHANDISE, 2023, 3e9),
                ("CHN", MERCHANDISE, 2022, 4e9),
                ("ABW", "NY.GDP.MKTP.CD", 2022, 5e9),
            )
        )
        keys = list(zip(table["economy"], table["year"], strict=True))
        assert keys == [("CHN", 2022), ("CHN", 2023), ("USA", 2023)]
        assert list(table.columns) == [
            "economy", "year", "merchandise_usd_bn", "manufactures_usd_bn",
        ]  # fmt: skip

    def test_several_releases_at_once_are_an_error_and_no_mean(self) -> None:
        entry = ("CHN", MERCHANDISE, 2023, 1e9)
        with pytest.raises(ValueError, match="duplicate"):
            trade.exports(pd.concat([rows(entry), rows(entry, release="2024-05-08")]))


class TestGroupTotal:
    TABLE = pd.DataFrame(
        [
            ("DEU", 2000, 1.0), ("FRA", 2000, 2.0), ("USA", 2000, 100.0),
            ("DEU", 2001, 3.0),
            ("DEU", 2002, 4.0), ("FRA", 2002, np.nan),
            ("DEU", 2003, 5.0), ("FRA", 2003, 6.0),
        ],
        columns=["economy", "year", "x"],
    )  # fmt: skip

    def test_is_the_sum_of_the_members_alone_in_years_that_have_all(self) -> None:
        total = trade.group_total(self.TABLE, ["DEU", "FRA"], "x")
        assert total.to_dict() == {2000: 3.0, 2003: 11.0}
        assert total.name == "x"

    def test_a_member_without_any_value_leaves_no_total(self) -> None:
        assert trade.group_total(self.TABLE, ["DEU", "FRA", "ITA"], "x").empty


class TestOfOneRelease:
    def frame(self, economy: str, world: str | None) -> pd.DataFrame:
        parts = [
            rows(("CHN", "x", 2023, 1.0), ("CHN", "x", 2022, 1.0), release=economy),
            rows(("USA", "x", 2023, 2.0), release="2020-01-01"),
        ]
        if world:
            parts.append(rows(("WLD", "x", 2023, 9.0), release=world))
        return pd.concat(parts, ignore_index=True)

    def test_has_the_economy_and_the_world_of_the_same_release(self) -> None:
        chosen = trade.of_one_release(self.frame("2024", "2024"), "CHN")
        assert chosen["economy"].tolist() == ["CHN", "CHN", "WLD"]

    @pytest.mark.parametrize(
        ("economy", "world"), [("2024", "2023"), ("2023", "2024"), ("2024", None)]
    )
    def test_is_empty_where_they_do_not_belong_together(
        self, economy: str, world: str | None
    ) -> None:
        chosen = trade.of_one_release(self.frame(economy, world), "CHN")
        assert chosen.empty
        assert list(chosen.columns) == list(self.frame("2024", None).columns)

    def test_is_empty_for_an_economy_without_rows(self) -> None:
        assert trade.of_one_release(self.frame("2024", "2024"), "JPN").empty


class TestTwoReports:
    MIRROR = pd.DataFrame(
        [
            ("HKG", "EXP_MIRROR", 2024, 50.0), ("HKG", "IMP_MIRROR", 2024, 9.0),
            ("HKG", "EXP_MIRROR", 2023, 1.0), ("USA", "EXP_MIRROR", 2024, 120.0),
            ("FRA", "EXP_MIRROR", 2024, 3.0),
        ],
        columns=["partner", "series", "year", "usd_bn"],
    )  # fmt: skip

    OWN = pd.DataFrame(
        {"USA": [90.0, 100.0, 110.0], "HKG": 100.0, "IND": 7.0, "WLD": [500.0, 600.0, 700.0]},
        index=[2023, 2024, 2025],
    )

    def test_are_of_the_last_year_of_both_and_of_partners_with_both(self) -> None:
        world = pd.DataFrame([("WLD", "EXP_MIRROR", 2024, 800.0)], columns=self.MIRROR.columns)
        found = trade.two_reports(self.OWN, pd.concat([self.MIRROR, world]), {})
        year, table = found.year, found.table
        assert year == 2024
        assert table["ratio"].to_dict() == {"HKG": 0.5, "USA": 1.2}
        assert table["partner_usd_bn"].to_dict() == {"HKG": 50.0, "USA": 120.0}

    def test_count_whole_years_only(self) -> None:
        own = self.OWN.assign(WLD=[500.0, None, None])
        assert trade.two_reports(own, self.MIRROR, {}).year == 2023

    def test_are_none_without_a_common_year(self) -> None:
        found = trade.two_reports(self.OWN.loc[[2025]], self.MIRROR, {})
        assert found.year is None
        assert found.table.empty
        assert trade.two_reports(self.OWN, self.MIRROR.iloc[:0], {}).year is None

    def test_are_a_series_and_not_one_year(self) -> None:
        found = trade.two_reports(self.OWN, self.MIRROR, {})
        assert found.ratios["HKG"].to_dict() == {2023: 0.01, 2024: 0.5}
        assert found.bought.loc[2024, "FRA"] == 3.0

    def test_a_group_reports_what_all_of_its_members_report(self) -> None:
        own = self.OWN.assign(XY=100.0)
        found = trade.two_reports(own, self.MIRROR, {"XY": ["FRA", "USA"]})
        assert found.ratios["XY"].dropna().to_dict() == {2024: 1.23}
        assert found.table.loc["XY", "partner_usd_bn"] == 123.0
        lacking = trade.two_reports(own, self.MIRROR, {"XY": ["FRA", "USA", "DEU"]})
        assert "XY" not in lacking.table.index
