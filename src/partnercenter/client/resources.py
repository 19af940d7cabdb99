"""What a client offers: `partner.profiles.billing_profile.get()` and the like, blocking.

Nothing is decided here. Each method hands a flow of `operations` to a driver; the signatures stand twice, here and
in `async_resources`, the conversations once.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic

from partnercenter.client import operations, profile_kinds
from partnercenter.client.attempts import Session
from partnercenter.client.audit_query import AuditQuery, list_audit_records
from partnercenter.client.drivers import BlockingDriver
from partnercenter.client.profile_kinds import ProfileKind, VettingVersion
from partnercenter.wire.address_validation import AddressValidation
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.country_rules import CountryValidationRules
from partnercenter.wire.profiles import (
    Address,
    LegalBusinessProfile,
    MpnProfile,
    P,
)


class ProfileOperations(Generic[P]):
    """Read one of the profiles and replace it."""

    def __init__(self, driver: BlockingDriver, session: Session, kind: ProfileKind[P]) -> None:
        self._driver = driver
        self._session = session
        self._kind = kind

    def get(self, *, request_id: str | None = None) -> P:
        """The profile, with the entity tag of this version in `attributes.etag`.

        request_id: a GUID to send as MS-RequestId; a new one if None.
        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError.
        """
        return self._driver.run(operations.get_profile(self._session, self._kind, request_id=request_id))

    def update(self, profile: P, *, request_id: str | None = None) -> P:
        """Replace the profile, if it is still the version that `profile` was read as.

        Gives the profile as the service now has it, with its new entity tag; `profile` itself is not changed.
        request_id: that of an earlier update whose outcome is unknown, to have it carried out once at most
            (Partner Center REST headers, "MS-RequestId"); a new one if None.
        Raises PreconditionFailedError if somebody else changed the profile, OutcomeUnknownError if it may or
        may not have been updated, other RefusedErrors, ServiceUnreachableError, SignInError, and
        ConfigurationError if `profile` has no entity tag or is another kind of profile.
        """
        return self._driver.run(operations.update_profile(self._session, self._kind, profile, request_id=request_id))


class LegalBusinessProfileOperations(ProfileOperations[LegalBusinessProfile]):
    """Read the legal business profile, in one of its versions, and replace it."""

    def get(
        self, vetting_version: VettingVersion | None = None, *, request_id: str | None = None
    ) -> LegalBusinessProfile:
        """As `ProfileOperations.get`. vetting_version: the current one if None."""
        query = operations.vetting_query(vetting_version)
        return self._driver.run(operations.get_profile(self._session, self._kind, query, request_id=request_id))


class MpnProfileOperations:
    """Read the partner network profile, which nobody can change."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def get(self, mpn_id: str | None = None, *, request_id: str | None = None) -> MpnProfile:
        """One's own profile, or that of the partner with the id `mpn_id`: digits as text.

        Raises what `ProfileOperations.get` does: NotFoundError if there is no such partner; and ConfigurationError
        if `mpn_id` is not digits.
        """
        query = operations.mpn_query(mpn_id)
        flow = operations.get_profile(self._session, profile_kinds.MPN, query, request_id=request_id)
        return self._driver.run(flow)


class Profiles:
    """The account profiles of the partner (Partner Center profile resources)."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self.billing_profile = ProfileOperations(driver, session, profile_kinds.BILLING)
        self.legal_business_profile = LegalBusinessProfileOperations(driver, session, profile_kinds.LEGAL_BUSINESS)
        self.organization_profile = ProfileOperations(driver, session, profile_kinds.ORGANIZATION)
        self.support_profile = ProfileOperations(driver, session, profile_kinds.SUPPORT)
        self.mpn_profile = MpnProfileOperations(driver, session)


class AuditRecords:
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
    ) -> list[AuditRecord]:
        """The audit records of the partner, in the order of the service: those of every page.

        start_date, end_date: days, or moments with a time zone; without them the last 30 days. One query can span
            30 days, and the service keeps 90.
        resource_type: the records of that one alone. size: how many records the service sends at a time.
        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError, and ConfigurationError
        for a moment without a time zone.
        """
        query = AuditQuery(start_date, end_date, resource_type, size)
        return self._driver.run(list_audit_records(self._session, query))


class CountryValidationRulesOperations:
    """What an address must look like, country by country (`/v1/countryvalidationrules/{country}`)."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def by_country(self, iso2: str) -> CountryValidationRules:
        """The rules of one country. iso2: ISO 3166-1 alpha-2 code, as in GB.

        Raises NotFoundError if the service has none, other RefusedErrors, ServiceUnreachableError,
        AnswerNotUnderstoodError, SignInError, and ConfigurationError if `iso2` is not two letters.
        """
        return self._driver.run(operations.get_country_rules(self._session, iso2))


class Validations:
    """Questions to the service about what is not in any profile yet."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def is_address_valid(self, address: Address) -> AddressValidation:
        """The service's verdict on `address`, which is true if the address can be used as it is.

        Its `status` says why, and `suggestions` has the better ones as Address objects, the best first.
        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError, and ConfigurationError
        if `address` is no Address.
        """
        return self._driver.run(operations.validate_address(self._session, address))
