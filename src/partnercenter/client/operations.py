"""The operations, each a flow: what is asked, and what the answer is read as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from partnercenter.client import exchange
from partnercenter.client.attempts import Session, ask
from partnercenter.client.conversation import Flow
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.exchange import Call
from partnercenter.client.profile_kinds import ProfileKind, VettingVersion
from partnercenter.client.settings import Concurrency
from partnercenter.wire import guid
from partnercenter.wire.address_validation import AddressValidation
from partnercenter.wire.country_rules import CountryValidationRules
from partnercenter.wire.profiles import Address, P, ResourceAttributes


def get_access_token(session: Session) -> Flow[str]:
    """The token that the next call would carry."""
    return (yield from session.tokens.token()).token


def get_profile(
    session: Session,
    kind: ProfileKind[P],
    query: Mapping[str, str | None] | None = None,
    *,
    request_id: str | None = None,
) -> Flow[P]:
    """Read a profile. query: the parameters of this kind; one that is None is left out."""
    path = exchange.with_query(kind.path, query or {})
    call = Call("GET", path, exchange.request_id_or_new(request_id), guid.new_guid())
    return (yield from ask(session, call, partial(exchange.read_profile, kind)))


def vetting_query(version: VettingVersion | None) -> Mapping[str, str | None]:
    """The query of "Get the legal business profile"; the service takes Current if there is none.

    Raises ConfigurationError if `version` is another thing.
    """
    if version is not None:
        exchange.check_is(VettingVersion, version, "vetting_version")
    return {"vettingVersion": version.value if version else None}


def mpn_query(mpn_id: str | None) -> Mapping[str, str | None]:
    """The query of "Get a partner by MPN id". Raises ConfigurationError if `mpn_id` is not digits."""
    if mpn_id is not None and not _is_text_of("[0-9]+", mpn_id):
        raise ConfigurationError("mpn_id is digits as text, as in 4391507; None is one's own.")
    return {"mpnId": mpn_id}


def update_profile(session: Session, kind: ProfileKind[P], profile: P, *, request_id: str | None = None) -> Flow[P]:
    """Replace a profile; `profile` itself is left as it is."""
    exchange.check_is(kind.shape, profile, f"A {kind.name}")
    exchange.check_is(ResourceAttributes, profile.attributes, "attributes")
    concurrency = session.settings.concurrency
    if concurrency is not Concurrency.NONE:
        exchange.check_has_tag(profile)
    body = exchange.update_body(profile, with_tag=concurrency.in_body)
    call = Call(
        "PUT",
        kind.path,
        exchange.request_id_or_new(request_id),
        guid.new_guid(),
        body=exchange.write_body(body),
        if_match=exchange.entity_tag(profile) if concurrency.in_header else None,
        secrets=exchange.secrets_of(body),
        changes_something=True,
    )
    return (yield from ask(session, call, partial(exchange.read_profile, kind)))


def get_country_rules(session: Session, iso2: str) -> Flow[CountryValidationRules]:
    """Read what the service asks of an address in one country ("Get address formatting rules by market")."""
    if not _is_text_of("[A-Za-z]{2}", iso2):
        raise ConfigurationError("A country is named by the two letters of ISO 3166-1 alpha-2, as in GB.")
    call = Call("GET", f"{exchange.COUNTRY_RULES}{iso2.upper()}", guid.new_guid(), guid.new_guid())
    read = partial(exchange.read_shape, CountryValidationRules, "set of rules of a country")
    return (yield from ask(session, call, read))


def validate_address(session: Session, address: Address) -> Flow[AddressValidation]:
    """Ask for a verdict on an address ("Validate an address"), which nobody keeps: the POST changes nothing."""
    exchange.check_is(Address, address, "An address")
    body = exchange.write_body(address.to_wire(keep_nulls=False))
    call = Call("POST", "/v1/validations/address", guid.new_guid(), guid.new_guid(), body=body)
    return (yield from ask(session, call, partial(exchange.read_shape, AddressValidation, "verdict on an address")))


def _is_text_of(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None
