"""Each hook of .pre-commit-config.yaml passes on all files that it is for, and changes none."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import recipes
import yaml

ROOT = recipes.ROOT
(LOCAL,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
ENDINGS = {"python": ".py", "pyi": ".pyi", "jupyter": ".ipynb"}

pytestmark = pytest.mark.slow


def files(hook: dict[str, Any]) -> list[str]:
    """Return the files of the repository that a hook is for, as pre-commit chooses them."""
    listed = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT)
    endings = tuple(ENDINGS[kind] for kind in hook.get("types_or", ()))
    return [
        path
        for path in listed.decode().splitlines()
        if re.search(hook.get("files", ""), path)
        and (not endings or path.endswith(endings))
        and (ROOT / path).is_file()
    ]


def test_hooks_use_the_environment_of_the_project_and_no_other() -> None:
    assert LOCAL["repo"] == "local"
    for hook in LOCAL["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")


@pytest.mark.parametrize("hook", LOCAL["hooks"], ids=lambda hook: hook["id"])
def test_a_hook_passes_and_changes_nothing(hook: dict[str, Any], tmp_path: Path) -> None:
    chosen = files(hook)
    assert chosen, "it is for no file"
    passed = chosen if hook.get("pass_filenames", True) else []
    project = recipes.copy(tmp_path / "copy")
    for name in passed:
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_bytes((ROOT / name).read_bytes())
    paths = [project.root / name for name in chosen if (project.root / name).exists()]
    before = {path: path.read_bytes() for path in paths}
    assert before, "none of its files is in the copy"
    recipes.run(project, *shlex.split(hook["entry"]), *passed)
    changed = [path.name for path in paths if path.read_bytes() != before[path]]
    assert changed == []
