"""The documentation builds, and its references name everything that is public."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import partnercenter
import partnercenter.testing

ROOT = Path(__file__).parents[2]
PUBLIC = {
    f"{package.__name__}.{name}": getattr(package, name)
    for package in (partnercenter, partnercenter.testing)
    for name in package.__all__
    if name != "__version__"
}


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    (recipe,) = re.findall(r"-m sphinx (.+) docs build/docs$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    build = [sys.executable, "-m", "sphinx", *recipe.split(), str(ROOT / "docs"), str(tmp_path / "site")]
    run = subprocess.run(build, capture_output=True, text=True, timeout=300, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_make_docs_builds_into_a_folder_that_git_ignores() -> None:
    assert "build/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_says_what_it_is(name: str) -> None:
    # An own docstring: an inherited one, or the signature that dataclasses make up, says nothing of this name.
    told = PUBLIC[name].__doc__ or ""
    assert told.strip()
    assert not told.startswith(f"{name.rpartition('.')[2]}(")


def _described() -> set[str]:
    page = (ROOT / "docs" / "sdk-reference.md").read_text("utf-8")
    return {f"partnercenter.{module}" for module in re.findall(r"^```\{public-names\} ([\w.]+)$", page, re.MULTILINE)}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_stands_in_the_reference(name: str) -> None:
    value = PUBLIC[name]
    assert inspect.isclass(value) or inspect.isfunction(value)
    assert value.__module__ in _described()
