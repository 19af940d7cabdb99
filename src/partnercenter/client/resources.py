"""What a client offers: `partner.profiles.billing_profile.get()` and the like, blocking.

Nothing is decided here. Each method hands a flow of `operations` to a driver; the signatures stand twice, here and
in `async_resources`, the conversations once.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Generic, Unpack

from partnercenter.client import operations, profile_kinds
from partnercenter.client.attempts import Session
from partnercenter.client.audit_query import AuditQuery, list_audit_records
from partnercenter.client.call_options import CallOptions, another
from partnercenter.client.drivers import BlockingDriver
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


class ProfileOperations(Told, Generic[P]):
    """Read one of the profiles and replace it."""

    def __init__(self, driver: BlockingDriver, session: Session, kind: ProfileKind[P]) -> None:
        self._driver = driver
        self._session = session
        self._kind = kind

    def get(self, **options: Unpack[CallOptions]) -> P:
        """The profile, with the entity tag of this version in `attributes.etag`.

        options: see CallOptions; every operation takes them.
        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError, and ConfigurationError
        for an option that cannot be so.
        """
        return self._driver.run(operations.get_profile(self._session, self._kind, options=options))

    def get_if_changed(self, known: P, **options: Unpack[CallOptions]) -> P | None:
        """The profile if it is another version than `known`, else None: a cheap question to ask again and again.

        known: what an earlier `get` or `update` gave; its tag goes into `If-None-Match` (RFC 9110 §13.1.2).
        Raises what `get` does, and ConfigurationError if `known` has no entity tag.
        """
        flow = operations.get_profile_if_changed(self._session, self._kind, known, options=options)
        return self._driver.run(flow)

    def update(self, profile: P, *, on_conflict: OnConflict = "raise", **options: Unpack[CallOptions]) -> P:
        """Replace the profile, if it is still the version that `profile` was read as.

        Gives the profile as the service now has it, with its new entity tag; `profile` itself is not changed.
        on_conflict: what to do if somebody else changed the profile meanwhile. "raise": PreconditionFailedError with
            base, mine and theirs. "merge": put your changes onto theirs and send that, once; the error comes only if
            you both changed the same member to different values, or if it happened again.
        options: the `request_id` of an earlier update whose outcome is unknown has that one carried out once at most
            (Partner Center REST headers, "MS-RequestId"); a new one if there is none. A merge is another request and
            gets an id of its own.
        Raises PreconditionFailedError if somebody else changed the profile, OutcomeUnknownError if it may or
        may not have been updated, other RefusedErrors, ServiceUnreachableError, SignInError, and
        ConfigurationError if `profile` has no entity tag or is another kind of profile.
        """
        flow = update_profile(self._session, self._kind, profile, on_conflict=on_conflict, options=options)
        return self._driver.run(flow)

    @contextmanager
    def edit(self, *, on_conflict: OnConflict = "merge", **options: Unpack[CallOptions]) -> Iterator[P]:
        """Read the profile, let the block change it, and write it back: `with billing_profile.edit() as profile:`.

        Nothing is sent if the block changed nothing, or if it raised. Afterwards `profile` is as the service has it.
        on_conflict, options: as for `update`; the request id is that of the update. Raises what `update` does.
        """
        check_arguments(on_conflict, options)  # before the block, whose work an error behind it would waste
        profile = self.get(**another(options))
        before = copy.deepcopy(profile)
        yield profile
        if profile != before:
            profile.become(self.update(profile, on_conflict=on_conflict, **options))


class LegalBusinessProfileOperations(ProfileOperations[LegalBusinessProfile]):
    """Read the legal business profile, in one of its versions, and replace it."""

    def get(
        self, vetting_version: VettingVersion | None = None, **options: Unpack[CallOptions]
    ) -> LegalBusinessProfile:
        """As `ProfileOperations.get`. vetting_version: the current one if None."""
        query = operations.vetting_query(vetting_version)
        return self._driver.run(operations.get_profile(self._session, self._kind, query, options=options))


class MpnProfileOperations(Told):
    """Read the partner network profile, which nobody can change."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def get(self, mpn_id: str | None = None, **options: Unpack[CallOptions]) -> MpnProfile:
        """One's own profile, or that of the partner with the id `mpn_id`: digits as text.

        Raises what `ProfileOperations.get` does: NotFoundError if there is no such partner; and ConfigurationError
        if `mpn_id` is not digits.
        """
        query = operations.mpn_query(mpn_id)
        flow = operations.get_profile(self._session, profile_kinds.MPN, query, options=options)
        return self._driver.run(flow)


class Profiles(Told):
    """The account profiles of the partner (Partner Center profile resources)."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._session = session
        self.billing_profile = ProfileOperations(driver, session, profile_kinds.BILLING)
        self.legal_business_profile = LegalBusinessProfileOperations(driver, session, profile_kinds.LEGAL_BUSINESS)
        self.organization_profile = ProfileOperations(driver, session, profile_kinds.ORGANIZATION)
        self.support_profile = ProfileOperations(driver, session, profile_kinds.SUPPORT)
        self.mpn_profile = MpnProfileOperations(driver, session)


class AuditRecords(Told):
    """Who changed what (`/v1/auditrecords`)."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def query(
        self,
        start_date: date | datetime | None = None,
        end_date: date | datetime | None = None,
        *,
        resource_type: str | None = None,
        size: int | None = None,
        **options: Unpack[CallOptions],
    ) -> list[AuditRecord]:
        """The audit records of the partner, in the order of the service: those of every page.

        start_date, end_date: days, or moments with a time zone; without them the last 30 days. One query can span
            30 days, and the service keeps 90.
        resource_type: the records of that one alone. size: how many records the service sends at a time.
        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError, and ConfigurationError
        for a moment without a time zone.
        """
        query = AuditQuery(start_date, end_date, resource_type, size)
        return self._driver.run(list_audit_records(self._session, query, options))


class CountryValidationRulesOperations(Told):
    """What an address must look like, country by country (`/v1/countryvalidationrules/{country}`)."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def by_country(self, iso2: str, **options: Unpack[CallOptions]) -> CountryValidationRules:
        """The rules of one country. iso2: ISO 3166-1 alpha-2 code, as in GB.

        Raises NotFoundError if the service has none, other RefusedErrors, ServiceUnreachableError,
        AnswerNotUnderstoodError, SignInError, and ConfigurationError if `iso2` is not two letters.
        """
        return self._driver.run(operations.get_country_rules(self._session, iso2, options))


class Validations(Told):
    """Questions to the service about what is not in any profile yet."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def is_address_valid(self, address: Address, **options: Unpack[CallOptions]) -> AddressValidation:
        """The service's verdict on `address`, which is true if the address can be used as it is.

        Its `status` says why, and `suggestions` has the better ones as Address objects, the best first.
        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError, and ConfigurationError
        if `address` is no Address.
        """
        return self._driver.run(operations.validate_address(self._session, address, options))
