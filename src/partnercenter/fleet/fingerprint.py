"""Whether a file still wants what it wanted: a fingerprint that tells, and gives no tax id away."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable

from partnercenter.fleet.wanted import WantedPartner
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonValue

# RFC 7914 §2. A tax id has a billion values at most: with a plain hash they are tried out in a second. Each try costs
# 16 MiB and some hundredths of a second here, once per run.
_COST, _BLOCK, _LANES = 2**14, 8, 1


def new_salt() -> str:
    """What makes equal files have other fingerprints in other reports."""
    return os.urandom(16).hex()


def fingerprint(partners: Iterable[WantedPartner], salt: str) -> str:
    """The fingerprint of what is wanted; order and format of the file do not matter. salt: see `new_salt`."""
    values: list[JsonValue] = []
    for partner in sorted(partners, key=lambda one: one.tenant):
        for profile in partner.profiles:
            for member in sorted(profile.members, key=lambda one: one.path):
                values.append([partner.tenant, profile.kind.word, member.path, member.value])
    text = json_text.write(values)
    return hashlib.scrypt(text, salt=bytes.fromhex(salt), n=_COST, r=_BLOCK, p=_LANES, dklen=32).hex()
