"""A stand-in for the gh command: keeps pull requests and issues in state.json beside itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def install(folder: Path) -> Path:
    """Write the command into a folder and return its path."""
    folder.mkdir(parents=True)
    (folder / "state.json").write_text('{"prs": [], "issues": [], "started": []}')
    command = folder / "gh"
    command.write_text(f"#!{sys.executable}\n" + Path(__file__).read_text(encoding="utf-8"))
    command.chmod(0o755)
    return command


def _options(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return what stands alone, and the values of options; --force has none."""
    alone, options, rest = [], {}, iter(arguments)
    for argument in rest:
        if argument == "--force":
            continue
        if argument.startswith("--"):
            options[argument[2:]] = next(rest)
        else:
            alone.append(argument)
    return alone, options


def _answer(state: dict[str, Any], arguments: list[str]) -> None:
    (kind, verb, *names), options = _options(arguments)
    entries = state["prs" if kind == "pr" else "issues"]
    by_number = {str(entry["number"]): entry for entry in entries}
    match kind, verb:
        case "pr" | "issue", "list":
            key = "head" if kind == "pr" else "label"
            wanted = [
                {name: entry[name] for name in options["json"].split(",")}
                for entry in entries
                if entry[key] == options[key] and entry.get("state", "open") == "open"
            ]
            print(json.dumps(wanted))
        case "pr" | "issue", "create":
            number = len(state["prs"]) + len(state["issues"]) + 1
            entries.append(
                {"number": number, "state": "open", "isCrossRepository": False, **options}
            )
        case "pr" | "issue", "edit":
            by_number[names[0]].update(options)
        case "issue", "close":
            by_number[names[0]]["state"] = "closed"
        case "workflow", "run":
            state["started"].append([names[0], options["ref"]])
        case "label", "create":
            pass
        case _:
            sys.exit(f"the stand-in for gh does not know {arguments}")


def main() -> None:
    """Answer one command."""
    path = Path(sys.argv[0]).with_name("state.json")
    state = json.loads(path.read_text(encoding="utf-8"))
    _answer(state, sys.argv[1:])
    path.write_text(json.dumps(state), encoding="utf-8")


if __name__ == "__main__":
    main()
