"""The door to the command line: `rebalancing`, or `python -m rebalancing`."""

from __future__ import annotations

import gc
import os
import sys

from rebalancing import surroundings, unchanged


def main() -> None:
    """Run the command line with this project's own packages."""
    if sys.argv[1:] == ["report"] and (said := unchanged.answer(os.getcwd())) is not None:
        try:
            print(said, flush=True)
        except BrokenPipeError:  # whoever reads wants no more of it, as `head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    gc.set_threshold(100_000, 20, 50)  # most of what a command makes stays until it ends
    surroundings.leave_others()
    from rebalancing.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
