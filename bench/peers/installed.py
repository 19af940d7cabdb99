"""The programs that are compared with, installed into `.bench/`; what cannot be had is left out, in one line."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.processes import ROOT

FOLDER = ROOT / ".bench"
PYTHON = FOLDER / "venv" / "bin" / "python"
NODE_MODULES = FOLDER / "node" / "node_modules"
_REQUIREMENTS = ROOT / "bench" / "requirements.txt"
_PACKAGES = ROOT / "bench" / "peers" / "package.json"


class NotInstalledError(Exception):
    """The peer is not there; the text says why."""


def need_python_packages() -> Path:
    """The interpreter of an environment with `bench/requirements.txt`, made if it is not there or another one."""
    if _is_as(_REQUIREMENTS, FOLDER / "venv"):
        return PYTHON
    _run(sys.executable, "-m", "venv", "--clear", str(FOLDER / "venv"))
    _run(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(_REQUIREMENTS))
    _mark(_REQUIREMENTS, FOLDER / "venv")
    return PYTHON


def need_node_package(name: str) -> Path:
    """The folder of a package of `bench/peers/package.json`."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstalledError("needs Node.js with npm")
    node = FOLDER / "node"
    if not _is_as(_PACKAGES, node):
        node.mkdir(parents=True, exist_ok=True)
        shutil.copy(_PACKAGES, node / "package.json")
        _run(npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(node))
        _mark(_PACKAGES, node)
    return NODE_MODULES / name


def need_program(name: str) -> str:
    """The path of a program of this machine."""
    found = shutil.which(name)
    if found is None:
        raise NotInstalledError(f"needs {name}")
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotInstalledError(f"{Path(command[0]).name} {command[1]} failed: {last}")


def _digest(wanted: Path) -> str:
    return hashlib.sha256(wanted.read_bytes()).hexdigest()


def _is_as(wanted: Path, folder: Path) -> bool:
    mark = folder / "installed-from"
    return mark.exists() and mark.read_text() == _digest(wanted)


def _mark(wanted: Path, folder: Path) -> None:
    (folder / "installed-from").write_text(_digest(wanted))
