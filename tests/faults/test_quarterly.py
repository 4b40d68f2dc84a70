"""Trade by partner and the OECD's accounts: what answers become, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from rebalancing.data import releases
from rebalancing.data.fetch import imts, oecd
from rebalancing.data.releases import verify
from rebalancing.data.tables import economies
from rebalancing.project import Project

from .conftest import Start
from .misbehaviour import Faulty, edited, fails
from .small import quarterly_accounts, trade
from .standins import Reply, Request


def test_all_codes_are_known() -> None:
    partners = {imts.CHINA, imts.WORLD, *imts.REPORTERS, *imts.SILENT}
    assert partners | set(oecd.ECONOMIES) <= economies.codes()
    assert len(partners) == 3 + len(imts.REPORTERS)


@pytest.mark.slow
def test_trade_is_held_from_both_sides(start: Start, project: Project) -> None:
    refresher = start("IMTS", trade(), first=False)
    assert refresher().state == "new"
    own, *mirrored = [asked.path.rsplit("/", 1)[-1] for asked in refresher.standin.asked]
    assert own.startswith("CHN.XG_FOB_USD+MG_CIF_USD.G001+USA+JPN+")
    assert mirrored[0] == "USA.XG_FOB_USD+MG_CIF_USD.CHN.M"
    assert len(mirrored) == len(imts.REPORTERS)
    release = releases.resolve(project, "imf-imts")
    assert release.descriptor["notes"][-1] == "No report of trade with China: ARE."
    frame = releases.load(project, "imf-imts", "trade").set_index(
        ["economy", "partner", "series", "period"]
    )["value"]
    served = trade().figures.set_index(["economy", "partner", "series", "period"])["value"]
    pd.testing.assert_series_equal(frame.sort_index(), served.sort_index())
    assert ("CHN", "TWN", "EXP_USD", "2026-05") in frame.index
    assert ("ARE", "CHN", "EXP_USD", "2026-05") not in frame.index
    assert verify.verify(project) == []


@pytest.mark.slow
def test_early_months_and_blanks_are_left_out(start: Start, project: Project) -> None:
    service = trade()
    early = service.figures.head(2).assign(period=["1999-12", "2000-01"], value=[1.0, 2.0])
    blank = service.figures.head(1).assign(period="2000-02", value=float("nan"))
    service.figures = pd.concat([service.figures, early, blank])
    start("IMTS", service)
    assert releases.load(project, "imf-imts", "trade")["period"].min() == "2000-01"
    assert "2000-02" not in set(releases.load(project, "imf-imts", "trade")["period"])


@pytest.mark.slow
def test_growth_and_expenditure_of_the_oecd(start: Start, project: Project) -> None:
    refresher = start("OECD", quarterly_accounts(), first=False)
    assert refresher().state == "new"
    keys = [asked.path.rsplit("/", 1)[-1] for asked in refresher.standin.asked]
    assert keys[0] == "Q.Y.CHN.S1.S1.B1GQ._Z._Z._Z.PC.L.GY+G1.T0102"
    assert keys[len(oecd.ECONOMIES)] == "Q.Y.USA.........."
    assert len(keys[-1].split(".")) == 13
    release = releases.resolve(project, "oecd-qna")
    assert release.resources["growth"]["economies"] == sorted(oecd.ECONOMIES)
    assert "CHN" not in release.resources["expenditure"]["economies"]
    served = quarterly_accounts().figures
    for name in ("growth", "expenditure"):
        frame = releases.load(project, "oecd-qna", name)
        assert frame["unit"].unique().tolist() == [oecd.UNITS[name]]
        key = ["economy", "series", "period"]
        own = served[served["series"].isin(frame["series"])].set_index(key)["value"]
        pd.testing.assert_series_equal(frame.set_index(key)["value"].sort_index(), own.sort_index())
    assert verify.verify(project) == []


@pytest.mark.slow
def test_parts_that_are_not_offered_are_named(start: Start, project: Project) -> None:
    service = quarterly_accounts()
    lacking = (service.figures["economy"] == "IND") & (service.figures["series"] == "GCF")
    service.figures = service.figures[~lacking]
    start("OECD", service)
    notes = releases.resolve(project, "oecd-qna").descriptor["notes"]
    assert notes[-1] == "Not offered at current prices: IND GCF."


TRADE_IN_ANOTHER_FORM = [
    (lambda body: body.replace(b"OBS_VALUE", b"VALUE"), "no column OBS_VALUE"),
    (lambda body: body.replace(b",CHN,", b",CHE,"), "it sends CHE M"),
    (lambda body: body.replace(b",USA,M,", b",LUX,M,"), "sends XG_FOB_USD with LUX"),
    (lambda body: body.replace(b"XG_FOB", b"TBG_FOB"), "it sends TBG_FOB_USD with"),
    (lambda body: body.replace(b"-M05", b"-Q2"), "has the month '2025-Q2'"),
    (lambda body: body.replace(b"-M05", b"-M04"), "2025-04 more than once"),
    (lambda body: body.splitlines(True)[0], "has no report of China"),
    (lambda body: re.sub(rb"(2025-M05),[0-9.]+", rb"\1,many", body), "is 'many', not a number"),
    (lambda body: re.sub(rb"(2025-M05),", rb"\1,-", body), "below zero"),
]
ACCOUNTS_IN_ANOTHER_FORM = [
    (lambda body: body.replace(b"PRICE_BASE", b"BASE"), "no column PRICE_BASE"),
    (lambda body: body.replace(b",CHN,", b",CHE,"), "it sends REF_AREA CHE"),
    (lambda body: body.replace(b"Q,Y,", b"Q,N,"), "it sends ADJUSTMENT N"),
    (lambda body: body.replace(b",GY,", b",G3,"), "it sends TRANSFORMATION G3"),
    (lambda body: body.replace(b",PC,", b",PT,"), "it sends UNIT_MEASURE PT"),
    (lambda body: body.replace(b",6,A", b",9,A"), "GDP of USA is in 10^9, not"),
    (lambda body: body.replace(b"N111G", b"N11G"), "is in it more than once"),
    (lambda body: body.replace(b"2024-Q1", b"2024-01"), "2024-01: that is no quarter"),
    (lambda body: body.splitlines(True)[0], "has no growth of China"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "change", "said"),
    [
        *(("IMTS", *case) for case in TRADE_IN_ANOTHER_FORM),
        *(("OECD", *case) for case in ACCOUNTS_IN_ANOTHER_FORM),
    ],
)
def test_an_answer_in_another_form(
    faulty: Faulty, service: str, change: Callable[[bytes], bytes], said: str
) -> None:
    fails(faulty(service, edited(change)), said, "nothing was stored")


@pytest.mark.slow
def test_the_funds_key_goes_with_trade_by_partner(start: Start) -> None:
    refresher = start("IMTS", trade(), first=False)
    refresher.environ = {"REBALANCING_IMF_KEY": "s3cret"}
    assert refresher().state == "new"
    assert refresher.standin.asked[0].headers["ocp-apim-subscription-key"] == "s3cret"


@pytest.mark.slow
@pytest.mark.parametrize("service", ["IMF", "IMTS"])
def test_a_refusal_names_the_variable_of_the_funds_key(start: Start, service: str) -> None:
    def refuses(request: Request) -> Reply:
        return replace(Reply(b"no"), status=403)

    refresher = start(service, refuses, first=False)
    fails(refresher, "answered 403", "if it wants a key, put one into REBALANCING_IMF_KEY")
