from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import held
import pytest
import yaml

from rebalancing import study as study_module
from rebalancing.accounts import FEWEST_YEARS
from rebalancing.errors import InputError, StudyError
from rebalancing.project import Project
from rebalancing.study import Study


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One project for all of these tests, which write nothing but its study.yml."""
    return held.fill(tmp_path_factory.mktemp("study") / "project")


@pytest.fixture
def own_project(shared: Project) -> Iterator[Project]:
    """The shared project, whose study.yml is put back."""
    usual = shared.study_file.read_bytes()
    yield shared
    shared.study_file.write_bytes(usual)


R2024 = {"unsd-ama": "2024"}  # so that no later release changes what is said


def refusal(project: Project, **overrides: Any) -> str:
    """Return the message with which values are refused; it is one line."""
    with pytest.raises(InputError) as caught:
        Study.load(project, overrides)
    message = str(caught.value)
    assert "\n" not in message
    assert message == message.strip()
    assert len(message) < 1000
    return message


def change(project: Project, **values: Any) -> None:
    """Change values in study.yml; None takes a field out."""
    content = yaml.safe_load(project.study_file.read_text()) | values
    kept = {key: value for key, value in content.items() if value is not None}
    project.study_file.write_text(yaml.safe_dump(kept))


class TestValues:
    def test_are_those_of_the_file_unless_replaced(self, own_project: Project) -> None:
        usual = yaml.safe_load(own_project.study_file.read_text())
        assert Study.load(own_project).parameters() == usual
        study = Study.load(own_project, {"economy": "JPN", "last_year": 2019, "seed": None})
        assert study.parameters() == usual | {"economy": "JPN", "last_year": 2019}

    @pytest.mark.parametrize("peers", ["USA,JPN", "USA, JPN", "[USA, JPN]", "['USA','JPN']"])
    def test_lists_may_be_written_with_commas(self, own_project: Project, peers: str) -> None:
        assert Study.load(own_project, {"peers": peers}).peers == ["USA", "JPN"]

    def test_releases_may_be_written_as_pairs(self, own_project: Project) -> None:
        study = Study.load(own_project, {"releases": "unsd-ama=2023, pwt=10.01"})
        assert study.releases == {"unsd-ama": "2023", "pwt": "10.01"}
        assert study.release_name("unsd-ama") == "2023"
        assert study.release_name("worldbank-wdi") == "latest"

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("option", "releases"),
        [
            ("pwt=10.01", {"unsd-ama": "2023", "pwt": "10.01"}),
            ("unsd-ama=2022", {"unsd-ama": "2022"}),
            ("unsd-ama=2023,unsd-ama=2023", {"unsd-ama": "2023"}),
            ("unsd-ama=latest", {}),
            ("unsd-ama=latest,pwt=10.01", {"pwt": "10.01"}),
            ("latest", {}),
            ("{}", {}),
            ({}, {}),
            (None, {"unsd-ama": "2023"}),
        ],
    )
    def test_releases_as_text_are_put_over_those_of_the_file(
        self, own_project: Project, option: object, releases: dict[str, str]
    ) -> None:
        change(own_project, releases={"unsd-ama": "2023"})
        study = Study.load(own_project, {"releases": option})
        assert study.parameters()["releases"] == releases
        assert study.release_name("unsd-ama") == releases.get("unsd-ama", "latest")

    def test_comparison_leaves_out_the_economy_and_repetitions(self, own_project: Project) -> None:
        study = Study.load(own_project, {"economy": "JPN", "peers": "USA,JPN,EU27,USA"})
        assert study.comparison == ["USA", "EU27"]

    def test_the_end_year_is_that_of_the_data_or_the_one_asked_for(
        self, own_project: Project
    ) -> None:
        assert Study.load(own_project).end_year(2024) == 2024
        assert Study.load(own_project, {"last_year": 2019}).end_year(2024) == 2019

    def test_cannot_be_changed(self, own_project: Project) -> None:
        study = Study.load(own_project)
        with pytest.raises(ValueError, match="frozen"):
            study.economy = "JPN"

    def test_every_field_has_a_description_for_the_page_of_parameters(self) -> None:
        for name, field in Study.model_fields.items():
            assert field.description, name
            assert field.description.endswith("."), name
            assert field.is_required(), f"{name} has a default here, but study.yml is its home"


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "suggested"),
        [("econmy", "economy"), ("last_yr", "last_year"), ("peer", "peers")],
    )
    def test_an_unknown_name(self, own_project: Project, name: str, suggested: str) -> None:
        message = refusal(own_project, **{name: "JPN"})
        assert message.startswith(f"{name}: ")
        assert f"did you mean {suggested}?" in message
        assert all(field in message for field in Study.model_fields)

    def test_an_unknown_name_like_none_of_the_fields(self, own_project: Project) -> None:
        message = refusal(own_project, zzz=1)
        assert "did you mean" not in message
        assert "economy" in message

    @pytest.mark.parametrize(
        ("name", "value", "allowed"),
        [
            ("economy", 156, "three capital letters"),
            ("economy", "china", "three capital letters"),
            ("economy", "chn", "three capital letters"),
            ("peers", "", "one to six"),
            ("peers", [], "one to six"),
            ("peers", "USA,JPN,KOR,DEU,IND,FRA,ITA", "one to six"),
            ("peers", ["usa"], "one to six"),
            ("peers", 5, "one to six"),
            ("first_year", "1970", "from 1970"),
            ("first_year", 1970.0, "whole number"),
            ("first_year", True, "whole number"),
            ("first_year", 1969, "from 1970"),
            ("last_year", "last", "'latest'"),
            ("last_year", 2019.5, "'latest'"),
            ("releases", "unsd-ama", "publisher=release"),
            ("releases", 2023, "publisher=release"),
            ("releases", "", "publisher=release"),
            ("releases", "unsd-ama=", "publisher=release"),
            ("releases", "=2023", "publisher=release"),
            ("releases", "unsd-ama=2023,unsd-ama=2024", "one release of 'unsd-ama', not two"),
            ("as_of", "٢٠٢٤-٠٧-٠١", "a day such as 2024-07-01"),
            ("as_of", "2024-02-30", "a day such as 2024-07-01"),
            ("as_of", "20240701", "a day such as 2024-07-01"),
            ("economy", "x" * 1_000_000, "three capital letters"),
            ("peers", ["x" * 1000] * 1000, "one to six"),
            ("confidence_level", 0.4999, "0.5 to 0.99"),
            ("confidence_level", 1, "0.5 to 0.99"),
            ("confidence_level", "0.8", "0.5 to 0.99"),
            ("confidence_level", float("nan"), "0.5 to 0.99"),
            ("horizon", 0, "1 to 50"),
            ("horizon", 51, "1 to 50"),
            ("intra_eu_share", -0.01, "0 to 1"),
            ("intra_eu_share", 1.01, "0 to 1"),
            ("seed", -1, "0 to 4294967295"),
            ("seed", 2**32, "0 to 4294967295"),
        ],
    )
    def test_a_value_of_the_wrong_type_or_size(
        self, own_project: Project, name: str, value: object, allowed: str
    ) -> None:
        message = refusal(own_project, **{name: value})
        assert message.startswith(f"{name}: ")
        assert allowed in message

    def test_a_day_that_is_to_come(
        self, own_project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Clock(date):
            @classmethod
            def today(cls) -> date:
                return date(2027, 3, 1)

        monkeypatch.setattr(study_module, "date", Clock)
        assert Study.load(own_project, {"as_of": "2027-03-01"}).as_of == "2027-03-01"
        message = refusal(own_project, as_of="2027-03-02")
        assert message == (
            "as_of: 2027-03-02 is still to come; use 'latest' or a day up to 2027-03-01"
        )

    def test_a_clock_that_is_slow_keeps_no_day_of_the_releases(
        self, own_project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Clock(date):
            @classmethod
            def today(cls) -> date:
                return date(2000, 1, 1)

        monkeypatch.setattr(study_module, "date", Clock)
        assert Study.load(own_project, {"as_of": "2024-07-01"}).as_of == "2024-07-01"

    def test_an_economy_that_does_not_exist_with_those_nearest(self, own_project: Project) -> None:
        message = refusal(own_project, economy="CHM")
        assert message.startswith("economy: CHM ")
        nearest = re.search(r"such as ([A-Z, ]+)", message)
        assert nearest
        for code in nearest[1].strip().split(", "):
            assert Study.load(own_project, {"economy": code}).economy == code

    @pytest.mark.parametrize("code", ["TWN", "EU27", "WLD", "XXX"])
    def test_an_economy_without_accounts(self, own_project: Project, code: str) -> None:
        message = refusal(own_project, economy=code)
        assert message.startswith(f"economy: {code} is not among ")
        assert "unsd-ama 2024" in message

    @pytest.mark.parametrize(
        ("overrides", "said"),
        [
            ({"economy": "YUG", "first_year": 1995}, "first_year: the sample would begin in 1995"),
            ({"economy": "YUG", "first_year": 1984}, "use a first_year up to 1983"),
            ({"economy": "YUG", "last_year": 1991}, "use 'latest' or a year up to 1990"),
            ({"economy": "SUN"}, "economy: SUN has no exports in"),
            ({"economy": "CSK", "last_year": 1985}, "economy: CSK has no imports in"),
            ({"economy": "PRK"}, "economy: PRK has no household consumption in"),
            ({"economy": "SSD", "last_year": 2000}, "use a last_year from 2015"),
            ({"economy": "SSD", "releases": "unsd-ama=2014"}, "it has 2008 to 2014; choose"),
        ],
    )
    def test_an_economy_that_has_too_little_in_the_sample(
        self, own_project: Project, overrides: dict[str, Any], said: str
    ) -> None:
        assert said in refusal(own_project, **overrides)

    def test_a_peer_without_accounts_but_groups_are_peers(self, own_project: Project) -> None:
        assert refusal(own_project, peers="USA,TWN").startswith("peers: TWN ")
        assert Study.load(own_project, {"peers": "EU27,WLD"}).peers == ["EU27", "WLD"]

    @pytest.mark.parametrize(
        ("overrides", "name", "ways"),
        [
            ({"last_year": 1969}, "last_year", "use a last_year from 1977"),
            ({"last_year": 1976}, "last_year", "use a last_year from 1977"),
            ({"first_year": 2018, "releases": R2024}, "first_year", "use a first_year up to 2017"),
            ({"first_year": 2030, "releases": R2024}, "first_year", "use a first_year up to 2017"),
            (
                {"first_year": 2000, "last_year": 2004},
                "first_year",
                "use a first_year up to 1997 or a last_year from 2007",
            ),
            (
                {
                    "economy": "SSD",
                    "first_year": 2012,
                    "last_year": 2013,
                    "releases": "unsd-ama=2017",
                },
                "last_year",
                "use a first_year up to 2008 and a last_year from 2015",
            ),
            ({"as_of": "2016-01-01", "first_year": 2010}, "first_year", "up to 2007"),
        ],
    )
    def test_a_sample_of_too_few_years_names_those_that_work(
        self, own_project: Project, overrides: dict[str, Any], name: str, ways: str
    ) -> None:
        message = refusal(own_project, **overrides)
        assert message.startswith(f"{name}: ")
        assert message.endswith(ways)

    @pytest.mark.parametrize(
        "overrides", [{"last_year": 1977}, {"first_year": 2017, "releases": R2024}]
    )
    def test_a_sample_of_just_enough_years_is_none(
        self, own_project: Project, overrides: dict[str, Any]
    ) -> None:
        study = Study.load(own_project, overrides)
        assert FEWEST_YEARS == 8
        assert study.end_year(2024) - study.first_year == 7

    def test_a_last_year_beyond_the_data(self, own_project: Project) -> None:
        message = refusal(own_project, last_year=2025, releases=R2024)
        assert message.startswith("last_year: 2025 ")
        assert "up to 2024" in message
        assert "up to 2020" in refusal(own_project, last_year=2024, releases={"unsd-ama": "2020"})

    def test_peers_of_whom_none_is_left(self, own_project: Project) -> None:
        message = refusal(own_project, economy="JPN", peers="JPN,JPN")
        assert message.startswith("peers: none is left beside JPN itself")

    def test_the_latest_release_of_nobody(self, own_project: Project) -> None:
        assert "did you mean unsd-ama?" in refusal(own_project, releases="unsd=latest")

    def test_an_unknown_release_and_an_unknown_publisher(self, own_project: Project) -> None:
        message = refusal(own_project, releases={"unsd-ama": "2021"})
        assert "2021" in message
        assert "latest" in message
        assert "2023" in message
        message = refusal(own_project, releases={"unsd": "2023"})
        assert "did you mean unsd-ama?" in message

    def test_a_release_without_current_prices(self, own_project: Project) -> None:
        message = refusal(own_project, releases={"unsd-ama": "2019"})
        assert message.startswith("releases: unsd-ama 2019 has no table at current prices")
        listed = message.partition("use latest, ")[2].split(", ")
        assert "2019" not in listed
        for name in listed:
            assert Study.load(own_project, {"releases": {"unsd-ama": name}})


class TestEndedEconomy:
    @pytest.mark.slow
    @pytest.mark.parametrize(("code", "last"), [("YUG", 1990), ("ANT", 2012), ("SDF", 2010)])
    def test_ends_the_sample(self, own_project: Project, code: str, last: int) -> None:
        study = Study.load(own_project, {"economy": code, "releases": R2024})
        assert study.last_year == last
        assert f"last_year-{last}" in study.edition(own_project)
        assert Study.load(own_project, study.parameters()) == study
        assert study.remarks(own_project) == [
            f"the accounts of {code} end in {last}, and so does the sample"
        ]

    @pytest.mark.slow
    def test_as_a_peer_is_left_out_with_a_remark_where_it_has_no_figures(
        self, own_project: Project
    ) -> None:
        overrides = {"peers": "SUN,USA,SSD,EU27", "first_year": 1995, "last_year": 2005}
        assert Study.load(own_project, overrides).remarks(own_project) == [
            "the peer SUN is left out: it has no figures from 1995 to 2005; it has 1970 to 1990",
            "the peer SSD is left out: it has no figures from 1995 to 2005; it has 2008 to 2024",
        ]
        assert Study.load(own_project, {"peers": "SUN,USA"}).remarks(own_project) == []


class TestFile:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("economy: [CHN", "not valid YAML"),
            ("economy: CHN\n\tpeers: x", "not valid YAML"),
            ("- CHN\n- JPN\n", "`name: value`"),
            ("", "`name: value`"),
            ("economy: CHN\n", "peers is missing"),
            ("economy: CHN\neconomy: JPN\n", "line 2, column 1: the key 'economy' stands twice"),
            ("as_of: 2024-02-30\n", "line 1, column 8: 2024-02-30 is not a day that exists"),
            ("economy: NO\n", "line 1, column 10: NO is a truth value"),
            ("economy: &a [CHN]\npeers: *a\n", "anchors and aliases are not allowed"),
        ],
    )
    def test_that_is_broken_is_named(self, own_project: Project, text: str, said: str) -> None:
        own_project.study_file.write_text(text)
        message = refusal(own_project)
        assert message.startswith("study.yml: ")
        assert said in message

    def test_that_is_not_text_is_named(self, own_project: Project) -> None:
        own_project.study_file.write_bytes(b"\xff\xfe\x00")
        assert refusal(own_project).startswith("study.yml: ")

    @pytest.mark.parametrize("field", sorted(Study.model_fields))
    def test_must_hold_every_field(self, own_project: Project, field: str) -> None:
        change(own_project, **{field: None})
        assert refusal(own_project) == f"study.yml: {field} is missing; give it a value"

    def test_with_an_unknown_field_is_refused(self, own_project: Project) -> None:
        change(own_project, horizn=5)
        assert "did you mean horizon?" in refusal(own_project)
        change(own_project, horizn=None, **{"x" * 100_000: 5})
        assert "xxx…: unknown parameter" in refusal(own_project)

    def test_with_a_release_as_a_number_says_to_quote_it(self, own_project: Project) -> None:
        change(own_project, releases={"unsd-ama": 2023})
        assert '{unsd-ama: "2023"}' in refusal(own_project)

    def test_is_refused_even_where_the_command_line_would_replace_the_value(
        self, own_project: Project
    ) -> None:
        change(own_project, economy=3)
        assert refusal(own_project, economy="JPN").startswith("study.yml: economy: 3 ")


class TestEdition:
    @pytest.mark.parametrize(
        ("overrides", "name"),
        [
            ({}, "CHN"),
            ({"economy": "CHN", "first_year": 1970}, "CHN"),
            ({"economy": "JPN"}, "JPN"),
            ({"economy": "JPN", "last_year": 2019}, "JPN-last_year-2019"),
            ({"peers": "USA,EU27"}, "CHN-peers-USA+EU27"),
            ({"confidence_level": 0.9}, "CHN-confidence_level-0.9"),
            ({"releases": "unsd-ama=2023"}, "CHN-releases-unsd-ama-2023"),
            ({"releases": "unsd-ama=latest"}, "CHN"),
        ],
    )
    def test_is_named_by_what_differs(
        self, own_project: Project, overrides: dict[str, Any], name: str
    ) -> None:
        assert Study.load(own_project, overrides).edition(own_project) == name

    def test_with_a_long_name_is_shortened_but_stays_its_own(self, own_project: Project) -> None:
        many = {"first_year": 1980, "last_year": 2020, "seed": 1, "confidence_level": 0.95}
        names = {
            Study.load(own_project, {**many, "horizon": n, "peers": "USA,JPN,KOR"}).edition(
                own_project
            )
            for n in (1, 2, 3)
        }
        assert len(names) == 3
        assert all(re.fullmatch(r"CHN-[0-9a-f]{10}", name) for name in names)

    def test_does_not_depend_on_how_the_file_is_written(self, own_project: Project) -> None:
        change(own_project, peers="USA,JPN", intra_eu_share=1, confidence_level=0.75)
        assert Study.load(own_project).edition(own_project) == "CHN"
        assert Study.load(own_project, {"peers": ["USA", "JPN"]}).edition(own_project) == "CHN"

    def test_without_the_releases_of_the_file(self, own_project: Project) -> None:
        change(own_project, releases={"unsd-ama": "2023", "pwt": "latest"})
        assert Study.load(own_project).edition(own_project) == "CHN"
        study = Study.load(own_project, {"releases": "latest"})
        assert study.edition(own_project) == "CHN-releases-latest"

    def test_of_changed_file_is_again_the_plain_one(self, own_project: Project) -> None:
        change(own_project, last_year=2019)
        assert Study.load(own_project).edition(own_project) == "CHN"
        assert Study.load(own_project, {"last_year": "latest"}).edition(own_project) == (
            "CHN-last_year-latest"
        )


def test_nothing_is_written(own_project: Project) -> None:
    def every_file() -> set[Path]:
        return set(own_project.root.rglob("*"))

    before = every_file()
    with pytest.raises(StudyError):
        Study.load(own_project, {"economy": "TWN"})
    Study.load(own_project)
    assert every_file() == before
