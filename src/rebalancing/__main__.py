"""The door to the command line: `rebalancing`, or `python -m rebalancing`."""

from __future__ import annotations

from rebalancing import surroundings


def main() -> None:
    """Run the command line with this project's own packages."""
    surroundings.leave_others()
    from rebalancing.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
