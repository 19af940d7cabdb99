"""As `resources`, awaited: the same names, arguments and meanings, which a test compares."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Generic, Unpack

from partnercenter.client import operations, profile_kinds
from partnercenter.client.attempts import Session
from partnercenter.client.audit_query import AuditQuery, list_audit_records
from partnercenter.client.call_options import CallOptions, another
from partnercenter.client.drivers import AsyncDriver
from partnercenter.client.profile_kinds import ProfileKind, VettingVersion
from partnercenter.client.told import Told
from partnercenter.client.update import OnConflict, check_arguments, update_profile
from partnercenter.wire.address_validation import AddressValidation
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.country_rules import CountryValidationRules
from partnercenter.wire.profiles import (
    Address,
    LegalBusinessProfile,
    MpnProfile,
    P,
)


class AsyncProfileOperations(Told, Generic[P]):
    """As `ProfileOperations`, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session, kind: ProfileKind[P]) -> None:
        self._driver = driver
        self._session = session
        self._kind = kind

    async def get(self, **options: Unpack[CallOptions]) -> P:
        """As `ProfileOperations.get`."""
        return await self._driver.run(operations.get_profile(self._session, self._kind, options=options))

    async def get_if_changed(self, known: P, **options: Unpack[CallOptions]) -> P | None:
        """As `ProfileOperations.get_if_changed`."""
        flow = operations.get_profile_if_changed(self._session, self._kind, known, options=options)
        return await self._driver.run(flow)

    async def update(self, profile: P, *, on_conflict: OnConflict = "raise", **options: Unpack[CallOptions]) -> P:
        """As `ProfileOperations.update`."""
        flow = update_profile(self._session, self._kind, profile, on_conflict=on_conflict, options=options)
        return await self._driver.run(flow)

    @asynccontextmanager
    async def edit(self, *, on_conflict: OnConflict = "merge", **options: Unpack[CallOptions]) -> AsyncIterator[P]:
        """As `ProfileOperations.edit`."""
        check_arguments(on_conflict, options)  # before the block, whose work an error behind it would waste
        profile = await self.get(**another(options))
        before = copy.deepcopy(profile)
        yield profile
        if profile != before:
            profile.become(await self.update(profile, on_conflict=on_conflict, **options))


class AsyncLegalBusinessProfileOperations(AsyncProfileOperations[LegalBusinessProfile]):
    """As `LegalBusinessProfileOperations`, awaited."""

    async def get(
        self, vetting_version: VettingVersion | None = None, **options: Unpack[CallOptions]
    ) -> LegalBusinessProfile:
        """As `LegalBusinessProfileOperations.get`."""
        query = operations.vetting_query(vetting_version)
        return await self._driver.run(operations.get_profile(self._session, self._kind, query, options=options))


class AsyncMpnProfileOperations(Told):
    """As `MpnProfileOperations`, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    async def get(self, mpn_id: str | None = None, **options: Unpack[CallOptions]) -> MpnProfile:
        """As `MpnProfileOperations.get`."""
        query = operations.mpn_query(mpn_id)
        flow = operations.get_profile(self._session, profile_kinds.MPN, query, options=options)
        return await self._driver.run(flow)


class AsyncProfiles(Told):
    """As `Profiles`, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._session = session
        self.billing_profile = AsyncProfileOperations(driver, session, profile_kinds.BILLING)
        self.legal_business_profile = AsyncLegalBusinessProfileOperations(driver, session, profile_kinds.LEGAL_BUSINESS)
        self.organization_profile = AsyncProfileOperations(driver, session, profile_kinds.ORGANIZATION)
        self.support_profile = AsyncProfileOperations(driver, session, profile_kinds.SUPPORT)
        self.mpn_profile = AsyncMpnProfileOperations(driver, session)


class AsyncAuditRecords(Told):
    """As `AuditRecords`, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    async def query(
        self,
        start_date: date | datetime | None = None,
        end_date: date | datetime | None = None,
        *,
        resource_type: str | None = None,
        size: int | None = None,
        **options: Unpack[CallOptions],
    ) -> list[AuditRecord]:
        """As `AuditRecords.query`."""
        query = AuditQuery(start_date, end_date, resource_type, size)
        return await self._driver.run(list_audit_records(self._session, query, options))


class AsyncCountryValidationRulesOperations(Told):
    """As `CountryValidationRulesOperations`, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    async def by_country(self, iso2: str, **options: Unpack[CallOptions]) -> CountryValidationRules:
        """As `CountryValidationRulesOperations.by_country`."""
        return await self._driver.run(operations.get_country_rules(self._session, iso2, options))


class AsyncValidations(Told):
    """As `Validations`, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    async def is_address_valid(self, address: Address, **options: Unpack[CallOptions]) -> AddressValidation:
        """As `Validations.is_address_valid`."""
        return await self._driver.run(operations.validate_address(self._session, address, options))
