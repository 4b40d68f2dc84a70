"""The lock and what is said of its versions belong together; what holds a package back is named."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PYPROJECT = """\
[project]
dependencies = ["arch[x]>=1", "My_Book==1"]
[dependency-groups]
dev = ["uv"]
[tool.rebalancing.held]
my-book = "Another program."
"""
LOCK = "arch[x]==2 \\\n    --hash=sha256:a\nmy-book==1 \\\n    --hash=sha256:b\n"
# Resolves, says which versions are the newest, and what stands in their way: as uv does.
UV = f"""\
#!{sys.executable}
import sys
from pathlib import Path
said = sys.argv[1:]
if "--output-file" in said:
    path = Path(said[said.index("--output-file") + 1])
    if Path("unsolved").exists():
        path.write_text("half")
        sys.exit(1)
    path.write_text(path.read_text() + "sphinx==7 \\\\\\n    --hash=sha256:c\\nuv==1\\n")
elif "pylock.toml" in said:
    if Path("unreached").exists():
        sys.exit(2)
    for name in sys.stdin.read().split():
        version = {{"sphinx": 9}}.get(name, 2)
        print("[[packages]]", f'name = "{{name}}"', f'version = "{{version}}"', sep="\\n")
        print("wheels = [{{upload-time = 2026-10-02T03:04:05Z}}]")
        print("sdist = {{upload-time = 2026-09-30T00:00:00Z}}")
else:
    given = sys.stdin.read().split()
    assert "arch==2" in given  # without its extra, which a constraint must not have
    if "my-book==2" in given:
        assert "my-book==1" not in given
        sys.exit("Because x depends on my-book==1 and my-book==2, we cannot")
    if "sphinx==9" in given:
        sys.exit("Because my-book==1 depends on sphinx>=7,<8 and sphinx==9, we cannot")
"""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", ROOT / "tools" / "lock.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of three packages, with a stand-in for uv."""
    (tmp_path / "tools").mkdir()
    shutil.copyfile(ROOT / "tools" / "lock.py", tmp_path / "tools" / "lock.py")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").write_text(UV)
    (tmp_path / "bin" / "uv").chmod(0o755)
    return tmp_path


def lock(root: Path) -> subprocess.CompletedProcess[str]:
    start = f"import sys; sys.executable = '/gone/python'; sys.path.insert(0, {str(root)!r})"
    return subprocess.run(
        [sys.executable, "-c", f"{start}; from tools import lock; lock.main()"],
        env={"PATH": str(root / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def entry(locked: str, newest: str, **others: str) -> dict[str, str]:
    return {"locked": locked, "newest": newest, "released": "2026-09", **others}


def files(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in root.iterdir() if path.is_file()}


@pytest.mark.slow
def test_the_three_files_belong_together(root: Path) -> None:
    done = lock(root)
    assert done.returncode == 0, done.stderr
    made = files(root)
    assert made["requirements.lock"].startswith(LOCK)
    assert '- "arch[x]==2"\n    - "my-book==1"\n    - "sphinx==7"\n' in made["environment.yml"]
    content = json.loads(made["requirements.json"])
    assert content["asked"] == {
        "arch": entry("2", "2"),
        "my-book": entry("1", "2", held_by="x requires my-book==1", reason="Another program."),
        "uv": entry("1", "2", held_by="nothing but the lock"),
    }
    held_by = "my-book==1 requires sphinx>=7,<8"
    assert content["others"] == {"sphinx": entry("7", "9", held_by=held_by)}
    assert "uv stays at 1, though 2 is out" in done.stdout
    assert "my-book stays" not in done.stdout
    assert [name for name in made if name.endswith(".part")] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("trouble", "said"), [("unsolved", "could not be resolved"), ("unreached", "be asked for")]
)
def test_nothing_is_replaced_before_all_is_known(root: Path, trouble: str, said: str) -> None:
    (root / trouble).touch()
    before = files(root)
    done = lock(root)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr
    assert files(root) == before


@pytest.mark.parametrize(
    ("said", "held_by"),
    [
        (
            "Because rich>=15 depends on docutils==0.23 and myst-parser==3.0.1 depends on "
            "docutils>=0.18,<0.22, we can conclude that they are incompatible.",
            "myst-parser==3.0.1 requires docutils>=0.18,<0.22",
        ),
        (
            "Because the requested Python version (>=3.11) does not satisfy Python>=3.12 and "
            "docutils==0.23 depends on Python>=3.12, we can conclude that it cannot be used.",
            "docutils==0.23 requires Python>=3.12",
        ),
        ("Because all versions of arch depend on docutils, no.", "several requirements together"),
    ],
)
def test_the_requirement_that_holds_a_package_is_named(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, said: str, held_by: str
) -> None:
    done = subprocess.CompletedProcess([], 1, "", said)
    monkeypatch.setattr(tool, "compile_", lambda *_, **__: done)
    assert tool.holder("docutils", "0.23", ["docutils==0.21", "rich==15"]) == held_by
