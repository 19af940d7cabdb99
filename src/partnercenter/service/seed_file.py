"""The seed of a folder: written down at its first start, so that whoever is in the data can sign in at the next one."""

from __future__ import annotations

from pathlib import Path

from partnercenter.service.private_files import write_private
from partnercenter.service.seed import PUBLISHED, Seed
from partnercenter.service.seed_document import read_seed, write_seed
from partnercenter.service.seed_shapes import SeedError
from partnercenter.service.settings import SettingsError
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonValue

FILE_NAME = "seed.json"


def seed_of(folder: Path, document: JsonValue, *, has_data: bool) -> Seed:
    """Who there is in `folder`.

    document: the seed for a fresh folder, as seed-data describes it; None for that of the folder, or the published one.
    has_data: whether the folder is not fresh. Raises SeedError; SettingsError if it has another seed already.
    """
    path = folder / FILE_NAME
    stored = _stored(path) if path.exists() else None
    if document is None:
        return stored or PUBLISHED
    seeded = read_seed(document)
    if seeded == stored:
        return seeded
    if stored is not None or has_data:
        raise SettingsError(f"--seed is for a fresh folder, and {folder} has data already. Name another --data.")
    write_private(path, json_text.write(write_seed(seeded)))
    return seeded


def _stored(path: Path) -> Seed:
    try:
        return read_seed(json_text.read_lenient(path.read_bytes()))
    except (json_text.JsonTextError, SeedError):
        raise SettingsError(
            f"{path} is damaged, and says who can sign in. Restore it, or name another --data."
        ) from None
