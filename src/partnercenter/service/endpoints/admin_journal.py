"""The journal and what it shows of a client's manners."""

from __future__ import annotations

from partnercenter.service.endpoints.admin_asking import Ask, Resource
from partnercenter.service.gate.journal import MOST_ENTRIES, Journal
from partnercenter.service.gate.manners import findings
from partnercenter.wire.json_text import JsonObject

_USUAL = 100
_LARGEST_SEQUENCE = 10**15 - 1


def resources(journal: Journal) -> list[Resource]:
    """The addresses, and what each of their methods does."""

    def show(ask: Ask) -> JsonObject:
        found = journal.entries(
            after=ask.number("after", 0, _LARGEST_SEQUENCE), most=ask.number("most", _USUAL, MOST_ENTRIES)
        )
        return {"entries": [entry.to_wire() for entry in found], "last": journal.last}

    def clear(_: Ask) -> JsonObject:
        journal.clear()
        return {"entries": [], "last": journal.last}

    def judge(_: Ask) -> JsonObject:
        return {"findings": [{**f._asdict(), "entries": [*f.entries]} for f in findings(journal.entries())]}

    return [Resource("/admin/journal", {"GET": show, "DELETE": clear}), Resource("/admin/findings", {"GET": judge})]
