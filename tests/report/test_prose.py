from __future__ import annotations

import pytest

from rebalancing.report.prose import Prose, ProseError, Recorded

RESULTS = {
    "share.latest": {"value": 39.93, "unit": "% of GDP", "period": "2024", "text": "39.9%"},
    "share.change": {"value": -1.26, "unit": "percentage points", "period": "2004–2024"},
    "share.gap": {"value": None, "unit": "% of GDP", "period": "2024", "text": "not available"},
}


@pytest.fixture
def prose() -> Prose:
    return Prose(Recorded(RESULTS), {"economy": "China", "left_out": {"partners": "no data"}})


def render(prose: Prose, template: str) -> str:
    return prose.render(template, "book/index.md")


def test_a_number_becomes_the_role_with_its_hover_card(prose: Prose) -> None:
    assert render(prose, '{{ n("share.latest") }}') == "{result}`share.latest`"


def test_a_magnitude_has_no_sign_but_keeps_its_key(prose: Prose) -> None:
    shown = render(prose, 'fell by {{ n("share.change", magnitude=True) }}')
    assert shown == "fell by {result}`1.3 points <share.change>`"


def test_values_periods_and_presence_serve_conditions(prose: Prose) -> None:
    template = '{% if v("share.change") < 0 %}fell{% endif %} in {{ period("share.change") }}'
    assert render(prose, template) == "fell in 2004–2024"
    assert render(prose, '{{ has("share.latest") }}, {{ has("no.such") }}') == "True, False"
    assert render(prose, '{{ has("share.gap") }}') == "False"


def test_helpers_and_context_are_at_hand(prose: Prose) -> None:
    assert render(prose, "{{ possessive(economy) }} {{ percent(0.8) }}") == "China’s 80%"


def test_literature_in_brackets_becomes_a_citation(prose: Prose) -> None:
    assert render(prose, "a model [@harvey1989; @ravn2002].") == (
        "a model {cite:p}`harvey1989,ravn2002`."
    )
    assert render(prose, "write to [@ home]") == "write to [@ home]"


def test_anchors_of_markdown_are_not_comments(prose: Prose) -> None:
    assert render(prose, "[a](#fig-a) {#here} {## gone ##}") == "[a](#fig-a) {#here} "


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ('{{ n("share.lates") }}', "book/index.md: no result 'share.lates' is recorded; nearest: "),
        ('\n\n{{ n("a" }}', "book/index.md, line 3: "),
        ("{{ economi }}", "'economi' is undefined; a template may use: "),
        ('{{ left_out["services"] }}', "has no attribute 'services'"),
        ('{{ v("share.latest") / 0 }}', "book/index.md: float division by zero"),
    ],
)
def test_an_error_says_where_and_what(prose: Prose, template: str, said: str) -> None:
    with pytest.raises(ProseError) as raised:
        render(prose, template)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_nearest_keys_are_named(prose: Prose) -> None:
    with pytest.raises(ProseError, match=r"nearest: share\.latest"):
        render(prose, '{{ v("share.lates") }}')
    with pytest.raises(ProseError, match="no chapter has recorded anything yet"):
        render(Prose(Recorded({}), {}), '{{ n("share.latest") }}')
