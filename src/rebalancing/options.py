"""The parameters of the study as options of a command."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import click

from rebalancing.quoting import shown
from rebalancing.reading import LONGEST_NUMBER
from rebalancing.study import Study

MOST_JOBS = 256
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")


class WholeNumber(click.IntRange):
    """A whole number in plain digits; what else Python reads as one (``1_0``) is refused."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        if isinstance(value, str) and not (
            _INTEGER.fullmatch(value) and len(value) <= LONGEST_NUMBER
        ):
            self.fail(f"{shown(value)} is not a whole number.", param, ctx)
        return super().convert(value, param, ctx)


jobs_option = click.option(
    "--jobs",
    type=WholeNumber(1, MOST_JOBS),
    help="How many notebooks run side by side; by default one more than there are cores, in a "
    "sweep as many as there are cores.",
)


def study_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add one option per field of the study."""
    for name, field in reversed(Study.model_fields.items()):
        option = f"--{name.replace('_', '-')}"
        text = (field.description or "").replace("`", "").split(". ")[0].rstrip(".")
        rest: dict[str, Any] = {"help": f"{text}."}
        if name == "releases":  # each use adds to the others
            rest = {"help": f"{text}; may be repeated.", "multiple": True, "callback": _joined}
        command = click.option(option, name, metavar="VALUE", **rest)(command)
    return command


def _joined(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> str | None:
    """Return the values of an option that was given several times as one."""
    whole = [value for value in given if value.strip() in {"latest", "{}"}]
    if whole and len(given) > 1:
        raise click.BadParameter(f"{whole[0].strip()} stands for all releases; give it alone.")
    return ",".join(given) or None


def as_typed(values: dict[str, str | None]) -> dict[str, Any]:
    """Turn the texts of options into numbers where they are numbers."""
    return {name: _number(text) for name, text in values.items() if text is not None}


def _number(text: str) -> int | float | str:
    if len(text) > LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
