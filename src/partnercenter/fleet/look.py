"""What would change for one partner: its profiles are read, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from partnercenter import ClientSettings, PartnerCenterError
from partnercenter.fleet.changes import PlannedProfile, plan
from partnercenter.fleet.moment import moment
from partnercenter.fleet.report import AnyLine, ChangedMember, PlannedLine, ProblemLine
from partnercenter.fleet.signed_in import Opener, SignedIn
from partnercenter.fleet.wanted import WantedPartner


@dataclass(frozen=True, slots=True)
class PartnerPlan:
    """What was found out about one partner.

    tenant_id, user: of whoever is signed in. settings: of the client; None if there is none.
    error: why nothing could be found out, None if it could.
    """

    wanted: WantedPartner
    tenant_id: str = ""
    user: str = ""
    settings: ClientSettings | None = None
    profiles: tuple[PlannedProfile, ...] = ()
    error: PartnerCenterError | None = None

    @property
    def messages(self) -> list[str]:
        """Everything that is in the way; nothing if nothing is."""
        if self.error is not None:
            return [str(self.error)]
        return [f"{one.kind.word}.{violation}" for one in self.profiles for violation in one.violations]

    @property
    def changes_something(self) -> bool:
        """Whether any member differs from what is wanted."""
        return any(one.changes for one in self.profiles)

    def lines(self) -> list[AnyLine]:
        """The plan as a report has it: nothing is planned for a partner with whom something is wrong."""
        if self.messages:
            kind = "violations" if self.error is None else type(self.error).__name__
            return [ProblemLine(moment(), tenant=self.wanted.tenant, kind=kind, messages=self.messages)]
        return [
            PlannedLine(
                moment(),
                tenant=self.wanted.tenant,
                tenant_id=self.tenant_id,
                user=self.user,
                service=self.settings.api_url if self.settings else "",
                profile=one.kind.word,
                tag=one.tag,
                changes=[ChangedMember(change.member, change.old, change.new) for change in one.changes],
            )
            for one in self.profiles
        ]


def look(open_for: Opener, wanted: WantedPartner) -> PartnerPlan:
    """Read the profiles that `wanted` names and compare. Never raises what the SDK raises: it is part of the plan."""
    try:
        with open_for(wanted.tenant) as signed_in:
            return _planned(wanted, signed_in)
    except PartnerCenterError as error:
        return PartnerPlan(wanted, error=error)


def _planned(wanted: WantedPartner, signed_in: SignedIn) -> PartnerPlan:
    profiles = signed_in.partner.profiles
    return PartnerPlan(
        wanted,
        signed_in.tenant_id,
        signed_in.user,
        signed_in.partner.settings,
        tuple(plan(one, one.kind.operations(profiles).get()) for one in wanted.profiles),
    )


def named_twice(plans: list[PartnerPlan]) -> list[str]:
    """A sentence for each tenant that the file names under two names, as its id and its domain."""
    names: dict[str, list[str]] = {}
    for one in plans:
        if one.tenant_id:
            names.setdefault(one.tenant_id.lower(), []).append(one.wanted.tenant)
    return [f"{' and '.join(same)} are one tenant. Say it in one place." for same in names.values() if len(same) > 1]
