"""A stand-in for the gh command: keeps pull requests and issues in state.json beside itself.

Tests of a commit end as ``conclusion`` there says, once they have been started.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FLAGS = ("--force", "--merge", "--delete-branch", "--clobber", "--latest=false")
NEW = {"state": "open", "isCrossRepository": False, "mergedAt": None, "comments": []}


def install(folder: Path) -> Path:
    """Write the command into a folder and return its path."""
    folder.mkdir(parents=True)
    state = {"prs": [], "issues": [], "started": [], "conclusion": "success", "assets": {}}
    (folder / "state.json").write_text(json.dumps(state))
    command = folder / "gh"
    command.write_text(f"#!{sys.executable}\n" + Path(__file__).read_text(encoding="utf-8"))
    command.chmod(0o755)
    return command


def _options(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return what stands alone, and the values of options; flags have none."""
    alone, options, rest = [], {}, iter(arguments)
    for argument in rest:
        if argument in FLAGS:
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
    if kind == "release":
        _release(state["assets"], verb, names)
        return
    match kind, verb:
        case "pr" | "issue", "list":
            key = "head" if kind == "pr" else "label"
            wanted = [
                {name: entry.get(name) for name in options["json"].split(",")}
                for entry in reversed(entries)
                if entry[key] == options[key] and _is_in(entry, options["state"])
            ]
            print(json.dumps(wanted))
        case "pr" | "issue", "create":
            number = len(state["prs"]) + len(state["issues"]) + 1
            entries.append({"number": number, **NEW, **options})
        case "pr" | "issue", "edit":
            by_number[names[0]].update(options)
        case "issue", "close":
            by_number[names[0]]["state"] = "closed"
        case "pr", "view":
            print(json.dumps({options["json"]: by_number[names[0]][options["json"]]}))
        case "pr", "comment":
            by_number[names[0]]["comments"].append({"body": options["body"]})
        case "pr", "merge":
            head = options["match-head-commit"]
            by_number[names[0]] |= {"state": "merged", "mergedAt": "now", "headRefOid": head}
        case "run", "list":
            is_started = [options["workflow"], options["branch"]] in state["started"]
            ended = {"status": "completed", "conclusion": state["conclusion"]}
            print(json.dumps([ended] if is_started else []))
        case "workflow", "run":
            state["started"].append([names[0], options["ref"]])
        case "label", "create":
            pass
        case _:
            sys.exit(f"the stand-in for gh does not know {arguments}")


def _release(assets: dict[str, list[str]], verb: str, names: list[str]) -> None:
    """Answer a command on releases; the first name is a tag."""
    match verb:
        case "list":
            print(json.dumps([{"tagName": tag} for tag in assets]))
        case "create":
            assets[names[0]] = []
        case "upload":
            assert Path(names[1]).is_file()
            assets[names[0]].append(Path(names[1]).name)


def _is_in(entry: dict[str, Any], state: str) -> bool:
    """Return whether an entry is listed under a state; what is merged is closed, too."""
    own = entry.get("state", "open")
    return own == state or (own, state) == ("merged", "closed")


def main() -> None:
    """Answer one command."""
    path = Path(sys.argv[0]).with_name("state.json")
    state = json.loads(path.read_text(encoding="utf-8"))
    _answer(state, sys.argv[1:])
    path.write_text(json.dumps(state), encoding="utf-8")


if __name__ == "__main__":
    main()
