"""The shape of the house: data moves one way, and the code that is tested is the checkout's."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ROOMS = ("corpora", "pipelines", "experiments", "reports")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_rooms_to_its_left(room: str) -> None:
    forbidden = set(ROOMS[ROOMS.index(room) + 1 :])
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            reached = {name.partition(".")[0] for name in names} & forbidden
            assert not reached, f"{file.relative_to(ROOT)} imports from {reached}"


def test_the_rooms_are_the_checkouts_own() -> None:
    import corpora
    import experiments
    import pipelines
    import reports

    for room in (corpora, pipelines, experiments, reports):
        assert Path(str(room.__file__)).is_relative_to(ROOT)


def test_what_is_cited_is_what_is_packaged() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [cited[name] for name in ("version", "license", "keywords")] == [
        packaged[name] for name in ("version", "license", "keywords")
    ]


def test_no_file_is_named_after_nothing() -> None:
    vague = {"utils", "helpers", "common", "misc", "util"}
    assert not [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if file.stem in vague]


def test_requirements_name_no_index_and_lock_every_package() -> None:
    for name in ("bootstrap.txt", "all.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        assert "://" not in text
        pinned = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]
        assert pinned
        assert all(line.rstrip().endswith("\\") for line in pinned), "a pinned package without a hash"


def test_nothing_that_is_produced_is_committed() -> None:
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    assert not [name for name in done.stdout.splitlines() if name.startswith(("var/", ".venv/", "reports/build/"))]
