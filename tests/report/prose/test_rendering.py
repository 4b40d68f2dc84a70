from __future__ import annotations

import pytest
import yaml

from rebalancing.report.markdown import escaped
from rebalancing.report.prose import Prose, ProseError, Recorded

RESULTS = {
    "share.latest": {"value": 39.93, "unit": "% of GDP", "period": "2024", "text": "39.9%"},
    "share.change": {"value": -1.26, "unit": "percentage points", "period": "2004–2024"},
    "rule.years": {"value": 15.0, "unit": "years", "period": "2024"},
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


def test_what_was_chosen_has_no_card(prose: Prose) -> None:
    assert render(prose, '{{ n("share.latest", chosen=True) }}') == "39.9%"
    assert render(prose, '{{ spelled("rule.years", "year") }}') == "fifteen years"


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


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "[a](javascript:b)",
        "*c* `d` {e}`f` $g$ h|i",
        "# j",
        "{{ 7*7 }}",
    ],
)
def test_values_are_words_and_not_markup(value: str) -> None:
    prose = Prose(Recorded({}), {"value": value, "values": [value], "named": {"value": value}})
    for expression in ("value", "values[0]", "named.value", "values | join(', ')", "value ~ ''"):
        assert prose.render(f"{{{{ {expression} }}}}", "a page") == escaped(value)
    looped = "{% macro f(x) %}{{ x }}{% endmacro %}{% for v in values %}{{ f(v) }}{% endfor %}"
    assert prose.render(looped, "a page") == escaped(value)


@pytest.mark.parametrize(
    "value", ['"quoted" \\ and: {more}', "- a\nb: c", "\x85\u2028\ufeff\U0001f600", [1]]
)
def test_values_in_the_configuration_are_yaml(value: object) -> None:
    prose = Prose(Recorded({}), {"value": value})
    read = yaml.safe_load(prose.configure("title: {{ value }}\nnext: 1", "book/_config.yml"))
    assert read.keys() == {"title", "next"}
    if isinstance(value, list) or value.isprintable():
        assert read["title"] == value


FORBIDDEN = [
    ("{{ n.__func__.__globals__['__builtins__'] }}", "'__func__'"),
    ("{{ ''.__class__.__mro__ }}", "'__class__'"),
    ("{{ ''['__class__'] }}", "'__class__'"),
    ("{{ left_out['x'].__class__ }}", "'__class__'"),
    ("{{ cycler.__init__.__globals__ }}", "'__init__'"),
    ("{{ cycler('a') }}", "'cycler' is undefined"),
    ("{{ self.__init__ }}", "'__init__'"),
    ("{{ range(10**9) }}", "** may give endless numbers"),
    ("{% for i in range(99999) %}a{% endfor %}", "'range' is undefined"),
    ("{{ 10 ** 10 ** 10 }}", "** may give endless numbers"),
    ("{{ 'a' * 10 ** 10 }}", "** may give endless numbers"),
    ("{{ 'a' * 99999 }}", "* is for numbers"),
    ("{{ [1] * 99999 }}", "* is for numbers"),
    ("{{ '%99999d' % 1 }}", "% is for numbers"),
    ("{{ '%99999d' | format(1) }}", "ordinary width"),
    ("{{ '%*d' | format(99999, 1) }}", "ordinary width"),
    ("{{ economy.center(99999) }}", "'center'"),
    ("{{ (1).to_bytes(99999) }}", "'to_bytes'"),
    ("{{ economy | center(99999) }}", "No filter named 'center'"),
    ("{{ economy | attr('__class__') }}", "No filter named 'attr'"),
    ("{{ '{0.__class__}'.format(economy) }}", "'format'"),
    ("{{ '{0:99999}'.format(economy) }}", "'format'"),
    ("{{ 'aaaaaaaaaa' | replace('a', economy ~ 'b' * 2) }}", "* is for numbers"),
    ("{{ left_out.update({}) }}", "'update'"),
    ("{% include '/etc/hostname' %}", "no loader"),
    ("{% extends 'index.md' %}", "no loader"),
    ("{% import 'index.md' as x %}", "no loader"),
    ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "recursion"),
    ("{{ open('/etc/passwd') }}", "'open' is undefined"),
]


@pytest.mark.parametrize(("template", "said"), FORBIDDEN)
def test_a_page_does_no_more_than_text(prose: Prose, template: str, said: str) -> None:
    with pytest.raises(ProseError) as raised:
        render(prose, f"# A\n\n{template}")
    message = str(raised.value)
    assert message.startswith("book/index.md")
    assert said in message
    assert "\n" not in message
    if "may not do that" in message:
        assert message.startswith("book/index.md, line 3: ")


DOUBLED = {
    "~": "{% set a = a ~ a %}",
    "block": "{% set b %}{{ a }}{{ a }}{% endset %}{% set a = b %}",
    "list": "{% set a = [a, a] %}",
    "tuple": "{% set a = (a, a) %}",
    "mapping": "{% set a = {'a': a, 'b': a} %}",
    "sum": "{% set a = [a | list, a | list] | sum(start=[]) %}",
    "number": "{% set n = n * n %}",
    "compared": "{% set a = [a, a] %}{% set b = [b, b] %}{% set c = a == b %}",
    "macro": "{% macro g(x) %}{{ x }}{{ x }}{% endmacro %}{% set a = g(a) %}",
}


@pytest.mark.slow
@pytest.mark.parametrize("doubling", DOUBLED.values(), ids=DOUBLED)
def test_what_doubles_again_and_again_ends(prose: Prose, doubling: str) -> None:
    begun = "{% set a = 'ab' %}{% set b = 'ab' %}{% set n = 99 %}"
    with pytest.raises(ProseError, match=r"book/index\.md, line \d+: .*too (long|much|many)"):
        render(prose, f"# A\n\n{begun}{doubling * 40}{{{{ a }}}}{{{{ n }}}}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "inside",
    [
        "",
        "{{ x }}",
        "words " * 100,
        "{% if x in 'b' %}{% endif %}",
        "{{ m(x) }}",
        "{{ x | upper }}",
    ],
)
def test_loops_within_loops_end(prose: Prose, inside: str) -> None:
    macro = "{% macro m(x) %}words{% endmacro %}"
    loops = "".join(f"{{% for {name} in '0123456789' %}}" for name in "abcdefghijkx")
    with pytest.raises(ProseError, match="goes through too much; a page may not do that"):
        render(prose, f"{macro}{loops}{inside}{'{% endfor %}' * 12}")


@pytest.mark.slow
def test_each_page_may_take_as_much_as_one_may(prose: Prose) -> None:
    page = "{% for a in '0123456789' %}" * 5 + "{{ a ~ loop.last }}" + "{% endfor %}" * 5
    with pytest.raises(ProseError, match="too much"):
        render(prose, page)
    assert render(prose, "{% for a in 'ab' %}{{ a ~ loop.length }}{% endfor %}") == "a2b2"


def test_long_texts_are_not_made(prose: Prose) -> None:
    chain = " | ".join(["'aaaaaaaaaa'", *["replace('a', 'aaaaaaaaaa')"] * 9])
    with pytest.raises(ProseError, match="replace makes too long a text"):
        render(prose, f"{{{{ {chain} }}}}")
    joined = "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a | join(a) %}" * 9
    with pytest.raises(ProseError, match="join makes too long a text"):
        render(prose, joined)
