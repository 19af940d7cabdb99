"""The rows of the access tokens (A) that no test has, and why."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "A40": "bad tokens are not counted by address: the service is local, and a proxy would hide addresses anyway",
    "A42": "which keys there are is no secret (the key set is public), so a faster no for an unknown kid tells nothing",
}
