"""The door to the command line: `rebalancing`, or `python -m rebalancing`."""

from __future__ import annotations

import os
import sys

from rebalancing import surroundings, unchanged


def main() -> None:
    """Run the command line with this project's own packages."""
    if sys.argv[1:] == ["report"] and (said := unchanged.answer(os.getcwd())) is not None:
        print(said)
        return
    surroundings.leave_others()
    from rebalancing.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
