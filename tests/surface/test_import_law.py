"""The import law of the architecture: data flows one way through the rooms."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command as check; check()"


def _check(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_no_room_imports_what_the_law_forbids() -> None:
    checked = _check()
    assert checked.returncode == 0, checked.stdout


def test_the_law_is_not_empty() -> None:
    assert "10 kept, 0 broken" in _check().stdout


def test_a_broken_law_is_found(tmp_path: Path) -> None:
    law = tmp_path / "law.toml"
    law.write_text(
        '[tool.importlinter]\nroot_packages = ["partnercenter"]\n'
        '[[tool.importlinter.contracts]]\nname = "upside down"\ntype = "forbidden"\n'
        'source_modules = ["partnercenter.client"]\nforbidden_modules = ["partnercenter.wire"]\n'
    )
    assert _check("--config", str(law)).returncode == 1
