"""The rows of bodies (J), preconditions (C) and request ids (I) that no test has, and why."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "C32": "there is no web form that loads and saves a profile: the API is the only way to change one",
}
