"""The parameters of the study as options of a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from rebalancing.study import Study


def study_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add one option per field of the study."""
    for name, field in reversed(Study.model_fields.items()):
        option = f"--{name.replace('_', '-')}"
        text = (field.description or "").replace("`", "").split(". ")[0].rstrip(".")
        command = click.option(option, name, metavar="VALUE", help=f"{text}.")(command)
    return command


def as_typed(values: dict[str, str | None]) -> dict[str, Any]:
    """Turn the texts of options into numbers where a field is a number."""
    return {name: _number(text) for name, text in values.items() if text is not None}


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
