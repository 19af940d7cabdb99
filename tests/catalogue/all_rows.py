"""Every row of the catalogue of bad inputs by its id, and how an id is found in the node id of a test."""

from __future__ import annotations

import re

# Letter of the table → how many rows it has: framing, headers and routes, JSON bodies, schema, conditions, request ids,
# access tokens, tenants and audit.
COUNTS = {"F": 48, "H": 32, "J": 49, "S": 20, "C": 34, "I": 24, "A": 42, "T": 18}

ALL_ROWS = frozenset(f"{letter}{number:02}" for letter, count in COUNTS.items() for number in range(1, count + 1))

_NODE = re.compile(r"[^:]+::(?:\w+::)*(?P<function>\w+)(?:\[(?P<parameters>.*)\])?", re.DOTALL)
# Ids stand between `test_` and the sentence; several if the case is one of several rows.
_IN_FUNCTION = re.compile(r"test_((?:[a-z][0-9]{2}_)+)")
# Parameters are joined with hyphens. In the middle only capitals count: there they are written by hand.
_IN_PARAMETERS = re.compile(r"(?:\A[A-Za-z]|(?<=-)[A-Z])[0-9]{2}(?=-|\Z)")


def rows_in(node_id: str) -> frozenset[str]:
    """The rows that a test says it is a case of, by its node id. Ids of decisions and promises are no rows."""
    parts = _NODE.fullmatch(node_id)
    if parts is None:
        return frozenset()
    named = _IN_FUNCTION.match(parts["function"])
    found = named[1].split("_") if named else []
    found += _IN_PARAMETERS.findall(parts["parameters"] or "")
    return ALL_ROWS.intersection(row.upper() for row in found)
