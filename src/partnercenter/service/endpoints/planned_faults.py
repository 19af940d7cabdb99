"""What is wrong with a plan of faults, in words that name the wrong word and what it can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, get_args, get_type_hints

import msgspec

from partnercenter.service.endpoints.routes import operations
from partnercenter.service.gate.faults import ANY_OPERATION, Fault, FaultKind
from partnercenter.service.token_authority import Directory
from partnercenter.wire.nearest_name import nearest

_MOST_TENANTS = 10
_LONGEST_WORD = 40
_CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "fault": [kind.value for kind in FaultKind],
    "status": [str(status) for status in get_args(get_type_hints(Fault)["status"])],
}


def told(error: msgspec.ValidationError) -> str:
    """`error`, and what a word of a closed list can be: msgspec says only that it is none of them."""
    text = str(error)
    said, _, path = text.partition(" - at ")
    choices = _CHOICES.get(path.strip("`").rpartition(".")[2])
    if choices is None or not said.startswith("Invalid enum value"):
        return text
    return f"{text}; it can be {', '.join(choices)}"


def unknown_words(faults: Sequence[Fault], directory: Directory) -> list[str]:
    """A sentence for each operation and each tenant of `faults` that there is none of."""
    known = [ANY_OPERATION, *operations()]
    tenants = ", ".join(tenant.domain for tenant in directory.tenants[:_MOST_TENANTS])
    found = [_no_operation(fault.operation, known) for fault in faults if fault.operation not in known]
    found += [
        f"The seed has no tenant {fault.tenant[:_LONGEST_WORD]!a}. Its tenants: {tenants}."
        for fault in faults
        if fault.tenant and directory.find_tenant(fault.tenant) is None
    ]
    return [*dict.fromkeys(found)]


def _no_operation(name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    meant = f" Did you mean {close}?" if close else ""
    return f"There is no operation {name[:_LONGEST_WORD]!a}. It can be {', '.join(known)}.{meant}"
