"""How `apply` was asked to go about it."""

from __future__ import annotations

from dataclasses import dataclass

from partnercenter.fleet.signed_in import Opener


@dataclass(frozen=True, slots=True)
class Manner:
    """The options of `apply` that are no files. open_for: see Opener. parallel: how many partners at a time."""

    open_for: Opener
    parallel: int
    keep_going: bool
    yes: bool
    as_json: bool
