"""Faults on demand, disabled accounts and new signing keys: what every service with an administration offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from partnercenter.service.endpoints.admin_asking import Ask, Resource
from partnercenter.service.endpoints.planned_faults import told, unknown_words
from partnercenter.service.gate.faults import FaultPlan, Plan
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import Accounts, SigningKeys, UnknownAccountError
from partnercenter.wire.json_text import JsonObject


class _AccountState(msgspec.Struct, forbid_unknown_fields=True):
    enabled: bool


class _Rotation(msgspec.Struct, forbid_unknown_fields=True):
    """overlap: whether tokens signed with the old key stay good until the last of them has expired."""

    overlap: bool = True


@dataclass(frozen=True, slots=True)
class Controls:
    """The parts of a running service that can be changed. clock: seconds since the epoch."""

    faults: FaultPlan
    accounts: Accounts
    keys: SigningKeys
    clock: Callable[[], float]

    def resources(self) -> list[Resource]:
        """The addresses, and what each of their methods does."""
        return [
            Resource(
                "/admin/faults", {"GET": self._show_faults, "PUT": self._plan_faults, "DELETE": self._clear_faults}
            ),
            Resource("/admin/accounts/([0-9A-Fa-f-]{36})", {"GET": self._show_account, "PUT": self._change_account}),
            Resource("/admin/keys", {"GET": self._show_keys, "POST": self._rotate_keys}),
        ]

    def _show_faults(self, _: Ask) -> JsonObject:
        return self.faults.report()

    def _plan_faults(self, ask: Ask) -> JsonObject:
        plan = ask.read(Plan, told)
        unknown = unknown_words(plan.faults, self.accounts.directory)
        if unknown:
            raise Refusal(Reason.WORD_NOT_KNOWN, unknown)
        self.faults.replace(plan.faults)
        return self.faults.report()

    def _clear_faults(self, _: Ask) -> JsonObject:
        self.faults.replace(())
        return self.faults.report()

    def _show_account(self, ask: Ask) -> JsonObject:
        try:
            return {"id": ask.name.lower(), "enabled": self.accounts.is_enabled(ask.name)}
        except UnknownAccountError:
            raise Refusal(Reason.ACCOUNT_NOT_FOUND) from None

    def _change_account(self, ask: Ask) -> JsonObject:
        change = self.accounts.enable if ask.read(_AccountState).enabled else self.accounts.disable
        try:
            change(ask.name)
        except UnknownAccountError:
            raise Refusal(Reason.ACCOUNT_NOT_FOUND) from None
        return self._show_account(ask)

    def _show_keys(self, _: Ask) -> JsonObject:
        return {"signing": self.keys.kid, "verifying": [*sorted(self.keys.public_keys(self.clock()))]}

    def _rotate_keys(self, ask: Ask) -> JsonObject:
        overlap = ask.read(_Rotation).overlap
        self.keys.rotate(self.clock(), **({} if overlap else {"overlap_seconds": 0}))
        return self._show_keys(ask)
