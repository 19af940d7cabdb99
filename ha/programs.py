"""The programs that a cluster is made of, and the Debian packages that bring them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

PACKAGES: Mapping[str, str] = {
    "patroni": "patroni",
    "etcd": "etcd-server",
    "etcdctl": "etcd-client",
    "initdb": "postgresql",
    "pg_rewind": "postgresql",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "setpriv": "util-linux",
}
_OLDEST_POSTGRESQL = 15
_SYSTEM_FOLDERS = ("/usr/sbin", "/sbin")


class MissingProgramsError(Exception):
    """Something is not installed; the text says which packages bring it."""


def find_programs() -> dict[str, str]:
    """The path of each program. Raises MissingProgramsError."""
    path = os.pathsep.join((*_postgresql_folders(), os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS))
    found = {name: shutil.which(name, path=path) for name in PACKAGES}
    missing = [name for name, place in found.items() if place is None]
    if missing:
        packages = sorted({PACKAGES[name] for name in missing})
        raise MissingProgramsError(
            f"Not installed: {', '.join(missing)}. On Debian and Ubuntu: sudo apt-get install {' '.join(packages)}"
        )
    return {name: place for name, place in found.items() if place is not None}


def _postgresql_folders() -> list[str]:
    """Where Debian keeps the server programs, which are not on the PATH; the newest version first."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if re.fullmatch(r"\d+", folder.parent.name)]
    versions = sorted(((int(folder.parent.name), str(folder)) for folder in found), reverse=True)
    return [folder for version, folder in versions if version >= _OLDEST_POSTGRESQL]
