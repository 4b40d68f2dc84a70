"""Texts that need not be told again, because all that they looked up is as it was.

A text's template says by itself which names it may use; which results it looks up shows only while
it is rendered, since one may decide about another. So they are noted then.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rebalancing.answers import Ask

ResultFields = Mapping[str, Any]  # of a recorded result, as in results.json


@dataclass(eq=False)
class Watched(Mapping[str, ResultFields]):
    """Recorded results by key, which note what is looked up of them.

    Attributes:
        results: The results.
        seen: The keys that were looked up, whether they were there or not.
    """

    results: Mapping[str, ResultFields]
    seen: set[str] = field(default_factory=set)

    def __getitem__(self, key: str) -> ResultFields:
        self.seen.add(key)
        return self.results[key]

    def __contains__(self, key: object) -> bool:
        self.seen.add(str(key))
        return key in self.results

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


class Told:
    """Tells texts, or remembers what they were told to be.

    Args:
        results: What is looked up; whoever renders a text looks it up here.
        names: What else templates may use.
        ask: Whom to ask what a text was told to be.
    """

    def __init__(self, results: Watched, names: Mapping[str, Any], ask: Ask) -> None:
        self._results, self._names, self._ask = results, names, ask
        self._state = cache(self._state_of)
        self._said = cache(self._said_of)

    def text(self, question: object, template: str, tell: Callable[[], Any]) -> Any:
        """Return what a text says.

        Args:
            question: What it is and all that it depends on, but for results and names.
            template: All templates in it.
            tell: Tells it.
        """
        words = set(re.findall(r"\w+", template))
        names = [self._said(name) for name in sorted(self._names) if name in words]

        def find() -> tuple[Any, dict[str, str]]:
            around, self._results.seen = self._results.seen, set()
            try:
                return tell(), {key: self._state(key) for key in sorted(self._results.seen)}
            finally:
                self._results.seen |= around

        def holds(known: Any) -> bool:
            return all(self._state(key) == state for key, state in known[1].items())

        return self._ask(f"{question} {names}", find, holds)[0]

    def _state_of(self, key: str) -> str:
        """Return a digest of a result, or nothing where none was recorded."""
        result = self._results.results.get(key)
        said = json.dumps(result, sort_keys=True) if result else ""
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest() if said else ""

    def _said_of(self, name: str) -> str:
        """Return a digest of what a name stands for; what a function returns rests on our code."""
        value = self._names[name]
        said = name if callable(value) else repr(value)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
