"""The text from which Graphviz draws tasks."""

from __future__ import annotations

from rebalancing.workflow import drawing
from rebalancing.workflow.nodes import Value
from rebalancing.workflow.tasks import Task


def test_each_edge_leads_from_what_is_needed_to_what_is_made() -> None:
    seed = Value("parameter seed", "parameter", value=1)
    made = Value('a "quoted" \\name', "file", value="")
    tasks = [
        Task("CHN/first", "First", print, [seed], [made]),
        Task("CHN/second", "Second", print, [made], []),
    ]
    assert drawing.as_dot(tasks, "TB").splitlines() == [
        "digraph {",
        "rankdir=TB",
        "node [shape=box]",
        '"CHN/first" [shape=hexagon]',
        '"parameter seed" -> "CHN/first"',
        '"CHN/first" -> "a \\"quoted\\" \\\\name"',
        '"CHN/second" [shape=hexagon]',
        '"a \\"quoted\\" \\\\name" -> "CHN/second"',
        "}",
    ]
