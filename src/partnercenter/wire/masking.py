"""How a value that must not be read is shown all the same: enough to recognise it, not enough to use it."""

from __future__ import annotations

_SHOWN = 2


def masked(secret: str) -> str:
    """`secret` with all but its last two characters as asterisks; nothing of a very short one: `*******78`."""
    shown = secret[-_SHOWN:] if len(secret) > 2 * _SHOWN else ""
    return "*" * (len(secret) - len(shown)) + shown
