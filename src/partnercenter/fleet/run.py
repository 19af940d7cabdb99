"""All updates of a report, a few partners at a time; each is announced before it is sent, and ended after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from threading import Event
from typing import Protocol

from partnercenter import ConfigurationError, PartnerCenterError
from partnercenter.client.cloud_guard import is_real_cloud
from partnercenter.fleet.carry_out import Errand, carry_out, did_not_work
from partnercenter.fleet.in_parallel import in_parallel
from partnercenter.fleet.report import AnyLine, EndedLine, Key, Outcome, PlannedLine, Report
from partnercenter.fleet.signed_in import Opener, SignedIn
from partnercenter.fleet.wanted import WantedPartner
from partnercenter.wire.profiles import Profile

_STOPPING = (Outcome.MOVED, Outcome.UNKNOWN, Outcome.FAILED)


class Writer(Protocol):
    """Where lines go for good."""

    def append(self, line: AnyLine) -> None:
        """Add `line`."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a run behaves.

    parallel: how many partners at a time. keep_going: begin others, too, when one has moved, is not known or failed.
    stop: once it is set, no update is begun any more.
    """

    parallel: int
    keep_going: bool
    stop: Event


def errands(report: Report, wanted: list[WantedPartner], read: Mapping[Key, Profile]) -> list[Errand]:
    """What is left to do of `report`, in its order. read: what to send where that was planned in this process."""
    by_key = {Key(partner.tenant, one.kind.word): one for partner in wanted for one in partner.profiles}
    return [Errand(line, by_key[line.key], report.to_repeat(line.key), read.get(line.key)) for line in report.to_change]


def run(to_do: list[Errand], open_for: Opener, writer: Writer, conduct: Conduct) -> Iterator[EndedLine]:
    """Do what is `to_do`, and give the end of each when it is in the report. Raises OSError of `writer`."""
    partners = [list(same) for _, same in groupby(to_do, key=lambda errand: errand.planned.tenant)]

    def work(of_partner: list[Errand]) -> list[EndedLine]:
        return list(_of_partner(of_partner, open_for, writer, conduct))

    for ended in in_parallel(partners, work, most=conduct.parallel, stop=conduct.stop):
        yield from ended


def _of_partner(to_do: list[Errand], open_for: Opener, writer: Writer, conduct: Conduct) -> Iterator[EndedLine]:
    try:
        with open_for(to_do[0].planned.tenant) as signed_in:
            _check_place(to_do[0].planned, signed_in)
            for errand in to_do:
                if conduct.stop.is_set():
                    return
                ended = carry_out(errand, signed_in, writer.append)
                yield _noted(ended, writer, conduct)
                if ended.outcome in _STOPPING:
                    return
    except PartnerCenterError as error:  # of the sign-in: `carry_out` raises none
        for errand in to_do:
            yield _noted(did_not_work(errand, error), writer, conduct)


def _noted(ended: EndedLine, writer: Writer, conduct: Conduct) -> EndedLine:
    writer.append(ended)
    if ended.outcome in _STOPPING and not conduct.keep_going:
        conduct.stop.set()
    return ended


def _check_place(planned: PlannedLine, signed_in: SignedIn) -> None:
    """Raise ConfigurationError if this is not the tenant or the cloud for which it was planned."""
    service = signed_in.partner.settings.api_url
    elsewhere = service != planned.service and (is_real_cloud(service) or is_real_cloud(planned.service))
    if elsewhere or signed_in.tenant_id != planned.tenant_id:
        raise ConfigurationError(
            f"It was planned for the tenant {planned.tenant_id} at {planned.service}, "
            f"and whoever is signed in now is of {signed_in.tenant_id} at {service}.",
            next_step="Sign in as for the plan, or plan anew.",
        )
