"""The rows S and T of the catalogue of bad inputs that have no test, each with its reason."""

from __future__ import annotations

REASONS: dict[str, str] = {}
