import pytest

from rebalancing.data.fetch import services
from rebalancing.data.fetch.services import SERVICES, UnknownServiceError
from rebalancing.data.imports.publishers import PUBLISHERS
from rebalancing.data.releases import publishers, releases
from rebalancing.project import Project


def ids(*names: str) -> list[str]:
    return [service.publisher.id for service in services.chosen(names)]


def test_all_by_default() -> None:
    assert ids() == [
        *("worldbank-wdi", "unsd-ama", "bis-reer", "imf-weo", "comtrade"),
        *("nbs", "nbs-monthly", "china-levels", "nbs-survey", "imf-imts", "oecd-qna"),
    ]


def test_either_name_and_none_twice() -> None:
    assert ids("imf", "bis-reer", "IMF", "imf-weo") == ["imf-weo", "bis-reer"]


def test_every_publisher_is_fetched_or_imported_by_hand() -> None:
    imported = {publisher.id for publisher in PUBLISHERS}
    assert {*ids(), *services.by_hand()} == imported | {"imf-imts", "oecd-qna"}
    assert not {"imf-imts", "oecd-qna"} & imported


def test_a_publisher_without_an_interface_says_how_its_figures_come() -> None:
    with pytest.raises(
        UnknownServiceError, match=r"nbs-io has no open .* import FOLDER brings .* bis"
    ):
        services.chosen(["nbs-io"])


def test_an_unknown_publisher() -> None:
    with pytest.raises(
        UnknownServiceError, match=r"eurostat is not a publisher\. Can be fetched: world"
    ):
        services.chosen(["eurostat"])


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_services_are_asked_over_a_secure_connection(service: services.Service) -> None:
    assert service.address.startswith("https://")
    assert not service.address.endswith("/")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_series_asked_for_are_those_that_releases_hold(
    service: services.Service, this_project: Project
) -> None:
    from rebalancing.data.fetch import bis, comtrade, imf, unsd, worldbank

    if service.host == "NBS":
        pytest.skip("asks for a part of the series: tests/faults/test_bureau.py")
    if service.publisher.id not in publishers(this_project):
        pytest.skip("no release is held")
    asked = {
        "WORLDBANK": {*worldbank.SERIES, "NE.CON.PETC.ZS"} - {*worldbank.OF_CHINA_ALONE},
        "UNSD": set(unsd.TITLES),
        "BIS": set(bis.TITLES),
        "IMF": set(imf.SERIES),
        "COMTRADE": set(comtrade.TITLES),
    }[service.name]
    held = {
        entry["code"]
        for release in releases(this_project, service.publisher.id)
        for name, resource in release.resources.items()
        if name != "countries"
        for entry in resource["series"]
    }
    assert asked == held


def test_units_and_titles_are_those_of_earlier_outlooks(this_project: Project) -> None:
    from rebalancing.data.fetch import imf

    resource = releases(this_project, "imf-weo")[-1].resources["weo"]
    held = {entry["code"]: (entry["title"], entry["unit"]) for entry in resource["series"]}
    assert {code: entry[:2] for code, entry in imf.SERIES.items()} == held


def test_units_and_titles_are_those_of_earlier_trade_figures(this_project: Project) -> None:
    from rebalancing.data.fetch import comtrade

    resource = releases(this_project, "comtrade")[0].resources["trade"]
    held = {entry["code"]: (entry["title"], entry["unit"]) for entry in resource["series"]}
    assert {code: (title, comtrade.UNIT) for code, title in comtrade.TITLES.items()} == held
    assert {entry["first"] for entry in resource["series"]} == {str(comtrade.FIRST_YEAR)}


def test_every_partner_in_trade_has_one_number(this_project: Project) -> None:
    from rebalancing.data.fetch import comtrade

    resource = releases(this_project, "comtrade")[0].resources["trade"]
    known = list(comtrade.numbers().values())
    assert len(known) == len(set(known))
    assert {*resource["partners"]} - {"WLD"} <= {*known}
    numbers = {code: number for number, code in comtrade.numbers().items()}
    wanted = {"CHN": 156, "USA": 842, "FRA": 251, "IND": 699, "NOR": 579, "CHE": 757, "TWN": 490}
    assert {code: numbers[code] for code in wanted} == wanted
    assert not {840, 250, 356, 578, 756} & comtrade.numbers().keys()


def test_the_names_of_world_bank_series_hold_their_units(this_project: Project) -> None:
    from rebalancing.data.fetch import worldbank

    for release in releases(this_project, "worldbank-wdi")[1:]:  # in 2013 names were others
        for entry in release.resources.get("all-economies", {"series": []})["series"]:
            assert worldbank.unit_in(entry["title"]) == entry["unit"]


def test_every_economy_of_the_accounts_has_a_number(this_project: Project) -> None:
    import pandas as pd

    from rebalancing.data.fetch import unsd

    listed = pd.read_csv(unsd.CODES)
    assert listed["m49"].is_unique
    held = {
        code
        for release in releases(this_project, "unsd-ama")
        for resource in release.resources.values()
        for code in resource["economies"]
    }
    assert set(listed["economy"]) == held
    numbers = listed.set_index("economy")["m49"]
    assert numbers[["CHN", "USA", "XKX", "SUN", "TZA"]].tolist() == [156, 840, 412, 810, 835]
